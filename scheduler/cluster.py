"""A crawl by many nodes: hand each partition out, and wait a while for them."""

import asyncio
import logging
from collections.abc import Callable

from scheduler.partitions import share_allowance, split_sites
from scheduler.queue import count_unfinished, hand_out, open_queue
from seeds.catalog import load_catalog
from storage.clock import Clock
from storage.configuration import Configuration
from storage.database import open_database
from storage.plan.due import count_due_by_site

logger = logging.getLogger(__name__)

POLL = 2.0  # seconds


async def crawl_by_workers(
    configuration: Configuration, allowance: int, patience: float, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """Queue a crawl of every partition, and wait until none is left, ``patience`` seconds are over, or we are stopping.

    What is still under way then goes on; it waits in the queue once and no more. Returns how many jobs were queued.

    Raises:
        ConfigurationError, DatabaseError, CatalogError: nothing can be queued.
    """
    partitions = split_sites(load_catalog(configuration.seeds_dir).sites)
    limits = share_allowance(partitions, await asyncio.to_thread(read_due, configuration), allowance)
    app = await asyncio.to_thread(open_queue, configuration)
    async with app.open_async():
        queued = await hand_out(app, partitions, limits)
        logger.info("%d of %d partitions handed out", queued, len(partitions))
        end = asyncio.get_running_loop().time() + patience
        while not is_stopping() and asyncio.get_running_loop().time() < end and await count_unfinished(app):  # noqa: ASYNC110 - the work is done elsewhere; nobody here could set an event
            await asyncio.sleep(POLL)
    return queued


def read_due(configuration: Configuration, clock: Clock | None = None) -> dict[str, int]:
    """How many pages are due on each site."""
    database = open_database(configuration.database_url)
    try:
        with database.read() as session:
            return count_due_by_site(session, (clock or configuration.clock).now())
    finally:
        database.close()
