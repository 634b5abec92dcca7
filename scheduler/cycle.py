"""One cycle of the background service: crawl what is due in a child process, then compare, then plan."""

import asyncio
import logging
import signal
from dataclasses import dataclass, field

from scheduler.children import start_crawl
from scheduler.cluster import crawl_by_workers
from scheduler.planning import fill_budget, find_allowance, plan_pages
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import open_database

logger = logging.getLogger(__name__)

DAY = 86400.0
GRACE = 60.0  # seconds that a crawl gets to end cleanly before it is killed


@dataclass(slots=True)
class Cycle:
    """Runs crawls as children, so that a crash or a leak in one cannot take the service down.

    ``share`` is the part of a day's budget that one cycle may spend on pages before they are due. ``has_workers`` says
    that `replywatch worker` nodes crawl: the cycle hands out and waits for them as long as its share of the day.
    """

    configuration: Configuration
    share: float = 0.25
    has_workers: bool = False
    _child: asyncio.subprocess.Process | None = field(default=None)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_stopping: bool = False

    async def run(self) -> None:
        """Crawl, then compare and plan; nothing once `stop` was called."""
        async with self._turn:
            if not self._is_stopping:
                await self._crawl_and_compare()

    async def _crawl_and_compare(self) -> None:
        allowance = await asyncio.to_thread(self.prepare)
        if allowance > 0 and self.has_workers:
            await crawl_by_workers(self.configuration, allowance, self.share * DAY, lambda: self._is_stopping)
        elif allowance > 0:
            code = await self.crawl(allowance)
            if code:
                logger.error("the crawl ended with exit code %d", code)
        else:
            logger.warning("the daily budget is spent; no crawl this time")
        changes = await asyncio.to_thread(self.compare)
        logger.info("compared: %d changes", changes)

    def prepare(self) -> int:
        """Plan what somebody crawled since, and use the budget well; returns how many articles may be fetched now."""
        database = open_database(self.configuration.database_url)
        try:
            plan_pages(self.configuration, database)
            fill_budget(self.configuration, database, self.share)
            return find_allowance(self.configuration, database)
        finally:
            database.close()

    async def crawl(self, allowance: int) -> int:
        """``scrapy crawl replies`` for what is due, at most ``allowance`` articles; returns its exit code."""
        self._child = await start_crawl(self.configuration, "-a", f"limit={allowance}")
        try:
            if self._is_stopping:  # it was told to stop while the child was being born
                self._child.send_signal(signal.SIGTERM)
            return await self._child.wait()
        finally:
            self._child = None

    def compare(self) -> int:
        """Derive what is not yet derived, and plan; returns the number of new or altered changes."""
        database = open_database(self.configuration.database_url)
        try:
            steps = derive_changes(database, self.configuration.zone, self.configuration.weights)
            changes = sum(step.changes for step in steps)
            plan_pages(self.configuration, database)
            return changes
        finally:
            database.close()

    async def stop(self) -> None:
        """End a running cycle cleanly, its crawl as by Ctrl-C; a crawl that does not end is killed after `GRACE`."""
        self._is_stopping = True
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE), self._turn:
                return
        except TimeoutError:
            if self._child is not None and self._child.returncode is None:
                self._child.kill()
