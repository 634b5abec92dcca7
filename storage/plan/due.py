"""What is due, pages and lists, and how much of the budget is spent: by due time, never by walking all pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, case, func, or_, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.records import Role
from storage.sites import IS_WATCHED, NEVER
from storage.tables import IS_DOUBTED, CaptureRow, ColumnRow, PageRow, RunRow, WalkRow

NEW, IN_TURN, DOUBTFUL, LOST = "new", "in turn", "doubtful", "lost"  # why a list is due


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page that waits for its visit, and why."""

    url: str
    site: str
    title: str
    next_due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DueList:
    """A list that is to be walked, and why: `NEW`, `IN_TURN`, `DOUBTFUL` or `LOST`; see `find_due_lists`."""

    column_id: int
    site: str
    column: str
    url: str
    next_due_at: datetime | None
    reason: str


def find_due_lists(session: Session, due_by: datetime, pages_by: datetime, sites: Collection[str]) -> list[DueList]:
    """The lists of some sites due by a time, the longest due first, when the pages due ``pages_by`` are visited.

    Those never walked, those whose own time has come, and those that say something of a page to be visited: one that
    was not good when last asked, and one that fell out of the list, of which a whole walk in the run of a good answer
    tells that it was delisted, and the other lists of the site, whether it stands there. None that no seed names any
    more. Costs by what is due.
    """
    in_turn = or_(ColumnRow.next_due_at.is_(None), ColumnRow.next_due_at <= due_by)
    due = (PageRow.site_key.in_(sites), PageRow.next_due_at <= pages_by, PageRow.parent_id.is_(None), IS_DOUBTED)
    doubtful = set(session.scalars(select(PageRow.column_id).where(*due, PageRow.has_doubt).distinct()))
    fallen = (
        select(WalkRow.column_id, PageRow.site_key, func.min(case((PageRow.has_doubt, 1), else_=0)))
        .join(PageRow, PageRow.lost_walk_id == WalkRow.id)
        .where(*due)
        .group_by(WalkRow.column_id, PageRow.site_key)
    )
    lost, losers = set(), set()
    for column_id, site, is_doubtful in session.execute(fallen):
        doubtful.add(column_id)
        if not is_doubtful:
            lost.add(column_id)
            losers.add(site)
    is_named = ColumnRow.next_due_at < NEVER
    concerned = or_(in_turn, ColumnRow.id.in_(doubtful), ColumnRow.site_key.in_(losers))
    query = (
        select(ColumnRow)
        .where(ColumnRow.site_key.in_(sites), concerned, or_(ColumnRow.next_due_at.is_(None), is_named))
        .order_by(ColumnRow.next_due_at, ColumnRow.id)
    )
    return [
        DueList(row.id, row.site_key, row.key, row.url, row.next_due_at, name_cause(row, due_by, row.id in lost))
        for row in session.scalars(query)
    ]


def name_cause(row: ColumnRow, due_by: datetime, is_lost: bool) -> str:  # noqa: FBT001 - all by place, one caller
    """Why a list is due; `LOST` before all others, for then it is to be walked to its end."""
    if is_lost:
        return LOST
    if row.next_due_at is None:
        return NEW
    return IN_TURN if row.next_due_at <= due_by else DOUBTFUL


def count_due(session: Session, now: datetime, most: int) -> int:
    """How many pages are due; counting ends at ``most``."""
    due = select(PageRow.id).where(PageRow.next_due_at <= now, PageRow.parent_id.is_(None), IS_WATCHED).limit(most)
    return session.scalar(select(func.count()).select_from(due.subquery())) or 0


def count_due_by_site(session: Session, now: datetime) -> dict[str, int]:
    """How many pages are due on each site."""
    due = (PageRow.next_due_at <= now, PageRow.parent_id.is_(None), IS_WATCHED)
    return dict(session.execute(select(PageRow.site_key, func.count()).where(*due).group_by(PageRow.site_key)).all())


def count_requests(database: Database, since: datetime) -> int:
    """How many fetches the runs that began after a time made."""
    runs = select(RunRow.id).where(RunRow.started_at > since)
    with database.read() as session:
        query = select(func.count()).select_from(CaptureRow).where(CaptureRow.run_id.in_(runs))
        return session.scalar(query.where(CaptureRow.role != Role.ROBOTS)) or 0


def read_due(database: Database, limit: int) -> tuple[DuePage, ...]:
    """The pages that are due next, the longest due first, and why."""
    query = (
        select(PageRow.url, PageRow.site_key, PageRow.title, PageRow.next_due_at, name_reason())
        .where(PageRow.parent_id.is_(None), IS_WATCHED)
        .order_by(PageRow.next_due_at, PageRow.id)
        .limit(limit)
    )
    with database.read() as session:
        return tuple(DuePage(*row) for row in session.execute(query))


def count_due_by_reason(session: Session, now: datetime, sites: Collection[str]) -> dict[str, int]:
    """How many pages of some sites are due for each reason, the most frequent first."""
    reason = name_reason().label("reason")
    due = select(reason, func.count()).where(
        PageRow.site_key.in_(sites), PageRow.next_due_at <= now, PageRow.parent_id.is_(None), IS_WATCHED
    )
    return dict(session.execute(due.group_by(reason).order_by(func.count().desc(), reason)).all())


def name_reason() -> Case[str]:
    """Why a page is due when it is, in words."""
    return case(
        (PageRow.last_visit_at.is_(None), "new"),
        (PageRow.has_doubt & or_(PageRow.gone_tries.is_(None), PageRow.gone_tries < 3), "doubtful"),  # noqa: PLR2004 - the rule of removal
        else_=func.coalesce(PageRow.due_reason, "not planned yet"),
    )
