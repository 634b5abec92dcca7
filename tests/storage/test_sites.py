"""Columns that no seed names any more: kept, visited by nobody, and no backlog."""

from datetime import timedelta

import pytest

from storage.database import Database
from storage.figures import read_figures
from storage.overview import read_overview
from storage.plan.clocks import ListClock, to_days
from storage.plan.due import count_due, count_due_by_site, find_due_lists, read_due
from storage.plan.lists import estimate_walks, hasten_lists, load_lists, store_list
from storage.plan.planning import sum_demands
from storage.sites import retire_columns
from tests.storage.world import COLUMN, SITE, World

NAMED, UNNAMED = {SITE.key: {COLUMN.key}}, {SITE.key: {"another"}}


@pytest.fixture
def world(database: Database) -> World:
    """One list with two pages, one of which fell out of it; two days later both and the list are due."""
    world = World(database)
    world.begin()
    pages = [world.add_page("路灯"), world.add_page("公交")]
    for page in pages:
        world.visit(page, text=page.title)
    world.walk(*pages)
    world.walk(pages[0])
    with database.write() as session:
        clock = ListClock(seen=to_days(world.now))
        store_list(session, world.column_id, clock, to_days(world.now + timedelta(days=1)))
    world.now += timedelta(days=2)
    return world


def retire(world: World, watched: dict[str, set[str]]) -> int:
    """Let only those columns be watched; how many were retired."""
    with world.database.write() as session:
        return retire_columns(session, watched)


def count_backlog(world: World) -> dict[str, object]:
    """All that says how much is due."""
    overview, figures = read_overview(world.database, world.now), read_figures(world.database, world.now)
    with world.database.read() as session:
        return {
            "lists": len(find_due_lists(session, world.now, world.now, [SITE.key])),
            "walks": estimate_walks(session, world.now),
            "clocks": len(load_lists(session)),
            "pages": count_due(session, world.now, 9),
            "by site": count_due_by_site(session, world.now).get(SITE.key, 0),
            "demand": sum(demand.pages for demand in sum_demands(session).values()),
            "next": len(read_due(world.database, 9)),
            "status": overview.due,
            "by reason": sum(overview.due_by_reason.values()),
            "status lists": len(overview.due_lists),
            "figures": figures.due,
        }


def test_what_no_seed_names_is_no_backlog(world: World) -> None:
    """Neither the list nor its pages count as due anywhere, and nothing asks the budget for them."""
    assert all(count_backlog(world).values())
    assert retire(world, UNNAMED) == 1
    assert not any(count_backlog(world).values())
    assert retire(world, UNNAMED) == 0
    assert read_overview(world.database, world.now).pages == 2


def test_what_is_named_anew_is_due_as_it_was(world: World) -> None:
    """Nothing was forgotten meanwhile: list and pages are due since they were."""
    before = count_backlog(world)
    retire(world, {})
    retire(world, NAMED)
    assert count_backlog(world) == before


def test_nothing_brings_a_retired_list_back_but_its_seed(world: World) -> None:
    """Neither the plan of its last walk nor a page that wants its list to speak makes it due."""
    retire(world, UNNAMED)
    with world.database.write() as session:
        store_list(session, world.column_id, ListClock(), to_days(world.now))
        hasten_lists(session, [1, 2], world.now)
    assert not any(count_backlog(world).values())
