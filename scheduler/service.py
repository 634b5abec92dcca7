"""The background service: APScheduler with few coarse jobs. What is due stands in the database, not in a job store."""

import asyncio
import logging
import signal
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.cycle import Cycle
from storage.configuration import Configuration

logger = logging.getLogger(__name__)

MISFIRE_GRACE = 3600  # seconds; after an hour of sleep or overload one run makes up for all that were missed
DAY = 24 * 60  # minutes
JITTER = 60  # seconds, so that many installations do not ask the same sites at the same moment


async def serve_forever(configuration: Configuration, minutes: int, *, has_workers: bool = False) -> None:
    """Run a cycle now and every ``minutes``, until SIGTERM or Ctrl-C; ``has_workers`` when other nodes crawl."""
    cycle = Cycle(configuration, share=minutes / DAY, has_workers=has_workers)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    scheduler = AsyncIOScheduler(timezone=configuration.zone)
    scheduler.add_job(
        cycle.run,
        IntervalTrigger(minutes=minutes, jitter=min(JITTER, minutes * 30), timezone=configuration.zone),
        id="cycle",
        next_run_time=datetime.now(configuration.zone),  # the first cycle is one of them: never two crawls at a time
        max_instances=1,
        coalesce=True,
        misfire_grace_time=MISFIRE_GRACE,
    )
    scheduler.start()
    logger.info("running; a cycle every %d minutes", minutes)
    await stopped.wait()
    logger.info("stopping")
    scheduler.pause()
    await cycle.stop()
    scheduler.shutdown(wait=False)
