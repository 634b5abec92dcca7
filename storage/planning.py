"""The plan of visits in the database: what was seen since the last plan, in batches, and due times back.

All that the plan needs of a page stands in the page's row, so a batch costs by its own size, whatever the number of
pages. News is found by number: captures and walks beyond the last ones that were taken in.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import groupby

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from storage.clocks import EPOCH, ListClock, PageClock, PlanState, SiteClock, SiteDemand, from_days, to_days
from storage.database import Database
from storage.records import Cause, Outcome, Role
from storage.tables import (
    CaptureRow,
    ColumnRow,
    ListingRow,
    PageRow,
    PlanRow,
    RunRow,
    SitePlanRow,
    VersionRow,
    WalkRow,
)

Transaction = Session  # what `Database.write` gives, for rooms that hand it on without speaking SQL
PLAN = 1  # the one row of `PlanRow`
BATCH = 500  # pages a statement; databases limit the number of parameters
UNDATED_AGE = 365.0  # days; of a page without a date that was there when its column was first walked
AHEAD = timedelta(days=1)
HINT = "listed"  # the reason of a page that its list made due


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """One visit of a page that is to be taken in, and what the plan knew of the page. Times are days.

    ``has_changed`` says that the visit, or one of a file of the page, brought a version by the site's doing. A page's
    visits of one run (a chain of redirects) count as one, with the last one's outcome.
    """

    page_id: int
    site: str
    at: float
    outcome: Outcome
    has_changed: bool
    modified: float | None
    version: int | None
    reason: str | None
    demand: float | None
    clock: PageClock


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """What is to be kept of a page; without ``due_at`` (days) its provisional due time stays."""

    page_id: int
    clock: PageClock
    version: int | None
    reason: str
    due_at: float | None = None
    demand: float | None = None


@dataclass(frozen=True, slots=True)
class ListNews:
    """A list that was walked at ``at`` (days): how much news in all walks since the last plan, and its clock."""

    column_id: int
    site: str
    at: float
    news: int
    clock: ListClock


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page that waits for its visit, and why."""

    url: str
    site: str
    title: str
    next_due_at: datetime
    reason: str


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
    return {row.site_key: SiteClock(**row.clock) for row in session.scalars(select(SitePlanRow))}


def store_sites(session: Session, sites: Mapping[str, SiteClock]) -> None:
    """Keep the clocks of some sites."""
    for key, clock in sites.items():
        session.merge(SitePlanRow(site_key=key, clock=asdict(clock)))


def load_visits(session: Session, after: int, limit: int) -> tuple[list[SeenPage], int]:
    """The visits among the next ``limit`` captures after a number, oldest first, and the number of the last capture."""
    rows = session.execute(
        select(
            CaptureRow.id,
            CaptureRow.page_id,
            CaptureRow.run_id,
            CaptureRow.captured_at,
            CaptureRow.outcome,
            CaptureRow.headers,
        )
        .where(CaptureRow.id > after)
        .order_by(CaptureRow.id)
        .limit(limit)
    ).all()
    ids = {row.page_id for row in rows if row.page_id is not None}
    pages = load_pages(session, ids)
    parents = load_pages(session, {page.parent_id for page in pages.values() if page.parent_id is not None} - ids)
    pages |= parents
    births = load_births(session, [page for page in pages.values() if page.born_day is None and not page.parent_id])
    versions = load_versions(session, [page for page in pages.values() if not page.parent_id])
    found: dict[tuple[int, int | None], SeenPage] = {}
    for row in rows:
        page = pages.get(row.page_id or 0)
        if page is None:
            continue
        owner = pages[page.parent_id] if page.parent_id is not None else page
        steps = [step for step in versions.get(owner.id, ()) if step.capture_id <= row.id]
        has_changed = any(step.number > (owner.planned_version or step.number) for step in steps)
        before = found.pop((owner.id, row.run_id), None)
        if page.parent_id is not None and not has_changed:
            if before is not None:
                found[owner.id, row.run_id] = before
            continue
        found[owner.id, row.run_id] = SeenPage(
            page_id=owner.id,
            site=owner.site_key,
            at=to_days(row.captured_at),
            outcome=Outcome(row.outcome),
            has_changed=has_changed or (before is not None and before.has_changed),
            modified=read_modified(row.headers),
            version=max((step.number for step in steps), default=owner.planned_version),
            reason=owner.due_reason,
            demand=owner.demand,
            clock=read_clock(owner, births),
        )
    return sorted(found.values(), key=lambda visit: visit.at), rows[-1].id if rows else after


def load_pages(session: Session, ids: Collection[int]) -> dict[int, PageRow]:
    """Pages by number."""
    found: dict[int, PageRow] = {}
    for part in split_ids(ids):
        found |= {row.id: row for row in session.scalars(select(PageRow).where(PageRow.id.in_(part)))}
    return found


