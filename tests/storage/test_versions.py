"""Files and the pages that they belong to: whose version a new text is, and what is told of it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storage.changes import derive_changes
from storage.comparison.filling import SEE_ATTACHMENT, TEXT_FROM_ATTACHMENT
from storage.database import Database
from storage.pages import PageState
from storage.rebuilding import Body, rebuild_page, renew_versions, stream_outdated
from storage.records import Attachment, Document, Outcome, Role
from storage.reporting import read_changes
from storage.serialization import load_document
from storage.tables import CaptureRow, VersionRow
from tests.storage.world import World

ZONE = ZoneInfo("Asia/Shanghai")
NAME = "关于路灯的答复.docx"


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def read_versions(world: World, page: PageState) -> list[tuple[str, str]]:
    """Text and cause of each version of a page."""
    with world.database.read() as session:
        rows = session.scalars(select(VersionRow).where(VersionRow.page_id == page.id).order_by(VersionRow.number))
        return [(row.text, row.cause) for row in rows]


def tell_kinds(world: World) -> list[tuple[str, str]]:
    """The title and kind of every change but the appearance of pages."""
    for _ in derive_changes(world.database, ZONE):
        pass
    told = [one.change for one in read_changes(world.database, None)]
    return [(change.title, change.kind.value) for change in told if change.kind != "new"]


def show_pointer(world: World, page: PageState, *files: PageState, title: str | None = None) -> dict[int, Document]:
    """The page says only that its files are to be seen; its body is another one each time.

    Returns the document by the number of its capture.
    """
    document = Document(
        title=title or page.title,
        text="详见附件",
        attachments=tuple(Attachment(file.url, file.title, "docx") for file in files),
        doubts=(SEE_ATTACHMENT,),
    )
    recorded = world.visit(page, text=f"详见附件 {world.offset}", document=document)
    with world.database.read() as session:
        query = select(CaptureRow.id).where(CaptureRow.record_id == recorded.visit.capture.record_id)
        return {session.scalars(query).one(): document}


def show_file(world: World, file: PageState, text: str, reason: str = "") -> None:
    """A file has a new body; without a text it has a reason."""
    document = Document(title=file.title, text="" if reason else text, doubts=(reason,) if reason else ())
    world.visit(file, text=text, document=document)


def test_the_first_text_is_written_into_the_first_version(world: World) -> None:
    """The file has a version of its own; of neither is anything told."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    show_pointer(world, page, file)
    show_file(world, file, "安装100盏。")
    assert read_versions(world, page) == [("安装100盏。", "content")]
    assert read_versions(world, file) == [("安装100盏。", "content")]
    assert tell_kinds(world) == []


def test_a_later_text_is_an_edit_of_the_page(world: World) -> None:
    """Of kind text; the page that shows itself again between does not undo it."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    for day, text in enumerate(("安装100盏。", "安装200盏。")):
        world.begin(day)
        show_pointer(world, page, file)
        show_file(world, file, text)
    show_pointer(world, page, file)
    assert read_versions(world, page) == [("安装100盏。", "content"), ("安装200盏。", "content")]
    assert tell_kinds(world) == [(page.title, "text")]


def test_a_file_of_a_page_with_words_tells_attachments(world: World) -> None:
    """The text of the page is its own."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    files = (Attachment(file.url, NAME, "docx"),)
    world.visit(page, text="已安装。", document=Document(title=page.title, text="已安装。", attachments=files))
    show_file(world, file, "甲。")
    show_file(world, file, "乙。")
    assert read_versions(world, page) == [("已安装。", "content"), ("已安装。", "content")]
    assert tell_kinds(world) == [(page.title, "attachments")]


def test_what_becomes_of_a_file_is_not_told_of_the_file(world: World) -> None:
    """Gone for days, back again: the page alone has changes."""
    page = world.add_page("路灯")
    other, file = world.add_page("公交"), world.add_file(page, NAME)
    show_pointer(world, page, file)
    show_file(world, file, "安装100盏。")
    for day in range(1, 6):
        world.begin(day)
        world.visit(other, text="增开班次。")
        world.visit(file, Outcome.GONE)
    world.begin(6)
    show_file(world, file, "安装100盏。")
    assert tell_kinds(world) == []


