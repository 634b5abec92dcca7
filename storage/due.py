"""What is due, and how much of the budget is spent: read by due time, never by walking all pages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.records import Role
from storage.tables import CaptureRow, PageRow, RunRow


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page that waits for its visit, and why."""

    url: str
    site: str
    title: str
    next_due_at: datetime
    reason: str


def count_due(session: Session, now: datetime, most: int) -> int:
    """How many pages are due; counting ends at ``most``."""
    due = select(PageRow.id).where(PageRow.next_due_at <= now, PageRow.parent_id.is_(None)).limit(most)
    return session.scalar(select(func.count()).select_from(due.subquery())) or 0


def count_due_by_site(session: Session, now: datetime) -> dict[str, int]:
    """How many pages are due on each site."""
    due = select(PageRow.site_key, func.count()).where(PageRow.next_due_at <= now, PageRow.parent_id.is_(None))
    return dict(session.execute(due.group_by(PageRow.site_key)).all())


def count_requests(database: Database, since: datetime) -> int:
    """How many fetches the runs that began after a time made."""
    runs = select(RunRow.id).where(RunRow.started_at > since)
    with database.read() as session:
        query = select(func.count()).select_from(CaptureRow).where(CaptureRow.run_id.in_(runs))
        return session.scalar(query.where(CaptureRow.role != Role.ROBOTS)) or 0


def read_due(database: Database, limit: int) -> tuple[DuePage, ...]:
    """The pages that are due next, the longest due first, and why."""
    reason = case(
        (PageRow.last_visit_at.is_(None), "new"),
        (PageRow.has_doubt & or_(PageRow.gone_tries.is_(None), PageRow.gone_tries < 3), "doubtful"),  # noqa: PLR2004 - the rule of removal
        else_=func.coalesce(PageRow.due_reason, "not planned yet"),
    )
    query = (
        select(PageRow.url, PageRow.site_key, PageRow.title, PageRow.next_due_at, reason)
        .where(PageRow.parent_id.is_(None))
        .order_by(PageRow.next_due_at, PageRow.id)
        .limit(limit)
    )
    with database.read() as session:
        return tuple(DuePage(*row) for row in session.execute(query))
