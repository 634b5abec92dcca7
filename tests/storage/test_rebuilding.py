"""Versions made anew: the same as those that were made visit by visit, in order of time, whoever extracted them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from storage.changes import derive_changes
from storage.database import Database
from storage.pages import PageState
from storage.rebuilding import (
    count_outdated,
    find_bodies,
    has_capture,
    is_overtaken,
    known_captures,
    rebuild_page,
    renew_versions,
    stream_outdated,
)
from storage.records import Attachment, Cause, Document, Outcome
from storage.reporting import read_changes
from storage.serialization import load_document
from storage.tables import CaptureRow, PageRow, VersionRow
from storage.visits import insert_captures, record_visits
from tests.storage.world import World

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def read_versions(world: World, page: PageState) -> list[tuple[int, int, str, Document]]:
    """Number, capture, cause and document of each version."""
    with world.database.read() as session:
        rows = session.scalars(select(VersionRow).where(VersionRow.page_id == page.id).order_by(VersionRow.number))
        return [(row.number, row.capture_id, row.cause, load_document(row.document, row.text)) for row in rows]


def read_shown(world: World, page: PageState) -> list[int | None]:
    """The version that each capture of a page showed, in order of time."""
    query = select(CaptureRow.version_number).where(CaptureRow.page_id == page.id).order_by(CaptureRow.captured_at)
    with world.database.read() as session:
        return list(session.scalars(query))


def read_page(world: World, page: PageState) -> dict[str, object]:
    """What the next visit needs to know."""
    names = ("version_number", "document_digest", "original_id", "entity_digest", "body_digest", "etag", "title")
    with world.database.read() as session:
        row = session.get_one(PageRow, page.id)
        return {name: getattr(row, name) for name in names}


def rebuild(world: World, page: PageState, documents: Mapping[int, Document]) -> None:
    """Make the versions anew and derive what is told."""
    with world.database.write() as session:
        rebuild_page(session, page.id, documents)
    derive(world)


def derive(world: World) -> None:
    """Derive what is not yet derived."""
    for _ in derive_changes(world.database, ZONE):
        pass


def show(world: World, page: PageState, document: Document) -> dict[int, Document]:
    """A visit that shows a document; returns it by the number of its capture."""
    recorded = world.visit(page, text=document.text, document=document)
    with world.database.read() as session:
        query = select(CaptureRow.id).where(CaptureRow.record_id == recorded.visit.capture.record_id)
        return {session.scalars(query).one(): document}


def live_through(world: World, page: PageState) -> dict[int, Document]:
    """Edits there and back, a 304, a block, and a file that is replaced between two edits."""
    file = world.add_file(page, "附件.docx")
    files = (Attachment(file.url, "附件.docx", "docx"),)
    shown: dict[int, Document] = {}
    for day, text in enumerate(("安装100盏。", "安装200盏。", "安装100盏。")):
        world.begin(day)
        shown |= show(world, page, Document(title=page.title, text=text, attachments=files))
        world.visit(page, Outcome.NOT_MODIFIED)
        world.visit(page, Outcome.BLOCKED)
        world.visit(file, text="一版" if day == 0 else "二版")
    for day, linked in ((3, ()), (4, files)):
        world.begin(day)
        shown |= show(world, page, Document(title=page.title, text="安装100盏。", attachments=linked))
    world.visit(file, text="三版")
    return shown


def test_rebuilt_versions_are_those_that_were_recorded(world: World) -> None:
    """Edits, files and visits without a document: nothing differs, and every change keeps its id."""
    page = world.add_page("路灯")
    shown = live_through(world, page)
    derive(world)
    before = read_versions(world, page), read_shown(world, page), read_page(world, page)
    told = read_changes(world.database, None)
    assert [change.change.kind for change in told] == ["new", "text", "attachments", "text", *["attachments"] * 3]
    rebuild(world, page, shown)
    assert (read_versions(world, page), read_shown(world, page), read_page(world, page)) == before
    assert read_changes(world.database, None) == told


def test_an_older_capture_takes_its_place_in_time(world: World) -> None:
    """What was seen before we came is version 1; what we saw counts on from there."""
    page = world.add_page("路灯")
    world.begin(3)
    shown = show(world, page, Document(title=page.title, text="现在。"))
    with world.database.write() as session:
        world.now -= timedelta(days=400)
        older = world.build_visit(page, text="从前。")
        insert_captures(session, [older])
        session.flush()
        query = select(CaptureRow.id).where(CaptureRow.record_id == older.capture.record_id)
        number = session.scalars(query).one()
    rebuild(world, page, shown | {number: Document(title=page.title, text="从前。")})
    assert [document.text for *_, document in read_versions(world, page)] == ["从前。", "现在。"]
    assert read_shown(world, page) == [1, 2]
    assert read_page(world, page)["original_id"] == max(shown)


def test_bodies_are_full_good_and_in_order(world: World) -> None:
    """Revisits, 304s, blocks and files have no body of the page to be read."""
    page = world.add_page("路灯")
    shown = live_through(world, page)
    world.visit(page, text="安装100盏。", document=None, is_revisit=True)
    with world.database.read() as session:
        bodies = find_bodies(session, page.id)
    assert [body.capture_id for body in bodies] == sorted(shown)
    assert all(body.url == page.url and body.place.file for body in bodies)


def test_a_new_extractor_is_no_edit(world: World) -> None:
    """What it reads differently becomes a version of cause extractor, of the same capture, and no change."""
    page, same = world.add_page("路灯"), world.add_page("公交")
    shown = show(world, page, Document(title=page.title, text="安装100盏。上一篇", extractor="1"))
    show(world, same, Document(title=same.title, text="增开班次。", extractor="1"))
    derive(world)
    told = read_changes(world.database, None)
    bodies = list(stream_outdated(world.database, "2"))
    assert [body.page_id for body in bodies] == [page.id, same.id]
    assert count_outdated(world.database, "2") == 2
    read = [
        (bodies[0], Document(title=page.title, text="安装100盏。", extractor="2")),
        (bodies[1], Document(title=same.title, text="增开班次。", extractor="2")),
    ]
    with world.database.write() as session:
        assert renew_versions(session, read) == 1
    assert [(number, capture, cause) for number, capture, cause, _ in read_versions(world, page)] == [
        (1, *shown, Cause.CONTENT),
        (2, *shown, Cause.EXTRACTOR),
    ]
    assert [document.extractor for *_, document in read_versions(world, same)] == ["2"]
    assert list(stream_outdated(world.database, "2")) == []
    with world.database.write() as session:
        session.execute(update(PageRow).values(is_stale=True))
    derive(world)
    assert read_changes(world.database, None) == told


def test_an_edit_after_a_new_extractor_is_told_against_its_reading(world: World) -> None:
    """The extractor's step is left out of the edit's differences."""
    page = world.add_page("路灯")
    show(world, page, Document(title=page.title, text="安装100盏。上一篇", extractor="1"))
    with world.database.write() as session:
        body = next(stream_outdated(world.database, "2"))
        renew_versions(session, [(body, Document(title=page.title, text="安装100盏。", extractor="2"))])
    world.begin(1)
    show(world, page, Document(title=page.title, text="安装200盏。", extractor="2"))
    derive(world)
    (told,) = (one.change for one in read_changes(world.database, None) if one.change.kind == "text")
    assert (told.from_version, told.to_version) == (2, 3)
    assert [(hunk.old, hunk.new) for hunk in told.difference.hunks] == [("安装100盏。", "安装200盏。")]


def test_a_page_visited_meanwhile_is_left_to_the_visit(world: World) -> None:
    """A reading of a body that is not the latest any more is dropped."""
    page = world.add_page("路灯")
    show(world, page, Document(title=page.title, text="一。", extractor="1"))
    body = next(stream_outdated(world.database, "2"))
    world.begin(1)
    show(world, page, Document(title=page.title, text="二。", extractor="2"))
    with world.database.write() as session:
        assert renew_versions(session, [(body, Document(title=page.title, text="一！", extractor="2"))]) == 0
    assert [document.text for *_, document in read_versions(world, page)] == ["一。", "二。"]


def test_outdated_pages_are_streamed_whatever_their_number(world: World) -> None:
    """More than are read at a time, each once."""
    pages = [world.add_page(str(number)) for number in range(205)]
    with world.database.write() as session:
        visits = [
            replace(visit, document=replace(visit.document, extractor="1"))
            for visit in (world.build_visit(page, text=page.title) for page in pages)
            if visit.document
        ]
        record_visits(session, visits)
    assert [body.page_id for body in stream_outdated(world.database, "2")] == [page.id for page in pages]


def test_captures_are_known_by_id_and_by_time_and_payload(world: World) -> None:
    """The same fetch in another file has other ids; another fetch has another time or payload."""
    page = world.add_page("路灯")
    capture = world.visit(page, text="一。").visit.capture
    blocked = world.visit(page, Outcome.BLOCKED).visit.capture
    with world.database.read() as session:
        assert known_captures(session, [capture.record_id, "urn:uuid:0"]) == {capture.record_id}
        assert has_capture(session, page.id, capture.captured_at, capture.payload_digest)
        assert has_capture(session, page.id, blocked.captured_at, None)
        assert not has_capture(session, page.id, capture.captured_at, "sha1:Y")
        assert not has_capture(session, page.id, blocked.captured_at, capture.payload_digest)


def test_a_capture_is_overtaken_by_its_page_and_its_files(world: World) -> None:
    """A later visit of the page or of any of its files counts, one of another page does not."""
    page, other = world.add_page("路灯"), world.add_page("公交")
    file = world.add_file(page, "附件.docx")
    first = world.visit(page, text="一。").visit.capture.captured_at
    world.visit(other, text="二。")
    with world.database.read() as session:
        assert not is_overtaken(session, page, first)
        assert not is_overtaken(session, file, first)
    world.visit(file, text="三")
    with world.database.read() as session:
        assert is_overtaken(session, page, first)
        assert is_overtaken(session, file, first)
        assert not is_overtaken(session, other, world.now)
