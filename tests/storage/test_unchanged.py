"""Recording visits without news: the quick way leaves the database as the usual way does."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.records import Outcome
from storage.tables import CaptureRow, PageRow
from storage.unchanged import record_batch
from storage.visits import Recorded, Visit, record_visits
from tests.storage.world import World


@pytest.fixture
def world(database: Database) -> World:
    """Three pages that were read on Monday, and one of which there is a doubt since; it is Tuesday."""
    world = World(database)
    world.begin()
    for name in ("路灯", "学校", "公园"):
        world.visit(world.add_page(name), text=f"{name}已建成。")
    world.visit(world.find_page("公园"), Outcome.GONE)
    world.begin(1)
    return world


def build_same(world: World, name: str, *, is_spared: bool = False) -> Visit:
    """A visit that finds the body of Monday again."""
    page = world.find_page(name)
    visit = world.build_visit(page, Outcome.NOT_MODIFIED if is_spared else Outcome.OK)
    if is_spared:
        return visit
    capture = replace(visit.capture, payload_digest="sha1:X", entity_digest="e" * 64, body_digest=page.body_digest)
    return replace(visit, capture=capture)


def read_rows(database: Database, table: type[CaptureRow | PageRow]) -> list[dict[str, Any]]:
    """All rows of a table as values."""
    with database.read() as session:
        return [dict(row._mapping) for row in session.execute(select(table.__table__).order_by(table.id))]


def test_the_quick_way_is_the_usual_way(world: World) -> None:
    """Captures and pages are the same to the last column, whichever way they were recorded."""
    visits = [build_same(world, "路灯"), build_same(world, "学校", is_spared=True), build_same(world, "公园")]
    results: list[tuple[object, ...]] = []
    for record in (record_visits, record_batch):
        with world.database.write() as session:
            recorded = record(session, visits)
            session.flush()
            captures = [dict(row._mapping) for row in session.execute(select(CaptureRow.__table__))]
            pages = [dict(row._mapping) for row in session.execute(select(PageRow.__table__).order_by(PageRow.id))]
            for capture in captures:
                capture["headers"] = [list(pair) for pair in capture["headers"]]
                del capture["id"]
            captures.sort(key=lambda capture: str(capture["record_id"]))
            results.append((captures, pages, {one.visit.capture.record_id: one.version_number for one in recorded}))
            session.rollback()
    assert results[0] == results[1]


def test_a_page_after_a_doubt_is_compared_again(world: World) -> None:
    """A page that was gone and answers with its old body is news to ``compare``."""
    with world.database.write() as session:
        record_batch(session, [build_same(world, "公园")])
    rows = {row["title"]: row for row in read_rows(world.database, PageRow)}
    assert rows["关于公园的答复"]["is_stale"]
    assert not rows["关于公园的答复"]["has_doubt"]


def test_two_visits_of_one_page_in_a_batch_are_both_kept(world: World) -> None:
    """A page seen twice keeps the later visit's time."""
    visits = [build_same(world, "路灯"), build_same(world, "路灯", is_spared=True)]
    with world.database.write() as session:
        recorded: list[Recorded] = record_batch(session, visits)
    assert [one.version_number for one in recorded] == [1, 1]
    row = next(row for row in read_rows(world.database, PageRow) if row["title"] == "关于路灯的答复")
    assert row["last_visit_at"] == visits[1].capture.captured_at
