"""One cycle of the background service: crawl what is due in a child process, then compare, then plan."""

import asyncio
import gc
import logging
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from crawler.commands.crawl import NOT_KEPT, WRONG_USE
from scheduler.children import start_crawl
from scheduler.cluster import crawl_by_workers
from scheduler.planning import fill_budget, find_allowance, plan_pages
from scheduler.vacancy import Vacancy, find_vacancy
from seeds.catalog import CatalogError
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import DatabaseError, open_database
from storage.search.index import index_versions

logger = logging.getLogger(__name__)

DAY = 86400.0
MOST_INDEXED = 20_000  # texts that a cycle puts into the search index; an old database needs several cycles
GRACE = 60.0  # seconds that a crawl gets to end cleanly before it is killed
MOST_STARTS = 3  # of a cycle's crawl, when sites become busy just as it begins


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
    _is_abandoned: bool = False

    async def run(self) -> bool:
        """Crawl, then compare and plan; nothing once `stop` was called.

        False when archive or database could not be used, so that it should soon be run again.
        """
        async with self._turn:
            if self._is_stopping:
                return True
            try:
                return await self._crawl_and_compare() or self._is_stopping
            except DatabaseError as error:
                logger.error("the cycle broke off: %s", error)  # noqa: TRY400 - one line says it all
                return False

    async def _crawl_and_compare(self) -> bool:
        code = 0
        allowance = await asyncio.to_thread(self.prepare)
        if allowance > 0 and self.has_workers:
            await crawl_by_workers(self.configuration, allowance, self.share * DAY, lambda: self._is_stopping)
        elif allowance > 0:
            code = await self.crawl(allowance)
            if code:
                logger.error("the crawl ended with exit code %d", code)
        else:
            logger.warning("the daily budget is spent; no crawl this time")
        if self._is_abandoned:
            return True
        changes = await asyncio.to_thread(self.compare)
        logger.info("compared: %d changes", changes)
        return code != NOT_KEPT

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
        """``scrapy crawl replies`` for what is due, at most ``allowance`` articles; returns its exit code.

        Sites that another crawl is visiting are left out, also when that one begins just as ours does; what is due
        there stays due.
        """
        code, before = 0, None
        for _ in range(MOST_STARTS):
            vacancy = await asyncio.to_thread(self.find_vacancy)
            if vacancy == before:  # it was something else
                break
            if vacancy.busy:
                logger.warning("left out, since another crawl is visiting them: %s", ", ".join(vacancy.busy))
            if self._is_stopping or (vacancy.busy and not vacancy.free):
                return 0
            code = await self._crawl_sites(vacancy.free if vacancy.busy else (), allowance)
            if code != WRONG_USE or self._is_stopping:
                break
            before = vacancy
        return code

    def find_vacancy(self) -> Vacancy:
        """Which sites can be crawled; what is wrong with the seeds, the crawl itself will say."""
        try:
            return find_vacancy(self.configuration)
        except CatalogError:
            return Vacancy((), ())

    async def _crawl_sites(self, sites: tuple[str, ...], allowance: int) -> int:
        """One child for some sites, all when none is named."""
        words = ("-a", f"site={','.join(sites)}") if sites else ()
        self._child = await start_crawl(self.configuration, "-a", "lists=due", "-a", f"limit={allowance}", *words)
        try:
            if self._is_stopping:  # it was told to stop while the child was being born
                self._child.send_signal(signal.SIGTERM)
            return await self._child.wait()
        finally:
            self._child = None

    def compare(self) -> int:
        """Derive what is not yet derived, plan, fill the search index; returns the number of new or altered changes."""
        database = open_database(self.configuration.database_url)
        try:
            steps = derive_changes(database, self.configuration.zone, self.configuration.weights)
            changes = sum(step.changes for step in steps)
            plan_pages(self.configuration, database)
            deque(index_versions(database, MOST_INDEXED), maxlen=0)
            return changes
        finally:
            database.close()
            gc.collect()  # it comes by itself only when the heap has grown by a quarter, hundreds of cycles on

    async def run_between(self, job: Callable[[], None]) -> bool:
        """Run a job in a thread while no cycle is under way, and let none begin meanwhile; False when one is."""
        if self._turn.locked() or self._is_stopping:
            return False
        async with self._turn:
            await asyncio.to_thread(job)
        return True

    async def stop(self) -> None:
        """End a running cycle cleanly, its crawl as by Ctrl-C; a crawl that does not end is killed after `GRACE`."""
        self._is_stopping = True
        self._signal_child(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE), self._turn:
                return
        except TimeoutError:
            self._signal_child(signal.SIGKILL)

    async def abandon(self, grace: float) -> None:
        """Leave a running cycle to another service: its crawl is killed after ``grace`` seconds, nothing follows."""
        self._is_stopping = self._is_abandoned = True
        child = self._child
        self._signal_child(signal.SIGTERM)
        if child is not None:
            await asyncio.wait({asyncio.create_task(child.wait())}, timeout=grace)
        self._signal_child(signal.SIGKILL)

    def _signal_child(self, number: signal.Signals) -> None:
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.send_signal(number)
