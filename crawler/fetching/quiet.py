"""Scrapy's log formatter and statistics without what they cost at every request."""

from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.statscollectors import MemoryStatsCollector
from twisted.python.failure import Failure


class QuietFormatter(LogFormatter):
    """``LOG_FORMATTER``: faults are told as Scrapy tells them, a page or an item is not; the archive has them all.

    Scrapy composes a message for each and drops it where it logs.
    """

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """Nothing."""
        del request, response, spider
        return None  # type: ignore[return-value]  # as Scrapy documents it

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:  # noqa: ANN401 - Scrapy's signature
        """Nothing."""
        del item, response, spider
        return None  # type: ignore[return-value]  # likewise

    def dropped(
        self,
        item: Any,  # noqa: ANN401 - Scrapy's signature
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """Nothing: an item is dropped when nothing can be kept, which is said once."""
        del item, exception, response, spider
        return None  # type: ignore[return-value]  # likewise


class QuickStats(MemoryStatsCollector):
    """``STATS_CLASS``: counts as Scrapy's does, without the check of each call for an argument that nobody gives."""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - the base class's signature
        """The attribute itself."""
        return object.__getattribute__(self, name)
