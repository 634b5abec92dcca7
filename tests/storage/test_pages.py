"""Pages are found by key and by due time, in small batches, each once."""

from datetime import timedelta

import pytest

from storage.database import Database
from storage.pages import NewPage, ensure_pages, find_canary, stream_all_pages, stream_due_pages
from storage.records import Outcome
from tests.storage.world import MONDAY, SITE, World


@pytest.fixture
def world(database: Database) -> World:
    """A world with twelve pages, each visited well."""
    world = World(database)
    world.begin()
    for number in range(12):
        world.visit(world.add_page(str(number)), text=f"第{number}号。")
    return world


def test_a_known_page_stays_one(world: World) -> None:
    """The same document under another URL is the same page, and two rows of one list are one page."""
    again = NewPage("a.example/3", "http://a.example/3.html?x=1", "另一个标题")
    with world.database.write() as session:
        states = ensure_pages(session, SITE.key, world.column_id, [again, again], world.now)
    assert [state.url for state in states] == ["https://a.example/3.html"]
    assert states[0].was_visited


def test_due_pages_come_in_order_and_once(world: World) -> None:
    """Batches of any size give the same pages, though visits move due times meanwhile."""
    due_by = MONDAY + timedelta(days=2)
    seen = []
    for page in stream_due_pages(world.database, SITE.key, [world.column_id], due_by, batch=5):
        seen.append(page.title)
        world.now = due_by
        world.visit(page, text="改。")
    assert seen == [f"关于{number}的答复" for number in range(12)]


def test_nothing_is_due_before_its_time(world: World) -> None:
    """All were visited a moment ago."""
    assert not list(stream_due_pages(world.database, SITE.key, [world.column_id], world.now))


def test_all_pages_include_gone_ones(world: World) -> None:
    """A recheck of all visits every known page."""
    world.visit(world.find_page("3"), Outcome.GONE)
    assert len(list(stream_all_pages(world.database, SITE.key, [world.column_id], batch=5))) == 12


def test_a_canary_is_another_good_page_not_yet_seen_in_the_run(world: World) -> None:
    """Pages of this run, the doubted page itself and doubted ones are no canary."""
    world.begin(day=1)
    doubted = world.find_page("11")
    world.visit(doubted, Outcome.GONE)
    world.visit(world.find_page("10"), Outcome.GONE)
    world.visit(world.find_page("9"), text="第9号。")
    canary = find_canary(world.database, world.column_id, doubted.id, world.run.id)
    assert canary is not None
    assert canary.title == "关于8的答复"
