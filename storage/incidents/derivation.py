"""What keeps us from seeing, derived from the facts: a host that blocks, a list that is not whole, texts in doubt.

What was derived is kept with the state of each series, and captures and walks beyond a cursor are taken in, so that the
cost is that of the news. What comes late (an import) has its column derived again from its first sign. An incident has
a position from when it became known: what subscribers are told follows that order.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain, groupby

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from storage.clock import format_instant
from storage.database import Database, lock_transaction
from storage.horizon import find_horizon
from storage.incidents.sources import SOURCES, Stretch
from storage.notification_tables import IncidentCursorRow, IncidentRow, SeriesRow
from storage.records import Incident

DERIVATION_LOCK = 0x696E63  # two processes that derive at once on PostgreSQL do it one after the other
STRETCH = 20_000  # rows in one transaction, so that a first derivation keeps nobody from writing for long
AGAIN = timedelta(days=1)  # an incident that opens again so soon is the one that was told


def read_incidents(database: Database, since: datetime | None = None) -> tuple[Incident, ...]:
    """All incidents that were still seen after ``since`` or are open, in the order in which they opened."""
    query = select(IncidentRow)
    if since is not None:
        query = query.where(or_(IncidentRow.closed_at.is_(None), IncidentRow.last_at >= since))
    update_incidents(database)
    return select_incidents(database, query)


def read_open_incidents(database: Database) -> tuple[Incident, ...]:
    """The incidents that last, in the order in which they opened."""
    update_incidents(database)
    return read_noted_incidents(database)


def read_noted_incidents(database: Database) -> tuple[Incident, ...]:
    """The same as far as they were derived: whoever only looks writes nothing."""
    return select_incidents(database, select(IncidentRow).where(IncidentRow.closed_at.is_(None)))


def read_incident_news(database: Database, after: int, through: int) -> tuple[Incident, ...]:
    """The incidents that became known at the positions from ``after`` (left out) through ``through``, in that order."""
    query = select(IncidentRow).where(IncidentRow.position > after, IncidentRow.position <= through)
    with database.read() as session:
        return tuple(map(read_row, session.scalars(query.order_by(IncidentRow.position))))


def find_incident_position(database: Database) -> int:
    """Derive what is new; returns the position of the incident that became known last, 0 when there is none."""
    update_incidents(database)
    with database.read() as session:
        return last_position(session)


def select_incidents(database: Database, query: Select[IncidentRow]) -> tuple[Incident, ...]:
    """What is asked for, in the order in which it opened."""
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
    if not has_news(database):
        return
    horizon = find_horizon(database, *(source.number for source in SOURCES.values()))
    if horizon is None:
        return
    for name, through in zip(SOURCES, horizon, strict=True):
        while update_source(database, name, through):
            pass


def has_news(database: Database) -> bool:
    """Whether there are captures or walks that were not taken in."""
    with database.read() as session:
        return any(
            (session.scalar(select(func.max(source.number))) or 0) > read_cursor(session, name)
            for name, source in SOURCES.items()
        )


def read_cursor(session: Session, source: str) -> int:
    """The number of the last row that was taken in."""
    cursor = session.get(IncidentCursorRow, source)
    return cursor.last_id if cursor else 0


def update_source(database: Database, source: str, through: int) -> bool:
    """Take in one stretch of a source; says whether there is more."""
    with database.write() as session:
        lock_transaction(session.connection(), DERIVATION_LOCK)
        after = read_cursor(session, source)
        if after >= through:
            return False
        stretch = Stretch(after, min(after + STRETCH, through))
        take_in(session, source, stretch)
        session.merge(IncidentCursorRow(source=source, last_id=stretch.through))
        return stretch.through < through


def take_in(session: Session, source: str, stretch: Stretch) -> None:
    """Fold the signs of a stretch into the series of their subjects."""
    read, fold = SOURCES[source].read, SOURCES[source].fold
    signs = read(session, stretch)
    for (site, subject), mine in groupby(signs, lambda sign: (sign.site, sign.subject)):
        name = f"{site}\n{subject}"[:320]
        row = session.get(SeriesRow, (source, name))
        first = next(mine)
        is_late = row is not None and first.seen_at < row.seen_at
        if is_late:
            for _ in mine:  # they are among those that are read again
                pass
            every = read(session, Stretch(0, stretch.through, (site, subject)))
            found, state, last = fold(site, subject, {}, every)
        else:
            found, state, last = fold(site, subject, row.state if row else {}, chain([first], mine))  # noqa: B031 - the other branch
        session.merge(SeriesRow(source=source, subject=name, seen_at=last, state=state))
        keep_incidents(session, source, (site, subject), found, is_whole=is_late)


def keep_incidents(
    session: Session, source: str, subject: tuple[str, str], found: Iterable[Incident], *, is_whole: bool
) -> None:
    """Write what was found of a subject; with ``is_whole`` it is all there is, and takes the place of what was."""
    here = select(IncidentRow).where(
        IncidentRow.source == source, IncidentRow.site == subject[0], IncidentRow.subject == subject[1]
    )
    wanted = {name_incident(source, one): one for one in found}
    before = session.scalars(here).all() if is_whole else []
    replaced = [(read_row(row), row.position) for row in before if row.id not in wanted]
    for row in before:
        if row.id not in wanted:
            session.delete(row)
    session.flush()
    for number, one in wanted.items():
        keep_incident(session, source, number, one, replaced)


def keep_incident(
    session: Session, source: str, number: str, one: Incident, replaced: Iterable[tuple[Incident, int | None]] = ()
) -> None:
    """Write an incident; a new one gets a position, or that of the one that it takes the place of."""
    row = session.get(IncidentRow, number)
    if row is None:
        row = IncidentRow(id=number, source=source, kind=one.kind, site=one.site, subject=one.subject)
        row.opened_at, row.position = one.opened_at, find_position(session, one, replaced)
        session.add(row)
    row.detail, row.last_at, row.closed_at = one.detail, one.last_at, one.closed_at
    session.flush()


def find_position(session: Session, one: Incident, replaced: Iterable[tuple[Incident, int | None]] = ()) -> int | None:
    """Where an incident stands in the order in which they became known.

    One that was derived anew with other limits keeps its place. One that opens again within a day of one that was told
    is no news: it gets no place.
    """
    for other, position in replaced:
        if is_same(one, other) and position is not None and not is_taken(session, position):
            return position
    ended = one.opened_at - AGAIN
    told = select(IncidentRow.id).where(
        IncidentRow.kind == one.kind,
        IncidentRow.site == one.site,
        IncidentRow.subject == one.subject,
        IncidentRow.position.is_not(None),
        IncidentRow.opened_at <= one.last_at,
        or_(IncidentRow.closed_at.is_(None), IncidentRow.closed_at >= ended),
    )
    return None if session.scalar(told.limit(1)) else last_position(session) + 1


def is_same(one: Incident, other: Incident) -> bool:
    """Whether two are one trouble that was seen with other limits."""
    is_after = other.closed_at is not None and other.closed_at < one.opened_at
    is_before = one.closed_at is not None and one.closed_at < other.opened_at
    return one.kind == other.kind and not is_after and not is_before


def is_taken(session: Session, position: int) -> bool:
    """Whether an incident has the position."""
    return session.scalar(select(IncidentRow.id).where(IncidentRow.position == position)) is not None


def last_position(session: Session) -> int:
    """The last position there is; 0 when there is none."""
    return session.scalar(select(func.max(IncidentRow.position))) or 0


def name_incident(source: str, one: Incident) -> str:
    """The incident's key: what opened it, and when, says which it is."""
    words = "\n".join((source, one.kind, one.site, one.subject, format_instant(one.opened_at)))
    return hashlib.sha256(words.encode()).hexdigest()[:32]
