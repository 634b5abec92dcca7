"""Versions of pages and of the files that belong to them: when a document makes one, and why."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.comparison.document_diff import document_digest, documents_differ
from storage.comparison.filling import SEE_ATTACHMENT, FileReading, fill_text, judge_filling
from storage.records import Attachment, Cause, Document, Outcome
from storage.search.tables import await_index
from storage.serialization import dump_document, load_document
from storage.tables import CaptureRow, PageRow, VersionRow


def record_document(
    session: Session,
    page: PageRow,
    capture: CaptureRow,
    document: Document,
    files: Sequence[FileReading] | None = None,
) -> bool:
    """Add a version when the document differs from the page's current one; says whether it did.

    A document that a reader would be told nothing of (a template that leaves the info table out once, a time given to
    the day only) makes none: the next comparison then begins with the fuller one.

    ``files`` are the page's files at that time, the present ones when not given.
    """
    document = complete_document(session, page, document, files)
    digest = document_digest(document)
    if digest == page.document_digest:
        return False
    current = read_current_version(session, page)
    if current and not documents_differ(load_document(current.document, current.text), document):
        return False
    add_version(session, page, capture.id, document, digest=digest)
    return True


def renew_version(session: Session, page: PageRow, document: Document) -> bool:
    """What the present extractor makes of the page's latest version; says whether it differs.

    A difference is a version of cause ``extractor`` of the same capture: never an edit by the site.
    """
    current = read_current_version(session, page)
    if current is None:
        return False
    document = complete_document(session, page, document)
    is_new = documents_differ(load_document(current.document, current.text), document)
    if is_new:
        add_version(session, page, current.capture_id, document, Cause.EXTRACTOR)
    else:
        note_document(session, page, current, document)
        page.extractor = document.extractor
    if page.parent_id:
        record_file(session, page, None)
    return is_new


def add_version(
    session: Session,
    page: PageRow,
    capture_id: int,
    document: Document,
    cause: Cause = Cause.CONTENT,
    *,
    digest: str | None = None,
) -> None:
    """The next version of a page; ``digest`` is the document's where it is known already."""
    page.version_number = (page.version_number or 0) + 1
    page.document_digest = digest or document_digest(document)
    page.extractor = document.extractor
    page.title = document.title or page.title
    version = VersionRow(
        page_id=page.id,
        number=page.version_number,
        capture_id=capture_id,
        cause=cause,
        document_digest=page.document_digest,
        text=document.text,
        document=dump_document(document),
    )
    session.add(version)
    session.flush()
    await_index(session, version.id)


def complete_document(
    session: Session, page: PageRow, document: Document, files: Sequence[FileReading] | None = None
) -> Document:
    """The document with what its page does not tell: the digests of its files, and the text of one of them.

    ``files`` are the page's files at that time; the present ones when not given.
    """
    if not document.attachments:
        return document
    current = read_current_version(session, page)
    before = load_document(current.document, current.text) if current else None
    files = read_files(session, page) if files is None else files
    document = keep_digests(document, before, files)
    return fill_document(session, page, document, before, files)


def record_file(
    session: Session, file: PageRow, capture: CaptureRow | None, files: Sequence[FileReading] | None = None
) -> None:
    """Note the digest and the text of a file in its page's document.

    ``capture`` is None for a file that was read anew, ``files`` what was known of the page's files then (at present,
    when not given). It is a version when the file had another digest before, no change when nothing was known of it.
    """
    parent, url = session.get_one(PageRow, file.parent_id), file.url
    current = read_current_version(session, parent)
    if current is None:
        return
    before = load_document(current.document, current.text)
    digest = capture.body_digest if capture and capture.outcome == Outcome.OK else None
    known = next((one.digest for one in before.attachments if one.url == url), None)
    attachments = tuple(
        replace(one, digest=digest or one.digest) if one.url == url else one for one in before.attachments
    )
    after = fill_document(session, parent, replace(before, attachments=attachments), before, files)
    if after == before:
        return
    is_same_run = capture is not None and is_of_run(session, current, capture.run_id)
    cause = judge_filling(before, after, current.number, is_same_run=is_same_run)
    if known and digest and known != digest:
        cause = Cause.CONTENT
    if cause is None:
        note_document(session, parent, current, after)
    elif capture is None or cause is Cause.EXTRACTOR:
        add_version(session, parent, current.capture_id, after, Cause.EXTRACTOR)
    else:
        add_version(session, parent, capture.id, after)
        parent.is_stale = True


def fill_document(
    session: Session, page: PageRow, document: Document, before: Document | None, files: Sequence[FileReading] | None
) -> Document:
    """The document with the text of a file if it has none itself."""
    if SEE_ATTACHMENT not in document.doubts:
        return document
    return fill_text(document, read_files(session, page) if files is None else files, before)


def note_document(session: Session, page: PageRow, version: VersionRow, document: Document) -> None:
    """Write what became known of a version's document into the version."""
    version.text, version.document = document.text, dump_document(document)
    version.document_digest = page.document_digest = document_digest(document)
    await_index(session, version.id)


def is_of_run(session: Session, version: VersionRow, run_id: int | None) -> bool:
    """Whether the capture that established a version was made in this run."""
    return run_id is not None and session.get_one(CaptureRow, version.capture_id).run_id == run_id


def read_files(session: Session, page: PageRow) -> list[FileReading]:
    """What is known at present of the files that belong to a page."""
    query = (
        select(PageRow, VersionRow)
        .outerjoin(VersionRow, (VersionRow.page_id == PageRow.id) & (VersionRow.number == PageRow.version_number))
        .where(PageRow.parent_id == page.id)
    )
    return [describe_reading(*row) for row in session.execute(query)]


def describe_reading(file: PageRow, version: VersionRow | None) -> FileReading:
    """A file's row and its newest version, if it has one, as a value."""
    document = load_document(version.document, version.text) if version is not None else None
    is_unread = document is None and (file.last_visit_at is None or file.original_id is not None)
    return FileReading(file.url, document, is_pending=is_unread, digest=file.body_digest)


def read_current_version(session: Session, page: PageRow) -> VersionRow | None:
    """The page's newest version."""
    if page.version_number is None:
        return None
    return session.scalar(
        select(VersionRow).where(VersionRow.page_id == page.id, VersionRow.number == page.version_number)
    )


def keep_digests(document: Document, before: Document | None, files: Sequence[FileReading]) -> Document:
    """The document with the attachment digests that are known: the page does not tell them.

    They stand in its last version or, when that one did not have the file, with the file itself.
    """
    digests = {file.url: file.digest for file in files}
    digests |= {attachment.url: attachment.digest for attachment in before.attachments} if before else {}
    attachments = tuple(fill_digest(attachment, digests) for attachment in document.attachments)
    return replace(document, attachments=attachments)


def fill_digest(attachment: Attachment, digests: dict[str, str | None]) -> Attachment:
    """The attachment with the digest last seen at its URL."""
    return replace(attachment, digest=attachment.digest or digests.get(attachment.url))
