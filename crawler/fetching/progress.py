"""Shows how a crawl goes on: a live bar on a terminal, a plain log line at intervals elsewhere."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Protocol

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import create_looping_call
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

logger = logging.getLogger(__name__)

KEYS = ("done", "new", "changed", "unchanged", "blocked", "errors")
BAR_SECONDS = 0.5
LINE_SECONDS = 30.0
DEFAULT_COLUMNS, DEFAULT_ROWS = 100, 24


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pages were done, and what they turned out to be; ``total`` is 0 while nobody knows it."""

    done: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    blocked: int = 0
    errors: int = 0
    total: int = 0


def read_counts(stats: StatsCollector) -> Counts:
    """The counts that the pipelines keep in Scrapy's stats under ``replywatch/…``."""
    return Counts(**{key: int(stats.get_value(f"replywatch/{key}", 0)) for key in (*KEYS, "total")})


def describe_progress(counts: Counts, seconds: float) -> str:
    """One line for the log: ``12 of 40 pages done (2.4/s): 3 new, 1 changed, 8 unchanged, 0 blocked, 0 errors``."""
    total = f" of {counts.total}" if counts.total else ""
    rate = counts.done / seconds if seconds > 0 else 0.0
    parts = ", ".join(f"{getattr(counts, key)} {key}" for key in KEYS[1:])
    return f"{counts.done}{total} pages done ({rate:.1f}/s): {parts}"


class Display(Protocol):
    """Something that shows counts."""

    seconds: float
    """How often it wants to be told."""

    def show(self, counts: Counts) -> None:
        """Show the present state."""

    def close(self, counts: Counts) -> None:
        """Show the last state and leave the screen as a plain program would."""


class LineDisplay:
    """A log line each time."""

    def __init__(self, seconds: float = LINE_SECONDS) -> None:
        self.seconds = seconds
        self._started = monotonic()

    def show(self, counts: Counts) -> None:
        """Log the present state."""
        logger.info("Crawling: %s", describe_progress(counts, monotonic() - self._started))

    def close(self, counts: Counts) -> None:
        """Log the last state."""
        logger.info("Crawled: %s", describe_progress(counts, monotonic() - self._started))


class BarDisplay:
    """A bar at the bottom of the terminal; log lines are printed above it."""

    def __init__(self, seconds: float = BAR_SECONDS) -> None:
        self.seconds = seconds
        self._started = monotonic()
        self._stack = ExitStack()
        self._stack.enter_context(logging_redirect_tqdm())
        is_sized = os.get_terminal_size(sys.stderr.fileno()).columns > 0  # containers' terminals may have no width
        size = {"dynamic_ncols": True} if is_sized else {"ncols": DEFAULT_COLUMNS, "nrows": DEFAULT_ROWS}
        self._bar = self._stack.enter_context(tqdm(desc="Crawling", unit=" pages", **size))

    def show(self, counts: Counts) -> None:
        """Draw the present state."""
        self._bar.total = counts.total or None
        self._bar.set_postfix({key: getattr(counts, key) for key in KEYS[1:]}, refresh=False)
        self._bar.n = counts.done
        self._bar.refresh()

    def close(self, counts: Counts) -> None:
        """Draw the last state, leave it standing, and log it for those who keep the log."""
        self.show(counts)
        self._stack.close()
        logger.info("Crawled: %s", describe_progress(counts, monotonic() - self._started))


class Progress:
    """The extension. ``REPLYWATCH_PROGRESS = False`` switches it off.

    ``REPLYWATCH_PROGRESS_SECONDS`` sets the interval of the log lines (default 30).
    """

    def __init__(self, stats: StatsCollector, make_display: Callable[[], Display]) -> None:
        self._stats = stats
        self._make_display = make_display
        self._display: Display | None = None
        self._loop = create_looping_call(self._show)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Progress":
        """Take the bar when standard error is a terminal, else log lines.

        Raises:
            NotConfigured: it is switched off.
        """
        if not crawler.settings.getbool("REPLYWATCH_PROGRESS", True) or crawler.stats is None:  # noqa: FBT003 - Scrapy's signature
            raise NotConfigured
        seconds = crawler.settings.getfloat("REPLYWATCH_PROGRESS_SECONDS", LINE_SECONDS)
        progress = cls(crawler.stats, BarDisplay if sys.stderr.isatty() else partial(LineDisplay, seconds))
        crawler.signals.connect(progress.open_spider, signals.spider_opened)
        crawler.signals.connect(progress.close_spider, signals.spider_closed)
        return progress

    def open_spider(self) -> None:
        """Begin to show."""
        self._display = self._make_display()
        self._loop.start(self._display.seconds, now=False)

    def close_spider(self) -> None:
        """Show the last state and end."""
        if self._loop.running:
            self._loop.stop()
        if self._display:
            self._display.close(read_counts(self._stats))

    def _show(self) -> None:
        if self._display:
            self._display.show(read_counts(self._stats))
