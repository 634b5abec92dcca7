"""A real crawl in a process of its own: reads a plan (JSON) from standard input, prints what came of each request.

The plan: ``settings`` for Scrapy, ``requests`` with ``url`` and optionally ``method``, ``body``, ``headers`` and
``meta``, ``in_order`` (each begins when the one before is done). Printed is one JSON list; bytes are in Base64.
"""

import base64
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetching.errors import FetchRefusal
from crawler.fetching.signals import robots_ruled
from crawler.fetching.throttle import HostPace
from storage.clock import parse_instant
from storage.hosts import Rest

BASE: dict[str, Any] = {
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.fetching.wire.WireDownloadHandler"),
    "DOWNLOADER": "crawler.fetching.downloader.HostDownloader",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_FAIL_ON_DATALOSS": False,
    "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "LOG_LEVEL": "WARNING",
}


def encode_value(value: Any) -> Any:  # noqa: ANN401 - whatever an exchange holds
    """A value as JSON knows it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def read_rest(state: dict[str, Any]) -> Rest:
    """The rest of a host that an earlier crawl printed."""
    kept = {field.name: state[field.name] for field in fields(Rest)}
    return Rest(**kept | {"available_at": parse_instant(kept["available_at"])})


class ProbeSpider(scrapy.Spider):
    """Sends the plan's requests and notes what comes back."""

    name = "probe"

    def __init__(self, plan: dict[str, Any], results: list[dict[str, Any]]) -> None:
        super().__init__()
        self.plan = plan
        self.results = results
        self.waiting = [self.make_request(number) for number in range(len(plan["requests"]))]

    def make_request(self, number: int) -> scrapy.Request:
        """The request of that number."""
        entry = self.plan["requests"][number]
        return scrapy.Request(
            entry["url"],
            method=entry.get("method", "GET"),
            body=entry.get("body", "").encode(),
            headers=entry.get("headers"),
            meta={**entry.get("meta", {}), "number": number, "handle_httpstatus_all": True},
            callback=self.note_response,
            errback=self.note_failure,
            dont_filter=True,
        )

    async def start(self) -> AsyncIterator[Any]:
        """All requests, or only the first one."""
        while self.waiting:
            yield self.waiting.pop(0)
            if self.plan.get("in_order"):
                return

    def note_response(self, response: Response) -> Iterator[scrapy.Request]:
        """Note what was delivered."""
        assert response.request
        self.note(response.request, status=response.status, body=response.body, flags=response.flags)
        yield from self.waiting[:1]
        self.waiting = self.waiting[1:]

    def note_failure(self, failure: Failure) -> Iterator[scrapy.Request]:
        """Note what was raised."""
        error = failure.value
        found: dict[str, Any] = {"raised": type(error).__name__}
        if isinstance(error, FetchRefusal):
            found |= {"outcome": error.outcome, "detail": error.detail, "cause": getattr(error, "cause", None)}
        self.note(failure.request, **found)  # type: ignore[attr-defined]  # Scrapy adds it
        yield from self.waiting[:1]
        self.waiting = self.waiting[1:]

    def note(self, request: scrapy.Request, **found: Any) -> None:  # noqa: ANN401 - printed as it is
        """Add one result."""
        if exchange := request.meta.get("exchange"):
            found |= {field.name: encode_value(getattr(exchange, field.name)) for field in fields(exchange)} | {
                "delivered": encode_value(found.get("body")),
            }
        found["url"] = request.url
        found["number"] = request.meta["number"]
        found["tls_profile"] = request.meta.get("tls_profile")
        found["at"] = time.monotonic()
        self.results.append({key: encode_value(value) for key, value in found.items()})


def main() -> None:
    """Run the plan."""
    plan = json.load(sys.stdin)
    results: list[dict[str, Any]] = []
    rulings: list[dict[str, Any]] = []
    process = AsyncCrawlerProcess({**BASE, **plan.get("settings", {})})
    crawler = process.create_crawler(ProbeSpider)

    def note_ruling(origin: str, ruling: Any, exchanges: tuple[Any, ...]) -> None:  # noqa: ANN401 - printed only
        rulings.append(
            {
                "origin": origin,
                "ruling": str(ruling),
                "statuses": [each.status for each in exchanges],
                "bodies": [each.body.decode() for each in exchanges],
            }
        )

    crawler.signals.connect(note_ruling, robots_ruled)
    hosts: list[dict[str, Any]] = []

    def note_hosts() -> None:
        if pace := crawler.get_downloader_middleware(HostPace):
            hosts.extend(
                {key: encode_value(value) for key, value in asdict(one).items()} for one in pace.describe_hosts()
            )

    def restore_hosts() -> None:
        if pace := crawler.get_downloader_middleware(HostPace):
            pace.restore_hosts(read_rest(state) for state in plan.get("hosts", []))

    crawler.signals.connect(restore_hosts, scrapy.signals.spider_opened)
    crawler.signals.connect(note_hosts, scrapy.signals.spider_closed)
    process.crawl(crawler, plan=plan, results=results)
    process.start()
    results.sort(key=lambda result: result["number"])
    found = {"results": results, "rulings": rulings, "hosts": hosts, "stats": crawler.stats.get_stats()}
    json.dump(found, sys.stdout, default=str)


if __name__ == "__main__":
    main()
