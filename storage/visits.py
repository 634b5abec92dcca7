"""Record what the crawl saw: captures, and for a good body that says something new, a version.

The archive's records are on disk before this is called, so whatever is committed here can be read again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.horizon import announce_rows
from storage.pages import PROVISIONAL_INTERVAL
from storage.records import Capture, Document, Outcome
from storage.tables import CaptureRow, FileRow, PageRow, RunRow
from storage.versions import record_document, record_file, renew_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One capture and what it was made for.

    ``document`` is given for a good body, of a page or of a file, that differs from the last good one. ``is_revisit``
    says that the record refers to an earlier one for its body, so that no later one may refer to it.
    ``doubted_page_id`` names the page for whose gone answer this one is the canary. ``before`` is what the present
    extractor makes of the last good body when another one made the page's version, so that the two are compared under
    one extractor.
    """

    capture: Capture
    run_id: int | None
    page_id: int | None = None
    column_id: int | None = None
    document: Document | None = None
    before: Document | None = None
    is_revisit: bool = False
    new_url: str | None = None
    new_key: str | None = None
    doubted_page_id: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a visit, for progress and counts: its version number, and whether that version is new."""

    visit: Visit
    version_number: int | None
    is_new_version: bool


def record_visits(session: Session, visits: Sequence[Visit]) -> list[Recorded]:
    """Insert a batch of captures with their versions and update the pages; captures already there are left alone."""
    announce_rows(session)
    record_ids = [visit.capture.record_id for visit in visits]
    known = set(session.scalars(select(CaptureRow.record_id).where(CaptureRow.record_id.in_(record_ids))))
    fresh = [visit for visit in visits if visit.capture.record_id not in known]
    files = ensure_files(session, {visit.capture.place.file for visit in fresh if visit.capture.place})
    wanted = {key for visit in fresh for key in (visit.page_id, visit.doubted_page_id) if key}
    pages = {row.id: row for row in session.scalars(select(PageRow).where(PageRow.id.in_(wanted)))}
    begun = read_starts(session, {visit.run_id for visit in fresh if visit.run_id})
    return [record_visit(session, visit, pages, files, begun) for visit in fresh]


def insert_captures(session: Session, visits: Sequence[Visit]) -> None:
    """Insert captures made in the past by others; what the next visit needs to know is not theirs to say."""
    announce_rows(session)
    files = ensure_files(session, {visit.capture.place.file for visit in visits if visit.capture.place})
    session.add_all(build_capture(visit, files) for visit in visits)


def read_starts(session: Session, runs: Collection[int]) -> dict[int, datetime]:
    """When runs began."""
    return dict(session.execute(select(RunRow.id, RunRow.started_at).where(RunRow.id.in_(runs))).all())


def record_visit(
    session: Session, visit: Visit, pages: dict[int, PageRow], files: dict[str, int], begun: dict[int, datetime]
) -> Recorded:
    """One capture, its version if it has a new one, and its page's state."""
    row = build_capture(visit, files)
    session.add(row)
    if doubted := pages.get(visit.doubted_page_id or 0):
        doubted.is_stale = True
    page = pages.get(visit.page_id or 0)
    if page is None:
        return Recorded(visit, None, is_new_version=False)
    session.flush()  # the page and the version refer to the capture by number
    outcome = visit.capture.outcome
    is_new = False
    if visit.document is not None:
        if visit.before is not None:
            renew_version(session, page, visit.before)
        is_new = record_document(session, page, row, visit.document)
    is_file_news = page.parent_id and (is_new or page.last_visit_at is None or is_new_body(page, row))
    page.next_due_at = begun.get(visit.run_id or 0, row.captured_at) + PROVISIONAL_INTERVAL
    update_page(page, row, outcome, is_new_version=is_new)
    if outcome is Outcome.OK and not visit.is_revisit:
        page.original_id = row.id
    row.version_number = page.version_number if outcome.is_good else None
    if is_file_news:
        record_file(session, page, row)
    return Recorded(visit, row.version_number, is_new)


def is_new_body(page: PageRow, capture: CaptureRow) -> bool:
    """Whether a good capture brought another body than the last one."""
    return capture.outcome == Outcome.OK and bool(capture.body_digest) and capture.body_digest != page.body_digest


def update_page(page: PageRow, capture: CaptureRow, outcome: Outcome, *, is_new_version: bool) -> None:
    """What the next visit needs to know, and whether ``compare`` has something to look at.

    What becomes of a file is told of its page, never of the file.
    """
    is_telling = outcome.is_gone or outcome in (Outcome.MOVED, Outcome.REDIRECTED_HOME)
    is_answer = outcome.is_good and (page.has_doubt or page.lost_walk_id is not None)
    if page.parent_id is None and (is_new_version or is_telling or is_answer):
        page.is_stale = True
    if is_telling or outcome.is_good:
        page.has_doubt = is_telling
    page.last_visit_at = capture.captured_at
    if outcome.is_good:
        page.fetch_url = capture.url if capture.url != page.url else None
    elif capture.url == page.fetch_url:
        page.fetch_url = None  # ask at the first address again
    if outcome is Outcome.OK:
        headers = {name.lower(): value for name, value in capture.headers}
        page.etag, page.last_modified = headers.get("etag"), headers.get("last-modified")
        if capture.entity_digest:  # a revisit adopted from the archive has none of its own
            page.entity_digest, page.body_digest = capture.entity_digest, capture.body_digest


def build_capture(visit: Visit, files: dict[str, int]) -> CaptureRow:
    """A capture's row."""
    capture = visit.capture
    place = capture.place
    return CaptureRow(
        record_id=capture.record_id,
        page_id=visit.page_id,
        column_id=visit.column_id,
        run_id=visit.run_id,
        role=capture.role,
        url=capture.url,
        captured_at=capture.captured_at,
        outcome=capture.outcome,
        vendor=capture.vendor,
        detail=capture.detail,
        status=capture.status,
        headers=[list(pair) for pair in capture.headers],
        payload_digest=capture.payload_digest,
        entity_digest=capture.entity_digest,
        body_digest=capture.body_digest,
        file_id=files[place.file] if place else None,
        offset=place.offset if place else None,
        length=place.length if place else None,
        is_revisit=visit.is_revisit,
        new_url=visit.new_url,
        new_key=visit.new_key,
    )


def ensure_files(session: Session, names: set[str]) -> dict[str, int]:
    """The numbers of archive files by name, new ones inserted."""
    known = dict(session.execute(select(FileRow.name, FileRow.id).where(FileRow.name.in_(names))).all())
    for name in sorted(names - known.keys()):
        row = FileRow(name=name)
        session.add(row)
        session.flush()
        known[name] = row.id
    return known


def known_ends(session: Session, names: Collection[str]) -> dict[str, int]:
    """How far the database knows some archive files: file name to the end of its last recorded record, in bytes."""
    end = func.max(CaptureRow.offset + CaptureRow.length)
    query = select(FileRow.name, end).join(CaptureRow, CaptureRow.file_id == FileRow.id).where(FileRow.name.in_(names))
    return {name: last or 0 for name, last in session.execute(query.group_by(FileRow.name))}
