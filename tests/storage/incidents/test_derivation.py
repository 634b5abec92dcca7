"""Incidents are kept as they are found, and are the same as those derived from the first sign on."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import delete

from storage.database import Database
from storage.incidents.derivation import read_incidents
from storage.notification_tables import IncidentCursorRow, IncidentRow, SeriesRow
from storage.records import Outcome
from tests.storage.world import World

OUTCOMES = (Outcome.OK, Outcome.BLOCKED, Outcome.TIMEOUT, Outcome.TIMEOUT, Outcome.TLS_ERROR)


def forget_all(database: Database) -> None:
    """As if nothing had been derived."""
    with database.write() as session:
        for table in (IncidentRow, SeriesRow, IncidentCursorRow):
            session.execute(delete(table))


@pytest.mark.parametrize("seed", range(6))
def test_step_by_step_is_the_same_as_from_the_beginning(database: Database, seed: int) -> None:
    """Whatever happens between two readings, also when old captures come late, both ways tell the same."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    world = World(database)
    world.begin()
    pages = [world.add_page(name) for name in "ab"]
    for step in range(30):
        if dice.random() < 0.1:
            world.now -= timedelta(hours=dice.randrange(1, 60))  # an import of older captures
        world.now += timedelta(minutes=dice.randrange(1, 90))
        world.visit(dice.choice(pages), dice.choice(OUTCOMES))
        world.walk(*pages, is_complete=dice.random() < 0.7)
        if step % dice.randrange(1, 6) == 0:
            read_incidents(database)
    kept = read_incidents(database)
    forget_all(database)
    assert kept == read_incidents(database)
    assert kept


def test_two_failures_are_no_incident_and_three_are(database: Database) -> None:
    """Failures that happen to any page count from the third in a row, also when they are found one by one."""
    world = World(database)
    world.begin()
    page = world.add_page("a")
    found = []
    for _ in range(3):
        world.visit(page, Outcome.TIMEOUT)
        found.append(len(read_incidents(database)))
    assert found == [0, 0, 1]
    world.visit(page)
    (one,) = read_incidents(database)
    assert one.closed_at == world.now
