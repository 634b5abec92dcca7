"""``-a lists=due``: only those lists are walked that have something to say, and nothing is missed for it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from scheduler.planning import plan_pages
from storage.changes import derive_changes
from storage.configuration import load_configuration
from storage.database import open_database
from storage.tables import ChangeRow, ColumnRow, PageRow
from tests.site.commands import Operator
from tests.site.model import Article, Column, Event, Manner, Plan, Verb
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import read_articles
from tests.site.zhengzhou import Zhengzhou

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FIRST, SECOND, LONE = "D1102X", "D1101X", "D1103X"


def compose_city() -> Plan:
    """Three lists: from the first a row is taken out, the second gets one, the only one of the third cannot be had."""
    articles = [article for article in read_articles().values() if not article.files][:11]
    lists = {FIRST: articles[:5], SECOND: articles[5:10], LONE: articles[10:]}
    placed = {code: [replace(one, column=code) for one in found] for code, found in lists.items()}
    later = placed[SECOND].pop()
    return Plan(
        key="yunze",
        name="云泽市人民政府",
        columns=(Column(FIRST, "提案", "一"), Column(SECOND, "建议", "二"), Column(LONE, "建议", "三")),
        articles=tuple(article for found in placed.values() for article in found),
        events=(
            Event(round=1, verb=Verb.DELIST, key=placed[FIRST][1].key),
            Event(round=1, verb=Verb.PUBLISH, key=later.key, article=later),
            Event(round=2, verb=Verb.DISTURB, key=placed[LONE][0].key, manner=Manner.MISSING, until=9),
        ),
    )


@pytest.fixture
def site() -> Iterator[Site]:
    """The city on its first day."""
    with serve_site(Site(compose_city(), Zhengzhou())) as served:
        yield served


class Watcher:
    """Somebody who crawls what is due, compares and plans, as the service does."""

    def __init__(self, site: Site, folder: Path) -> None:
        site.write_seed(folder, delay=0.02)
        self.site = site
        self.operator = Operator(data_dir=folder / "data", seeds_dir=folder)

    def crawl(self, hours: float) -> list[str]:
        """What a crawl so many hours after the first one asks for: codes of lists and ids of replies, sorted."""
        now, before = MONDAY + timedelta(hours=hours), len(self.site.requests)
        self.operator.run_scrapy("crawl", "replies", "-a", "lists=due", now=now)
        configuration = load_configuration(self.operator._build_environment(now), self.operator.seeds_dir)
        with closing(open_database(configuration.database_url)) as database:
            list(derive_changes(database, configuration.zone))
            plan_pages(configuration, database)
        targets = [seen.target for seen in self.site.requests[before:] if seen.target != "/robots.txt"]
        return sorted({name_target(target) for target in targets})

    def read_told(self) -> list[tuple[str, str]]:
        """Kind and id of every change that is no baseline, in order of time."""
        with closing(open_database(f"sqlite:///{self.operator.data_dir}/replywatch.sqlite3")) as database:
            query = select(ChangeRow.kind, PageRow.url).join(PageRow, PageRow.id == ChangeRow.page_id)
            with database.read() as session:
                rows = session.execute(query.where(~ChangeRow.is_baseline).order_by(ChangeRow.detected_at)).all()
        return [(kind, name_target(url)) for kind, url in rows]

    def postpone_lists(self) -> None:
        """No list is due for a long time; all pages are."""
        url = f"sqlite:///{self.operator.data_dir}/replywatch.sqlite3"
        with closing(open_database(url)) as database, database.write() as session:
            session.execute(update(ColumnRow).values(next_due_at=MONDAY + timedelta(days=99)))
            session.execute(update(PageRow).values(next_due_at=MONDAY))


def name_target(target: str) -> str:
    """A list's code, or a reply's id."""
    return target.partition("&p=")[2].partition("&")[0] or target.rpartition("/")[2].removesuffix(".jhtml")


def test_lists_are_walked_when_they_are_due(site: Site, tmp_path: Path) -> None:
    """A list not due is left alone; what it lost or brings is told all the same, by the rules."""
    watcher = Watcher(site, tmp_path)
    plan = site.plan
    keys = {code: [one.key for one in plan.articles if one.column == code] for code in (FIRST, SECOND, LONE)}
    assert watcher.crawl(0) == sorted([FIRST, SECOND, LONE, *(article.key for article in plan.articles)])
    site.play_round(1)
    assert watcher.crawl(2) == []
    later = find_later(plan)
    assert watcher.crawl(5) == sorted([FIRST, SECOND, LONE, later.key])
    assert watcher.read_told() == [("new", later.key)]
    assert watcher.crawl(6) == sorted([*keys, keys[FIRST][1]])  # the others might show it
    assert watcher.read_told() == [("new", later.key), ("delisted", keys[FIRST][1])]
    site.play_round(2)
    watcher.postpone_lists()
    asked = watcher.crawl(7)
    assert [name for name in asked if name in keys] == [LONE]
    assert len(asked) == len(plan.articles) + 2  # with the new one, and the list
    assert len(watcher.read_told()) == 2


def find_later(plan: Plan) -> Article:
    """The reply that is published later."""
    return next(event.article for event in plan.events if event.article)
