"""Leases: one process at a time has a duty, and another takes over when it dies.

Times are real ones, handed in by the caller; machines that share a database keep their clocks by NTP.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.database import Database
from storage.service_tables import LeaseRow


@dataclass(frozen=True, slots=True)
class Lease:
    """A duty: who has it until when, and how often it has changed hands.

    ``predecessor`` is who had it until now and had not given it back: somebody else, who may live and not know, or the
    same owner that renews. It is empty when the lease was free.
    """

    name: str
    owner: str
    term: int
    taken_at: datetime
    until: datetime
    predecessor: str = ""


def take_lease(database: Database, name: str, owner: str, now: datetime, length: timedelta) -> Lease | None:
    """Take or renew a lease until ``now + length``; None while another owner has it.

    Raises:
        DatabaseError: the database is out of reach, or locked for too long.
    """
    with database.write() as session:
        ensure_row(session, name, now)
        row = session.get_one(LeaseRow, name, with_for_update=True)
        former = row.owner
        if former not in ("", owner) and row.until >= now:
            return None
        if former != owner:
            row.owner, row.taken_at, row.term = owner, now, row.term + 1
        row.until = now + length
        return describe_lease(row, former)


def ensure_row(session: Session, name: str, now: datetime) -> None:
    """Make the row of a lease that nobody ever had; two that do it at once make one."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"name": name, "owner": "", "term": 0, "taken_at": now, "until": now}
    session.execute(dialect.insert(LeaseRow).values(values).on_conflict_do_nothing())


def release_lease(database: Database, name: str, owner: str, now: datetime) -> None:
    """Give a lease back, so that the next one need not wait; nothing when it is not the owner's any more."""
    released = update(LeaseRow).where(LeaseRow.name == name, LeaseRow.owner == owner)
    with database.write() as session:
        session.execute(released.values(owner="", until=now))


def read_lease(database: Database, name: str) -> Lease | None:
    """Who has a duty; None when nobody ever took it."""
    with database.read() as session:
        row = session.get(LeaseRow, name)
        return describe_lease(row) if row else None


def describe_lease(row: LeaseRow, predecessor: str = "") -> Lease:
    """The row as a value."""
    return Lease(row.name, row.owner, row.term, row.taken_at, row.until, predecessor)
