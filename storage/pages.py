"""What a visit needs to know of a page, found by document key or by due time, never by walking all pages."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from storage.archive.writer import Original
from storage.database import Database
from storage.records import Place, Role
from storage.tables import CaptureRow, ColumnRow, FileRow, PageRow, VersionRow

StateQuery = Select[*tuple[Any, ...]]
StateRow = Row[*tuple[Any, ...]]
PROVISIONAL_INTERVAL = timedelta(days=1)  # from the run's start, until the scheduler has planned the page
LEEWAY = timedelta(hours=1)  # a daily run may begin a little earlier than the one of the day before


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A page as the last visit left it. Digests are sha256 in hexadecimal; ``fetch_url`` is where to ask for it."""

    id: int
    document_key: str
    url: str
    fetch_url: str
    site: str
    column: str
    column_id: int
    role: Role
    parent_id: int | None
    title: str
    next_due_at: datetime
    etag: str | None
    last_modified: str | None
    entity_digest: str | None
    body_digest: str | None
    document_digest: str | None
    extractor: str | None
    version_number: int | None
    was_visited: bool
    has_doubt: bool
    original: Original | None
    has_files: bool = True  # its latest version names attachments, or nobody has looked
    body_place: Place | None = None  # of the record that holds its last good body

    @property
    def is_known(self) -> bool:
        """A good body of it lies in the archive, so that a conditional request makes sense."""
        return self.original is not None


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to be watched from now on."""

    document_key: str
    url: str
    title: str
    parent_id: int | None = None


def ensure_pages(
    session: Session, site: str, column_id: int, pages: Sequence[NewPage], now: datetime
) -> list[PageState]:
    """Insert those pages whose document key is not known; returns the state of all of them, in the order given."""
    if not pages:
        return []
    known = known_keys(session, [page.document_key for page in pages])
    for page in pages:
        if page.document_key not in known:
            known.add(page.document_key)
            session.add(build_page(page, site, column_id, now))
    session.flush()
    states = find_pages(session, [page.document_key for page in pages])
    return [states[key] for key in dict.fromkeys(page.document_key for page in pages)]


def build_page(page: NewPage, site: str, column_id: int, now: datetime) -> PageRow:
    """A row for a page never visited, due at once."""
    return PageRow(
        document_key=page.document_key,
        url=page.url,
        site_key=site,
        column_id=column_id,
        parent_id=page.parent_id,
        title=page.title,
        first_seen_at=now,
        next_due_at=now,
    )


def known_keys(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of the document keys that have a page."""
    return set(session.scalars(select(PageRow.document_key).where(PageRow.document_key.in_(keys))))


def find_pages(session: Session, keys: Sequence[str]) -> dict[str, PageState]:
    """The states of pages by document key; unknown keys are left out."""
    rows = session.execute(select_states().where(PageRow.document_key.in_(keys)))
    return {state.document_key: state for state in map(read_state, rows)}


def stream_due_pages(
    database: Database, site: str, columns: Collection[int], due_by: datetime, batch: int = 50
) -> Iterator[PageState]:
    """The pages of a site's columns that are due by a time or shortly after, the longest due first.

    Read in small batches by key, so that a million of them never sit in memory and no cursor stays open. A visit moves
    a page's due time far beyond ``due_by``, so none is seen twice.
    """
    after: ColumnElement[bool] = true()
    while True:
        query = select_pages(site, columns).where(PageRow.next_due_at <= due_by + LEEWAY, after)
        states = read_batch(database, query.order_by(PageRow.next_due_at, PageRow.id).limit(batch))
        yield from states
        if len(states) < batch:
            return
        after = tuple_(PageRow.next_due_at, PageRow.id) > (states[-1].next_due_at, states[-1].id)


def stream_all_pages(database: Database, site: str, columns: Collection[int], batch: int = 50) -> Iterator[PageState]:
    """Every page of a site's columns, gone ones included, in the order in which they were found."""
    last = 0
    while True:
        query = select_pages(site, columns).where(PageRow.id > last)
        states = read_batch(database, query.order_by(PageRow.id).limit(batch))
        yield from states
        if len(states) < batch:
            return
        last = states[-1].id


