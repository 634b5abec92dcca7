"""What crawls learned of hosts, kept from one process to the next: how they answered, and until when they rest."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.database import Database
from storage.host_tables import HostRow

COUNTED = ("requests", "answers", "seconds")  # what is added up; all else is as it was last
SHOWN = ("certificate_since", "certificate_until")  # not in every crawl: a connection may be an old one
LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class HostNews:
    """What a crawl has to say of a host since the last time.

    ``trouble`` is empty, ``resting`` (it asked for it), ``blocked`` or ``down``; nothing is to be sent to it before
    ``available_at``. ``failures`` in a row and ``openings`` of its circuit say how long the next rest will be.
    ``seconds`` is how long ``answers`` of the new ``requests`` took together.
    """

    host: str
    site: str
    trouble: str
    available_at: datetime | None
    failures: int
    openings: int
    last_outcome: str
    last_error: str
    requests: int
    answers: int
    seconds: float
    seen_at: datetime
    certificate_since: datetime | None = None
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """A host now: ``state`` is ``ok``, ``resting``, ``blocked`` or ``down``, the last three until ``until`` if known.

    ``seconds`` is how long an answer takes on average, None before there was one.
    """

    host: str
    site: str
    state: str
    until: datetime | None
    last_outcome: str
    last_error: str
    requests: int
    seconds: float | None
    seen_at: datetime
    certificate_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A host that has to be left alone until ``available_at``."""

    host: str
    available_at: datetime
    failures: int
    openings: int
    last_error: str


def record_hosts(session: Session, news: Iterable[HostNews]) -> None:
    """Keep what a crawl says of hosts; counts are added to those of crawls before."""
    rows = [describe_news(one) for one in sorted(news, key=lambda one: one.host)]
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(HostRow)
    values: dict[str, Any] = {name: insert.excluded[name] for name in rows[0] if name != "host"}
    values |= {name: getattr(HostRow, name) + insert.excluded[name] for name in COUNTED}
    values |= {name: func.coalesce(insert.excluded[name], getattr(HostRow, name)) for name in SHOWN}
    session.connection().execute(insert.on_conflict_do_update(index_elements=[HostRow.host], set_=values), rows)


def describe_news(news: HostNews) -> Mapping[str, Any]:
    """The values of a host's row."""
    return asdict(news) | {"last_error": news.last_error[:LONGEST_ERROR]}


def read_rests(database: Database, now: datetime) -> tuple[Rest, ...]:
    """The hosts that are not to be visited yet."""
    query = select(HostRow).where(HostRow.available_at > now).order_by(HostRow.host)
    with database.read() as session:
        return tuple(
            Rest(
                host=row.host,
                available_at=row.available_at,
                failures=row.failures,
                openings=row.openings,
                last_error=row.last_error,
            )
            for row in session.scalars(query)
            if row.available_at is not None
        )


def read_hosts(session: Session, now: datetime) -> tuple[HostState, ...]:
    """All hosts that were ever asked, as they are now: a rest that is over is none."""
    return tuple(describe_host(row, now) for row in session.scalars(select(HostRow).order_by(HostRow.host)))


def describe_host(row: HostRow, now: datetime) -> HostState:
    """The row as a value. Who asked for a rest and had it is well; who did not answer is down until it does."""
    is_resting = row.available_at is not None and row.available_at > now
    state = row.trouble or "ok"
    return HostState(
        host=row.host,
        site=row.site,
        state="ok" if state == "resting" and not is_resting else state,
        until=row.available_at if is_resting else None,
        last_outcome=row.last_outcome,
        last_error=row.last_error,
        requests=row.requests,
        seconds=round(row.seconds / row.answers, 3) if row.answers else None,
        seen_at=row.seen_at,
        certificate_until=row.certificate_until,
    )
