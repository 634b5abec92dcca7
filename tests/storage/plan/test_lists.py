"""Lists by due time: which are to be walked, what their rows hint at, and what is settled about pages off the list."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, select, text

from storage.changes import derive_changes
from storage.database import Database
from storage.pages import PageState
from storage.plan.clocks import ListClock, to_days
from storage.plan.due import count_due_by_reason, find_due_lists
from storage.plan.lists import estimate_walks, find_hints, hasten_lists, load_walks, settle_lost, store_list
from storage.plan.planning import Transaction
from storage.records import Outcome
from storage.tables import CaptureRow, ChangeRow, ColumnRow, ListingRow, PageRow, WalkRow
from storage.unchanged import record_batch
from tests.storage.world import MONDAY, SITE, World

HOUR, FAR = timedelta(hours=1), timedelta(days=400)
LARGE = ("pages", "listings", "captures", "walks")
MANY = 20_000  # rows from which on PostgreSQL would rather use an index than read them all


@pytest.fixture
def world(database: Database) -> World:
    """One site on its first day."""
    world = World(database)
    world.begin()
    return world


def fill_list(world: World, count: int = 8) -> list[PageState]:
    """So many pages, visited, and a walk that showed them."""
    pages = [world.add_page(f"路灯{number}") for number in range(count)]
    for page in pages:
        world.visit(page, text=page.title)
    world.walk(*pages)
    return pages


def read_reasons(world: World, after: timedelta = timedelta(0), pages_after: timedelta = timedelta(0)) -> list[str]:
    """Why the list is due after a while, when the pages are visited that are due after another."""
    with world.database.read() as session:
        found = find_due_lists(session, world.now + after, world.now + pages_after, [SITE.key])
    return [one.reason for one in found]


def settle(world: World) -> set[int]:
    """Settle what all captures settle; the pages of which it is open whether they were delisted."""
    with world.database.write() as session:
        settle_lost(session, session.scalars(select(PageRow.id)).all(), 0, 10**6)
        return set(session.scalars(select(PageRow.id).where(PageRow.lost_walk_id.is_not(None))))


def test_a_list_is_due_until_it_was_walked_and_then_a_day_later(world: World) -> None:
    """The plan may say otherwise; a walk alone makes it due on the next day, as a visit does with a page."""
    assert read_reasons(world) == ["new"]
    world.walk(is_complete=False)
    assert read_reasons(world) == ["new"]
    fill_list(world)
    assert read_reasons(world) == []
    assert read_reasons(world, 25 * HOUR) == ["in turn"]
    with world.database.write() as session:
        store_list(session, world.column_id, ListClock(cost=7.0), to_days(world.now + HOUR))
        assert estimate_walks(session, world.now) == 0
        assert estimate_walks(session, world.now + HOUR) == 7
    assert read_reasons(world, HOUR) == ["in turn"]
    assert read_reasons(world, HOUR / 2) == []


def test_a_list_is_due_with_a_page_in_doubt(world: World) -> None:
    """When that page is, and not before."""
    pages = fill_list(world)
    world.begin(1)
    world.visit(pages[3], Outcome.GONE)
    world.walk(*pages)
    assert read_reasons(world) == []
    assert read_reasons(world, pages_after=25 * HOUR) == ["doubtful"]
    world.begin(2)
    world.visit(pages[3], Outcome.NOT_MODIFIED)
    assert read_reasons(world, pages_after=25 * HOUR) == []


def test_a_list_is_due_with_a_page_that_it_lost(world: World) -> None:
    """To be walked to its end, until the page was good in the run of a trusted walk without it; then it is told."""
    pages = fill_list(world)
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    world.begin(1)
    world.walk(*pages[1:])
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    assert read_reasons(world, pages_after=25 * HOUR) == ["lost"]
    world.begin(2)
    world.walk(*pages[1:], is_complete=False)
    world.visit(pages[0], Outcome.NOT_MODIFIED)
    assert settle(world) == {pages[0].id}
    world.begin(3)
    world.walk(*pages[1:])
    world.visit(pages[0], Outcome.TIMEOUT)
    assert settle(world) == {pages[0].id}
    assert read_reasons(world, pages_after=25 * HOUR) == ["lost"]
    world.begin(4)
    world.walk(*pages[1:])
    with world.database.write() as session:
        record_batch(session, [world.build_visit(pages[0], Outcome.NOT_MODIFIED)])
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    assert read_kinds(world)[-1] == "delisted"
    assert settle(world) == set()
    assert read_reasons(world, pages_after=25 * HOUR) == []


def read_kinds(world: World) -> list[str]:
    """All changes in the order in which they were established."""
    with world.database.read() as session:
        return list(session.scalars(select(ChangeRow.kind).order_by(ChangeRow.detected_at)))


def test_a_page_that_comes_back_or_was_pushed_off_is_not_lost(world: World) -> None:
    """The last row of a list of fixed length falls off its end when a new one comes."""
    pages = fill_list(world)
    first = world.walk(*pages[1:])
    world.walk(*pages, is_complete=False)
    assert settle(world) == set()
    world.walk(*pages)
    newest = world.add_page("公交")
    world.walk(newest, *pages[:-1])
    assert settle(world) == set()
    with world.database.read() as session:
        assert find_hints(session, first) == {}


def test_rows_that_look_otherwise_are_hints(world: World) -> None:
    """By title or date; not when most rows do, and not when the page was visited since."""
    pages = fill_list(world)
    world.now += HOUR
    altered = [replace(page, title=f"更正{page.title}") for page in pages]
    world.walk(altered[0], *pages[1:])
    with world.database.read() as session:
        assert find_hints(session, 1) == {SITE.key: [pages[0].id]}
        assert find_hints(session, 2) == {}
    world.visit(pages[0], text="更正。")
    with world.database.read() as session:
        assert find_hints(session, 1) == {}
    world.now += HOUR
    world.walk(*altered)
    with world.database.read() as session:
        assert find_hints(session, 2) == {}


def test_the_first_walk_brings_no_news_and_a_failed_one_says_nothing(world: World) -> None:
    """All rows were there before us; a list out of reach is asked again by its own time."""
    pages = fill_list(world)
    world.walk(*pages, served_pages=0)
    world.walk(world.add_page("公交"), *pages, served_pages=2)
    with world.database.read() as session:
        (baseline,), _ = load_walks(session, 0)
        (last,), _ = load_walks(session, 1)
    world.walk(served_pages=0, is_complete=False)
    with world.database.read() as session:
        (failed,), _ = load_walks(session, 3)
    assert (baseline.news, baseline.pages) == (1, 2)
    assert (last.news, last.pages) == (1, 2)
    assert (failed.news, failed.pages) == (None, 0)


def test_a_page_found_gone_makes_its_list_due(world: World) -> None:
    """At once."""
    pages = fill_list(world)
    with world.database.write() as session:
        hasten_lists(session, [pages[0].id], world.now)
    assert read_reasons(world) == ["in turn"]


def test_pages_are_counted_by_the_reason_for_which_they_are_due(world: World) -> None:
    """The most frequent first."""
    page, *others = (world.add_page(f"路灯{number}") for number in range(3))
    world.visit(page, text="甲。")
    with world.database.read() as session:
        counts = count_due_by_reason(session, world.now + timedelta(days=2), [SITE.key])
    assert counts == {"new": len(others), "not planned yet": 1}


@pytest.mark.slow
def test_no_statement_passes_over_all_pages(world: World) -> None:
    """What is asked of lists costs by what is due and new, and by the number of lists, as many as seed files name."""
    fill_tables(world)
    statements: list[tuple[str, Any]] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2:4]))
    now = MONDAY + HOUR
    with world.database.write() as session:
        find_due_lists(session, now, now, [SITE.key])
        find_hints(session, MANY - 100)
        settle_lost(session, range(MANY - 100, MANY), MANY - 100, MANY)
        hasten_lists(session, range(1, 50), now)
        count_due_by_reason(session, now, [SITE.key])
        estimate_walks(session, now)
    with world.database.write() as session:
        plans = [line for statement, given in statements for line in explain(session, statement, given)]
    assert len(statements) > 6
    assert not [line for line in plans if is_pass(line)]


def is_pass(line: str) -> bool:
    """Whether a line of a plan reads a whole large table."""
    return any(f"SCAN {table}" in line or f"Seq Scan on {table}" in line for table in LARGE)


def explain(session: Transaction, statement: str, given: Any) -> list[str]:  # noqa: ANN401 - the driver's own
    """How the database would run a statement; nothing for what is no query of tables."""
    if not statement.lstrip().startswith(("SELECT", "UPDATE")):
        return []
    word = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    return [str(row[-1]) for row in session.connection().exec_driver_sql(f"{word} {statement}", given)]


def fill_tables(world: World) -> None:
    """Many pages in a list, each visited once, few of them due, in doubt or lost; many walks and other lists."""

    def find_due(number: int) -> datetime:
        return MONDAY if number % 1000 == 0 else MONDAY + FAR

    pages = [
        {"id": number, "document_key": str(number), "url": "", "site_key": SITE.key, "column_id": world.column_id}
        | {"title": "", "first_seen_at": MONDAY, "last_visit_at": MONDAY, "next_due_at": find_due(number)}
        | {"has_doubt": number % 97 == 0, "is_stale": False, "lost_walk_id": 1 if number % 101 == 0 else None}
        for number in range(1, MANY + 1)
    ]
    captures = [
        {"id": number, "record_id": str(number), "page_id": number, "run_id": world.run.id, "role": "page", "url": ""}
        | {"captured_at": MONDAY, "outcome": "ok", "detail": "", "headers": [], "is_revisit": False}
        for number in range(1, MANY + 1)
    ]
    listings = [
        {"column_id": world.column_id, "page_id": number, "from_walk_id": 1, "through_walk_id": 1, "url": ""}
        | {"title": "", "position": number, "altered_walk_id": 1 if number % 103 == 0 else None}
        for number in range(1, MANY + 1)
    ]
    columns = [
        {"id": number, "site_key": SITE.key, "key": str(number), "kind": "", "name": "", "url": ""}
        for number in range(world.column_id + 1, 1000)
    ]
    walks = [
        {"id": number, "column_id": 1 + number % 999, "run_id": world.run.id, "started_at": MONDAY}
        | {"finished_at": MONDAY, "served_pages": 1, "row_count": 0, "is_complete": True, "is_full": True}
        | {"is_healthy": True, "fresh_rows": 0, "reason": "", "away": {}}
        for number in range(1, MANY + 1)
    ]
    with world.database.write() as session:
        for table, rows in (
            (ColumnRow, columns),
            (WalkRow, walks),
            (PageRow, pages),
            (CaptureRow, captures),
            (ListingRow, listings),
        ):
            session.execute(insert(table), rows)
        session.execute(text("ANALYZE"))
