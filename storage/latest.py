"""The latest version of each page, for exports; its files, for the next visit."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.records import Attachment, Document
from storage.serialization import load_document
from storage.tables import CaptureRow, PageRow, VersionRow
from storage.withholding import withheld_pages

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestVersion:
    """A page's document as last seen; ``captured_at`` is the capture that established the version."""

    url: str
    site: str
    captured_at: datetime
    number: int
    document: Document


def stream_latest(
    database: Database, *, sites: Collection[str] = (), since: datetime | None = None
) -> Iterator[LatestVersion]:
    """The latest version of every page with one, in the order in which the pages were found; no withheld ones."""
    last = 0
    while True:
        query = (
            select(PageRow, VersionRow, CaptureRow.captured_at)
            .join(VersionRow, (VersionRow.page_id == PageRow.id) & (VersionRow.number == PageRow.version_number))
            .join(CaptureRow, CaptureRow.id == VersionRow.capture_id)
            .where(PageRow.id > last, PageRow.parent_id.is_(None), PageRow.id.not_in(withheld_pages()))
            .order_by(PageRow.id)
            .limit(BATCH)
        )
        if sites:
            query = query.where(PageRow.site_key.in_(sites))
        if since is not None:
            query = query.where(CaptureRow.captured_at >= since)
        with database.read() as session:
            rows = [(row[0].id, read_latest(*row)) for row in session.execute(query)]
        yield from (latest for _, latest in rows)
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


def read_latest(page: PageRow, version: VersionRow, captured_at: datetime) -> LatestVersion:
    """The rows of one page's latest version as a value."""
    return LatestVersion(
        url=page.url,
        site=page.site_key,
        captured_at=captured_at,
        number=version.number,
        document=load_document(version.document, version.text),
    )


def read_attachments(session: Session, page_id: int) -> tuple[Attachment, ...]:
    """The files of a page's latest version."""
    query = (
        select(VersionRow.document)
        .join(PageRow, (PageRow.id == VersionRow.page_id) & (PageRow.version_number == VersionRow.number))
        .where(VersionRow.page_id == page_id)
    )
    values = session.scalar(query)
    return load_document(values, "").attachments if values else ()


def read_text(session: Session, page_id: int, number: int | None) -> str:
    """The text of one version; empty when there is none."""
    query = select(VersionRow.text).where(VersionRow.page_id == page_id, VersionRow.number == number)
    return session.scalar(query) or ""
