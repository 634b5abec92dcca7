"""Derive versions again from the archive: of a whole page after an import, of its latest one under a new extractor."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from storage.comparison.filling import FileReading
from storage.database import Database
from storage.pages import PageState
from storage.records import Cause, Document, Outcome, Place, Role
from storage.serialization import load_document
from storage.tables import CaptureRow, FileRow, PageRow, VersionRow
from storage.versions import add_version, record_document, record_file, renew_version

BATCH = 200  # pages read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Where the body of a good capture lies, and what is needed to read it.

    ``content_type`` is its header, for the encoding; ``name`` the page's title, or what the link to a file says.
    """

    page_id: int
    capture_id: int
    url: str
    place: Place
    content_type: str | None
    role: Role = Role.PAGE
    name: str = ""


def find_bodies(session: Session, page_id: int) -> list[Body]:
    """The full bodies of a page's good captures in order of time, those first that revisits refer to."""
    query = (
        select(CaptureRow, FileRow.name, PageRow.title)
        .join(PageRow, PageRow.id == CaptureRow.page_id)
        .join(FileRow, FileRow.id == CaptureRow.file_id)
        .where(
            CaptureRow.page_id == page_id,
            CaptureRow.outcome == Outcome.OK,
            CaptureRow.role == Role.PAGE,
            CaptureRow.is_revisit.is_(False),
        )
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    return [read_body(*row) for row in session.execute(query)]


def find_last_body(database: Database, page_id: int) -> Body | None:
    """The last good body of a page, which its latest version was read from."""
    query = (
        select(CaptureRow, FileRow.name, PageRow.title)
        .join(PageRow, PageRow.original_id == CaptureRow.id)
        .join(FileRow, FileRow.id == CaptureRow.file_id)
        .where(PageRow.id == page_id)
    )
    with database.read() as session:
        row = session.execute(query).first()
        return read_body(*row) if row else None


def read_body(row: CaptureRow, file: str, name: str) -> Body:
    """A capture's row as the place of a body."""
    headers = {name.lower(): value for name, value in row.headers}
    return Body(
        page_id=row.page_id or 0,
        capture_id=row.id,
        url=row.url,
        place=Place(file, row.offset or 0, row.length or 0),
        content_type=headers.get("content-type"),
        role=Role(row.role),
        name=name,
    )


def rebuild_page(session: Session, page_id: int, documents: Mapping[int, Document]) -> None:
    """Make the page's versions anew from ``documents``, given by the number of the capture that showed each.

    Good captures without a document of their own (revisits, 304) show what the one before them showed. The files of
    the page take part in their time: a replaced one made a version, though the page was unchanged.
    """
    page = session.get_one(PageRow, page_id)
    files = {row.id: row for row in session.scalars(select(PageRow).where(PageRow.parent_id == page_id))}
    readings = {row.id: FileReading(row.url, is_pending=True) for row in files.values()}
    digests: dict[int, str | None] = {}
    session.execute(delete(VersionRow).where(VersionRow.page_id == page_id))
    page.version_number = page.document_digest = page.original_id = None
    for capture in read_good_captures(session, (page_id, *files)):
        if file := files.get(capture.page_id or 0):
            if capture.body_digest and capture.body_digest != digests.get(file.id):
                digests[file.id] = capture.body_digest
                readings[file.id] = read_file(session, file, capture)
                record_file(session, file, capture, list(readings.values()))
        else:
            show_document(session, page, capture, documents.get(capture.id), list(readings.values()))
    page.is_stale = True


def read_good_captures(session: Session, page_ids: Collection[int]) -> Sequence[CaptureRow]:
    """The captures of pages that showed what was asked for, in order of time."""
    good = [Outcome.OK, Outcome.NOT_MODIFIED]
    query = select(CaptureRow).where(CaptureRow.page_id.in_(page_ids), CaptureRow.outcome.in_(good))
    return session.scalars(query.order_by(CaptureRow.captured_at, CaptureRow.id)).all()


def read_file(session: Session, file: PageRow, capture: CaptureRow) -> FileReading:
    """What a file said in one of its captures, as it was read last."""
    if capture.version_number is None:
        return FileReading(file.url, digest=capture.body_digest)
    query = (
        select(VersionRow)
        .where(VersionRow.page_id == file.id, VersionRow.number >= capture.version_number)
        .order_by(VersionRow.number)
    )
    document: Document | None = None
    for version in session.scalars(query):
        if document is not None and version.cause != Cause.EXTRACTOR:
            break
        document = load_document(version.document, version.text)
    return FileReading(file.url, document, digest=capture.body_digest)


def show_document(
    session: Session,
    page: PageRow,
    capture: CaptureRow,
    document: Document | None,
    files: Sequence[FileReading],
) -> None:
    """What a good capture of the page showed: ``document``, or what the one before it showed."""
    if document is not None:
        page.original_id = capture.id
        page.entity_digest, page.body_digest = capture.entity_digest, capture.body_digest
        headers = {name.lower(): value for name, value in capture.headers}
        page.etag, page.last_modified = headers.get("etag"), headers.get("last-modified")
        record_document(session, page, capture, document, files)
    capture.version_number = page.version_number


def is_overtaken(session: Session, page: PageState, captured_at: datetime) -> bool:
    """Whether a later capture of the page (of a file: of its page and that one's files) is recorded already."""
    family = page.parent_id or page.id
    members = select(PageRow.id).where((PageRow.id == family) | (PageRow.parent_id == family))
    query = select(CaptureRow.id).where(CaptureRow.page_id.in_(members), CaptureRow.captured_at > captured_at)
    return session.scalar(query.limit(1)) is not None


def stream_outdated(database: Database, extractor: str, role: Role = Role.PAGE) -> Iterator[Body]:
    """The body behind the latest version of every page (or file) whose version another extractor made.

    Files that nobody has read yet are among them.
    """
    last = 0
    query = (
        select(CaptureRow, FileRow.name, PageRow.title)
        .join(PageRow, PageRow.original_id == CaptureRow.id)
        .join(FileRow, FileRow.id == CaptureRow.file_id)
        .where(*is_outdated(extractor, role))
        .order_by(PageRow.id)
        .limit(BATCH)
    )
    while True:
        with database.read() as session:
            bodies = [read_body(*row) for row in session.execute(query.where(PageRow.id > last))]
        yield from bodies
        if len(bodies) < BATCH:
            return
        last = bodies[-1].page_id


def count_outdated(database: Database, extractor: str, role: Role = Role.PAGE) -> int:
    """How many pages (or files) have a latest version that another extractor made."""
    with database.read() as session:
        query = select(func.count()).select_from(PageRow).where(*is_outdated(extractor, role))
        return session.scalar(query) or 0


def is_outdated(extractor: str, role: Role) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a page is to be read again."""
    if role is Role.ATTACHMENT:
        is_unread = PageRow.extractor.is_(None) | (PageRow.extractor != extractor)
        return (PageRow.parent_id.is_not(None), PageRow.original_id.is_not(None), is_unread)
    return (PageRow.parent_id.is_(None), PageRow.original_id.is_not(None), PageRow.extractor != extractor)


def renew_versions(session: Session, documents: Sequence[tuple[Body, Document]]) -> int:
    """Record what the present extractor makes of the latest versions; returns how many differ."""
    differing = 0
    for body, document in documents:
        page = session.get_one(PageRow, body.page_id)
        if page.original_id != body.capture_id:  # a visit came in between, which saw to it
            continue
        if page.parent_id and page.version_number is None:
            add_version(session, page, body.capture_id, document)
            session.get_one(CaptureRow, body.capture_id).version_number = page.version_number
            record_file(session, page, None)
        else:
            differing += renew_version(session, page, document)
    return differing


def known_captures(session: Session, record_ids: Collection[str]) -> set[str]:
    """Those of the record ids that are recorded."""
    return set(session.scalars(select(CaptureRow.record_id).where(CaptureRow.record_id.in_(record_ids))))


def link_capture(session: Session, record_id: str, page_id: int, column_id: int) -> bool:
    """Give a capture that belongs to no page its page: `verify --repair` takes such in where the database was lost.

    Says whether there was one.
    """
    row = session.scalar(select(CaptureRow).where(CaptureRow.record_id == record_id, CaptureRow.page_id.is_(None)))
    if row is not None:
        row.page_id, row.column_id = page_id, column_id
    return row is not None


def has_capture(session: Session, page_id: int, captured_at: datetime, payload_digest: str | None) -> bool:
    """Whether the page has a capture of that time with that payload: the same one in another archive's file."""
    query = select(CaptureRow.id).where(
        CaptureRow.page_id == page_id,
        CaptureRow.captured_at == captured_at,
        CaptureRow.payload_digest == payload_digest,
    )
    return session.scalar(query.limit(1)) is not None
