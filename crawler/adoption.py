"""After a crash: captures that the archive holds and the database does not know are taken in, read and recorded."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from crawler.discovery.urls import document_key
from crawler.fetching.redirection import Hop, next_hop
from crawler.rereading import read_document, read_history
from storage.archive.adoption import AdoptedCapture
from storage.archive.recovery import Recovery, recover_archive
from storage.archive.segment import Claims
from storage.database import Database
from storage.pages import PageState, find_pages
from storage.rebuilding import Body, find_bodies, is_overtaken, rebuild_page
from storage.records import Document, Outcome, Role
from storage.runs import find_runs
from storage.visits import Visit, insert_captures, known_ends, record_visits

logger = logging.getLogger(__name__)


def recover_captures(database: Database, directory: Path, claims: Claims | None = None) -> Recovery:
    """Close what a dead crawl left open in the archive, and record its captures that were not committed.

    Raises:
        ArchiveError: a file cannot be read or closed.
    """
    names = [path.name.removesuffix(".open") for path in directory.glob("*.open")]
    with database.read() as session:
        ends = known_ends(session, names)
    recovery = recover_archive(directory, ends, partial(adopt_captures, database, directory), claims)
    if recovery.closed:
        logger.info(
            "closed %d archive files of an earlier crawl, adopted %d captures",
            len(recovery.closed),
            len(recovery.adopted),
        )
    for tear in (*recovery.cut, *recovery.damaged):
        logger.warning("%s: no whole record in %d bytes at %d", tear.file, tear.length, tear.offset)
    return recovery


def adopt_captures(database: Database, directory: Path, adopted: Sequence[AdoptedCapture]) -> None:
    """Record captures found in the archive as if their crawl had lived to do it.

    Those that a later visit of their page has overtaken take their place in the page's history, which is made anew.
    """
    overtaken: set[int] = set()
    with database.write() as session:
        runs = find_runs(session, {one.run_id for one in adopted})
        pages = find_pages(session, [document_key(one.capture.url) for one in adopted])
        for one in sorted(adopted, key=lambda one: one.capture.captured_at):
            page = pages.get(document_key(one.capture.url))
            if page and is_overtaken(session, page, one.capture.captured_at):
                insert_captures(session, [build_visit(directory, one, page, runs.get(one.run_id))])
                overtaken.add(page.parent_id or page.id)
            else:
                record_visits(session, [build_visit(directory, one, page, runs.get(one.run_id))])
        session.flush()
        for page_id in sorted(overtaken):
            rebuild_page(session, page_id, read_history(directory, find_bodies(session, page_id)))


def build_visit(directory: Path, adopted: AdoptedCapture, page: PageState | None, run_id: int | None) -> Visit:
    """The visit that a capture was; a good body is read and becomes a document."""
    capture = adopted.capture
    is_page = page is not None and capture.role in (Role.PAGE, Role.ATTACHMENT)
    hop = next_hop(capture.url, capture.header("Location"))
    new_url = hop.url if isinstance(hop, Hop) else None
    visit = Visit(
        capture=capture,
        run_id=run_id,
        page_id=page.id if page and is_page else None,
        column_id=page.column_id if page and is_page else None,
        is_revisit=adopted.original_id is not None,
        new_url=new_url,
        new_key=document_key(new_url) if new_url else None,
    )
    return add_document(directory, visit, page.title) if page and is_page else visit


def add_document(directory: Path, visit: Visit, name: str) -> Visit:
    """The visit with what a good page or file said; a revisit said nothing new.

    A page that cannot be read is a doubt, as it was. ``name`` is the page's title.
    """
    capture = visit.capture
    if capture.outcome is not Outcome.OK or visit.is_revisit or not capture.place:
        return visit
    body = Body(
        page_id=visit.page_id or 0,
        capture_id=0,
        url=capture.url,
        place=capture.place,
        content_type=capture.header("Content-Type"),
        role=capture.role,
        name=name,
    )
    document = read_document(directory, body)
    if isinstance(document, Document):
        return replace(visit, document=document)
    logger.warning("%s: %s", capture.url, document)
    if capture.role is not Role.PAGE:
        return visit
    return replace(visit, capture=replace(capture, outcome=Outcome.ENCODING_DOUBT, detail=document))
