"""Parts that take the archive out of a crawl, to measure what it costs. For the benchmark alone."""

import hashlib
from datetime import UTC, datetime
from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.composition import session_of
from crawler.fetching.signals import exchange_ended
from crawler.items import FinishedWalk, Sight
from crawler.session import CrawlSession
from storage.archive.fields import IdSeries
from storage.archive.writer import Written
from storage.records import Exchange, Place


class UnarchivedPipeline:
    """Stands where the archive's pipeline stands, gives what the database needs to know, and writes nothing."""

    def __init__(self, session: CrawlSession) -> None:
        self._session = session
        self._ids = IdSeries()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Wire up with the crawl's session."""
        return cls(session_of(crawler))

    def process_item(self, item: Sight | FinishedWalk) -> Sight | FinishedWalk:
        """Fill in a record that does not exist."""
        if isinstance(item, Sight):
            page = item.task.page
            body = hashlib.sha256(item.exchange.body).hexdigest() if item.exchange.body else None
            item.written = Written(
                record_id=self._ids.take_next(),
                place=Place("unarchived.warc.gz", 0, 0),
                payload_digest=page.original.payload_digest if page and page.original else "sha1:none",
                entity_digest=body,
                body_digest=body,
                is_revisit=page is not None and page.body_digest is not None,
            )
            self._session._order.append(item)
        return item


class PlainDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's own handler; the exchange has what a response tells, and no bytes of the wire."""

    async def download_request(self, request: Request) -> Response:
        """Fetch, and leave the exchange in ``request.meta`` as the wire's handler does."""
        started_at = datetime.now(UTC)
        response = await super().download_request(request)
        pairs = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        exchange = Exchange(
            url=request.url,
            started_at=started_at,
            request=b"",
            status=response.status,
            headers=pairs,
            entity=response.body,
        )
        request.meta["exchange"] = exchange
        self._crawler.signals.send_catch_log(
            signal=exchange_ended, request=request, exchange=exchange, spider=self._crawler.spider
        )
        return response
