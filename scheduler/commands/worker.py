"""``replywatch worker``: one node of a cluster."""

import asyncio
import logging
import signal

import click

from crawler.arguments import CrawlArguments
from crawler.commands.crawl import check_seeds
from scheduler.queue import open_queue
from scheduler.workers import Worker
from storage.configuration import Configuration


@click.command("worker")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Crawls at a time, of other hosts."
)
@click.option(
    "--heartbeat",
    type=click.FloatRange(0.5, 600),
    default=10.0,
    show_default=True,
    help="Seconds between two signs of life; a node that leaves out three is taken for dead.",
)
@click.pass_obj
def command(configuration: Configuration, concurrency: int, heartbeat: float) -> None:
    """Crawl what `replywatch run --cluster` hands out, until SIGTERM or Ctrl-C; crawls under way end cleanly.

    Nodes share one PostgreSQL (DATABASE_URL), the seed files and the archive (DATA_DIR, on a file system that all of
    them see). A host is visited by one node at a time. What a dead node had is taken over by the others.
    """
    check_seeds(configuration, CrawlArguments().sites)
    open_queue(configuration)  # a mistake shows at once
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it tells of each try, with a traceback
    asyncio.run(work(Worker(configuration, concurrency, heartbeat)))


async def work(worker: Worker) -> None:
    """Run a node until a signal says stop."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await worker.run(stopped)
