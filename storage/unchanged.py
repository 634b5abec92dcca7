"""Record visits that found nothing new, most of all visits, in a few statements a batch instead of a few a visit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from storage.horizon import announce_rows
from storage.pages import PROVISIONAL_INTERVAL
from storage.records import Outcome
from storage.tables import CaptureRow, PageRow
from storage.visits import Recorded, Visit, ensure_files, read_starts, record_visits

PageFacts = Row[int, str, bool, int | None, int | None, str | None, datetime | None]
INSERT_CAPTURE = insert(CaptureRow)
SELECT_FACTS = select(
    PageRow.id,
    PageRow.url,
    PageRow.has_doubt,
    PageRow.lost_walk_id,
    PageRow.version_number,
    PageRow.body_digest,
    PageRow.last_visit_at,
)
UPDATE_VISITED = (
    update(PageRow)
    .where(PageRow.id == bindparam("page_id"))
    .values(next_due_at=bindparam("due"), last_visit_at=bindparam("visited"), fetch_url=bindparam("fetched_from"))
)
UPDATE_SENT_AGAIN = UPDATE_VISITED.values(
    etag=bindparam("sent_etag"), last_modified=bindparam("sent_date"), entity_digest=bindparam("sent_entity")
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What all visits of a batch share: numbers of archive files by name, starts of runs by number."""

    files: Mapping[str, int]
    begun: Mapping[int, datetime]


def record_batch(session: Session, visits: Sequence[Visit]) -> list[Recorded]:
    """Record visits made just now, none of which the database has; see `storage.visits.record_visits`."""
    announce_rows(session)
    times = Counter(visit.page_id for visit in visits)
    quick = [visit for visit in visits if is_quick(visit) and times[visit.page_id] == 1]
    facts = read_facts(session, [visit.page_id for visit in quick if visit.page_id])
    quick = [visit for visit in quick if is_unchanged(visit, facts.get(visit.page_id or 0))]
    chosen = {visit.capture.record_id for visit in quick}
    rest = [visit for visit in visits if visit.capture.record_id not in chosen]
    recorded = record_unchanged(session, quick, facts) if quick else []
    return [*recorded, *record_visits(session, rest)] if rest else recorded


def is_quick(visit: Visit) -> bool:
    """Whether a visit may be one that found nothing new, as far as it tells itself."""
    is_plain = visit.document is None and visit.doubted_page_id is None and visit.new_url is None
    return is_plain and visit.page_id is not None and visit.is_revisit and visit.capture.outcome.is_good


def read_facts(session: Session, page_ids: Sequence[int]) -> dict[int, PageFacts]:
    """What has to be known of pages to tell whether a visit is news; by page number."""
    if not page_ids:
        return {}
    return {row.id: row for row in session.execute(SELECT_FACTS.where(PageRow.id.in_(page_ids)))}


def is_unchanged(visit: Visit, page: PageFacts | None) -> bool:
    """Whether the page was good before and the visit saw the same body, or heard that it is the same.

    That a page is good which fell out of its list is news.
    """
    if page is None or page.has_doubt or page.lost_walk_id is not None or page.last_visit_at is None:
        return False
    capture = visit.capture
    return capture.outcome is Outcome.NOT_MODIFIED or (
        bool(capture.entity_digest) and capture.body_digest == page.body_digest
    )


def record_unchanged(session: Session, visits: Sequence[Visit], facts: Mapping[int, PageFacts]) -> list[Recorded]:
    """Insert the captures and set the pages' validators and due times: three statements for all."""
    batch = Batch(
        files=ensure_files(session, {visit.capture.place.file for visit in visits if visit.capture.place}),
        begun=read_starts(session, {visit.run_id for visit in visits if visit.run_id}),
    )
    connection = session.connection()
    connection.execute(INSERT_CAPTURE, [describe_capture(visit, batch, facts) for visit in visits])
    spared = [describe_visit(visit, batch, facts) for visit in visits if visit.capture.outcome is not Outcome.OK]
    sent = [
        describe_visit(visit, batch, facts) | describe_answer(visit)
        for visit in visits
        if visit.capture.outcome is Outcome.OK
    ]
    if spared:
        connection.execute(UPDATE_VISITED, spared)
    if sent:
        connection.execute(UPDATE_SENT_AGAIN, sent)
    return [Recorded(visit, facts[visit.page_id or 0].version_number, is_new_version=False) for visit in visits]


def describe_capture(visit: Visit, batch: Batch, facts: Mapping[int, PageFacts]) -> dict[str, Any]:
    """A capture's row as values."""
    capture, place = visit.capture, visit.capture.place
    return {
        "record_id": capture.record_id,
        "page_id": visit.page_id,
        "column_id": visit.column_id,
        "run_id": visit.run_id,
        "role": capture.role,
        "url": capture.url,
        "captured_at": capture.captured_at,
        "outcome": capture.outcome,
        "vendor": capture.vendor,
        "detail": capture.detail,
        "status": capture.status,
        "headers": capture.headers,
        "payload_digest": capture.payload_digest,
        "entity_digest": capture.entity_digest,
        "body_digest": capture.body_digest,
        "file_id": batch.files[place.file] if place else None,
        "offset": place.offset if place else None,
        "length": place.length if place else None,
        "is_revisit": visit.is_revisit,
        "version_number": facts[visit.page_id or 0].version_number,
    }


def describe_visit(visit: Visit, batch: Batch, facts: Mapping[int, PageFacts]) -> dict[str, Any]:
    """What any unchanged visit changes in its page's row."""
    capture = visit.capture
    return {
        "page_id": visit.page_id,
        "due": batch.begun.get(visit.run_id or 0, capture.captured_at) + PROVISIONAL_INTERVAL,
        "visited": capture.captured_at,
        "fetched_from": capture.url if capture.url != facts[visit.page_id or 0].url else None,
    }


def describe_answer(visit: Visit) -> dict[str, Any]:
    """What an answer with the same body changes besides."""
    capture = visit.capture
    return {
        "sent_etag": capture.header("ETag"),
        "sent_date": capture.header("Last-Modified"),
        "sent_entity": capture.entity_digest,
    }
