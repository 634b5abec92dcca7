"""Read changes with all that a report shows beside them: texts, captures, time lines, names."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from storage.captures import read_capture
from storage.database import Database
from storage.records import Capture, Change, Outcome, ReportedChange, Sighting
from storage.serialization import load_change, load_document
from storage.tables import CaptureRow, ChangeRow, ColumnRow, FileRow, SiteRow, VersionRow
from storage.withholding import withheld_pages

BATCH = 200  # changes at a time; a report over a large archive need not hold every row of it twice


def read_changes(database: Database, since: datetime | None, sites: Collection[str] = ()) -> tuple[ReportedChange, ...]:
    """The changes detected from ``since`` on, of some sites or of all, oldest first; none of withheld pages."""
    query = select(ChangeRow).order_by(ChangeRow.detected_at, ChangeRow.id)
    query = query.where(ChangeRow.page_id.not_in(withheld_pages()))
    if since is not None:
        query = query.where(ChangeRow.detected_at >= since)
    if sites:
        query = query.where(ChangeRow.site_key.in_(sites))
    with database.read() as session:
        names = read_names(session)
        rows = [(row.page_id, load_change(row.content)) for row in session.scalars(query)]
        found: list[ReportedChange] = []
        for start in range(0, len(rows), BATCH):
            found.extend(describe_changes(session, rows[start : start + BATCH], names))
        return tuple(found)


def read_page_changes(database: Database, page_id: int, limit: int) -> tuple[ReportedChange, ...]:
    """The latest changes of a page, the latest first; none of a withheld page."""
    query = select(ChangeRow).where(ChangeRow.page_id == page_id, ChangeRow.page_id.not_in(withheld_pages()))
    with database.read() as session:
        found = session.scalars(query.order_by(ChangeRow.detected_at.desc(), ChangeRow.id).limit(limit))
        rows = [(row.page_id, load_change(row.content)) for row in found]
        return tuple(describe_changes(session, rows, read_names(session)))


def read_names(session: Session) -> dict[tuple[str, str], tuple[str, str]]:
    """The names of site and column, by their keys."""
    query = select(ColumnRow.site_key, ColumnRow.key, SiteRow.name, ColumnRow.name).join(
        SiteRow, SiteRow.key == ColumnRow.site_key
    )
    return {(site, column): (site_name, name) for site, column, site_name, name in session.execute(query)}


def describe_changes(
    session: Session, rows: Sequence[tuple[int, Change]], names: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[ReportedChange]:
    """Put beside each change (given with its page) what a report shows."""
    pages = {page_id for page_id, _ in rows}
    told = {(page_id, number) for page_id, change in rows for number in (change.from_version, change.to_version)}
    versions = {(row.page_id, row.number): row for row in read_versions(session, told)}
    wanted = {row.capture_id for row in versions.values()}
    captures = read_captures(session, wanted, [change.record_id for _, change in rows])
    timelines = read_timelines(session, pages)
    for page_id, change in rows:
        old = versions.get((page_id, change.from_version or 0))
        new = versions.get((page_id, change.to_version or 0))
        site_name, column_name = names.get((change.site, change.column), (change.site, change.column))
        yield ReportedChange(
            change=change,
            site_name=site_name,
            column_name=column_name,
            old=captures.get(old.capture_id) if old else None,
            new=captures.get(change.record_id),
            old_text=old.text if old else None,
            new_text=new.text if new else None,
            old_attachments=load_document(old.document, "").attachments if old else (),
            new_attachments=load_document(new.document, "").attachments if new else (),
            timeline=tuple(timelines[page_id]),
        )


def read_versions(session: Session, wanted: Collection[tuple[int, int | None]]) -> Iterator[VersionRow]:
    """Versions by page and number; a number None is none. Others of the pages are not read: texts can be long."""
    pairs = [pair for pair in wanted if pair[1] is not None]
    pages, numbers = {page for page, _ in pairs}, {number for _, number in pairs}
    query = select(VersionRow).where(
        # For pairs alone SQLite uses no index, and reads all versions that there are.
        VersionRow.page_id.in_(pages),
        VersionRow.number.in_(numbers),
        tuple_(VersionRow.page_id, VersionRow.number).in_(pairs),
    )
    yield from session.scalars(query)


def read_captures(session: Session, ids: Collection[int], records: Collection[str]) -> dict[int | str, Capture]:
    """Captures by their row numbers and by their record ids."""
    query = (
        select(CaptureRow, FileRow.name)
        .outerjoin(FileRow, FileRow.id == CaptureRow.file_id)
        .where(CaptureRow.id.in_(ids) | CaptureRow.record_id.in_(records))
    )
    found: dict[int | str, Capture] = {}
    for row, file in session.execute(query):
        found[row.id] = found[row.record_id] = read_capture(row, file)
    return found


def read_timelines(session: Session, pages: Collection[int]) -> Mapping[int, list[Sighting]]:
    """Every visit of the pages in order of time."""
    found: dict[int, list[Sighting]] = defaultdict(list)
    query = (
        select(CaptureRow.page_id, CaptureRow.captured_at, CaptureRow.outcome, CaptureRow.version_number)
        .where(CaptureRow.page_id.in_(pages))
        .order_by(CaptureRow.captured_at)
    )
    for page_id, captured_at, outcome, version in session.execute(query):
        if page_id is not None:
            found[page_id].append(Sighting(captured_at=captured_at, outcome=Outcome(outcome), version=version))
    return found