def test_a_first_text_on_a_later_day_is_no_edit(world: World) -> None:
    """The file could not be had when the page changed: its text is a better reading of the second version."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    show_pointer(world, page, file)
    world.visit(file, Outcome.SERVER_ERROR)
    world.begin(1)
    show_pointer(world, page, file, title="关于增设路灯的答复")
    show_file(world, file, "安装100盏。")
    assert [cause for _, cause in read_versions(world, page)] == ["content", "content", "extractor"]
    assert tell_kinds(world) == [("关于增设路灯的答复", "fields")]


def test_a_letter_under_a_new_address_is_one_change(world: World) -> None:
    """The page links to another file, which is read in the same run: text and attachments in one step."""
    page = world.add_page("路灯")
    first = world.add_file(page, NAME)
    show_pointer(world, page, first)
    show_file(world, first, "安装100盏。")
    world.begin(1)
    second = world.add_file(page, "新" + NAME)
    show_pointer(world, page, second)
    show_file(world, second, "安装200盏。")
    assert [text for text, _ in read_versions(world, page)] == ["安装100盏。", "安装200盏。"]
    assert tell_kinds(world) == [(page.title, "text")]


def test_a_better_reader_is_no_edit(world: World) -> None:
    """What it makes of a file is a version of cause extractor of the file and of its page."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    show_pointer(world, page, file)
    show_file(world, file, "安装100盏", reason="no_reader")
    assert read_versions(world, page) == [("详见附件", "content")]
    world.begin(1)
    show_pointer(world, page, file, title="关于增设路灯的答复")
    [body] = stream_outdated(world.database, "2", Role.ATTACHMENT)
    assert (body.role, body.name) == (Role.ATTACHMENT, NAME)
    renew_file(world, body, "安装100盏。")
    renew_file(world, body, "安装 100 盏，完成。")
    causes = ["content", "content", "extractor", "extractor"]
    assert [cause for _, cause in read_versions(world, page)] == causes
    assert [text for text, _ in read_versions(world, page)][-1] == "安装 100 盏，完成。"
    assert tell_kinds(world) == [("关于增设路灯的答复", "fields")]
    assert list(stream_outdated(world.database, "2", Role.ATTACHMENT)) == []


def renew_file(world: World, body: Body, text: str) -> None:
    """Read a file again."""
    with world.database.write() as session:
        renew_versions(session, [(body, Document(title=NAME, text=text, extractor="2"))])


def test_a_file_that_nobody_read_is_outdated(world: World) -> None:
    """A capture without a document is read later; the page has its text then."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    show_pointer(world, page, file)
    world.visit(file, text="安装100盏。")
    assert read_versions(world, page) == [("详见附件", "content")]
    [body] = stream_outdated(world.database, "2", Role.ATTACHMENT)
    renew_file(world, body, "安装100盏。")
    assert read_versions(world, page) == [("安装100盏。", "content")]
    assert tell_kinds(world) == []


def test_the_page_says_where_its_text_is_from(world: World) -> None:
    """A doubt, and the file's digest."""
    page = world.add_page("路灯")
    file = world.add_file(page, NAME)
    show_pointer(world, page, file)
    show_file(world, file, "安装100盏。")
    with world.database.read() as session:
        row = session.scalars(select(VersionRow).where(VersionRow.page_id == page.id)).one()
        document = load_document(row.document, row.text)
    assert document.doubts == (SEE_ATTACHMENT, TEXT_FROM_ATTACHMENT)
    assert document.attachments == (replace(document.attachments[0], digest=world.find_page(NAME).body_digest),)


def test_versions_made_anew_are_the_same(world: World) -> None:
    """A letter that is replaced, moved to a new address and broken: played again, every step has the same text."""
    page = world.add_page("路灯")
    first = world.add_file(page, NAME)
    shown = show_pointer(world, page, first)
    show_file(world, first, "安装100盏。")
    world.begin(1)
    show_file(world, first, "安装200盏。")
    world.begin(2)
    second = world.add_file(page, "新" + NAME)
    shown |= show_pointer(world, page, second)
    show_file(world, second, "安装300盏。")
    world.begin(3)
    show_file(world, second, "坏", reason="unreadable")
    before, told = read_versions(world, page), tell_kinds(world)
    assert [text for text, _ in before] == ["安装100盏。", "安装200盏。", "安装300盏。", "安装300盏。"]
    assert [kind for _, kind in told] == ["text", "text", "attachments"]
    with world.database.write() as session:
        rebuild_page(session, page.id, shown)
    assert (read_versions(world, page), tell_kinds(world)) == (before, told)


def test_a_template_that_leaves_the_table_out_once_makes_no_version(world: World) -> None:
    """The next comparison begins with the fuller document, so that an edit behind the gap is still found."""
    page = world.add_page("路灯")
    bare = Document(title=page.title, text="已安装。")
    full = replace(bare, publisher="甲市住建局", index_number="1/2026-1", written_on="2026-03-01")
    recorded = [
        world.visit(page, document=document) for document in (full, bare, replace(full, written_on="2026-03-02"))
    ]
    assert [one.is_new_version for one in recorded] == [True, False, True]
    assert [one.version_number for one in recorded] == [1, 1, 2]
