"""A duty is one owner's at a time, and another's when that one is silent for too long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from storage.database import Database, open_database
from storage.leases import read_lease, release_lease, take_lease

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LENGTH = timedelta(seconds=30)


def take(database: Database, owner: str, seconds: float = 0) -> int | None:
    """The term in which an owner has the duty so many seconds after noon; None when it has not."""
    lease = take_lease(database, "duty", owner, NOON + timedelta(seconds=seconds), LENGTH)
    return lease.term if lease else None


def test_a_lease_is_renewed_and_taken_over(database: Database) -> None:
    """Its owner renews it at any time; another gets it only after it ran out, and then the first has lost it."""
    assert read_lease(database, "duty") is None
    assert take(database, "one") == 1
    assert take(database, "two", 29) is None
    assert take(database, "one", 29) == 1
    assert take(database, "two", 58) is None
    assert take(database, "two", 60) == 2
    assert take(database, "one", 61) is None
    lease = read_lease(database, "duty")
    assert lease is not None
    assert (lease.owner, lease.taken_at, lease.until) == ("two", NOON + 2 * LENGTH, NOON + 3 * LENGTH)


def test_a_late_owner_keeps_what_nobody_took(database: Database) -> None:
    """A lease that ran out is still its owner's when it comes back before anybody else: the term goes on."""
    assert take(database, "one") == 1
    assert take(database, "one", 100) == 1


def test_a_released_lease_is_free_at_once(database: Database) -> None:
    """Whoever ends well hands on; who does not have it cannot release it."""
    take(database, "one")
    release_lease(database, "duty", "two", NOON)
    assert take(database, "two", 1) is None
    release_lease(database, "duty", "one", NOON)
    assert take(database, "two", 1) == 2


def test_of_many_that_try_at_once_one_gets_it(database_url: str) -> None:
    """Eight owners with connections of their own: one has the lease, seven have not."""

    def try_once(number: int) -> int | None:
        opened = open_database(database_url)
        try:
            return take(opened, str(number))
        finally:
            opened.close()

    with ThreadPoolExecutor(8) as pool:
        terms = list(pool.map(try_once, range(8)))
    assert sorted(term for term in terms if term) == [1]
