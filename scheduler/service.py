"""The background service: APScheduler with few coarse jobs. What is due stands in the database, not in a job store.

Of several services on one database one works; the others stand by and take over when it dies.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.cycle import Cycle
from scheduler.jobs import ask_archives, keep_house, tell_subscribers
from scheduler.leadership import GRACE, LENGTH, Leadership, wait_for_any
from scheduler.metrics import serve_metrics
from storage.configuration import Configuration

logger = logging.getLogger(__name__)

DAY = 24 * 60  # minutes
RETRY = 0.25  # minutes until a cycle that broke off begins anew
JITTER = 60  # seconds, so that many installations do not ask the same sites at the same moment
TELLING = 5  # minutes between two looks whether a subscriber is to be told
ASKING = 60  # minutes between two rounds to the outside archive


async def serve_forever(
    configuration: Configuration, minutes: float, *, has_workers: bool = False, lease: float = LENGTH
) -> None:
    """Run a cycle now and every ``minutes``, until SIGTERM or Ctrl-C; ``has_workers`` when other nodes crawl.

    ``lease`` is how long (seconds) a service that died keeps the others waiting.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    leadership = Leadership(configuration.database_url, lease)
    while await leadership.acquire(stopped):
        logger.info("running; a cycle every %g minutes", minutes)
        with serve_metrics(configuration):
            await lead(Cycle(configuration, share=minutes / DAY, has_workers=has_workers), minutes, stopped, leadership)
        await leadership.release()
        if not stopped.is_set():
            logger.warning("the lease was lost; standing by")
    logger.info("stopped")


async def lead(cycle: Cycle, minutes: float, stopped: asyncio.Event, leadership: Leadership) -> None:
    """Work until told to stop or until another one may lead; a crawl under way is ended cleanly if time allows.

    The lease is renewed while we stop; if it is lost then, there is no more time either.
    """
    scheduler = schedule_jobs(cycle, minutes)
    scheduler.start()
    await wait_for_any((stopped, leadership.lost))
    logger.info("stopping")
    scheduler.pause()
    if not leadership.lost.is_set():
        await run_until(leadership.lost, cycle.stop())
    if leadership.lost.is_set():
        await cycle.abandon(leadership.length * GRACE)
    scheduler.shutdown(wait=False)


async def run_until(event: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do something to its end, or until an event is set."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(event.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    for task in (working, waiting):
        task.cancel()
    await asyncio.gather(working, waiting, return_exceptions=True)


@dataclass(slots=True)
class Rounds:
    """Runs a cycle, and soon again when archive or database could not be used: a server that is started anew, a disk.

    Each time in a row after twice as long a pause, so that no site is asked again and again, and never later than the
    next cycle would begin anyway.
    """

    cycle: Cycle
    minutes: float
    job: Job | None = None
    failures: int = 0

    async def run(self) -> None:
        """One cycle; nothing follows when another service may lead, and this one is cut off."""
        try:
            is_done = await self.cycle.run()
        except asyncio.CancelledError:
            return  # the scheduler, which did this, would call it an error of ours
        if is_done:
            self.failures = 0
            return
        pause = min(RETRY * 2**self.failures, self.minutes)
        self.failures += 1
        again = datetime.now(self.cycle.configuration.zone) + timedelta(minutes=pause)
        if self.job is not None and self.job.next_run_time is not None and again < self.job.next_run_time:
            self.job.modify(next_run_time=again)
            logger.warning("the cycle begins anew in %g seconds", pause * 60)


def schedule_jobs(cycle: Cycle, minutes: float) -> AsyncIOScheduler:
    """All jobs, the cycle at once; each at most once at a time, and once for all turns that were missed."""
    configuration, zone = cycle.configuration, cycle.configuration.zone
    now = datetime.now(zone)
    scheduler = AsyncIOScheduler(timezone=zone)

    def add(job: Callable[..., object], trigger: BaseTrigger, first: datetime | None, *arguments: object) -> Job:
        return scheduler.add_job(
            job,
            trigger,
            arguments,
            **({"next_run_time": first} if first else {}),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,  # after any sleep or overload one run makes up for all that were missed
        )

    jitter = min(JITTER, minutes * 30)
    rounds = Rounds(cycle, minutes)
    rounds.job = add(rounds.run, IntervalTrigger(minutes=minutes, jitter=jitter, timezone=zone), now)
    soon = now + timedelta(minutes=1)
    add(asyncio.to_thread, IntervalTrigger(minutes=TELLING, timezone=zone), soon, tell_subscribers, configuration)
    add(asyncio.to_thread, IntervalTrigger(minutes=ASKING, timezone=zone), soon, ask_archives, configuration)
    add(keep_house, CronTrigger(hour=4, minute=30, jitter=600, timezone=zone), None, cycle)
    return scheduler
