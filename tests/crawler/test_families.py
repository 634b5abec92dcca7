"""``scrapy crawl replies`` over a replica of every family at once, and over lists that set the traps known of them."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import choose_family
from storage.database import open_database
from storage.tables import ColumnRow, PageRow, WalkRow
from tests.site.answers import Request
from tests.site.commands import Operator
from tests.site.families.catalog import PORTALS, build_site
from tests.site.families.portal import Traps
from tests.site.manners import count_concurrent, list_gaps
from tests.site.model import Article
from tests.site.replica import Site
from tests.site.server import serve_site

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DELAY = 0.01  # seconds
FAMILIES = ("zhengzhou", *PORTALS)
REPLIES, ROWS = 47, 12  # of each family, on a page
FEWER, FEWER_ROWS = 29, 8  # of each trap: four pages


@dataclass(frozen=True, slots=True)
class Case:
    """A list with a trap: its family, how many of its rows can be found, and what the walk says when it is partial."""

    family: str
    traps: Traps
    served: int = FEWER
    reason: str = ""


CASES = {
    "declared-and-gone": Case("trs", Traps(missing_from=3), 16, r"page 3: gone; page 4: gone; 2 of 4 declared pages"),
    "declared-and-gone-ucap": Case("ucap", Traps(missing_from=4), 24, r"page 4: gone"),
    "one-page-fails": Case("trs", Traps(broken=2), 21, r"page 2: server_error"),
    "stubs": Case("trs", Traps(stubs_from=3), 16, r"page 3: stub"),
    "shells": Case("numbered", Traps(shells_from=3), 16, r"page 3: stub"),
    "page-ignored": Case("numbered", Traps(is_page_ignored=True), 8, r"page 2: repeats page 1"),
    "page-ignored-service": Case("ucap-json", Traps(is_page_ignored=True), 8, r"page 2: repeats page 1"),
    "capped-and-counted": Case("ucap", Traps(cap=2), 16, r"16 of 29 declared rows"),
    "capped-in-words": Case("numbered", Traps(cap=2, is_counting=True), 16, r"16 of 29 declared rows"),
    "capped-in-silence": Case("trs", Traps(cap=2), 16),
    "pinned": Case("trs", Traps(pinned=3)),
    "pinned-vsb": Case("vsb", Traps(pinned=3)),
    "pinned-service": Case("gkmlpt", Traps(pinned=3)),
    "pinned-jpaas": Case("jpaas", Traps(pinned=3)),
    "readings": Case("trs-hunan", Traps(has_readings=True)),
    "readings-table": Case("numbered", Traps(has_readings=True)),
    "cut": Case("trs", Traps(is_title_cut=True)),
    "cut-sudy": Case("sudy", Traps(is_title_cut=True)),
    "doubled": Case("trs", Traps(is_doubled=True)),
    "doubled-generic": Case("generic", Traps(is_doubled=True)),
    "glued": Case("ucap", Traps(is_meta_glued=True)),
    "all-at-once": Case(
        "trs",
        Traps(pinned=2, has_readings=True, is_title_cut=True, is_doubled=True, is_meta_glued=True, missing_from=4),
        26,
        r"page 4: gone",
    ),
}


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl made of one site: titles by URL of the pages found, walks, and the exported documents by URL."""

    site: Site
    found: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    walks: tuple[WalkRow, ...]
    documents: Mapping[str, Mapping[str, Any]]

    @property
    def published(self) -> dict[str, Article]:
        """The replies by their addresses, in the order of the list."""
        pages = self.site.world.pages.values()
        return {self.site.base + self.site.family.place_article(page): page.article for page in pages}

    def list_served(self, count: int) -> dict[str, Article]:
        """The replies that the list's served pages hold: the first ones, and the pinned ones."""
        published = list(self.published.items())
        pinned = getattr(self.site.family, "traps", Traps()).pinned
        rest = count - pinned
        return dict(published[:rest] + published[len(published) - pinned :])


