"""The spider behind ``replywatch seeds probe`` and ``add``: looks at the first page of each column, keeps nothing.

It is as polite as a crawl (robots.txt, pace, one user agent) and prints what it saw as one JSON line a column. A host
that asked a crawl for rest, or that a crawl leaves alone for its faults, is not asked before that rest is over.
"""

import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.composition import catalog_of, configuration_of
from crawler.discovery.listing import ListPage, ListSource
from crawler.discovery.reader import choose_family
from crawler.extraction import extract_document, parse_page
from crawler.outcome import Expected, judge_exchange
from crawler.sighting import request_of
from seeds.catalog import Column, Site
from seeds.models import host_of
from storage.configuration import Configuration
from storage.database import has_database, open_database
from storage.hosts import Rest, read_rests
from storage.records import Exchange, Finding, Outcome, Role

RESTING = "resting"  # in place of an outcome: nothing was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was seen of one column. ``rows`` counts those of its first page, ``first_title`` is the first one's."""

    site: str
    column: str
    url: str
    outcome: str
    detail: str = ""
    family: str | None = None
    rows: int = 0
    declared_pages: int | None = None
    first_title: str | None = None
    title: str | None = None
    site_name: str | None = None
    site_id_code: str | None = None


class ProbeSpider(Spider):
    """Argument: ``site`` (keys of seeds, comma between them; all when empty)."""

    name = "probe"
    custom_settings = {"ITEM_PIPELINES": {}, "REPLYWATCH_PROGRESS": False}  # noqa: RUF012 - as Scrapy declares it
    sites: tuple[Site, ...]
    configuration: Configuration
    resting: Mapping[str, Rest]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, site: str = "", **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        """Wire up with the seeds."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        catalog, keys = catalog_of(crawler), [key for key in site.split(",") if key]
        spider.sites = tuple(catalog.choose_sites(keys).sites.values())
        spider.configuration = configuration_of(crawler)
        spider.resting = read_resting(spider.configuration)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first page of every column whose host does not rest."""
        for site in self.sites:
            for column in site.columns:
                if rest := self.resting.get(host_of(column.url)):
                    print_probe(describe_rest(site, column, rest, self.configuration))
                    continue
                meta = {"site": site, "column": column, "role": Role.LIST}
                yield Request(column.url, callback=self.see_list, errback=self.see_failure, meta=meta, dont_filter=True)

    def see_list(self, response: Response) -> None:
        """Judge what came, and read it as a list."""
        request = response.request
        assert request is not None  # Scrapy sets it
        site, column = request.meta["site"], request.meta["column"]
        exchange: Exchange = replace(request.meta["exchange"], body=response.body)
        finding = judge_exchange(exchange, Expected(url=column.url, role=Role.LIST, hosts=site.hosts))
        print_probe(probe_list(site, column, exchange, finding))

    def see_failure(self, failure: Failure) -> None:
        """Say why nothing came."""
        request = request_of(failure)
        site, column = request.meta["site"], request.meta["column"]
        outcome = getattr(failure.value, "outcome", None) or Outcome.CONNECT_ERROR
        exchange: Exchange | None = request.meta.get("exchange")
        finding = (
            judge_exchange(exchange, Expected(role=Role.LIST)) if exchange else Finding(outcome, str(failure.value))
        )
        print_probe(describe_probe(site, column, finding))


def read_resting(configuration: Configuration) -> dict[str, Rest]:
    """The hosts that crawls left resting, by name; none where nobody has crawled yet, and no database is made.

    Raises:
        DatabaseError: it is there and cannot be read.
    """
    if not has_database(configuration.database_url):
        return {}
    with closing(open_database(configuration.database_url)) as database:
        return {rest.host: rest for rest in read_rests(database, configuration.clock.now())}


def describe_rest(site: Site, column: Column, rest: Rest, configuration: Configuration) -> Probe:
    """A column that was not asked for, until when its host rests and why."""
    until = f"{rest.available_at.astimezone(configuration.zone):%Y-%m-%d %H:%M}"
    detail = f"until {until}, not asked: {rest.last_error}"
    return Probe(site=site.key, column=column.key, url=column.url, outcome=RESTING, detail=detail)


def probe_list(site: Site, column: Column, exchange: Exchange, finding: Finding) -> Probe:
    """What the first page of a column says."""
    probe = describe_probe(site, column, finding)
    if finding.outcome is not Outcome.OK:
        return probe
    page = parse_page(exchange.body, exchange.header("Content-Type"))
    source = ListSource(url=exchange.url, text=page.source, kind=column.kind)
    family = choose_family(source, column.cms or site.cms)
    found: ListPage = family.read_page(source)
    document = extract_document(page, exchange.url)
    return replace(
        probe,
        family=family.name,
        rows=len(found.rows),
        declared_pages=found.declared_pages,
        first_title=found.rows[0].title if found.rows else None,
        title=document.column or document.title,
        site_name=document.site.name,
        site_id_code=document.site.id_code,
    )


def describe_probe(site: Site, column: Column, finding: Finding) -> Probe:
    """What every probe says."""
    detail = " ".join(filter(None, (finding.vendor, finding.detail)))
    return Probe(site=site.key, column=column.key, url=column.url, outcome=finding.outcome, detail=detail)


def print_probe(probe: Probe) -> None:
    """One JSON line on standard output."""
    sys.stdout.write(json.dumps(asdict(probe), ensure_ascii=False) + "\n")
    sys.stdout.flush()
