"""The queue of requests for outside copies: what is to be asked, and what was answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from storage.database import Database
from storage.tables import ChangeRow, PageRow
from storage.witness_tables import WitnessRow

RECENT = timedelta(days=7)  # of older changes a copy made now says little
RETRY, MOST_TRIES = timedelta(hours=1), 6


@dataclass(frozen=True, slots=True)
class Testimony:
    """What an outside archive answered: where its copy is, or why there is none."""

    status: int | None
    location: str | None = None
    error: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A request and its state."""

    change_id: str
    url: str
    state: str
    tries: int
    asked_at: datetime | None
    status: int | None
    location: str | None
    error: str


def queue_requests(database: Database, least_score: float, now: datetime) -> int:
    """Put recent changes of at least that score into the queue, each once; returns how many."""
    known = select(WitnessRow.change_id)
    query = (
        select(ChangeRow.id, PageRow.url)
        .join(PageRow, PageRow.id == ChangeRow.page_id)
        .where(ChangeRow.score >= least_score, ChangeRow.is_baseline.is_(False))
        .where(ChangeRow.detected_at > now - RECENT, ChangeRow.id.not_in(known))
        .order_by(ChangeRow.detected_at, ChangeRow.id)
    )
    with database.write() as session:
        rows = [
            WitnessRow(change_id=change, url=url, state="waiting", due_at=now, tries=0, error="")
            for change, url in session.execute(query).all()
        ]
        session.add_all(rows)
        return len(rows)


def find_requests(database: Database, a_day: int, now: datetime) -> list[Witness]:
    """The requests that may be made now, the longest due first, no more than ``a_day`` in 24 hours."""
    with database.read() as session:
        asked = session.scalar(select(func.count()).where(WitnessRow.asked_at > now - timedelta(days=1))) or 0
        query = select(WitnessRow).where(WitnessRow.state == "waiting", WitnessRow.due_at <= now)
        rows = session.scalars(query.order_by(WitnessRow.due_at, WitnessRow.change_id).limit(max(a_day - asked, 0)))
        return [describe_witness(row) for row in rows]


def keep_testimony(database: Database, change_id: str, testimony: Testimony, now: datetime) -> str:
    """Record an answer; without a copy it is asked again, each time twice as much later. Returns the state."""
    with database.write() as session:
        row = session.get_one(WitnessRow, change_id)
        row.tries, row.asked_at, row.status = row.tries + 1, now, testimony.status
        row.location, row.error = testimony.location, testimony.error
        if testimony.location:
            row.state = "kept"
        elif row.tries >= MOST_TRIES:
            row.state = "given_up"
        row.due_at = now + max(testimony.retry_after or timedelta(), RETRY * 2 ** (row.tries - 1))
        return row.state


def read_witnesses(database: Database) -> list[Witness]:
    """All requests, in the order of their changes' ids."""
    with database.read() as session:
        return [describe_witness(row) for row in session.scalars(select(WitnessRow).order_by(WitnessRow.change_id))]


def describe_witness(row: WitnessRow) -> Witness:
    """A row as a value."""
    return Witness(row.change_id, row.url, row.state, row.tries, row.asked_at, row.status, row.location, row.error)
