"""Changes with all that a report shows beside them."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from storage.changes import derive_changes
from storage.database import Database, open_database
from storage.records import Outcome
from storage.reporting import read_changes, read_versions
from storage.visits import record_visits
from tests.storage.world import COLUMN, SITE, World


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def derive(world: World) -> None:
    """Derive what is not yet derived."""
    for _ in derive_changes(world.database, ZoneInfo("Asia/Shanghai")):
        pass


def test_a_change_with_its_texts_captures_and_time_line(world: World) -> None:
    """Old and new as they were shown, and every visit of the page with what it saw."""
    page = world.add_page("路灯")
    first = world.visit(page, text="安装100盏。")
    world.begin(1)
    blocked = world.visit(page, Outcome.BLOCKED)
    same = world.visit(page, Outcome.NOT_MODIFIED)
    second = world.visit(page, text="安装200盏。")
    derive(world)
    appeared, edited = read_changes(world.database, None)
    assert (edited.site_name, edited.column_name) == (SITE.name, COLUMN.name)
    assert (edited.old_text, edited.new_text) == ("安装100盏。", "安装200盏。")
    assert (edited.old, edited.new) == (first.visit.capture, second.visit.capture)
    assert (appeared.old, appeared.old_text, appeared.new_text) == (None, None, "安装100盏。")
    assert [(seen.captured_at, seen.outcome, seen.version) for seen in edited.timeline] == [
        (first.visit.capture.captured_at, Outcome.OK, 1),
        (blocked.visit.capture.captured_at, Outcome.BLOCKED, None),
        (same.visit.capture.captured_at, Outcome.NOT_MODIFIED, 1),
        (second.visit.capture.captured_at, Outcome.OK, 2),
    ]
    assert appeared.timeline == edited.timeline


def test_gone_shows_what_was_there_and_the_last_answer(world: World) -> None:
    """The last good version and the capture that completed the evidence; there is no new text."""
    page, other = world.add_page("路灯"), world.add_page("公交")
    first = world.visit(page, text="已装。")
    world.visit(other, text="已开。")
    for day in (1, 2, 3):
        world.begin(day)
        world.visit(other, Outcome.NOT_MODIFIED)
        last = world.visit(page, Outcome.GONE)
    derive(world)
    gone = read_changes(world.database, None)[-1]
    assert gone.change.kind == "gone"
    assert (gone.old_text, gone.new_text) == ("已装。", None)
    assert (gone.old, gone.new) == (first.visit.capture, last.visit.capture)


def test_since_is_an_instant_in_any_zone(world: World) -> None:
    """Changes detected from that instant on; the last good sight may be older."""
    page = world.add_page("路灯")
    world.visit(page, text="一。")
    world.begin(1)
    world.visit(page, text="二。")
    derive(world)
    instant = world.now.astimezone(ZoneInfo("Asia/Shanghai"))
    assert [one.change.kind for one in read_changes(world.database, instant)] == ["text"]
    assert read_changes(world.database, instant + timedelta(microseconds=1)) == ()


def test_of_some_sites_or_of_all(world: World) -> None:
    """No keys are all sites."""
    world.visit(world.add_page("路灯"), text="一。")
    derive(world)
    counts = [len(read_changes(world.database, None, sites)) for sites in ((), ("jia",), ("yi",))]
    assert counts == [1, 1, 0]


def test_oldest_first_whatever_their_number(world: World) -> None:
    """More than are described at a time, each with its own page's texts."""
    pages = [world.add_page(str(number)) for number in range(205)]
    with world.database.write() as session:
        record_visits(session, [world.build_visit(page, text=f"第{page.title}号。") for page in reversed(pages)])
    derive(world)
    found = read_changes(world.database, None)
    assert [one.change.url for one in found] == [page.url for page in reversed(pages)]
    assert all(one.new_text == f"第{one.change.title}号。" for one in found)
    assert all(len(one.timeline) == 1 for one in found)


def test_versions_are_found_by_index(tmp_path: Path) -> None:
    """SQLite reads those that were asked for, and no others, however many there are."""
    with closing(open_database(f"sqlite:///{tmp_path}/replywatch.sqlite3")) as database, database.read() as session:
        asked: list[tuple[str, tuple[object, ...]]] = []
        event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        assert not list(read_versions(session, {(1, 2), (1, None), (3, 4)}))
        ((statement, given),) = [one for one in asked if "FROM versions" in one[0]]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
        assert [row for row in plan if "SEARCH versions" in row[-1]]
        assert not [row for row in plan if "SCAN versions" in row[-1]]
