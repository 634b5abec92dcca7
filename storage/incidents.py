"""What keeps us from seeing, derived from the facts: a host that blocks, fails or refuses, a list that is not whole.

An incident is an unbroken series of hindrances in one column: a good answer (or a complete walk) ends it. What was
derived is kept with the state of each series, and captures and walks beyond a cursor are taken in, so that the cost is
that of the news. One that comes late (an import) has its column derived again from its first sign.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.clock import format_instant, parse_instant
from storage.database import Database, lock_transaction
from storage.notification_tables import IncidentCursorRow, IncidentRow, SeriesRow
from storage.records import Incident, Outcome
from storage.tables import CaptureRow, ColumnRow, WalkRow

AT_ONCE = frozenset(
    {Outcome.BLOCKED, Outcome.THROTTLED, Outcome.GEO_SUSPECT, Outcome.ROBOTS_DENIED, Outcome.IDENTITY_MISMATCH}
)
REPEATED = frozenset(
    {Outcome.TIMEOUT, Outcome.CONNECT_ERROR, Outcome.DNS_ERROR, Outcome.TLS_ERROR, Outcome.SERVER_ERROR}
)
GOOD = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})
OFF_LIST = "unlisted_host"
DERIVATION_LOCK = 0x696E63  # two processes that derive at once on PostgreSQL do it one after the other
LEAST_FAILURES = 3  # one page that fails now and then is no incident

State = dict[str, dict[str, Any]]  # by kind: how many signs, when the first and the last was seen, the last one's words


@dataclass(frozen=True, slots=True)
class Sign:
    """One hindrance, or what ended a series of them (``kind`` None)."""

    site: str
    subject: str
    seen_at: datetime
    kind: str | None
    detail: str = ""


def read_incidents(database: Database, since: datetime | None = None) -> tuple[Incident, ...]:
    """All incidents that were still seen after ``since`` or are open, in the order in which they opened."""
    query = select(IncidentRow)
    if since is not None:
        query = query.where(or_(IncidentRow.closed_at.is_(None), IncidentRow.last_at >= since))
    return find_incidents(database, query)


def read_open_incidents(database: Database) -> tuple[Incident, ...]:
    """The incidents that last, in the order in which they opened."""
    return find_incidents(database, select(IncidentRow).where(IncidentRow.closed_at.is_(None)))


def find_incidents(database: Database, query: Select[IncidentRow]) -> tuple[Incident, ...]:
    """Derive what is new, then read what is asked for."""
    update_incidents(database)
    query = query.order_by(
        IncidentRow.opened_at, IncidentRow.site, IncidentRow.subject, IncidentRow.kind, IncidentRow.id
    )
    with database.read() as session:
        return tuple(map(read_row, session.scalars(query)))


def read_row(row: IncidentRow) -> Incident:
    """The row as a value."""
    return Incident(
        kind=row.kind,
        site=row.site,
        subject=row.subject,
        detail=row.detail,
        opened_at=row.opened_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
    )


def update_incidents(database: Database) -> None:
    """Take in what was recorded since the last time; only looks at two numbers when that is nothing."""
    with database.read() as session:
        if not any(find_stretch(session, source) for source in SOURCES):
            return
    with database.write() as session:
        lock_transaction(session.connection(), DERIVATION_LOCK)
        for source in SOURCES:
            cursor = session.get(IncidentCursorRow, source)
            if stretch := find_stretch(session, source):
                take_in(session, source, *stretch)
                session.merge(cursor or IncidentCursorRow(source=source)).last_id = stretch[1]


def find_stretch(session: Session, source: str) -> tuple[int, int] | None:
    """The numbers between which there may be news of a source; None when there is none."""
    column, _ = SOURCES[source]
    cursor = session.get(IncidentCursorRow, source)
    after, through = cursor.last_id if cursor else 0, session.scalar(select(func.max(column))) or 0
    return (after, through) if through > after else None


def take_in(session: Session, source: str, after: int, through: int) -> None:
    """Fold the signs of a stretch into the series of their columns."""
    _, read_signs = SOURCES[source]
    for (site, subject), signs in groupby(read_signs(session, after, through), lambda sign: (sign.site, sign.subject)):
        name = f"{site}\n{subject}"[:320]
        row = session.get(SeriesRow, (source, name))
        first = next(signs)
        if row is not None and first.seen_at < row.seen_at:
            is_here = (IncidentRow.source == source, IncidentRow.site == site, IncidentRow.subject == subject)
            session.execute(delete(IncidentRow).where(*is_here))
            for _ in signs:  # they are among those that are read again
                pass
            every = [one for one in read_signs(session, 0, through) if (one.site, one.subject) == (site, subject)]
            found, state, last = fold_signs(site, subject, {}, every)
        else:
            found, state, last = fold_signs(site, subject, row.state if row else {}, chain([first], signs))  # noqa: B031 - the other branch
        session.merge(SeriesRow(source=source, subject=name, seen_at=last, state=state))
        for one in found:
            session.merge(build_row(source, one))


def build_row(source: str, one: Incident) -> IncidentRow:
    """The incident's row; what opened it says which it is."""
    words = "\n".join((source, one.kind, one.site, one.subject, format_instant(one.opened_at)))
    return IncidentRow(
        id=hashlib.sha256(words.encode()).hexdigest()[:32],
        source=source,
        kind=one.kind,
        site=one.site,
        subject=one.subject,
        detail=one.detail,
        opened_at=one.opened_at,
        last_at=one.last_at,
        closed_at=one.closed_at,
    )


