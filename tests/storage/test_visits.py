"""Recording visits: captures once, versions when a document differs, and what the next visit needs to know."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage.captures import stream_places
from storage.database import Database
from storage.records import Outcome
from storage.tables import CaptureRow, VersionRow
from storage.visits import known_ends, record_visits
from tests.storage.world import World


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def count_rows(database: Database, table: type[CaptureRow | VersionRow]) -> int:
    """How many rows there are."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_first_good_visit_makes_a_version(world: World) -> None:
    """The document is version 1, and the page knows the validators and the record for its next visit."""
    recorded = world.visit(world.add_page("路灯"), text="已安装。")
    assert (recorded.version_number, recorded.is_new_version) == (1, True)
    page = world.find_page("路灯")
    assert page.is_known
    assert page.etag == '"1"'
    assert page.original is not None
    assert page.original.record_id == recorded.visit.capture.record_id


def test_the_same_batch_again_adds_nothing(world: World) -> None:
    """A capture is known by its record id: recording it twice is recording it once."""
    visit = world.build_visit(world.add_page("路灯"), text="已安装。")
    for _ in range(2):
        with world.database.write() as session:
            record_visits(session, [visit])
    assert count_rows(world.database, CaptureRow) == 1
    assert count_rows(world.database, VersionRow) == 1


def test_a_text_that_comes_back_is_a_version_again(world: World) -> None:
    """A, B, A are three versions."""
    page = world.add_page("路灯")
    for text in ("甲。", "乙。", "甲。"):
        world.visit(page, text=text)
    assert count_rows(world.database, VersionRow) == 3


def test_white_space_and_width_make_no_version(world: World) -> None:
    """What is never told is no version either."""
    page = world.add_page("路灯")
    world.visit(page, text="已安装100盏,完成。")
    recorded = world.visit(page, text=" 已安装１００盏，完成。\u3000")
    assert not recorded.is_new_version
    assert recorded.version_number == 1


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.TIMEOUT, Outcome.SERVER_ERROR, Outcome.GONE])
def test_a_visit_without_a_document_keeps_what_is_known(world: World, outcome: Outcome) -> None:
    """Neither the version nor the validators are lost when the page does not show itself."""
    page = world.add_page("路灯")
    world.visit(page, text="已安装。")
    before = world.find_page("路灯")
    recorded = world.visit(page, outcome)
    after = world.find_page("路灯")
    assert recorded.version_number is None
    assert (after.etag, after.body_digest, after.version_number) == (before.etag, before.body_digest, 1)
    assert after.has_doubt is outcome.is_gone


def test_a_visit_sets_a_provisional_due_time(world: World) -> None:
    """One day on from the start of the run, until the scheduler plans the page: a run's pages are due together."""
    begun = world.now
    page = world.add_page("路灯")
    world.now += timedelta(hours=3)
    world.visit(page, text="已安装。")
    assert world.find_page("路灯").next_due_at == begun + timedelta(days=1)


def test_the_database_knows_how_far_it_knows_a_file(world: World) -> None:
    """The end of the last record is where recovery reads on."""
    page = world.add_page("路灯")
    for text in ("甲。", "乙。"):
        world.visit(page, text=text)
    with world.database.read() as session:
        assert known_ends(session, ["one.warc.gz", "two.warc.gz"]) == {"one.warc.gz": world.offset + 100}
    assert [place.offset for _, place, _ in stream_places(world.database)] == [100, 200]
