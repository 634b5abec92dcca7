"""After a crash: captures that the archive holds and the database does not know are taken in, read and recorded."""

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from crawler.discovery.urls import document_key
from crawler.extraction import extract_document, parse_page
from storage.archive.adoption import AdoptedCapture
from storage.archive.errors import ArchiveError
from storage.archive.reader import read_response
from storage.archive.recovery import Recovery, recover_archive
from storage.database import Database
from storage.pages import PageState, find_pages
from storage.records import Document, Outcome, Role
from storage.runs import find_runs
from storage.visits import Visit, known_ends, record_visits

logger = logging.getLogger(__name__)


def recover_captures(database: Database, directory: Path) -> Recovery:
    """Close what a dead crawl left open in the archive, and record its captures that were not committed.

    Raises:
        ArchiveError: a file cannot be read or closed.
    """
    names = [path.name.removesuffix(".open") for path in directory.glob("*.open")]
    with database.read() as session:
        ends = known_ends(session, names)
    recovery = recover_archive(directory, ends, partial(adopt_captures, database, directory))
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
    """Record captures found in the archive as if their crawl had lived to do it."""
    with database.write() as session:
        runs = find_runs(session, {one.run_id for one in adopted})
        pages = find_pages(session, [document_key(one.capture.url) for one in adopted])
        for one in adopted:
            page = pages.get(document_key(one.capture.url))
            record_visits(session, [build_visit(directory, one, page, runs.get(one.run_id))])


def build_visit(directory: Path, adopted: AdoptedCapture, page: PageState | None, run_id: int | None) -> Visit:
    """The visit that a capture was; a good body is read and becomes a document."""
    capture = adopted.capture
    is_page = page is not None and capture.role in (Role.PAGE, Role.ATTACHMENT)
    location = capture.header("Location")
    return Visit(
        capture=capture,
        run_id=run_id,
        page_id=page.id if page and is_page else None,
        column_id=page.column_id if page and is_page else None,
        document=read_document(directory, adopted) if page and is_page else None,
        is_revisit=adopted.original_id is not None,
        new_url=location,
        new_key=document_key(location) if location else None,
    )


def read_document(directory: Path, adopted: AdoptedCapture) -> Document | None:
    """What a good page said; None for anything else, and for a revisit, which said nothing new."""
    capture = adopted.capture
    if capture.outcome is not Outcome.OK or capture.role is not Role.PAGE or adopted.original_id or not capture.place:
        return None
    try:
        response = read_response(directory, capture.place)
    except ArchiveError as error:
        logger.warning("%s: %s", capture.url, error)
        return None
    return extract_document(parse_page(response.body, capture.header("Content-Type")), capture.url)
