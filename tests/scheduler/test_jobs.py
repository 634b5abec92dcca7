"""The house is kept: what the dead left open is closed, a sample is read, room is given back."""

import asyncio
import fcntl
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from scheduler.cycle import Cycle
from scheduler.jobs import keep_house
from scheduler.roots import read_root
from storage.clock import Clock
from storage.configuration import Configuration, load_configuration
from storage.database import Database
from storage.upkeep import compact_database
from tests.scheduler.office import Office


@pytest.fixture
def configuration(office: Office) -> Configuration:
    """The settings of an office with a history."""
    return load_configuration({"REPLYWATCH_DATA_DIR": str(office.folder / "data")}, office.folder)


def leave_open(path: Path) -> Path:
    """Give a file the name that it has while it is written."""
    return path.rename(path.with_name(f"{path.name}.open"))


def test_only_what_the_dead_left_open_is_closed(
    office: Office, configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that a living process has locked stays as it is; the rest get their names, and a sample is in order."""
    caplog.set_level(logging.INFO)
    dead, living = map(leave_open, sorted(office.archive.glob("*.warc.gz"))[:2])
    with living.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        asyncio.run(keep_house(Cycle(configuration)))
    assert list(office.archive.glob("*.open")) == [living]
    assert dead.with_suffix("").exists()
    assert "closed 1 archive files" in caplog.text
    assert "again: 0 faults" in caplog.text


def test_a_fault_in_the_sample_is_told(
    office: Office, configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever file is drawn: all were cut, and the log names the fault."""
    for path in office.archive.glob("*.warc.gz"):
        path.write_bytes(path.read_bytes()[:-9])
    asyncio.run(keep_house(Cycle(configuration)))
    assert "torn_tail" in caplog.text


def test_a_root_a_day_is_kept_where_it_is_wished(office: Office, configuration: Configuration) -> None:
    """Each is chained to the one before, and `verify` proves the archive with it; there is one a day, or none."""
    folder = office.folder / "data" / "roots"
    asyncio.run(keep_house(Cycle(configuration)))
    assert not folder.exists()
    for now in (office.now, office.now + timedelta(hours=1), office.now + timedelta(days=1)):
        wished = replace(configuration, daily_root=True, clock=Clock(now - Clock().now()))
        asyncio.run(keep_house(Cycle(wished)))
    first, second = sorted(folder.iterdir())
    assert read_root(second).previous == read_root(first).root
    assert office.run("verify", "--root", str(second)).exit_code == 0
    second.write_text("{}")
    wished = replace(configuration, daily_root=True, clock=Clock(office.now + timedelta(days=2) - Clock().now()))
    asyncio.run(keep_house(Cycle(wished)))
    assert sorted(folder.iterdir()) == [first, second], "nothing is chained to what is no root"


def test_an_empty_office_has_nothing_to_keep(new_office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Before the first crawl there is neither archive nor fault."""
    asyncio.run(keep_house(Cycle(load_configuration({"REPLYWATCH_DATA_DIR": str(new_office.folder)}))))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_room_is_given_back(database: Database, database_url: str) -> None:
    """SQLite's file shrinks when much of it is empty, not for a little; PostgreSQL looks after itself."""
    path = Path(database.engine.url.database or "")
    with database.write() as session:
        session.execute(text("CREATE TABLE ballast (words TEXT)"))
        session.execute(text("INSERT INTO ballast VALUES (:words)"), [{"words": "x" * 10_000}] * 200)
    with database.write() as session:
        session.execute(text("DELETE FROM ballast"))
    assert compact_database(database) == 0
    given_back = compact_database(database, least=100_000)
    if database_url.startswith("sqlite"):
        assert given_back > 1_000_000
        assert path.stat().st_size < 1_000_000
    else:
        assert given_back == 0
    assert compact_database(database, least=100_000) == 0
