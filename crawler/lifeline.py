"""Ends a crawl cleanly when its parent dies: the parent holds the other end of standard input, and never writes to it.

The system closes that end however the parent ends, on Linux and elsewhere, and with no moment at the start in which it
would go unseen. Switched on with ``-s STOP_AT_EOF=1`` by those who start crawls as children; a crawl that is given by
hand leaves standard input alone.
"""

import logging
import os
import sys
from threading import Thread

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.defer import deferred_from_coro

logger = logging.getLogger(__name__)

GRACE = 1.0
"""Seconds left to a SIGTERM that comes at the same time: Scrapy, stopped twice, does not wait for the first stop."""


class Lifeline:
    """Stops the crawler as the first Ctrl-C does; after that or a SIGTERM it changes nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Lifeline":
        """Watch from the moment at which the engine can be stopped."""
        if not crawler.settings.getbool("STOP_AT_EOF"):
            raise NotConfigured
        lifeline = cls(crawler)
        crawler.signals.connect(lifeline.watch, signals.engine_started)
        return lifeline

    def watch(self) -> None:
        """Wait for the end of standard input in a thread that holds up nobody."""
        Thread(target=self._wait, args=(sys.stdin.fileno(),), name="lifeline", daemon=True).start()

    def _wait(self, descriptor: int) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - which one is decided when the crawl begins

        while os.read(descriptor, 1024):
            continue
        reactor.callFromThread(reactor.callLater, GRACE, self._stop)

    def _stop(self) -> None:
        logger.warning("the process that started this crawl is gone; the crawl ends with it")
        deferred_from_coro(self._crawler.stop_async())
