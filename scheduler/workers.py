"""One node of a cluster: takes partitions off the queue, crawls each in a child process, takes over from dead nodes."""

import asyncio
import contextlib
import logging
import signal
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scheduler.children import start_crawl
from scheduler.leadership import wait_for
from scheduler.queue import QUEUE, TASK, list_failures, open_queue
from storage.advisory import SharedLocks, is_taken
from storage.configuration import Configuration
from storage.database import Database, DatabaseError, open_database

if TYPE_CHECKING:
    from procrastinate import App

logger = logging.getLogger(__name__)

MISSED_BEATS = 3  # signs of life that a node leaves out before it is taken for dead
MOST_TRIES = 10  # of a crawl that fails by itself; the next cycle queues it anew
LONGEST_WAIT = 600.0  # seconds between two tries
GRACE = 60.0  # seconds that a crawl gets to end cleanly before it is killed
KEPT_HOURS = 48  # of jobs that are done
LONGEST_PAUSE = 60.0  # seconds between two tries to reach a queue that went away


class PartitionBusyError(Exception):
    """A crawl that outlived its node is still visiting a host of the partition: no fault, only too early."""


class CrawlFailedError(Exception):
    """The crawl ended with an exit code other than 0."""


class CrawlStoppedError(Exception):
    """This node is stopping; another one goes on with the partition."""


def find_wait(error: BaseException, attempts: int, beat: float) -> float | None:
    """After how many seconds a job is tried again; None for never."""
    if isinstance(error, CrawlStoppedError):
        return 0.0
    if isinstance(error, PartitionBusyError):
        return beat
    if isinstance(error, CrawlFailedError | DatabaseError) and attempts < MOST_TRIES:
        return min(beat * (attempts + 1), LONGEST_WAIT)  # a node that died is counted, too, so no steeper
    return None


def name_reason(error: BaseException) -> str:
    """What the database said, in one line; the queue's own errors only say that it said something."""
    return str(error.__cause__ or error).strip().partition("\n")[0] or type(error).__name__


