"""The lists in the plan: how much news their walks brought, when each is due, and what they say of pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, union_all, update
from sqlalchemy.orm import Session, aliased

from storage.plan.clocks import ListClock, from_days, to_days
from storage.plan.visited import split_ids
from storage.records import Outcome
from storage.sites import NEVER
from storage.tables import CaptureRow, ColumnRow, ListingRow, PageRow, WalkRow


@dataclass(frozen=True, slots=True)
class ListNews:
    """A list that was walked, the last time at ``at`` (days): what all walks since the last plan brought, its clock.

    ``news`` is None when no walk was served a single page; ``pages`` is how many list pages the last one was served.
    """

    column_id: int
    site: str
    at: float
    news: int | None
    pages: int
    clock: ListClock


def load_walks(session: Session, after: int) -> tuple[list[ListNews], int]:
    """The lists that were walked after a walk's number, with their news, and the number of the last walk.

    All rows of the first full walk were there before us: they are no news.
    """
    query = (
        select(WalkRow, ColumnRow)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .where(WalkRow.id > after)
        .order_by(WalkRow.id)
    )
    found: dict[int, ListNews] = {}
    for walk, column in session.execute(query):
        after = walk.id
        before = found.get(column.id)
        news, pages = (before.news, before.pages) if before else (None, 0)
        if walk.served_pages:
            news = (news or 0) + (0 if walk.id == column.baseline_walk_id else walk.fresh_rows)
            pages = walk.served_pages
        at = to_days(walk.finished_at)
        found[column.id] = ListNews(column.id, column.site_key, at, news, pages, read_list_clock(column))
    return list(found.values()), after


def read_list_clock(column: ColumnRow) -> ListClock:
    """A list's clock; of one never planned, a fresh one."""
    return ListClock(column.news or 1.0, column.news_days or 1.0, column.walked_day, column.cost or 1.0)


def store_list(session: Session, column_id: int, clock: ListClock, due_at: float) -> None:
    """Keep a list's clock and when it is to be walked again (days), unless no seed names it any more."""
    values = {"news": clock.news, "news_days": clock.days, "walked_day": clock.seen, "cost": clock.cost}
    is_named = or_(ColumnRow.next_due_at.is_(None), ColumnRow.next_due_at < NEVER)
    kept = update(ColumnRow).where(ColumnRow.id == column_id, is_named)
    session.execute(kept.values(**values, next_due_at=from_days(due_at)))


def load_lists(session: Session) -> dict[str, list[ListClock]]:
    """The clocks of all lists that were walked and are watched, by site."""
    found: dict[str, list[ListClock]] = {}
    is_named = or_(ColumnRow.next_due_at.is_(None), ColumnRow.next_due_at < NEVER)
    for column in session.scalars(select(ColumnRow).where(ColumnRow.walked_day.is_not(None), is_named)):
        found.setdefault(column.site_key, []).append(read_list_clock(column))
    return found


def estimate_walks(session: Session, now: datetime) -> float:
    """How many requests the walks of all lists take whose time has come."""
    cost = func.coalesce(func.sum(func.coalesce(ColumnRow.cost, 1.0)), 0.0)
    return session.scalar(select(cost).where(or_(ColumnRow.next_due_at.is_(None), ColumnRow.next_due_at <= now))) or 0.0


def count_due_lists(session: Session, now: datetime) -> int:
    """How many lists have come to their time; those that a page in doubt makes due as well are not among them."""
    due = or_(ColumnRow.next_due_at.is_(None), ColumnRow.next_due_at <= now)
    return session.scalar(select(func.count()).select_from(ColumnRow).where(due)) or 0


def hasten_lists(session: Session, page_ids: Collection[int], now: datetime) -> None:
    """Make the lists of some pages due, for they have something to say of them."""
    for part in split_ids(page_ids):
        columns = select(PageRow.column_id).where(PageRow.id.in_(part))
        due = update(ColumnRow).where(
            ColumnRow.id.in_(columns), ColumnRow.next_due_at > now, ColumnRow.next_due_at < NEVER
        )
        session.execute(due.values(next_due_at=now), execution_options={"synchronize_session": False})


def find_hints(session: Session, after: int) -> dict[str, list[int]]:
    """By site, the pages of which walks after a walk's number say that they are worth a look.

    Those that fell out of their list, and those whose row has another title or date; but none that was visited since.
    """
    fallen = select(PageRow.site_key, PageRow.id).join(WalkRow, WalkRow.id == PageRow.lost_walk_id)
    altered = (
        select(PageRow.site_key, PageRow.id)
        .join(ListingRow, ListingRow.page_id == PageRow.id)
        .join(WalkRow, WalkRow.id == ListingRow.altered_walk_id)
    )
    is_unseen = or_(PageRow.last_visit_at.is_(None), PageRow.last_visit_at < WalkRow.finished_at)
    found: dict[str, list[int]] = {}
    for site, page_id in session.execute(
        union_all(
            fallen.where(PageRow.lost_walk_id > after, is_unseen),
            altered.where(ListingRow.altered_walk_id > after, is_unseen),
        )
    ):
        found.setdefault(site, []).append(page_id)
    return found


def settle_lost(session: Session, page_ids: Collection[int], after: int, last: int) -> None:
    """Forget that pages fell out of their list which captures from one number (exclusive) to another found good.

    In the run of a trusted walk that lacked them, that is: then it is told that they were delisted. ``page_ids`` are
    the pages of these captures.
    """
    if not page_ids:  # as nearly always; putting the statement together takes longer than all else
        return
    lacking, walk = aliased(WalkRow), aliased(WalkRow)
    settled = (
        select(PageRow.id)
        .join(CaptureRow, CaptureRow.page_id == PageRow.id)
        .join(lacking, lacking.id == PageRow.lost_walk_id)
        .join(walk, (walk.column_id == lacking.column_id) & (walk.run_id == CaptureRow.run_id))
        .where(
            PageRow.lost_walk_id.is_not(None),
            CaptureRow.id > after,
            CaptureRow.id <= last,
            CaptureRow.outcome.in_([Outcome.OK, Outcome.NOT_MODIFIED]),
            walk.id >= lacking.id,
            walk.is_complete,
            walk.is_full,
            walk.is_healthy,
        )
    )
    for part in split_ids(page_ids):
        found = session.scalars(settled.where(PageRow.id.in_(part))).all()
        if found:
            session.execute(update(PageRow).where(PageRow.id.in_(found)).values(lost_walk_id=None))
