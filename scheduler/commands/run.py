"""``replywatch run``: the background service."""

import asyncio
import logging

import click

from crawler.arguments import CrawlArguments
from crawler.commands.crawl import prepare_crawl
from scheduler.queue import open_queue
from scheduler.service import serve_forever
from storage.configuration import Configuration


@click.command("run")
@click.option("--every", "minutes", type=click.IntRange(1, 24 * 60), default=360, show_default=True, help="Minutes.")
@click.option("--cluster", is_flag=True, help="Hand the crawls to `replywatch worker` nodes (PostgreSQL).")
@click.pass_obj
def command(configuration: Configuration, minutes: int, *, cluster: bool) -> None:
    """Crawl what is due and compare, again and again, until SIGTERM or Ctrl-C; a crawl under way ends cleanly."""
    prepare_crawl(configuration, CrawlArguments()).release()  # a mistake shows at once, not in the log of every crawl
    if cluster:
        open_queue(configuration)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    asyncio.run(serve_forever(configuration, minutes, has_workers=cluster))
