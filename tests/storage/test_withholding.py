"""Pages that the operator keeps out of public views."""

from zoneinfo import ZoneInfo

import pytest

from storage.captures import stream_captures, stream_listed
from storage.changes import derive_changes
from storage.database import Database
from storage.latest import stream_latest
from storage.overview import read_overview
from storage.pages import PageState
from storage.reporting import read_changes
from storage.withholding import is_withheld, read_withheld, release_page, withhold_page
from tests.storage.world import World


@pytest.fixture
def world(database: Database) -> World:
    """Two pages that were edited, the first one with a file."""
    world = World(database)
    pages = []
    for day in range(2):
        world.begin(day)
        pages = [world.add_page(name) for name in ("路灯", "公交")]
        for page in pages:
            world.visit(page, text=f"第{day}天。")
        world.visit(world.add_file(pages[0], "a.doc"), text=f"{day}")
        world.walk(*pages)
    list(derive_changes(database, ZoneInfo("Asia/Shanghai")))
    return world


def list_shown(world: World) -> tuple[set[str], set[str], set[str]]:
    """The pages of which changes, latest versions and links into the archive are shown."""
    return (
        {one.change.url for one in read_changes(world.database, None)},
        {one.url for one in stream_latest(world.database)},
        {one.url for one in stream_listed(world.database)},
    )


def withhold(world: World, page: PageState) -> None:
    """Keep a page out of public views."""
    withhold_page(world.database, page.document_key, "asked for by its author", world.now)


def test_a_withheld_page_is_shown_nowhere(world: World) -> None:
    """Neither its changes nor its text; the other page's are; its files are withheld with it."""
    lamps, buses = world.find_page("路灯"), world.find_page("公交")
    withhold(world, lamps)
    assert list_shown(world) == ({buses.url}, {buses.url}, {buses.url})
    with world.database.read() as session:
        states = [is_withheld(session, page.id) for page in (lamps, world.find_page("a.doc"), buses)]
    assert states == [True, True, False]


def test_the_archive_is_untouched(world: World) -> None:
    """Every capture is still there, and the page's history goes on."""
    before = [one.capture.record_id for one in stream_captures(world.database)]
    withhold(world, world.find_page("路灯"))
    assert [one.capture.record_id for one in stream_captures(world.database)] == before
    world.begin(2)
    assert world.visit(world.find_page("路灯"), text="第2天。").version_number == 3


def test_what_was_withheld_is_shown_again_whole(world: World) -> None:
    """Also what happened meanwhile."""
    lamps = world.find_page("路灯")
    withhold(world, lamps)
    world.begin(2)
    world.visit(lamps, text="第2天。")
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    assert release_page(world.database, lamps.document_key)
    told = [str(one.change.kind) for one in read_changes(world.database, None) if one.change.url == lamps.url]
    assert told.count("text") == 2
    assert not release_page(world.database, lamps.document_key)


def test_the_operator_sees_that_there_are_some(world: World) -> None:
    """The status counts them, the list says why; a second reason takes the place of the first."""
    lamps = world.find_page("路灯")
    withhold(world, lamps)
    withhold_page(world.database, lamps.document_key, "a court's order", world.now)
    assert read_overview(world.database, world.now).withheld == 1
    (listed,) = read_withheld(world.database)
    assert (listed.url, listed.reason, listed.made_at) == (lamps.url, "a court's order", world.now)


def test_a_page_that_is_not_watched_cannot_be_withheld(world: World) -> None:
    """A slip in an address is no silent success."""
    assert withhold_page(world.database, "a.example/none", "why", world.now) is None
    assert read_withheld(world.database) == ()
