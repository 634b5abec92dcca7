"""What the plan reads and writes: news by number, due times back, and no page that is not concerned."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import event, text

from storage.database import Database, open_database
from storage.pages import stream_due_pages
from storage.plan.clocks import PageClock, PlanState, SiteClock, SiteDemand, from_days, to_days
from storage.plan.due import count_due, read_due
from storage.plan.lists import find_hints, load_walks
from storage.plan.planning import (
    PlannedPage,
    Transaction,
    hint_pages,
    load_sites,
    load_state,
    pull_forward,
    store_plans,
    store_sites,
    store_state,
    sum_demands,
    sweep_site,
)
from storage.plan.visited import SeenPage, load_visits
from storage.records import Outcome
from storage.visits import record_visits
from tests.storage.world import MONDAY, SITE, World

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    """One site on its first day."""
    world = World(database)
    world.begin()
    return world


def test_visits_are_found_by_their_number(world: World) -> None:
    """What was taken in is not read again, and what came since is."""
    page = world.add_page("路灯")
    world.visit(page, text="甲。")
    with world.database.read() as session:
        visits, last = load_visits(session, 0, 100)
        again, same = load_visits(session, last, 100)
    assert [(visit.page_id, visit.outcome, visit.has_changed) for visit in visits] == [(page.id, Outcome.OK, False)]
    assert visits[0].clock.seen is None
    assert (again, same) == ([], last)


def test_a_new_version_is_a_change_and_the_first_is_none(world: World) -> None:
    """The plan knows which version it has seen, so that an edit counts once."""
    page = world.add_page("路灯")
    world.visit(page, text="甲。")
    plan_all(world)
    world.begin(1)
    world.visit(page, text="乙。")
    assert [visit.has_changed for visit in plan_all(world)] == [True]
    world.begin(2)
    world.visit(page, Outcome.NOT_MODIFIED)
    assert [visit.has_changed for visit in plan_all(world)] == [False]


def test_a_changed_file_changes_its_page(world: World) -> None:
    """Attachments belong to the document; an unchanged one says nothing more than its page."""
    page = world.add_page("路灯")
    world.visit(page, text="甲。")
    plan_all(world)
    file = world.add_file(page, "附件.pdf")
    world.begin(1)
    world.visit(page, Outcome.NOT_MODIFIED)
    world.visit(file, text="1")
    assert [(visit.page_id, visit.has_changed) for visit in plan_all(world)] == [(page.id, False)]


def test_the_plan_is_kept(world: World) -> None:
    """State, sites and pages come back as they were stored."""
    page = world.add_page("路灯")
    state = PlanState(capture_id=7, price=0.5, counts={"shares": [1.0, 2.0]})
    clock = PageClock(born=100.5, seen=20000.25, changed=20000.0, gone_tries=2, events=0.5, days=3.0)
    with world.database.write() as session:
        store_state(session, state)
        store_sites(session, {SITE.key: SiteClock(price=2.0, heat=1.5)})
        store_plans(session, [PlannedPage(page.id, clock, 3, "routine", 20001.5, 0.02)])
    with world.database.read() as session:
        assert load_state(session) == state
        assert load_sites(session) == {SITE.key: SiteClock(price=2.0, heat=1.5)}
        assert sum_demands(session) == {SITE.key: SiteDemand(1, 1, 0.02)}
    assert world.find_page("路灯").next_due_at == from_days(20001.5)
    assert [(one.reason, one.url) for one in read_due(world.database, 5)] == [("new", page.url)]


def test_without_a_due_time_the_provisional_one_stays(world: World) -> None:
    """A page in doubt is due a day after the start of the run that saw it."""
    page = world.add_page("路灯")
    world.visit(page, text="甲。")
    before = world.find_page("路灯").next_due_at
    with world.database.write() as session:
        store_plans(session, [PlannedPage(page.id, PageClock(born=1.0), 1, "doubtful")])
    assert world.find_page("路灯").next_due_at == before


def test_a_row_that_fell_out_is_a_hint(world: World) -> None:
    """A trusted walk that lacks a page makes that page due, and only that one."""
    pages = [world.add_page(f"路灯{number}") for number in range(8)]
    for page in pages:
        world.visit(page, text=page.title)
    first = world.walk(*pages)
    world.now += timedelta(hours=6)
    world.walk(*pages[1:])
    with world.database.write() as session:
        assert find_hints(session, first) == {SITE.key: [pages[0].id]}
        assert hint_pages(session, [pages[0].id], world.now) == 1
        assert count_due(session, world.now, 9) == 1
        lists, last = load_walks(session, first)
        assert (len(lists), last) == (1, first + 1)
        assert load_walks(session, last) == ([], last)


def test_an_untrusted_walk_hints_at_nothing(world: World) -> None:
    """A list that was cut short says nothing of the rows that it lacks."""
    pages = [world.add_page(f"路灯{number}") for number in range(4)]
    first = world.walk(*pages)
    world.walk(*pages[1:], is_complete=False)
    with world.database.read() as session:
        assert find_hints(session, first) == {}


def test_a_sweep_takes_pages_one_after_the_other(world: World) -> None:
    """Those due first go first, and none becomes due later than it was."""
    pages = [world.add_page(f"路灯{number}") for number in range(3)]
    now = to_days(world.now)
    with world.database.write() as session:
        plans = [
            PlannedPage(page.id, PageClock(born=1.0, seen=now - 1), 1, "routine", now + wait)
            for page, wait in zip(pages, (5, 0.5, 9), strict=True)
        ]
        store_plans(session, plans)
        assert sweep_site(session, SITE.key, now, world.now, DAY) == 3
    dues = [world.find_page(f"路灯{number}").next_due_at - world.now for number in range(3)]
    assert dues == [DAY, timedelta(0), 2 * DAY]


def test_the_next_pages_are_pulled_forward(world: World) -> None:
    """So many as the budget leaves, and none that is not due for long."""
    pages = [world.add_page(f"路灯{number}") for number in range(3)]
    now = to_days(world.now)
    with world.database.write() as session:
        plans = [
            PlannedPage(page.id, PageClock(born=1.0, seen=now - 1), 1, "routine", now + wait)
            for page, wait in zip(pages, (1.0, 1.5, 9.0), strict=True)
        ]
        store_plans(session, plans)
        assert pull_forward(session, world.now, 1, 2 * DAY) == 1
        assert pull_forward(session, world.now, 9, 2 * DAY) == 1
        assert count_due(session, world.now, 9) == 2


def plan_all(world: World) -> list[SeenPage]:
    """Take in all visits and keep which versions they showed."""
    with world.database.write() as session:
        visits, _ = load_visits(session, 0, 10_000)
        state = load_state(session)
        fresh, state.capture_id = load_visits(session, state.capture_id, 10_000)
        store_state(session, state)
        store_plans(session, [PlannedPage(one.page_id, one.clock, one.version, "routine", one.at + 1) for one in fresh])
    assert len(visits) >= len(fresh)
    return fresh


MILLION = 1_000_000
FILL = """
INSERT INTO pages (document_key, url, site_key, column_id, title, first_seen_at, last_visit_at, next_due_at, has_doubt,
    is_stale, born_day, seen_day, own_events, own_days, demand, due_reason)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT 'key/' || i, 'https://a.example/' || i, 'jia', :column_id, 'x', '2026-01-01 00:00:00.000000',
    '2026-02-01 00:00:00.000000', datetime('2026-03-02 01:00:00', '+' || (i * 7919 % 86400) || ' minutes'), 0, 0,
    20000.0, 20480.0, 0.1, 100.0, 0.02, 'routine'
