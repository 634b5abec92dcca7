"""The task queue on PostgreSQL: procrastinate, an optional part. One job is one partition, to be crawled once.

Two locks keep it apart: ``queueing_lock`` (a partition waits once, not twice) and ``lock`` (one node at a time has it).
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.partitions import Partition
from storage.configuration import Configuration, ConfigurationError
from storage.database import DatabaseError, open_database
from storage.queueing import SCHEMA, name_server, prepare_queue

if TYPE_CHECKING:
    from procrastinate import App

QUEUE = "crawl"
TASK = "replywatch.crawl"


def open_queue(configuration: Configuration) -> "App":
    """The queue in the configured database, its tables made if need be; to be opened with ``async with``.

    Raises:
        ConfigurationError: the extra is not installed.
        DatabaseError: the database is not PostgreSQL, or out of reach.
    """
    if find_spec("procrastinate") is None:
        raise ConfigurationError("several nodes need procrastinate: pip install 'replywatch[cluster]'")
    database = open_database(configuration.database_url)
    try:
        prepare_queue(database, *read_scripts())
    finally:
        database.close()
    procrastinate = import_module("procrastinate")
    connector = procrastinate.PsycopgConnector(
        conninfo=name_server(configuration.database_url),
        kwargs={"options": f"-c search_path={SCHEMA}"},
        min_size=1,
        max_size=4,
    )
    app: App = procrastinate.App(connector=connector)
    return app


def list_failures() -> tuple[type[Exception], ...]:
    """What is raised when the database went away, or refused what it was asked for."""
    return (DatabaseError, import_module("procrastinate.exceptions").ConnectorException, import_module("psycopg").Error)


def read_scripts() -> tuple[str, dict[str, str]]:
    """What procrastinate brings: the script of its tables, and its migrations by name."""
    schema = import_module("procrastinate.schema")
    folder = Path(schema.SchemaManager.get_migrations_path())
    scripts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
    return schema.SchemaManager.get_schema(), scripts


async def hand_out(app: "App", partitions: tuple[Partition, ...], limits: Mapping[str, int]) -> int:
    """Queue a crawl of each partition; returns how many were not waiting already."""
    queued = 0
    refused = import_module("procrastinate.exceptions").AlreadyEnqueued
    for one in partitions:
        job = app.configure_task(TASK, queue=QUEUE, lock=one.key, queueing_lock=one.key)
        try:
            await job.defer_async(sites=list(one.sites), hosts=list(one.hosts), limit=limits[one.key])
            queued += 1
        except refused:
            pass
    return queued


async def count_unfinished(app: "App") -> int:
    """How many jobs wait or run."""
    jobs = [await app.job_manager.list_jobs_async(queue=QUEUE, status=status) for status in ("todo", "doing")]
    return sum(len(list(some)) for some in jobs)