def read_batch(database: Database, query: StateQuery) -> list[PageState]:
    """Run a query for states in a transaction of its own."""
    with database.read() as session:
        rows = session.execute(query).all()
        holders = find_holders(session, [row.id for row in rows])
    return [read_state(row, has_files=row.id in holders) for row in rows]


def find_holders(session: Session, page_ids: Sequence[int]) -> set[int]:
    """Those of the pages whose latest version names attachments."""
    if not page_ids:
        return set()
    files = VersionRow.document["attachments"]
    query = (
        select(VersionRow.page_id, files)
        .join(PageRow, (PageRow.id == VersionRow.page_id) & (PageRow.version_number == VersionRow.number))
        .where(VersionRow.page_id.in_(page_ids))
    )
    return {page_id for page_id, found in session.execute(query) if found}


def find_canary(database: Database, column_id: int, page_id: int, run_id: int) -> PageState | None:
    """Another page of the column that was good when last seen and has not been fetched in this run."""
    made = aliased(CaptureRow)
    seen = select(made.id).where(made.run_id == run_id, made.page_id == PageRow.id).correlate(PageRow).exists()
    query = (
        select_states()
        .where(
            PageRow.column_id == column_id,
            PageRow.parent_id.is_(None),
            PageRow.id != page_id,
            PageRow.version_number.is_not(None),
            PageRow.has_doubt.is_(False),
            ~seen,
        )
        .order_by(PageRow.last_visit_at.desc())
        .limit(1)
    )
    return next(iter(read_batch(database, query)), None)


def select_pages(site: str, columns: Collection[int]) -> StateQuery:
    """The pages of a site's columns, without attachments, which are visited with their page."""
    return select_states().where(PageRow.site_key == site, PageRow.column_id.in_(columns), PageRow.parent_id.is_(None))


@cache
def select_states() -> StateQuery:
    """What `read_state` reads: the page, its column's key, and the record of its last full good body.

    Columns instead of entities, which take several times as long to make. Put together once: it takes as long as
    reading a few pages.
    """
    return (
        select(
            PageRow.id,
            PageRow.document_key,
            PageRow.url,
            PageRow.fetch_url,
            PageRow.site_key,
            PageRow.column_id,
            PageRow.parent_id,
            PageRow.title,
            PageRow.next_due_at,
            PageRow.etag,
            PageRow.last_modified,
            PageRow.entity_digest,
            PageRow.body_digest,
            PageRow.document_digest,
            PageRow.extractor,
            PageRow.version_number,
            PageRow.last_visit_at,
            PageRow.has_doubt,
            ColumnRow.key.label("column_key"),
            CaptureRow.record_id,
            CaptureRow.url.label("captured_url"),
            CaptureRow.captured_at,
            CaptureRow.payload_digest,
            CaptureRow.offset,
            CaptureRow.length,
            FileRow.name.label("file"),
        )
        .join(ColumnRow, ColumnRow.id == PageRow.column_id)
        .outerjoin(CaptureRow, CaptureRow.id == PageRow.original_id)
        .outerjoin(FileRow, FileRow.id == CaptureRow.file_id)
    )


def read_state(page: StateRow, *, has_files: bool = True) -> PageState:
    """One row of `select_states` as a value."""
    original = (
        Original(
            record_id=page.record_id,
            url=page.captured_url,
            captured_at=page.captured_at,
            payload_digest=page.payload_digest,
        )
        if page.payload_digest  # the outer join found a capture
        else None
    )
    return PageState(
        id=page.id,
        document_key=page.document_key,
        url=page.url,
        fetch_url=page.fetch_url or page.url,
        site=page.site_key,
        column=page.column_key,
        column_id=page.column_id,
        role=Role.ATTACHMENT if page.parent_id else Role.PAGE,
        parent_id=page.parent_id,
        title=page.title,
        next_due_at=page.next_due_at,
        etag=page.etag,
        last_modified=page.last_modified,
        entity_digest=page.entity_digest,
        body_digest=page.body_digest,
        document_digest=page.document_digest,
        extractor=page.extractor,
        version_number=page.version_number,
        was_visited=page.last_visit_at is not None,
        has_doubt=page.has_doubt,
        original=original,
        has_files=has_files,
        body_place=Place(page.file, page.offset or 0, page.length or 0) if page.file else None,
    )