FROM n
"""


@pytest.mark.slow
def test_a_million_pages_cost_no_more_than_those_that_are_due(tmp_path: Path) -> None:
    """Selecting what is due and planning a batch both go by indexes; no statement walks the pages."""
    opened = open_database(f"sqlite:///{tmp_path}/large.sqlite3")
    with closing(opened) as database:
        world = World(database)
        world.begin()
        with database.write() as session:
            session.execute(text(FILL), {"count": MILLION, "column_id": world.column_id})
        world.now = MONDAY + timedelta(minutes=600)
        statements: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        assert len(list(islice(stream_due_pages(database, SITE.key, [world.column_id], world.now), 50))) == 50
        visit_some(world, 1000)
        assert len(plan_all(world)) == 1000
        with database.read() as session:
            plans = [explain(session, statement) for statement in statements if statement.startswith("SELECT")]
        assert not [line for plan in plans for line in plan if line.startswith("SCAN pages")]


def explain(session: Transaction, statement: str) -> list[str]:
    """How SQLite would run a statement."""
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?"))
    return [str(row[-1]) for row in rows]


def visit_some(world: World, count: int) -> None:
    """A not-modified answer of each of the first pages."""
    pages = [replace(world.add_page("eine"), id=number) for number in range(1, count + 1)]
    visits = [world.build_visit(page, Outcome.NOT_MODIFIED) for page in pages]
    with world.database.write() as session:
        record_visits(session, visits)
