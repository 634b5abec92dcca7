"""The log formatter that says nothing of what goes well: Scrapy composes a message a page before it is dropped."""

from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietFormatter(LogFormatter):
    """``LOG_FORMATTER``: faults are told as Scrapy tells them, a page or an item is not; the archive has them all."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """Nothing."""
        del request, response, spider
        return None  # type: ignore[return-value]  # as Scrapy documents it

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:  # noqa: ANN401 - Scrapy's signature
        """Nothing."""
        del item, response, spider
        return None  # type: ignore[return-value]  # likewise
