"""The lists in the plan: how much news their walks brought, when each is due, and what they say of pages."""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.clocks import ListClock, from_days, to_days
from storage.tables import ColumnRow, ListingRow, WalkRow


@dataclass(frozen=True, slots=True)
class ListNews:
    """A list that was walked at ``at`` (days): how much news in all walks since the last plan, and its clock."""

    column_id: int
    site: str
    at: float
    news: int
    clock: ListClock


def load_walks(session: Session, after: int) -> tuple[list[ListNews], int]:
    """The lists that were walked after a walk's number, with their news, and the number of the last walk."""
    query = (
        select(WalkRow, ColumnRow)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .where(WalkRow.id > after)
        .order_by(WalkRow.id)
    )
    found: dict[int, ListNews] = {}
    for walk, column in session.execute(query):
        after = walk.id
        if walk.id == column.baseline_walk_id or not walk.served_pages:
            continue
        known = found.get(column.id)
        clock = ListClock(column.news or 1.0, column.news_days or 1.0, column.walked_day)
        news = walk.fresh_rows + (known.news if known else 0)
        found[column.id] = ListNews(column.id, column.site_key, to_days(walk.finished_at), news, clock)
    return list(found.values()), after


def store_list(session: Session, column_id: int, clock: ListClock, due_at: float) -> None:
    """Keep a list's clock and when it is to be walked again (days)."""
    session.execute(
        update(ColumnRow)
        .where(ColumnRow.id == column_id)
        .values(news=clock.news, news_days=clock.days, walked_day=clock.seen, next_due_at=from_days(due_at))
    )


def load_lists(session: Session) -> dict[str, list[ListClock]]:
    """The clocks of all lists that were walked, by site."""
    query = select(ColumnRow.site_key, ColumnRow.news, ColumnRow.news_days, ColumnRow.walked_day)
    found: dict[str, list[ListClock]] = {}
    for site, news, days, seen in session.execute(query.where(ColumnRow.walked_day.is_not(None))):
        found.setdefault(site, []).append(ListClock(news or 1.0, days or 1.0, seen))
    return found


def find_vanished(session: Session, after: int) -> dict[str, list[int]]:
    """By site, the pages that fell out of their list in a trusted walk after a walk's number: hints to look at them."""
    trusted = (WalkRow.is_complete, WalkRow.is_full, WalkRow.is_healthy)
    found: dict[str, list[int]] = {}
    for walk_id, column_id, site in session.execute(
        select(WalkRow.id, WalkRow.column_id, ColumnRow.site_key)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .where(WalkRow.id > after, *trusted)
    ).all():
        query = select(func.max(WalkRow.id)).where(WalkRow.column_id == column_id, WalkRow.id < walk_id, *trusted)
        before = session.scalar(query)
        if before is not None:
            fallen = select(ListingRow.page_id).where(
                ListingRow.column_id == column_id,
                ListingRow.through_walk_id >= before,
                ListingRow.through_walk_id < walk_id,
            )
            found.setdefault(site, []).extend(session.scalars(fallen))
    return found
