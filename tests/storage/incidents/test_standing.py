"""Incidents of the present open when they are so, close when they are not so any more, and are never told otherwise."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.clock import Clock
from storage.configuration import Configuration
from storage.database import Database
from storage.hosts import record_hosts
from storage.incidents.derivation import read_incidents, read_open_incidents
from storage.incidents.standing import judge_disk, note_standing, read_present
from storage.records import Incident, Outcome
from storage.runs import finish_run
from tests.crawler.test_ledger import NEWS
from tests.storage.world import MONDAY, World

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    """A crawl begun on Monday."""
    world = World(database)
    world.begin()
    return world


def look(world: World, now: datetime, *, silence_hours: int = 72, disk_low_mb: int = 0) -> list[Incident]:
    """What is open when somebody looks at a time."""
    clock = Clock(now - Clock().now())
    configuration = Configuration(clock=clock, data_dir=Path("/"), silence_hours=silence_hours, disk_low_mb=disk_low_mb)
    shown = read_present(configuration, world.database)
    note_standing(configuration, world.database)
    kept = list(read_open_incidents(world.database))
    assert [(one.kind, one.site, one.subject) for one in shown] == [
        (one.kind, one.site, one.subject) for one in kept
    ], "a page shows the same, and keeps nothing"
    return kept


def test_a_crawl_is_overdue_until_one_ends_well(world: World) -> None:
    """Three days after the last one that ended well; not while one gets on, and not before the first."""
    world.visit(world.add_page("a"), text="一。")
    assert look(world, world.now + 2 * DAY) == [], "it is still running"
    finish_run(world.database, world.run, world.now, "finished", {"new": 1})
    done = world.now
    assert look(world, done + 3 * DAY - timedelta(minutes=1)) == []
    (one,) = look(world, done + 4 * DAY)
    assert (one.kind, one.site, one.opened_at) == ("crawl_overdue", "", done + 3 * DAY)
    assert look(world, done + 5 * DAY)[0].opened_at == one.opened_at, "it is the same one"
    assert look(world, done + 5 * DAY, silence_hours=24)[0].opened_at == one.opened_at
    world.begin(6)
    finish_run(world.database, world.run, world.now, "failed", {})
    assert len(look(world, world.now)) == 1
    world.begin(7)
    finish_run(world.database, world.run, world.now, "finished", {"errors": 9})
    assert len(look(world, world.now)) == 1, "nobody answered"
    world.begin(8)
    finish_run(world.database, world.run, world.now, "interrupted", {"unchanged": 3})
    assert look(world, world.now) == []
    (closed,) = read_incidents(world.database)
    assert closed.closed_at is not None


def test_without_any_crawl_nothing_is_overdue(database: Database) -> None:
    """A new database; and one in which the operator wants no such incident."""
    world = World(database)
    assert look(world, MONDAY) == []
    world.begin()
    finish_run(database, world.run, world.now, "failed", {})
    assert look(world, world.now + 30 * DAY, silence_hours=0) == []
    (one,) = look(world, world.now + 30 * DAY)
    assert one.detail == "none ever did"


def test_a_certificate_is_told_before_it_ends_and_its_renewal_ends_it(world: World) -> None:
    """Two weeks ahead; a third of its life ahead for one that lives for days; not when it was bad already."""

    def show(since: datetime, until: datetime, seen_at: datetime) -> None:
        news = replace(NEWS, seen_at=seen_at, certificate_since=since, certificate_until=until)
        with world.database.write() as session:
            record_hosts(session, [news])

    until = MONDAY + 20 * DAY
    show(until - 365 * DAY, until, MONDAY)
    assert look(world, MONDAY + 5 * DAY, silence_hours=0) == []
    (one,) = look(world, MONDAY + 7 * DAY, silence_hours=0)
    assert (one.kind, one.subject, one.site) == ("certificate_expiring", "a.example", "jia")
    assert one.opened_at == until - 14 * DAY
    assert "2026-03-22" in one.detail
    show(until - DAY, until + 365 * DAY, MONDAY + 8 * DAY)
    assert look(world, MONDAY + 8 * DAY, silence_hours=0) == []
    show(MONDAY, MONDAY + 6 * DAY, MONDAY + DAY)
    assert look(world, MONDAY + 3 * DAY, silence_hours=0) == []
    assert len(look(world, MONDAY + 5 * DAY, silence_hours=0)) == 1
    show(MONDAY - 90 * DAY, MONDAY, MONDAY + DAY)
    assert look(world, MONDAY + 5 * DAY, silence_hours=0) == [], "that it is bad is told by the answers"


def test_a_disk_that_fills_is_told_until_there_is_room(world: World) -> None:
    """Of this machine; what another machine said of its disk is not closed by this one."""
    full = 10**12
    (one,) = look(world, MONDAY, disk_low_mb=full, silence_hours=0)
    assert one.kind == "disk_low"
    assert look(world, MONDAY + DAY, disk_low_mb=1, silence_hours=0) == []
    assert list(judge_disk(Path("/nowhere/at/all"), MONDAY, full)), "the disk on which the folder will be"


def test_a_bad_certificate_and_an_unreachable_robots_file_have_their_names(world: World) -> None:
    """A certificate fault is told at once; robots.txt behind a failing server forbids nothing."""
    page = world.add_page("a")
    visit = world.build_visit(page, Outcome.TLS_ERROR)
    world.visit(page, capture=replace(visit.capture, detail="certificate expired"))
    (one,) = read_open_incidents(world.database)
    assert one.kind == "certificate_bad"
    world.visit(page, text="一。")
    for _ in range(3):
        visit = world.build_visit(page, Outcome.ROBOTS_DENIED)
        world.visit(page, capture=replace(visit.capture, detail="robots.txt unreachable: status 503"))
    assert [one.kind for one in read_open_incidents(world.database)] == ["server_error"]
    visit = world.build_visit(page, Outcome.ROBOTS_DENIED)
    world.visit(page, capture=replace(visit.capture, detail="forbidden by robots.txt"))
    assert {one.kind for one in read_open_incidents(world.database)} == {"server_error", "robots_denied"}
