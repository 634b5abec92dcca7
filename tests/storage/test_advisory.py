"""Locks between machines: two connections to a real PostgreSQL stand for two machines."""

from collections.abc import Iterator

import pytest

from storage.advisory import SharedLocks, is_taken
from storage.database import Database, DatabaseError, open_database

pytestmark = pytest.mark.postgresql


@pytest.fixture
def server(postgresql_url: str) -> Iterator[Database]:
    """An empty database on the server."""
    database = open_database(postgresql_url)
    yield database
    database.close()


def test_one_of_two_machines_has_a_lock(server: Database) -> None:
    """What one holds, the other cannot take; once it lets go, it can."""
    here, there = SharedLocks(server), SharedLocks(server)
    assert here.take("host-a.example")
    assert not there.take("host-a.example")
    assert there.take("host-b.example")
    here.release("host-a.example")
    assert there.take("host-a.example")
    there.release("host-a.example")
    there.release("host-b.example")


def test_asking_takes_nothing(server: Database) -> None:
    """Whether a lock is held can be asked by a third, who stands in nobody's way."""
    here = SharedLocks(server)
    assert not is_taken(server, "run-1")
    assert here.take("run-1")
    assert is_taken(server, "run-1")
    here.release("run-1")
    assert not is_taken(server, "run-1")


def test_who_lost_the_connection_is_told(server: Database) -> None:
    """A process whose locks the server gave away must not go on as if it had them."""
    here, there = SharedLocks(server), SharedLocks(server)
    assert here.take("host-a.example")
    here.check()
    with server.write() as session:
        session.connection().exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
        )
    with pytest.raises(DatabaseError, match="locks are lost"):
        here.check()
    assert there.take("host-a.example")
    there.release("host-a.example")


def test_sqlite_knows_one_machine(tmp_path: object) -> None:
    """There the locks of the file system do, so every lock of the database can be had."""
    database = open_database(f"sqlite:///{tmp_path}/x.sqlite3")
    locks = SharedLocks(database)
    assert locks.take("a")
    assert locks.take("a")
    assert not is_taken(database, "a")
    locks.release("a")
    database.close()
