"""What keeps us from seeing, read from the facts: a host that blocks, fails or refuses, a list that is not whole.

An incident is an unbroken series of hindrances in one column: a good answer (or a complete walk) ends it. It is derived
each time, so it can neither be forgotten open nor be opened twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
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
LEAST_FAILURES = 3  # one page that fails now and then is no incident


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
    with database.read() as session:
        found = [
            *find_series(read_answers(session)),
            *find_series(read_walks(session)),
            *find_series(read_strangers(session)),
        ]
    chosen = [one for one in found if since is None or one.closed_at is None or one.last_at >= since]
    return tuple(sorted(chosen, key=lambda one: (one.opened_at, one.site, one.subject, one.kind)))


def find_series(signs: Iterable[Sign], least: int = LEAST_FAILURES) -> Iterator[Incident]:
    """Unbroken series of hindrances, given all signs of a subject together and in order of time.

    Failures that may happen to any page count from ``least`` on, refusals at once. The first good sign behind a series
    closes it.
    """
    for (site, subject), group in groupby(signs, key=lambda sign: (sign.site, sign.subject)):
        series: dict[str, list[Sign]] = {}
        for sign in group:
            if sign.kind is not None:
                series.setdefault(sign.kind, []).append(sign)
                continue
            yield from (replace(one, closed_at=sign.seen_at) for one in tell_series(site, subject, series, least))
            series = {}
        yield from tell_series(site, subject, series, least)


def tell_series(site: str, subject: str, series: dict[str, list[Sign]], least: int) -> Iterator[Incident]:
    """The series that are long enough, as open incidents."""
    for kind, signs in series.items():
        if kind not in REPEATED or len(signs) >= least:
            last = signs[-1]
            yield Incident(
                kind=kind,
                site=site,
                subject=subject,
                detail=last.detail,
                opened_at=signs[0].seen_at,
                last_at=last.seen_at,
            )


def read_answers(session: Session) -> Iterator[Sign]:
    """The hindered and the good answers of each column that ever had a hindered one, by column and time."""
    hindered = select(CaptureRow.column_id).where(CaptureRow.outcome.in_(AT_ONCE | REPEATED)).distinct()
    query = (
        select(CaptureRow, ColumnRow.site_key, ColumnRow.key)
        .join(ColumnRow, ColumnRow.id == CaptureRow.column_id)
        .where(
            CaptureRow.column_id.in_(hindered),
            CaptureRow.outcome.in_(AT_ONCE | REPEATED | GOOD),
        )
        .order_by(CaptureRow.column_id, CaptureRow.captured_at, CaptureRow.id)
        .execution_options(yield_per=1000)
    )
    for row, site, column in session.execute(query):
        kind = None if Outcome(row.outcome).is_good else row.outcome
        yield Sign(site, column, row.captured_at, kind, " ".join(filter(None, (row.vendor, row.detail))))


def read_walks(session: Session) -> Iterator[Sign]:
    """The walks of each column: partial ones, and complete ones, which end a series."""
    query = (
        select(WalkRow, ColumnRow.site_key, ColumnRow.key)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .order_by(WalkRow.column_id, WalkRow.finished_at)
    )
    for row, site, column in session.execute(query):
        yield Sign(site, column, row.finished_at, None if row.is_complete else Outcome.LIST_PARTIAL, row.reason)


def read_strangers(session: Session) -> Iterator[Sign]:
    """Walks whose rows lead to hosts off the allow-list; ``replywatch seeds add-host`` admits one."""
    query = (
        select(WalkRow, ColumnRow.site_key, ColumnRow.key)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .order_by(WalkRow.column_id, WalkRow.finished_at)
    )
    for row, site, column in session.execute(query):
        words = ", ".join(f"{host} ({count})" for host, count in sorted(row.away.items()))
        yield Sign(site, column, row.finished_at, OFF_LIST if row.away else None, words)
