"""Who leads: one at a time, whatever locks the database or cuts it off."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.leadership import NAME, Leadership
from storage.database import open_database
from storage.leases import Lease, read_lease, release_lease, take_lease

LENGTH = 2.0  # seconds
LONGER = 4.0  # for a leader that must not give up because the machine is busy
PATIENCE = 60.0  # seconds until a test gives up


def read_owner(database_url: str) -> str:
    """Who has the lease."""
    with closing(open_database(database_url)) as database:
        lease = read_lease(database, NAME)
    return lease.owner if lease else ""


async def begin_leading(leadership: Leadership) -> None:
    """Lead at once, as a first service does."""
    assert await leadership.acquire(asyncio.Event())


def test_a_free_lease_needs_no_waiting(database_url: str) -> None:
    """One that nobody had, or that was given back, is had at once, however long a lease holds."""

    async def play() -> None:
        for _ in range(2):
            leadership = Leadership(database_url, length=3600.0)
            async with asyncio.timeout(PATIENCE):
                await begin_leading(leadership)
            await leadership.release()

    asyncio.run(play())
    assert read_owner(database_url) == ""


def test_a_leader_that_is_cut_off_gives_up_before_another_begins(database_url: str) -> None:
    """The database is out of its reach: it has lost the lease before the standby works."""
    happened: list[str] = []

    async def play() -> None:
        first, second = Leadership(database_url, LENGTH), Leadership(database_url, LENGTH)
        await begin_leading(first)

        async def note_loss() -> None:
            await first.lost.wait()
            happened.append("the first gave up")

        async def stand_by() -> None:
            await second.acquire(asyncio.Event())
            happened.append("the second leads")

        first.database_url = "postgresql://nobody@127.0.0.1:1/nothing"
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(note_loss(), stand_by())
        await first.release()
        await second.release()

    asyncio.run(play())
    assert happened == ["the first gave up", "the second leads"]


def test_a_leader_that_was_replaced_finds_out(database_url: str) -> None:
    """Another one has the lease, for whatever reason: the next renewal says so."""

    async def play() -> None:
        leadership = Leadership(database_url, LENGTH)
        await begin_leading(leadership)
        with closing(open_database(database_url)) as database:
            release_lease(database, NAME, leadership.owner, datetime.now(UTC))
            assert take_lease(database, NAME, "another", datetime.now(UTC), timedelta(hours=1))
        async with asyncio.timeout(PATIENCE):
            await leadership.lost.wait()
        await leadership.release()

    asyncio.run(play())
    assert read_owner(database_url) == "another"


def test_a_database_that_does_not_answer_costs_the_lease() -> None:
    """A look that hangs is waited for no longer than the lease holds, though its thread still does."""
    answers = threading.Event()

    class Hanging(Leadership):
        """Gets the lease, and then no answer any more."""

        def take(self) -> Lease | None:
            """Nobody else has it."""
            now = datetime.now(UTC)
            return Lease(NAME, self.owner, 1, now, now)

        def hold(self) -> bool:
            """No answer until the test ends."""
            return answers.wait(PATIENCE)

        def give_back(self) -> None:
            """Nothing to give back."""

    async def play() -> None:
        leadership = Hanging("", LENGTH)
        await begin_leading(leadership)
        await leadership.lost.wait()
        assert not answers.is_set()
        answers.set()
        await leadership.release()

    asyncio.run(play())


def test_a_long_write_does_not_cost_the_lease(tmp_path: Path) -> None:
    """Somebody locks SQLite for longer than the lease holds: its owner leads on, and renews when the lock falls."""
    path = tmp_path / "replywatch.sqlite3"
    database_url = f"sqlite:///{path}"

    async def play() -> None:
        leadership = Leadership(database_url, LONGER)
        await begin_leading(leadership)
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.3 * LONGER):
                    await leadership.lost.wait()
            until = read_until(database_url)
            assert until < datetime.now(UTC)
            writer.execute("COMMIT")
        await await_renewal(database_url, until)
        assert not leadership.lost.is_set()
        await leadership.release()

    asyncio.run(play())


def test_whoever_takes_a_lease_while_it_was_locked_waits(tmp_path: Path) -> None:
    """After a long write a standby is quicker than the owner: the owner gives up, and only then does the other work."""
    path = tmp_path / "replywatch.sqlite3"
    database_url = f"sqlite:///{path}"
    happened: list[str] = []

    async def play() -> None:
        first, second = Leadership(database_url, LENGTH), Leadership(database_url, LENGTH)
        await begin_leading(first)
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(1.2 * LENGTH)
            row = (second.owner, "2999-01-01 00:00:00.000000", NAME)
            writer.execute("UPDATE leases SET owner = ?, until = ? WHERE name = ?", row)
            writer.execute("COMMIT")
        standing_by = asyncio.create_task(second.acquire(asyncio.Event()))
        await first.lost.wait()
        happened.append("the first gave up")
        assert not standing_by.done()
        assert await standing_by
        happened.append("the second leads")
        await first.release()
        await second.release()

    asyncio.run(play())
    assert happened == ["the first gave up", "the second leads"]


async def await_renewal(database_url: str, until: datetime) -> None:
    """Wait until the lease holds for longer."""
    for _ in range(int(PATIENCE / 0.1)):
        if read_until(database_url) > until:
            return
        await asyncio.sleep(0.1)
    pytest.fail("it was not renewed")


def read_until(database_url: str) -> datetime:
    """Until when the lease holds."""
    with closing(open_database(database_url)) as database:
        lease = read_lease(database, NAME)
    assert lease is not None
    return lease.until