def split_ids(ids: Collection[int]) -> Iterator[list[int]]:
    """Numbers in pieces that fit into one statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def load_versions(session: Session, pages: Sequence[PageRow]) -> dict[int, list[VersionRow]]:
    """The versions that the site made since those that the plan knows, by page."""
    wanted = [page.id for page in pages if page.version_number and page.version_number != page.planned_version]
    found: dict[int, list[VersionRow]] = {}
    for part in split_ids(wanted):
        query = (
            select(VersionRow)
            .join(PageRow, PageRow.id == VersionRow.page_id)
            .where(
                VersionRow.page_id.in_(part),
                VersionRow.number > func.coalesce(PageRow.planned_version, 0),
                VersionRow.cause == Cause.CONTENT,
            )
            .order_by(VersionRow.page_id, VersionRow.number)
        )
        for page_id, rows in groupby(session.scalars(query), key=lambda row: row.page_id):
            found[page_id] = list(rows)
    return found


def load_births(session: Session, pages: Sequence[PageRow]) -> dict[int, float]:
    """When pages were published: by their document, else by their list, else by when they were first seen there."""
    by_id = {page.id: page for page in pages}
    births: dict[int, float] = {}
    baselines = dict(session.execute(select(ColumnRow.id, ColumnRow.baseline_walk_id)).all()) if pages else {}
    for part in split_ids(by_id):
        for page_id, listed_on in session.execute(
            select(ListingRow.page_id, ListingRow.listed_on).where(ListingRow.page_id.in_(part))
        ):
            if (day := read_day(listed_on)) is not None:
                births[page_id] = day
        for page_id, document in session.execute(
            select(VersionRow.page_id, VersionRow.document).where(VersionRow.page_id.in_(part), VersionRow.number == 1)
        ):
            if (day := read_day(document.get("published_at") or document.get("written_on"))) is not None:
                births[page_id] = day
    for page_id, page in by_id.items():
        first = to_days(page.first_seen_at)
        is_old = page.first_walk_id is not None and page.first_walk_id == baselines.get(page.column_id)
        births[page_id] = min(births.get(page_id, first - UNDATED_AGE if is_old else first), first)
    return births


def read_day(text: str | None) -> float | None:
    """A printed date (ISO, perhaps with a time) as days; None for what is none."""
    try:
        return float((date.fromisoformat((text or "")[:10]) - EPOCH.date()).days)
    except ValueError:
        return None


def read_modified(headers: Sequence[Sequence[str]]) -> float | None:
    """The server's Last-Modified as days; None when there is none that can be read."""
    value = next((value for name, value in headers if name.lower() == "last-modified"), None)
    try:
        return to_days(parsedate_to_datetime(value)) if value else None
    except (ValueError, TypeError):
        return None


def read_clock(page: PageRow, births: Mapping[int, float]) -> PageClock:
    """A page's clock; of one never planned, a fresh one."""
    return PageClock(
        born=births[page.id] if page.born_day is None else page.born_day,
        seen=page.seen_day,
        changed=page.changed_day,
        gone=page.gone_day,
        gone_tries=page.gone_tries or 0,
        events=page.own_events or 0.0,
        days=page.own_days or 0.0,
    )


def store_plans(session: Session, plans: Sequence[PlannedPage]) -> None:
    """Write due times and clocks, one statement for all."""
    kept, moved = [], []
    for plan in plans:
        values = {
            "id": plan.page_id,
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
        if rows:
            session.execute(update(PageRow), rows)


def sum_demands(session: Session) -> dict[str, SiteDemand]:
    """Pages and demand of each site: the one statement that passes over all pages, once a day."""
    query = (
        select(PageRow.site_key, func.count(), func.count(PageRow.demand), func.coalesce(func.sum(PageRow.demand), 0.0))
        .where(PageRow.parent_id.is_(None))
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
        .where(PageRow.next_due_at > now, PageRow.next_due_at <= now + within, PageRow.parent_id.is_(None))
        .order_by(PageRow.next_due_at)
        .limit(count)
    )
    pulled = 0
    for part in split_ids(session.scalars(following).all()):
        session.execute(update(PageRow).where(PageRow.id.in_(part)).values(next_due_at=now))
        pulled += len(part)
    return pulled


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


def hint_pages(session: Session, page_ids: Collection[int], now: datetime) -> int:
    """Make pages due that a list says something of, before those merely due; returns how many were not due before."""
    hinted = 0
    for part in split_ids(page_ids):
        pages = update(PageRow).where(PageRow.id.in_(part), PageRow.next_due_at > now, PageRow.gone_day.is_(None))
        changed = pages.values(next_due_at=now - AHEAD, due_reason=HINT).returning(PageRow.id)
        hinted += len(session.scalars(changed).all())
    return hinted


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
