"""What users have without this project: a bare Scrapy spider, and one that calls trafilatura in its callback.

    python -m tests.benchmarks.other_spiders bare|trafilatura URLS_FILE [DATABASE]

Both run with Scrapy's default settings, but for the log level, which favours them, and for the number of requests at a
time, which is that of the crawl that they are compared with.
"""

import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

CONCURRENCY = 16


class BareSpider(Spider):
    """Fetches pages and does nothing with them."""

    name = "bare"
    urls: tuple[str, ...] = ()
    handle_httpstatus_list = (304,)

    async def start(self) -> AsyncIterator[Request]:
        """All pages."""
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        """Nothing."""


class TrafilaturaSpider(BareSpider):
    """Extracts each page in its callback."""

    name = "trafilatura"

    def parse(self, response: Response) -> Iterator[dict[str, object]]:  # type: ignore[override]  # Scrapy takes both
        """One item a page."""
        import trafilatura  # noqa: PLC0415 - the bare spider must not pay for it

        document: Any = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        yield {"url": response.url, "title": document.title, "text": document.text, "date": document.date}


class SqlitePipeline:
    """Keeps each item, as most tutorials do it; commits once at the end, which favours it."""

    path = ""

    def open_spider(self) -> None:
        """Make the table."""
        self.connection = sqlite3.connect(self.path)
        self.connection.execute("CREATE TABLE pages (url TEXT PRIMARY KEY, title TEXT, text TEXT, fields TEXT)")

    def process_item(self, item: dict[str, object]) -> dict[str, object]:
        """Insert it."""
        values = (item["url"], item["title"], item["text"], json.dumps({"date": item["date"]}))
        self.connection.execute("INSERT INTO pages VALUES (?, ?, ?, ?)", values)
        return item

    def close_spider(self) -> None:
        """Commit."""
        self.connection.commit()
        self.connection.close()


def main(kind: str, urls: str, database: str = "") -> None:
    """Run one of the spiders."""
    settings: dict[str, object] = {"LOG_LEVEL": "INFO", "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY}
    if kind == "trafilatura":
        SqlitePipeline.path = database
        settings["ITEM_PIPELINES"] = {SqlitePipeline: 1}
    process = CrawlerProcess(settings)
    spider = TrafilaturaSpider if kind == "trafilatura" else BareSpider
    process.crawl(spider, urls=tuple(Path(urls).read_text(encoding="utf-8").split()))
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
