"""The latest version of each page, as exports take it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.database import Database
from storage.latest import read_attachments, stream_latest
from storage.records import Attachment, Document, Outcome
from storage.visits import record_visits
from tests.storage.world import MONDAY, World


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def test_each_page_once_with_its_last_document(world: World) -> None:
    """Gone pages too, pages never good not, files not; the time is that of the capture that first showed it."""
    edited, gone, blocked = (world.add_page(name) for name in ("路灯", "公交", "绿地"))
    world.visit(edited, text="一。")
    world.visit(gone, text="甲。")
    world.visit(blocked, Outcome.BLOCKED)
    file = world.add_file(edited, "a.doc")
    world.visit(file, text="f")
    world.begin(1)
    second = world.visit(edited, text="二。")
    world.visit(gone, Outcome.GONE)
    world.begin(2)
    world.visit(edited, Outcome.NOT_MODIFIED)
    found = list(stream_latest(world.database))
    assert [(one.url, one.number, one.document.text) for one in found] == [
        (edited.url, 2, "二。"),
        (gone.url, 1, "甲。"),
    ]
    assert found[0].captured_at == second.visit.capture.captured_at
    assert {one.site for one in found} == {"jia"}


def test_since_is_an_instant_in_any_zone(world: World) -> None:
    """From that instant on, itself included."""
    world.visit(world.add_page("路灯"), text="一。")
    instant = world.now.astimezone(ZoneInfo("Asia/Shanghai"))
    assert len(list(stream_latest(world.database, since=instant))) == 1
    assert list(stream_latest(world.database, since=instant + timedelta(microseconds=1))) == []


@pytest.mark.parametrize(("sites", "count"), [((), 1), (("jia",), 1), (("yi", "jia"), 1), (("yi",), 0)])
def test_of_some_sites_or_of_all(world: World, sites: tuple[str, ...], count: int) -> None:
    """No keys are all sites."""
    world.visit(world.add_page("路灯"), text="一。")
    assert len(list(stream_latest(world.database, sites=sites))) == count


def test_more_pages_than_are_read_at_a_time(world: World) -> None:
    """All of them, in the order in which they were found, though some have no version and some are older."""
    pages = [world.add_page(str(number)) for number in range(410)]
    shown = [page for number, page in enumerate(pages) if number % 7]
    with world.database.write() as session:
        record_visits(session, [world.build_visit(page, text=page.title) for page in shown])
    assert [one.url for one in stream_latest(world.database, since=MONDAY)] == [page.url for page in shown]


def test_the_files_of_the_latest_version(world: World) -> None:
    """Those that it links to now, with what is known of them; none of a page that never showed itself."""
    page = world.add_page("路灯")
    with world.database.read() as session:
        assert read_attachments(session, page.id) == ()
    for day, name in enumerate(("a.doc", "b.doc")):
        world.begin(day)
        files = (Attachment(f"https://a.example/{name}", name, "doc"),)
        world.visit(page, text=name, document=Document(title="t", text=name, attachments=files))
    with world.database.read() as session:
        assert read_attachments(session, page.id) == files
