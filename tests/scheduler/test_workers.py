"""Several nodes: who is refused, when a job is tried again, and a crawl by two nodes that are killed."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from scheduler.partitions import Partition
from scheduler.queue import hand_out, open_queue
from scheduler.workers import (
    LONGEST_WAIT,
    MOST_TRIES,
    CrawlFailedError,
    CrawlStoppedError,
    PartitionBusyError,
    Worker,
    find_wait,
)
from storage.configuration import Configuration
from storage.database import Database, DatabaseError, open_database
from storage.queueing import SCHEMA
from tests.campaigns.workers import Size, play
from tests.site.commands import CommandError, Operator

PATIENCE = 60.0  # seconds until a test gives up


def test_several_nodes_need_postgresql(tmp_path: Path) -> None:
    """On SQLite a worker says in one line what to set, and ends with 2."""
    (tmp_path / "one.toml").write_text(
        'key = "one"\nname = "one"\nhosts = ["127.0.0.1:1"]\n[[columns]]\nkind = "提案"\nurl = "http://127.0.0.1:1/"\n',
        encoding="utf-8",
    )
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)
    with pytest.raises(CommandError, match="several nodes need PostgreSQL") as caught:
        operator.run_replywatch("worker")
    assert caught.value.code == 2
    assert caught.value.errors.count("\n") == 1


@pytest.mark.postgresql
def test_the_queue_is_made_once(postgresql_url: str) -> None:
    """Opening it again finds its tables there, beside the project's own."""
    configuration = Configuration(database_url=postgresql_url)
    open_queue(configuration)
    open_queue(configuration)


def test_sqlite_has_no_queue(tmp_path: Path) -> None:
    """The refusal names the setting."""
    with pytest.raises(DatabaseError, match="DATABASE_URL"):
        open_queue(Configuration(database_url=f"sqlite:///{tmp_path}/x.sqlite3"))


def test_when_a_job_is_tried_again() -> None:
    """What was stopped at once, what is busy at the next beat, what fails ever later, and not for ever."""
    assert find_wait(CrawlStoppedError(), 99, 10.0) == 0.0
    assert find_wait(PartitionBusyError("a"), 99, 10.0) == 10.0
    assert [find_wait(CrawlFailedError("x"), tries, 10.0) for tries in (0, 1, 2)] == [10.0, 20.0, 30.0]
    assert find_wait(DatabaseError("x"), MOST_TRIES - 1, 90.0) == LONGEST_WAIT
    assert find_wait(CrawlFailedError("x"), MOST_TRIES, 10.0) is None
    assert find_wait(ValueError(), 0, 10.0) is None


@dataclass(slots=True)
class NotingWorker(Worker):
    """Notes what it is to crawl, and crawls nothing."""

    noted: list[str] = field(default_factory=list)

    async def crawl_partition(self, database: Database, sites: list[str], hosts: list[str], limit: int) -> None:
        """Done at once."""
        del database, hosts, limit
        self.noted += sites


@pytest.mark.postgresql
def test_a_node_that_was_taken_for_dead_enters_anew(
    postgresql_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Too slow to give signs of life, it was struck off the list: it says so, works on, and ends without an error."""
    configuration = Configuration(database_url=postgresql_url, data_dir=tmp_path)
    partition = Partition("one", ("one",), ("one.example",))

    async def play(database: Database) -> list[str]:
        worker, stopped = NotingWorker(configuration, beat=0.5), asyncio.Event()
        working = asyncio.create_task(worker.run(stopped))
        async with asyncio.timeout(PATIENCE):
            await await_rows(database, LISTED)
            with database.write() as session:
                session.execute(text(f"DELETE FROM {SCHEMA}.procrastinate_workers"))  # noqa: S608 - no input
            app = open_queue(configuration)
            async with app.open_async():
                await hand_out(app, (partition,), {"one": 1})
                await await_rows(database, DONE)
            stopped.set()
            await working
        return worker.noted

    database = open_database(postgresql_url)
    assert asyncio.run(play(database)) == ["one"]
    database.close()
    assert "the queue was lost: " in caplog.text
    assert "foreign key" in caplog.text


LISTED = f"SELECT count(*) FROM {SCHEMA}.procrastinate_workers"  # noqa: S608 - no input
DONE = f"SELECT count(*) FROM {SCHEMA}.procrastinate_jobs WHERE status = 'succeeded'"  # noqa: S608 - no input


async def await_rows(database: Database, query: str) -> None:
    """Wait until a table of the queue has a row of that kind."""
    for _ in range(int(PATIENCE / 0.1)):
        with database.read() as session:
            has_tables = session.scalar(text(f"SELECT to_regclass('{SCHEMA}.procrastinate_workers')"))
            if has_tables and session.scalar(text(query)):
                return
        await asyncio.sleep(0.1)


@pytest.mark.slow
@pytest.mark.postgresql
def test_nodes_that_are_killed_lose_nothing(tmp_path: Path, postgresql_url: str) -> None:
    """Two nodes, five kills: every page is done, no host sees two requests at once, and the archive is whole."""
    said: list[str] = []
    faults = play(tmp_path, postgresql_url, Size(kills=5, replies=60, families=3, seconds=300), said.append)
    assert faults == [], said
