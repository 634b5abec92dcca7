"""How a crawl ends when the archive or the database fails: nothing more can be kept, so nothing more is fetched."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem
from twisted.python.failure import Failure

from storage.archive.errors import ArchiveError
from storage.database import DatabaseError

logger = logging.getLogger(__name__)

STORAGE_FAILED = "storage_failed"
"""The reason of the crawl's end, and the stat that says so when it fails at the very end."""
S = TypeVar("S", bound=Spider)
G = TypeVar("G")
T = TypeVar("T")

STORAGE_ERRORS = (DatabaseError, ArchiveError, OSError)


class Ending:
    """Ends one crawl, once, with one line in the log."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Future[None] | None = None

    @property
    def has_failed(self) -> bool:
        """Whether archive or database failed, whoever saw it first."""
        assert self._crawler.stats is not None  # Scrapy sets it before any component is made
        return bool(self._crawler.stats.get_value(STORAGE_FAILED))

    def note(self, error: BaseException) -> None:
        """Say and remember that it failed."""
        assert self._crawler.stats is not None  # as above
        if not self.has_failed:
            self._crawler.stats.set_value(STORAGE_FAILED, value=True)
            logger.critical("the crawl stops, for nothing more can be kept: %s", error)

    def end(self, error: BaseException) -> None:
        """Note it, and let the engine close."""
        self.note(error)
        if self._closing is None:
            assert self._crawler.engine is not None  # a crawl is under way
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=STORAGE_FAILED))

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Around what keeps an item: when it cannot be kept, the crawl ends and the item is dropped."""
        try:
            yield
        except STORAGE_ERRORS as error:
            self.end(error)
            raise DropItem(str(error)) from error

    @contextmanager
    def keeping_aside(self) -> Iterator[None]:
        """Around what keeps something that is no item: when it cannot be kept, the crawl ends; the caller goes on."""
        try:
            yield
        except STORAGE_ERRORS as error:
            self.end(error)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Around what is done at the end: a failure is noted, and the end goes on."""
        try:
            yield
        except STORAGE_ERRORS as error:
            self.note(error)

    def end_on_failure(self, failure: Failure) -> None:
        """The same for what nobody foresaw: what comes after could be lost in the same way."""
        self.end(failure.value or RuntimeError(str(failure)))


@contextmanager
def closing_spider(spider: Spider) -> Iterator[None]:
    """Around what a callback does: when archive or database fail in it, the crawl ends as when they fail elsewhere."""
    try:
        yield
    except STORAGE_ERRORS as error:
        Ending(spider.crawler).note(error)
        raise CloseSpider(STORAGE_FAILED) from error


def ending_on_failure(parse: Callable[[S, G], Iterator[T]]) -> Callable[[S, G], Iterator[T]]:
    """Decorate a callback with `closing_spider`."""

    @wraps(parse)
    def parse_or_end(spider: S, given: G) -> Iterator[T]:
        with closing_spider(spider):
            yield from parse(spider, given)

    return parse_or_end
