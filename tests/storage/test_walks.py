"""Listing spans: a row for each unbroken stay in a list, and news for compare only where there is some."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.database import Database
from storage.pages import PageState
from storage.tables import ColumnRow, ListingRow, PageRow
from storage.walks import is_visited, needs_full_walk
from tests.storage.world import World


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def read_spans(world: World, page: PageState) -> list[tuple[int, int]]:
    """First and last walk of each stay of a page in the list."""
    with world.database.read() as session:
        query = select(ListingRow).where(ListingRow.page_id == page.id).order_by(ListingRow.id)
        return [(row.from_walk_id, row.through_walk_id) for row in session.scalars(query)]


def read_stale(world: World) -> set[int]:
    """The pages that compare will look at; they are marked as looked at."""
    with world.database.write() as session:
        stale = set(session.scalars(select(PageRow.id).where(PageRow.is_stale)))
        session.execute(update(PageRow).values(is_stale=False))
    return stale


def test_a_list_that_does_not_change_has_one_span_a_page(world: World) -> None:
    """However often it is walked."""
    page = world.add_page("路灯")
    walks = [world.walk(page) for _ in range(3)]
    assert read_spans(world, page) == [(walks[0], walks[2])]


def test_a_gap_in_a_trusted_walk_begins_a_new_span(world: World) -> None:
    """Delisted and listed again are two stays."""
    one, two = world.add_page("路灯"), world.add_page("公交")
    first = world.walk(one, two)
    world.walk(two)
    last = world.walk(one, two)
    assert read_spans(world, one) == [(first, first), (last, last)]
    assert len(read_spans(world, two)) == 1


@pytest.mark.parametrize(("is_complete", "is_full"), [(False, True), (True, False)])
def test_a_walk_that_cannot_be_trusted_ends_no_span(world: World, *, is_complete: bool, is_full: bool) -> None:
    """What a partial or shortened walk does not show is no gap, and no news."""
    one, two = world.add_page("路灯"), world.add_page("公交")
    first = world.walk(one, two)
    read_stale(world)
    world.walk(two, is_complete=is_complete, is_full=is_full)
    assert read_stale(world) == set()
    last = world.walk(one, two)
    assert read_spans(world, one) == [(first, last)]


def test_only_pages_that_come_or_go_are_marked(world: World) -> None:
    """A row that stays is no news."""
    one, two, three = world.add_page("路灯"), world.add_page("公交"), world.add_page("绿地")
    world.walk(one, two)
    read_stale(world)
    world.walk(two, three)
    assert read_stale(world) == {one.id, three.id}


def test_a_list_shrunk_to_nothing_is_not_believed_at_once(world: World) -> None:
    """Most rows gone at once are a list in trouble."""
    pages = [world.add_page(str(number)) for number in range(12)]
    world.walk(*pages)
    read_stale(world)
    world.walk(pages[0])
    assert read_stale(world) == set()


def test_the_first_full_walk_is_the_baseline(world: World) -> None:
    """A shortened walk before it is not."""
    page = world.add_page("路灯")
    world.walk(page, is_full=False)
    full = world.walk(page)
    world.walk(page)
    with world.database.read() as session:
        assert session.scalar(select(ColumnRow.baseline_walk_id)) == full


def test_a_long_list_is_walked_in_full_at_times(world: World) -> None:
    """First, and again after a week; a short list every time."""
    page = world.add_page("路灯")
    assert needs_full_walk(world.database, world.column_id, world.now)
    world.walk(page, served_pages=3)
    assert needs_full_walk(world.database, world.column_id, world.now)
    world.walk(page, served_pages=40)
    assert not needs_full_walk(world.database, world.column_id, world.now)
    world.walk(page, served_pages=1, is_full=False)
    assert not needs_full_walk(world.database, world.column_id, world.now + timedelta(days=6))
    assert needs_full_walk(world.database, world.column_id, world.now + timedelta(days=8))


def test_a_row_is_known_when_its_page_was_fetched(world: World) -> None:
    """A page that was found and never fetched is still news."""
    page = world.add_page("路灯")
    assert not is_visited(world.database, page.document_key)
    world.visit(page, text="已安装。")
    assert is_visited(world.database, page.document_key)