def fold_signs(
    site: str, subject: str, state: State, signs: Iterable[Sign], least: int = LEAST_FAILURES
) -> tuple[list[Incident], State, datetime]:
    """Go on with the series of a subject; returns what was closed or is open, the new state, and the last sign's time.

    Failures that may happen to any page count from ``least`` on, refusals at once. The first good sign behind a series
    closes it. Pure: ``state`` stays as it is; the signs (at least one) come in order of time.
    """
    state = dict(state)
    found: list[Incident] = []
    last = datetime.min.replace(tzinfo=UTC)
    for sign in signs:
        last = sign.seen_at
        if sign.kind is None:
            found += [replace(one, closed_at=sign.seen_at) for one in tell_series(site, subject, state, least)]
            state = {}
            continue
        time = format_instant(sign.seen_at)
        before = state.get(sign.kind, {"count": 0, "opened": time})
        state[sign.kind] = before | {"count": before["count"] + 1, "last": time, "detail": sign.detail}
    return [*found, *tell_series(site, subject, state, least)], state, last


def tell_series(site: str, subject: str, state: State, least: int) -> Iterator[Incident]:
    """The series that are long enough, as open incidents."""
    for kind, series in state.items():
        if kind not in REPEATED or series["count"] >= least:
            yield Incident(
                kind=kind,
                site=site,
                subject=subject,
                detail=series["detail"],
                opened_at=parse_instant(series["opened"]),
                last_at=parse_instant(series["last"]),
            )


def read_answers(session: Session, after: int, through: int) -> Iterator[Sign]:
    """The hindered and the good answers of a stretch of captures, by column and time."""
    query = (
        select(
            CaptureRow.captured_at,
            CaptureRow.outcome,
            CaptureRow.vendor,
            CaptureRow.detail,
            ColumnRow.site_key,
            ColumnRow.key,
        )
        .join(ColumnRow, ColumnRow.id == CaptureRow.column_id)
        .where(CaptureRow.id > after, CaptureRow.id <= through, CaptureRow.outcome.in_(AT_ONCE | REPEATED | GOOD))
        .order_by(CaptureRow.column_id, CaptureRow.captured_at, CaptureRow.id)
        .execution_options(yield_per=1000)
    )
    for seen_at, outcome, vendor, detail, site, column in session.execute(query):
        kind = None if Outcome(outcome).is_good else outcome
        yield Sign(site, column, seen_at, kind, " ".join(filter(None, (vendor, detail))))


def stream_walks(session: Session, after: int, through: int) -> Iterator[tuple[WalkRow, str, str]]:
    """A stretch of walks with the keys of site and column, by column and time."""
    query = (
        select(WalkRow, ColumnRow.site_key, ColumnRow.key)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .where(WalkRow.id > after, WalkRow.id <= through)
        .order_by(WalkRow.column_id, WalkRow.finished_at, WalkRow.id)
    )
    for row, site, column in session.execute(query):  # noqa: UP028 - to the type checker a row is no tuple
        yield row, site, column


def read_walks(session: Session, after: int, through: int) -> Iterator[Sign]:
    """Partial walks, and complete ones, which end a series."""
    for row, site, column in stream_walks(session, after, through):
        yield Sign(site, column, row.finished_at, None if row.is_complete else Outcome.LIST_PARTIAL.value, row.reason)


def read_strangers(session: Session, after: int, through: int) -> Iterator[Sign]:
    """Walks whose rows lead to hosts off the allow-list; ``replywatch seeds add-host`` admits one."""
    for row, site, column in stream_walks(session, after, through):
        words = ", ".join(f"{host} ({count})" for host, count in sorted(row.away.items()))
        yield Sign(site, column, row.finished_at, OFF_LIST if row.away else None, words)


SOURCES: dict[str, tuple[InstrumentedAttribute[int], Callable[[Session, int, int], Iterator[Sign]]]] = {
    "answers": (CaptureRow.id, read_answers),
    "walks": (WalkRow.id, read_walks),
    "strangers": (WalkRow.id, read_strangers),
}
