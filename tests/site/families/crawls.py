"""Crawls of several replicas at once with the real commands, and what is found of them afterwards."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storage.database import open_database
from storage.tables import ColumnRow, PageRow, WalkRow
from tests.site.answers import Seen
from tests.site.commands import Operator
from tests.site.model import Article
from tests.site.replica import Site
from tests.site.server import serve_site

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DELAY = 0.05  # seconds
DELAYS = {"trs": 0.15, "jpaas": 0.1}  # longer than a busy crawl would take by itself
WEEK = 7  # days, and the round that is played after them


@dataclass(frozen=True, slots=True)
class Crawled:
    """One site and what a crawl made of it.

    ``published`` are the replies by address in the order of the list; ``found`` the pages as (address, title),
    ``documents`` the exported ones by address; ``log`` is the site's own.
    """

    published: Mapping[str, Article]
    log: tuple[Seen, ...]
    found: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    walks: tuple[WalkRow, ...]
    documents: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Round:
    """A crawl of several sites in one process, and those who took part."""

    operator: Operator
    sites: Mapping[str, Site]
    crawled: Mapping[str, Crawled]


def begin_round(stack: ExitStack, built: Mapping[str, Site], folder: Path) -> Round:
    """Serve the sites, crawl them at once without telling their families, and read what was found."""
    seeds = folder / "seeds"
    seeds.mkdir()
    sites = {name: stack.enter_context(serve_site(site)) for name, site in built.items()}
    for name, site in sites.items():
        site.write_seed(seeds, delay=DELAYS.get(name, DELAY), cms="auto")
    operator = Operator(data_dir=folder / "data", seeds_dir=seeds)
    operator.run_scrapy("crawl", "replies", now=MONDAY, log=folder / "log")
    return Round(operator, sites, read_crawl(operator, sites))


def read_crawl(operator: Operator, sites: Mapping[str, Site]) -> dict[str, Crawled]:
    """What the database and an export hold of each site."""
    output = operator.data_dir / "replies.jsonl"
    operator.run_replywatch("export", "--format", "jsonl", "--unmasked", "--output", str(output))
    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    url = f"sqlite:///{operator.data_dir.absolute()}/replywatch.sqlite3"
    with closing(open_database(url)) as database, database.read() as session:
        pages = session.scalars(select(PageRow)).all()
        query = select(ColumnRow.site_key, WalkRow).join(WalkRow, WalkRow.column_id == ColumnRow.id)
        walks = [(key, walk) for key, walk in session.execute(query)]
        session.expunge_all()
    return {
        name: Crawled(
            published=list_published(site),
            log=site.requests,
            found=tuple((page.url, page.title) for page in pages if page.site_key == name and not page.parent_id),
            files=tuple(page.url for page in pages if page.site_key == name and page.parent_id),
            walks=tuple(walk for key, walk in walks if key == name),
            documents={line["url"]: line for line in lines if line["site_key"] == name},
        )
        for name, site in sites.items()
    }


def list_published(site: Site) -> dict[str, Article]:
    """A site's replies by their addresses, in the order of the list."""
    pages = site.world.pages.values()
    return {site.base + site.family.place_article(page): page.article for page in pages}


def tell_week(first: Round, names: Sequence[str]) -> list[dict[str, Any]]:
    """The changes that a report tells after a second crawl of these sites, a week later."""
    for name in names:
        first.sites[name].play_round(WEEK)
    later = MONDAY + timedelta(days=WEEK)
    after = later + timedelta(hours=1)
    first.operator.run_scrapy("crawl", "replies", "-a", "recheck=all", "-a", f"site={','.join(names)}", now=later)
    first.operator.run_replywatch("compare", now=after)
    told = first.operator.run_replywatch("report", "--format", "json", now=after)
    changes: list[dict[str, Any]] = json.loads(told)["changes"]
    return changes
