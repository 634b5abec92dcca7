"""The plan of visits in the database: what it learned, and the due times that it gives to pages.

What it takes in comes from `storage.plan.visited` and `storage.plan.lists`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.plan.clocks import PageClock, PlanState, SiteClock, SiteDemand, from_days
from storage.plan.visited import split_ids
from storage.sites import IS_WATCHED
from storage.tables import PageRow, PlanRow, SitePlanRow

Transaction = Session  # what `Database.write` gives, for rooms that hand it on without speaking SQL
PLAN = 1  # the one row of `PlanRow`
AHEAD = timedelta(days=1)
SITE_PARTS = tuple(part.name for part in fields(SiteClock))
HINT = "listed"  # the reason of a page that its list made due


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """What is to be kept of a page; without ``due_at`` (days) its provisional due time stays."""

    page_id: int
    clock: PageClock
    version: int | None
    reason: str
    due_at: float | None = None
    demand: float | None = None


def load_state(session: Session) -> PlanState:
    """How far the plan has read and what it knows; a fresh one at first."""
    row = session.get(PlanRow, PLAN)
    if row is None:
        return PlanState()
    return PlanState(row.capture_id, row.walk_id, row.priced_day, row.price, row.pages, dict(row.counts))


def store_state(session: Session, state: PlanState) -> None:
    """Keep how far the plan has read and what it knows."""
    session.merge(
        PlanRow(
            id=PLAN,
            capture_id=state.capture_id,
            walk_id=state.walk_id,
            priced_day=state.priced,
            price=state.price,
            pages=state.pages,
            counts=state.counts,
        )
    )


def load_sites(session: Session) -> dict[str, SiteClock]:
    """The clocks of all sites that have one."""
    return {key: SiteClock(**clock) for key, clock in session.execute(select(SitePlanRow.site_key, SitePlanRow.clock))}


def store_sites(session: Session, sites: Mapping[str, SiteClock]) -> None:
    """Keep the clocks of some sites, one statement for all."""
    if not sites:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(SitePlanRow)
    kept = insert.on_conflict_do_update(index_elements=[SitePlanRow.site_key], set_={"clock": insert.excluded.clock})
    session.connection().execute(kept, [{"site_key": key, "clock": dump_site(clock)} for key, clock in sites.items()])


def dump_site(clock: SiteClock) -> dict[str, float]:
    """A site's clock by the names of its parts, all of which are numbers."""
    return {name: getattr(clock, name) for name in SITE_PARTS}


def store_plans(session: Session, plans: Sequence[PlannedPage]) -> None:
    """Write due times and clocks, one statement for all of a kind."""
    kept, moved = [], []
    for plan in plans:
        values = {
            "page_id": plan.page_id,
            "born_day": plan.clock.born,
            "seen_day": plan.clock.seen,
            "changed_day": plan.clock.changed,
            "gone_day": plan.clock.gone,
            "gone_tries": plan.clock.gone_tries,
            "own_events": plan.clock.events,
            "own_days": plan.clock.days,
            "demand": plan.demand,
            "planned_version": plan.version,
            "due_reason": plan.reason,
        }
        if plan.due_at is None:
            kept.append(values)
        else:
            moved.append(values | {"next_due_at": from_days(plan.due_at)})
    for rows in (kept, moved):
        if rows:  # by the connection: the session's own way to do it takes three times as long
            names = [name for name in rows[0] if name != "page_id"]
            change = update(PageRow).where(PageRow.id == bindparam("page_id"))
            session.connection().execute(change.values({name: bindparam(name) for name in names}), rows)


def sum_demands(session: Session) -> dict[str, SiteDemand]:
    """Pages and demand of each site: the one statement that passes over all pages, once a day."""
    query = (
        select(PageRow.site_key, func.count(), func.count(PageRow.demand), func.coalesce(func.sum(PageRow.demand), 0.0))
        .where(PageRow.parent_id.is_(None), IS_WATCHED)
        .group_by(PageRow.site_key)
    )
    return {key: SiteDemand(pages, known, demand or 0.0) for key, pages, known, demand in session.execute(query)}


def sweep_site(session: Session, site: str, before: float, now: datetime, step: timedelta) -> int:
    """Make a site's pages due that were last seen before a day (a burst goes through it); returns how many.

    One after the other, a ``step`` apart, those first that are due first anyway; none later than it was due.
    """
    query = (
        select(PageRow.id, PageRow.next_due_at)
        .where(
            PageRow.site_key == site,
            PageRow.next_due_at > now,
            PageRow.parent_id.is_(None),
            PageRow.gone_day.is_(None),
            PageRow.seen_day < before,
            IS_WATCHED,
        )
        .order_by(PageRow.next_due_at)
    )
    rows = [
        {"id": page_id, "next_due_at": now + place * step, "due_reason": "burst"}
        for place, (page_id, due_at) in enumerate(session.execute(query))
        if now + place * step < due_at
    ]
    if rows:
        session.execute(update(PageRow), rows)
    return len(rows)


def pull_forward(session: Session, now: datetime, count: int, within: timedelta) -> int:
    """Make the next ``count`` pages due that would be so ``within`` a while; returns how many."""
    following = (
        select(PageRow.id)
        .where(PageRow.next_due_at > now, PageRow.next_due_at <= now + within, PageRow.parent_id.is_(None), IS_WATCHED)
        .order_by(PageRow.next_due_at)
        .limit(count)
    )
    pulled = 0
    for part in split_ids(session.scalars(following).all()):
        session.execute(update(PageRow).where(PageRow.id.in_(part)).values(next_due_at=now))
        pulled += len(part)
    return pulled


def hint_pages(session: Session, page_ids: Collection[int], now: datetime) -> int:
    """Make pages due that a list says something of, before those merely due; returns how many were not due before."""
    hinted = 0
    for part in split_ids(page_ids):
        pages = update(PageRow).where(PageRow.id.in_(part), PageRow.next_due_at > now, PageRow.gone_day.is_(None))
        changed = pages.values(next_due_at=now - AHEAD, due_reason=HINT).returning(PageRow.id)
        hinted += len(session.scalars(changed).all())
    return hinted
