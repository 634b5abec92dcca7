"""The few figures that a monitor asks for every minute, each from an index."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.hosts import read_hosts
from storage.incidents.standing import find_last_success
from storage.notification_tables import IncidentRow
from storage.outbox import read_counts
from storage.plan.lists import count_due_lists
from storage.queueing import count_jobs
from storage.sites import IS_WATCHED
from storage.tables import CaptureRow, ChangeRow, PageRow, RunRow

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts by their names; ``last_seconds`` and ``last_success`` (POSIX time) are 0 before there was a crawl.

    ``jobs`` are those of a cluster's queue by their state, those done left out; empty where there is none.
    """

    outcomes: dict[str, int]
    changes: dict[str, int]
    outbox: dict[str, int]
    due: int
    due_lists: int
    stale: int
    incidents: int
    incident_kinds: dict[str, int]
    hosts: dict[str, int]
    jobs: dict[str, int]
    last_seconds: float
    last_success: float


def read_figures(database: Database, now: datetime) -> Figures:
    """Read all of them in one state of the database; ``outcomes`` are those of crawls begun within a day of ``now``."""
    pages = select(func.count()).select_from(PageRow)
    recent = select(RunRow.id).where(RunRow.started_at >= now - DAY)
    outcomes = select(CaptureRow.outcome, func.count()).where(CaptureRow.run_id.in_(recent))
    changes = select(ChangeRow.kind, func.count()).where(ChangeRow.is_baseline.is_(False))
    opened = select(IncidentRow.kind, func.count()).where(IncidentRow.closed_at.is_(None))
    with database.read() as session:
        seconds, success = read_last_crawl(session)
        kinds = dict(session.execute(opened.group_by(IncidentRow.kind)).all())
        return Figures(
            outcomes=dict(session.execute(outcomes.group_by(CaptureRow.outcome)).all()),
            changes=dict(session.execute(changes.group_by(ChangeRow.kind)).all()),
            outbox=read_counts(session),
            due=session.scalar(pages.where(PageRow.parent_id.is_(None), PageRow.next_due_at <= now, IS_WATCHED)) or 0,
            due_lists=count_due_lists(session, now),
            stale=session.scalar(pages.where(PageRow.is_stale)) or 0,
            incidents=sum(kinds.values()),
            incident_kinds=kinds,
            hosts=dict(Counter(host.state for host in read_hosts(session, now))),
            jobs=count_jobs(session),
            last_seconds=seconds,
            last_success=success,
        )


def read_last_crawl(session: Session) -> tuple[float, float]:
    """How long the last crawl took that ended (seconds), and when one was last answered (POSIX time); 0 for never.

    What an incident calls a success is one here, too: a crawl that every host blocked is none.
    """
    query = select(RunRow).where(RunRow.state == "finished", RunRow.finished_at.is_not(None))
    run = session.scalars(query.order_by(RunRow.id.desc()).limit(1)).first()
    seconds = (run.finished_at - run.started_at).total_seconds() if run and run.finished_at else 0.0
    seen, is_success = find_last_success(session)
    return seconds, seen.timestamp() if seen and is_success else 0.0