@dataclass(slots=True)
class Worker:
    """A node with room for ``concurrency`` crawls of different hosts; gives a sign of life every ``beat`` seconds."""

    configuration: Configuration
    concurrency: int = 2
    beat: float = 10.0
    _children: set[asyncio.subprocess.Process] = field(default_factory=set)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopped: asyncio.Event) -> None:
        """Work until ``stopped`` is set; crawls under way end cleanly then, and go back to the queue.

        A node outlives its queue: when the database is away, or took this node for dead since it was too slow to give
        a sign of life, crawls under way end (another node may have their hosts), and the node enters anew.
        """
        failures, pause = list_failures(), self.beat
        while not stopped.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await self._enter(stopped)
                reason = "it was left"
            except failures as error:
                reason = name_reason(error)
            if stopped.is_set():
                return
            has_worked = asyncio.get_running_loop().time() - began > LONGEST_PAUSE
            pause = self.beat if has_worked else min(2 * pause, LONGEST_PAUSE)
            logger.warning("the queue was lost: %s; trying again in %.0f seconds", reason, pause)
            await wait_for(stopped, pause)

    async def _enter(self, stopped: asyncio.Event) -> None:
        """Be a node, until told to stop or as long as the queue is there."""
        app = await asyncio.to_thread(open_queue, self.configuration)
        database = await asyncio.to_thread(open_database, self.configuration.database_url)
        self._stopping.clear()
        try:
            async with app.open_async():
                self._offer_task(app, database)
                await self._work(app, database, stopped)
        finally:
            self.stop()
            database.close()

    def _offer_task(self, app: "App", database: Database) -> None:
        async def crawl(sites: list[str], hosts: list[str], limit: int) -> None:
            await self.crawl_partition(database, sites, hosts, limit)

        app.task(name=TASK, queue=QUEUE, retry=build_retry(self.beat))(crawl)

    async def _work(self, app: "App", database: Database, stopped: asyncio.Event) -> None:
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=self.concurrency,
                install_signal_handlers=False,
                update_heartbeat_interval=self.beat,
                stalled_worker_timeout=MISSED_BEATS * self.beat,
                fetch_job_polling_interval=self.beat,
            )
        )
        sweeping = asyncio.create_task(self._sweep(app, database))
        stopping = asyncio.create_task(stopped.wait())
        try:
            await asyncio.wait({working, sweeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self.stop()
            sweeping.cancel()
            stopping.cancel()
            working.cancel()
        finally:
            results = await asyncio.gather(working, sweeping, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _sweep(self, app: "App", database: Database) -> None:
        """Look after dead nodes at each beat; what goes wrong in that is no reason to end the crawls of this one."""
        while True:
            try:
                await take_over(app, database, MISSED_BEATS * self.beat)
            except list_failures() as error:
                logger.warning("no look after dead nodes: %s", name_reason(error))
            await asyncio.sleep(self.beat)

    def stop(self) -> None:
        """Ask the crawls under way to end; what is fetched is committed."""
        self._stopping.set()
        for child in self._children:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)

    async def crawl_partition(self, database: Database, sites: list[str], hosts: list[str], limit: int) -> None:
        """``scrapy crawl replies`` of some sites in a child with a session of its own.

        Raises:
            PartitionBusyError, CrawlFailedError, CrawlStoppedError: the partition is not done.
        """
        if self._stopping.is_set():
            raise CrawlStoppedError
        for host in hosts:
            if await asyncio.to_thread(is_taken, database, f"host-{host}"):
                logger.info("another crawl is visiting %s; trying again in %.1f seconds", host, self.beat)
                raise PartitionBusyError(host)
        logger.info("crawling %s", ", ".join(sites))
        asked = (f"site={','.join(sites)}", "lists=due", f"limit={limit}")
        child = await start_crawl(self.configuration, *(word for argument in asked for word in ("-a", argument)))
        self._children.add(child)
        try:
            if self._stopping.is_set():
                self.stop()
            code = await self._await_end(child)
        finally:
            self._children.discard(child)
        if self._stopping.is_set():
            raise CrawlStoppedError
        if code:
            logger.warning("the crawl of %s ended with exit code %d", ", ".join(sites), code)
            raise CrawlFailedError(f"{','.join(sites)}: exit code {code}")

    async def _await_end(self, child: asyncio.subprocess.Process) -> int:
        """The exit code; a child that does not end `GRACE` seconds after it was asked to is killed."""
        ending = asyncio.create_task(child.wait())
        while not ending.done():
            await asyncio.wait({ending}, timeout=GRACE)
            if self._stopping.is_set() and not ending.done():
                child.kill()
        return ending.result()


def build_retry(beat: float) -> Any:  # noqa: ANN401 - a class of a library that may not be there
    """The retry strategy, made here because its base is loaded late."""
    module = import_module("procrastinate.retry")

    class Patience(module.BaseRetryStrategy):  # type: ignore[name-defined,misc] # the base is known at run time only
        """Says when a job is tried again."""

        def get_retry_decision(self, *, exception: BaseException, job: Any) -> Any:  # noqa: ANN401 - the library's
            wait = find_wait(exception, job.attempts, beat)
            return None if wait is None else module.RetryDecision(retry_in={"seconds": wait})

    return Patience()


async def take_over(app: "App", database: Database, silence: float) -> int:
    """Queue again what nodes had that gave no sign of life for ``silence`` seconds; returns how many jobs.

    One node at a time does it, so that none puts back a job that another has just begun. A crawl that outlived its node
    keeps its hosts locked: the job waits for it.
    """
    locks = SharedLocks(database)
    if not await asyncio.to_thread(locks.take, "take-over"):
        return 0
    try:
        manager = app.job_manager
        jobs = list(await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=silence))
        for job in jobs:
            try:
                await manager.retry_job(job)
            except import_module("procrastinate.exceptions").ConnectorException as error:
                logger.info("%s came to an end by itself: %s", job.lock, error)
            else:
                logger.warning("a node died; its crawl of %s is taken over", job.lock)
        await manager.delete_old_jobs(nb_hours=KEPT_HOURS, queue=QUEUE, include_failed=True)
        return len(jobs)
    finally:
        await asyncio.to_thread(locks.release, "take-over")