def crawl_sites(sites: Mapping[str, Site], folder: Path) -> dict[str, Crawled]:
    """Crawl all sites in one process, without telling their families, and export what was found."""
    seeds = folder / "seeds"
    seeds.mkdir()
    for site in sites.values():
        site.write_seed(seeds, delay=DELAY, cms="auto")
    operator = Operator(data_dir=folder / "data", seeds_dir=seeds)
    operator.run_scrapy("crawl", "replies", now=MONDAY, log=folder / "log")
    operator.run_replywatch("export", "--format", "jsonl", "--unmasked", "--output", str(folder / "replies.jsonl"))
    lines = [json.loads(line) for line in (folder / "replies.jsonl").read_text(encoding="utf-8").splitlines()]
    with closing(open_database(f"sqlite:///{folder}/data/replywatch.sqlite3")) as database, database.read() as session:
        pages = session.scalars(select(PageRow)).all()
        walks = session.execute(select(ColumnRow.site_key, WalkRow).join(WalkRow, WalkRow.column_id == ColumnRow.id))
        by_site = [(key, walk) for key, walk in walks.all()]
        session.expunge_all()
    return {
        name: Crawled(
            site=site,
            found=tuple((page.url, page.title) for page in pages if page.site_key == name and not page.parent_id),
            files=tuple(page.url for page in pages if page.site_key == name and page.parent_id),
            walks=tuple(walk for key, walk in by_site if key == name),
            documents={line["url"]: line for line in lines if line["site_key"] == name},
        )
        for name, site in sites.items()
    }


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Crawled]]:
    """Every family, crawled at once."""
    with ExitStack() as stack:
        built = {name: build_site(name, count=REPLIES, page_size=ROWS) for name in FAMILIES}
        sites = {name: stack.enter_context(serve_site(site)) for name, site in built.items()}
        yield crawl_sites(sites, tmp_path_factory.mktemp("families"))


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Crawled]]:
    """Every trap, crawled at once."""
    with ExitStack() as stack:
        built = {
            name: build_site(case.family, count=FEWER, page_size=FEWER_ROWS, traps=case.traps, key=name)
            for name, case in CASES.items()
        }
        sites = {name: stack.enter_context(serve_site(site)) for name, site in built.items()}
        yield crawl_sites(sites, tmp_path_factory.mktemp("traps"))


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_reply_is_found_once(families: dict[str, Crawled], name: str) -> None:
    """None missed, none invented, none twice; the list's titles are whole, and the walk says that it was complete."""
    crawled = families[name]
    assert Counter(crawled.found) == Counter((url, article.title) for url, article in crawled.published.items())
    (walk,) = crawled.walks
    assert (walk.is_complete, walk.is_full, walk.row_count, walk.reason) == (True, True, REPLIES, "")
    assert walk.declared_pages in (None, walk.served_pages)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_reply_is_read_as_published(families: dict[str, Crawled], name: str) -> None:
    """Title, text, day and attachments of every article equal what was published, in every family's template."""
    crawled = families[name]
    told = {
        url: (read["title"], read["text"], read["published_at"][:10], [file["name"] for file in read["attachments"]])
        for url, read in crawled.documents.items()
    }
    assert told == {
        url: (article.title, article.text, article.published_on, [file.title for file in article.files])
        for url, article in crawled.published.items()
    }
    assert len(crawled.files) == sum(len(article.files) for article in crawled.published.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_host_is_visited_politely(families: dict[str, Crawled], name: str) -> None:
    """One request at a time, the delay between any two, no address asked twice, robots.txt first; nothing missing."""
    log = families[name].site.requests
    assert count_concurrent(log) == 1
    assert min(list_gaps(log)) >= DELAY
    assert max(Counter(seen.target for seen in log).values()) == 1
    assert log[0].target == "/robots.txt"
    assert {seen.status for seen in log} == {200}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_traps_lose_and_invent_nothing(trapped: dict[str, Crawled], name: str) -> None:
    """Whatever a served page lists is found once with its whole title, and what was not served is told."""
    crawled, case = trapped[name], CASES[name]
    served = crawled.list_served(case.served) if name != "one-page-fails" else skip_second(crawled.published)
    assert Counter(crawled.found) == Counter((url, article.title) for url, article in served.items())
    (walk,) = crawled.walks
    assert (walk.is_complete, walk.row_count) == (not case.reason, len(served))
    assert re.match(case.reason or "$", walk.reason), walk.reason
    told = {url: (read["title"], read["text"]) for url, read in crawled.documents.items()}
    assert told == {url: (article.title, article.text) for url, article in served.items()}


def skip_second(published: dict[str, Article]) -> dict[str, Article]:
    """The replies but for those of the list's second page."""
    rows = list(published.items())
    return dict(rows[:FEWER_ROWS] + rows[2 * FEWER_ROWS :])


@pytest.mark.parametrize("name", FAMILIES)
def test_family_is_recognised(name: str) -> None:
    """The first list page alone tells the family."""
    site = build_site(name, count=REPLIES, page_size=ROWS)
    address = site.family.place_list(site.plan.columns[0].code)
    parts = urlsplit(address)
    answer = site.respond(Request(method="GET", path=parts.path, query=dict(parse_qsl(parts.query)), headers={}))
    url = f"http://127.0.0.1:8000{address}"
    source = ListSource(url=url, text=answer.body.decode(), requested=PageRequest(url=url, number=1))
    assert choose_family(source).name == site.family.cms
