"""Rows are read by number without passing one by, though PostgreSQL commits them in another order."""

import pytest
from sqlalchemy.orm import Session

from storage.database import Database, open_database
from storage.horizon import find_horizon
from storage.incidents.derivation import read_incidents
from storage.records import Outcome
from storage.tables import CaptureRow
from storage.visits import record_visits
from tests.storage.world import World


@pytest.mark.postgresql
def test_a_capture_that_is_committed_late_is_not_passed_by(postgresql_url: str) -> None:
    """Of two crawls, the one with the lower numbers commits last: nothing is read before, and then both are."""
    database, other = open_database(postgresql_url), open_database(postgresql_url)
    world = World(database)
    world.begin()
    first, second = world.add_page("a"), world.add_page("b")
    world.visit(second)  # so that the archive's file is known, on which both would wait otherwise
    blocked = world.build_visit(first, Outcome.BLOCKED)
    with Session(other.engine) as slow:
        record_visits(slow, [blocked])
        slow.flush()
        world.visit(second)
        assert find_horizon(database, CaptureRow.id) is None
        assert read_incidents(database) == ()
        slow.commit()
    (one,) = read_incidents(database)
    assert (one.kind, one.opened_at) == ("blocked", blocked.capture.captured_at)
    assert one.closed_at is not None, "the good answer of the other crawl came later"
    other.close()
    database.close()


def test_the_horizon_is_the_last_row_when_nobody_writes(database: Database) -> None:
    """Empty, and then with one capture."""
    assert find_horizon(database, CaptureRow.id) == (0,)
    world = World(database)
    world.begin()
    world.visit(world.add_page("a"))
    assert find_horizon(database, CaptureRow.id) == (1,)
