"""Record list walks: which rows a column's list showed, and in which walks a page stood there without a gap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from storage.comparison.history import judge_health
from storage.comparison.listing import is_pushed_off
from storage.database import Database
from storage.horizon import announce_rows
from storage.pages import PROVISIONAL_INTERVAL
from storage.records import ListRow, Walk
from storage.tables import ColumnRow, ListingRow, PageRow, WalkRow

SHORT_LIST = 20  # list pages; at the default pace they take less than a minute
FULL_WALK_INTERVAL = timedelta(days=7)
BATCH = 500  # rows a statement; databases limit the number of parameters
FEW_ALTERED = 3  # rows that may look otherwise at once, however short the list
MOST_ALTERED = 0.5  # of the rows; when more look otherwise, it is the list that changed, and not what it lists


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A row of the list and the page that it leads to."""

    page_id: int
    row: ListRow


def record_walk(
    session: Session,
    walk: Walk,
    *,
    column_id: int,
    run_id: int | None,
    record_id: str | None,
    rows: Sequence[ListedPage],
    away: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Insert a finished walk, stretch or open the listing spans of its rows; returns the walk's number.

    ``rows`` are in the order of the list, a page once. ``record_id`` is the capture of the first list page. Pages that
    a trusted walk no longer shows, or shows again, are marked for ``compare``. ``away`` counts rows by host. Until the
    plan knows better, the list is due a day later; or still, when it could not be walked as far as it was to be.
    """
    announce_rows(session)
    column = session.get_one(ColumnRow, column_id)
    last_full = last_walk(session, column_id)
    is_healthy = judge_health(len(rows), last_full.row_count if last_full else None)
    trusted = last_walk(session, column_id, is_healthy=True)
    open_spans = dict(current_spans(session, column_id))
    shown_before = {page for page, span in open_spans.items() if trusted and span.through_walk_id >= trusted.id}
    row = WalkRow(
        column_id=column_id,
        run_id=run_id,
        started_at=walk.started_at,
        finished_at=walk.finished_at,
        declared_pages=walk.declared_pages,
        served_pages=walk.served_pages,
        row_count=len(rows),
        is_complete=walk.is_complete,
        is_full=walk.is_full,
        is_healthy=is_healthy,
        fresh_rows=sum(listed.page_id not in shown_before for listed in rows),
        record_id=record_id,
        reason=walk.reason,
        away=dict(away),
    )
    session.add(row)
    session.flush()
    lost = find_lost(row, trusted, {page: open_spans[page] for page in shown_before - {one.page_id for one in rows}})
    stretch_spans(session, row, rows, open_spans, trusted.id if trusted else 0)
    if walk.is_full and column.baseline_walk_id is None:
        column.baseline_walk_id = row.id
    if walk.is_complete:
        column.next_due_at = walk.started_at + PROVISIONAL_INTERVAL
    mark_pages(session, row, rows, shown_before)
    mark_lost(session, row, lost, {one.page_id for one in rows} - shown_before)
    return row.id


def needs_full_walk(database: Database, column_id: int, now: datetime) -> bool:
    """Whether a list is to be walked to its end: a short one always, a long one when the last time is a while ago.

    In between, a walk may stop at the first page without news; only full walks can show that a row was taken out.
    """
    with database.read() as session:
        last = last_walk(session, column_id)
        return last is None or last.served_pages <= SHORT_LIST or now - last.finished_at >= FULL_WALK_INTERVAL


def is_visited(database: Database, document_key: str) -> bool:
    """Whether a document is known and was fetched at least once."""
    query = select(PageRow.id).where(PageRow.document_key == document_key, PageRow.last_visit_at.is_not(None))
    with database.read() as session:
        return session.scalar(query) is not None


def last_walk(session: Session, column_id: int, *, is_healthy: bool | None = None) -> WalkRow | None:
    """The column's last complete full walk, or its last trusted one."""
    query = select(WalkRow).where(WalkRow.column_id == column_id, WalkRow.is_complete, WalkRow.is_full)
    if is_healthy is not None:
        query = query.where(WalkRow.is_healthy.is_(is_healthy))
    return session.scalar(query.order_by(WalkRow.id.desc()).limit(1))


def current_spans(session: Session, column_id: int) -> Iterator[tuple[int, ListingRow]]:
    """The newest span of each page of a column, by page."""
    for span in session.scalars(
        select(ListingRow).where(ListingRow.column_id == column_id).order_by(ListingRow.through_walk_id)
    ):
        yield span.page_id, span


def stretch_spans(
    session: Session, walk: WalkRow, rows: Sequence[ListedPage], spans: dict[int, ListingRow], trusted_id: int
) -> None:
    """Stretch each row's span to this walk, or open a new one when a trusted walk in between lacked the row.

    Rows with another title or date than before are marked, for the pages behind them are likely to have changed, too.
    """
    altered = find_altered(rows, spans)
    for position, listed in enumerate(rows):
        span = spans.get(listed.page_id)
        if span is None or span.through_walk_id < trusted_id:
            span = ListingRow(column_id=walk.column_id, page_id=listed.page_id, from_walk_id=walk.id)
            session.add(span)
        span.through_walk_id, span.position = walk.id, position
        span.url, span.title, span.listed_on = listed.row.url, listed.row.title, listed.row.listed_on
        if listed.page_id in altered:
            span.altered_walk_id = walk.id


def find_altered(rows: Sequence[ListedPage], spans: Mapping[int, ListingRow]) -> set[int]:
    """The pages whose row says something else than the last time; none when that is so of most rows."""
    known = [(listed, spans[listed.page_id]) for listed in rows if listed.page_id in spans]
    altered = {
        listed.page_id
        for listed, span in known
        if differs(span.title, listed.row.title) or differs(span.listed_on, listed.row.listed_on)
    }
    return altered if len(altered) <= max(FEW_ALTERED, MOST_ALTERED * len(known)) else set()


def differs(before: str | None, now: str | None) -> bool:
    """Whether both were given, and are not the same."""
    return bool(before and now) and before != now


def find_lost(walk: WalkRow, trusted: WalkRow | None, missing: Mapping[int, ListingRow]) -> set[int]:
    """Those of the ``missing`` pages, with their spans, that a trusted walk shows to be off the list.

    What new rows pushed off the end of a list of fixed length was not taken out.
    """
    if trusted is None or not (walk.is_complete and walk.is_full and walk.is_healthy):
        return set()
    return {
        page
        for page, span in missing.items()
        if not is_pushed_off(span.position, walk.fresh_rows, trusted.row_count, walk.row_count)
    }


def mark_pages(session: Session, walk: WalkRow, rows: Sequence[ListedPage], shown_before: set[int]) -> None:
    """Give pages the walk that first showed them, and mark those for ``compare`` that came back or fell out."""
    shown = {listed.page_id for listed in rows}
    for batch in batches(sorted(shown)):
        first_seen = update(PageRow).where(PageRow.id.in_(batch), PageRow.first_walk_id.is_(None))
        session.execute(first_seen.values(first_walk_id=walk.id))
    is_trusted = walk.is_complete and walk.is_full and walk.is_healthy
    told = (shown - shown_before) | (shown_before - shown if is_trusted else set())
    for batch in batches(sorted(told)):
        session.execute(update(PageRow).where(PageRow.id.in_(batch)).values(is_stale=True))


def mark_lost(session: Session, walk: WalkRow, lost: set[int], back: set[int]) -> None:
    """Remember by which walk pages fell out, until that is settled; those that came ``back`` did not fall out."""
    for batch in batches(sorted(lost)):
        session.execute(update(PageRow).where(PageRow.id.in_(batch)).values(lost_walk_id=walk.id))
    was_here = exists().where(WalkRow.id == PageRow.lost_walk_id, WalkRow.column_id == walk.column_id)
    for batch in batches(sorted(back)):
        session.execute(update(PageRow).where(PageRow.id.in_(batch), was_here).values(lost_walk_id=None))


def batches(values: Sequence[int]) -> Iterator[list[int]]:
    """The values in pieces that fit into one statement."""
    iterator = iter(values)
    while batch := list(islice(iterator, BATCH)):
        yield batch
