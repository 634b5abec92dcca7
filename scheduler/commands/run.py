"""``replywatch run``: the background service."""

import asyncio
import json
import logging
from datetime import UTC, datetime

import click

from crawler.commands.crawl import check_seeds
from scheduler.leadership import LENGTH
from scheduler.notify import check_subscribers
from scheduler.queue import open_queue
from scheduler.service import serve_forever
from storage.archive.errors import ArchiveError
from storage.clock import format_instant
from storage.configuration import Configuration
from storage.database import open_database


@click.command("run")
@click.option("--every", "minutes", type=click.IntRange(1, 24 * 60), default=360, show_default=True, help="Minutes.")
@click.option(
    "--cluster/--no-cluster",
    default=None,
    help="Hand the crawls to `replywatch worker` nodes (PostgreSQL); by default as the setting cluster says.",
)
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--lease",
    type=click.FloatRange(1, 3600),
    default=LENGTH,
    show_default=True,
    help="Seconds after which a standby takes over from a service that died.",
)
@click.pass_obj
def command(configuration: Configuration, minutes: int, log_format: str, lease: float, *, cluster: bool | None) -> None:
    """Crawl what is due, compare and tell subscribers, again and again, until SIGTERM or Ctrl-C.

    A crawl under way ends cleanly. A second service on the same database stands by and takes over when the first dies.
    With metrics_port set, figures for Prometheus are at http://127.0.0.1:PORT/metrics.
    """
    check_setup(configuration)
    has_workers = configuration.cluster if cluster is None else cluster
    if has_workers:
        open_queue(configuration)
    write_log(log_format)
    asyncio.run(serve_forever(configuration, minutes, has_workers=has_workers, lease=lease))


def check_setup(configuration: Configuration) -> None:
    """Let a mistake show at once, not in the log of every crawl.

    No lock of a site is touched: it would look as if a crawl were under way to one that begins just now.
    """
    check_subscribers(configuration)
    check_seeds(configuration, ())
    open_database(configuration.database_url).close()
    try:
        configuration.archive_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"cannot be written: {error.strerror}", file=str(error.filename)) from error


class JsonLines(logging.Formatter):
    """One JSON object a line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, logger and message, and the traceback where there is one."""
        values = {
            "time": format_instant(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            values["traceback"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False)


def write_log(form: str) -> None:
    """Log to standard error as ``text`` or ``json``."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
