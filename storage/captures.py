"""Read captures back, for exports and for checking the archive."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import or_, select

from storage.archive.indexes import IndexedCapture
from storage.archive.wacz import ListedPage
from storage.database import Database
from storage.records import Capture, Outcome, Place, Role
from storage.tables import CaptureRow, ColumnRow, FileRow, PageRow
from storage.withholding import withheld_pages

STREAM = 1000  # rows read at a time


def read_capture(row: CaptureRow, file: str | None) -> Capture:
    """A capture's row as a value."""
    place = Place(file, row.offset, row.length) if file and row.offset is not None and row.length is not None else None
    return Capture(
        record_id=row.record_id,
        url=row.url,
        role=Role(row.role),
        captured_at=row.captured_at,
        outcome=Outcome(row.outcome),
        detail=row.detail,
        vendor=row.vendor,
        status=row.status,
        headers=tuple((name, value) for name, value in row.headers),
        payload_digest=row.payload_digest,
        entity_digest=row.entity_digest,
        body_digest=row.body_digest,
        place=place,
    )


def stream_captures(
    database: Database, *, sites: Collection[str] = (), since: datetime | None = None
) -> Iterator[IndexedCapture]:
    """The captures of some sites (of all when empty), made from ``since`` on, all of a file together.

    The originals that pages' revisits refer to come with them, however old they are.
    """
    query = select(CaptureRow, FileRow.name).join(FileRow, FileRow.id == CaptureRow.file_id)
    if sites:
        columns = select(ColumnRow.id).where(ColumnRow.site_key.in_(sites))
        query = query.where(CaptureRow.column_id.in_(columns))
    if since is not None:
        originals = select(PageRow.original_id).where(PageRow.last_visit_at >= since)
        query = query.where(or_(CaptureRow.captured_at >= since, CaptureRow.id.in_(originals)))
    query = query.order_by(CaptureRow.file_id, CaptureRow.offset).execution_options(yield_per=STREAM)
    with database.read() as session:
        for row, file in session.execute(query):
            yield IndexedCapture(read_capture(row, file), is_revisit=row.is_revisit)


def stream_listed(
    database: Database, *, sites: Collection[str] = (), since: datetime | None = None
) -> Iterator[ListedPage]:
    """Each article's last good capture: the pages that a reader of an export is offered to begin with.

    No withheld ones; their records are in the archive's files as they were published.
    """
    query = (
        select(CaptureRow.url, CaptureRow.captured_at, PageRow.title)
        .join(PageRow, PageRow.original_id == CaptureRow.id)
        .where(PageRow.parent_id.is_(None), PageRow.id.not_in(withheld_pages()))
        .order_by(PageRow.id)
    )
    if sites:
        query = query.where(PageRow.site_key.in_(sites))
    if since is not None:
        query = query.where(PageRow.last_visit_at >= since)
    with database.read() as session:
        for url, captured_at, title in session.execute(query.execution_options(yield_per=STREAM)):
            yield ListedPage(url=url, captured_at=captured_at, title=title)


def list_files(database: Database) -> tuple[str, ...]:
    """The names of all files of the archive that captures lie in."""
    with database.read() as session:
        return tuple(session.scalars(select(FileRow.name).order_by(FileRow.id)))


def stream_places(database: Database, file: str = "") -> Iterator[tuple[str, Place, str | None]]:
    """Record id, place and payload digest of every capture in the archive, or in one file, all of a file together."""
    query = (
        select(CaptureRow.record_id, FileRow.name, CaptureRow.offset, CaptureRow.length, CaptureRow.payload_digest)
        .join(FileRow, FileRow.id == CaptureRow.file_id)
        .order_by(CaptureRow.file_id, CaptureRow.offset)
        .execution_options(yield_per=STREAM)
    )
    if file:
        query = query.where(FileRow.name == file)
    with database.read() as session:
        for record_id, name, offset, length, digest in session.execute(query):
            yield record_id, Place(name, offset or 0, length or 0), digest
