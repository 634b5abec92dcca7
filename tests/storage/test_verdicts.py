"""Verdicts are facts: they survive every derivation, and so does what they were said of."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from storage.changes import derive_changes
from storage.database import Database
from storage.inbox import Selection, count_selected, find_neighbours, read_inbox, read_reported
from storage.tables import ChangeRow, PageRow
from storage.verdicts import Judgement, Verdict, read_judgements, record_judgement
from tests.storage.world import MONDAY, World

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def world(database: Database) -> World:
    """Three pages, each edited once after the baseline."""
    world = World(database)
    world.begin()
    pages = [world.add_page(name) for name in ("a", "b", "c")]
    world.walk(*pages)
    for page in pages:
        world.visit(page, text="答复如下：投入资金100万元。")
    world.begin(1)
    world.walk(*pages)
    for count, page in enumerate(pages):
        world.visit(page, text=f"答复如下：投入资金{count + 2}00万元。")
    list(derive_changes(database, ZONE))
    return world


def judge(verdict: Verdict) -> Judgement:
    """A judgement of Monday's."""
    return Judgement(verdict=verdict, note="看过", reviewer="林", assignee="王", made_at=MONDAY)


def test_a_verdict_takes_a_change_out_of_the_inbox_and_back(world: World) -> None:
    """What is judged is no longer unread; taking the verdict back makes it unread, and both are on record."""
    first = read_inbox(world.database, Selection()).entries[0].change.id
    assert record_judgement(world.database, [first, "none"], judge(Verdict.ROUTINE)) == 1
    assert first not in [one.change.id for one in read_inbox(world.database, Selection()).entries]
    judged = read_inbox(world.database, Selection(verdict=Verdict.ROUTINE, assignee="王")).entries
    assert [one.change.id for one in judged] == [first]
    record_judgement(world.database, [first], judge(Verdict.UNREAD))
    assert count_selected(world.database, Selection()) == 3
    assert [one.verdict for one in read_judgements(world.database, first)] == [Verdict.UNREAD, Verdict.ROUTINE]


def test_a_judged_change_is_neither_rewritten_nor_dropped(world: World) -> None:
    """A derivation that would alter a judged change, or no longer yields it, leaves it; an unjudged one is renewed."""
    entries = read_inbox(world.database, Selection()).entries
    judged, free = entries[0], entries[1]
    record_judgement(world.database, [judged.change.id], judge(Verdict.IMPORTANT))
    with world.database.write() as session:
        for entry in (judged, free):
            row = session.get(ChangeRow, entry.change.id)
            assert row is not None
            row.content = row.content | {"title": "当时的标题"}
            copy = {**row.content, "id": f"late-{entry.page_id}"}
            session.add(
                ChangeRow(
                    id=copy["id"],
                    page_id=row.page_id,
                    site_key=row.site_key,
                    kind=row.kind,
                    detected_at=row.detected_at,
                    score=row.score,
                    is_baseline=False,
                    content=copy,
                )
            )
    late = f"late-{judged.page_id}"
    record_judgement(world.database, [late], judge(Verdict.NOISE))
    with world.database.write() as session:
        session.execute(update(PageRow).values(is_stale=True))
    list(derive_changes(world.database, ZONE))
    with world.database.read() as session:
        rows = {row.id: row for row in session.scalars(select(ChangeRow).where(ChangeRow.is_baseline.is_(False)))}
        assert rows[judged.change.id].content["title"] == "当时的标题"
        assert rows[judged.change.id].verdict == "important"
        assert rows[late].verdict == "noise"
        assert rows[free.change.id].content["title"] != "当时的标题"
        assert f"late-{free.page_id}" not in rows


def test_a_verdict_comes_back_to_a_change_derived_anew(world: World) -> None:
    """When all changes are dropped and derived again, each has the verdict that was said of it."""
    first = read_inbox(world.database, Selection()).entries[0].change.id
    record_judgement(world.database, [first], judge(Verdict.FOLLOW_UP))
    with world.database.write() as session:
        for row in session.scalars(select(ChangeRow)):
            session.delete(row)
        session.execute(update(PageRow).values(is_stale=True))
    list(derive_changes(world.database, ZONE))
    assert [one.change.id for one in read_inbox(world.database, Selection(verdict=Verdict.FOLLOW_UP)).entries] == [
        first
    ]


@pytest.mark.parametrize("is_by_time", [False, True])
def test_pages_of_the_inbox_follow_one_another(world: World, *, is_by_time: bool) -> None:
    """Read one line at a time, the inbox is what it is in one go; neighbours agree with it."""
    selection = Selection(is_by_time=is_by_time)
    whole = [one.change.id for one in read_inbox(world.database, selection).entries]
    found, cursor = [], ""
    while True:
        page = read_inbox(world.database, selection, cursor, limit=1)
        found += [one.change.id for one in page.entries]
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == whole
    assert len(whole) == 3
    assert find_neighbours(world.database, selection, whole[1]) == (whole[0], whole[2])
    assert read_reported(world.database, "none") is None
