"""What was visited since the last plan, in batches by number, with what the plan knew of each page.

All that the plan needs of a page stands in the page's row, so a batch costs by its own size, whatever the number of
pages. Columns are read instead of entities, which take several times as long to make.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from storage.plan.clocks import EPOCH, PageClock, to_days
from storage.records import Cause, Outcome
from storage.tables import CaptureRow, ColumnRow, ListingRow, PageRow, VersionRow

BATCH = 500  # pages a statement; databases limit the number of parameters
KEPT = (  # of a page's row
    PageRow.id,
    PageRow.parent_id,
    PageRow.site_key,
    PageRow.column_id,
    PageRow.first_seen_at,
    PageRow.first_walk_id,
    PageRow.lost_walk_id,
    PageRow.version_number,
    PageRow.planned_version,
    PageRow.due_reason,
    PageRow.demand,
    PageRow.born_day,
    PageRow.seen_day,
    PageRow.changed_day,
    PageRow.gone_day,
    PageRow.gone_tries,
    PageRow.own_events,
    PageRow.own_days,
)
KeptRow = Row[*tuple[Any, ...]]  # `KEPT`
StepRow = Row[int, int, int]  # a version's page, number and capture
UNDATED_AGE = 365.0  # days; of a page without a date that was there when its column was first walked


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """One visit of a page that is to be taken in, and what the plan knew of the page. Times are days.

    ``has_changed`` says that the visit, or one of a file of the page, brought a version by the site's doing. A page's
    visits of one run (a chain of redirects) count as one, with the last one's outcome. ``is_lost`` says that a list
    lacked it, which is not settled yet.
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
    is_lost: bool = False


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
            is_lost=owner.lost_walk_id is not None,
        )
    return sorted(found.values(), key=lambda visit: visit.at), rows[-1].id if rows else after


def load_pages(session: Session, ids: Collection[int]) -> dict[int, KeptRow]:
    """Pages by number."""
    found: dict[int, KeptRow] = {}
    for part in split_ids(ids):
        found |= {row.id: row for row in session.execute(select(*KEPT).where(PageRow.id.in_(part)))}
    return found


def split_ids(ids: Collection[int]) -> Iterator[list[int]]:
    """Numbers in pieces that fit into one statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def load_versions(session: Session, pages: Sequence[KeptRow]) -> dict[int, list[StepRow]]:
    """The versions that the site made since those that the plan knows, by page."""
    wanted = [page.id for page in pages if page.version_number and page.version_number != page.planned_version]
    found: dict[int, list[StepRow]] = {}
    for part in split_ids(wanted):
        query = (
            select(VersionRow.page_id, VersionRow.number, VersionRow.capture_id)
            .join(PageRow, PageRow.id == VersionRow.page_id)
            .where(
                VersionRow.page_id.in_(part),
                VersionRow.number > func.coalesce(PageRow.planned_version, 0),
                VersionRow.cause == Cause.CONTENT,
            )
            .order_by(VersionRow.page_id, VersionRow.number)
        )
        for page_id, rows in groupby(session.execute(query), key=lambda row: row.page_id):
            found[page_id] = list(rows)
    return found


def load_births(session: Session, pages: Sequence[KeptRow]) -> dict[int, float]:
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


def read_clock(page: KeptRow, births: Mapping[int, float]) -> PageClock:
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
