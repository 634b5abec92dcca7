"""The figures of the whole, as ``status`` shows them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.changes import derive_changes
from storage.database import Database
from storage.overview import read_overview
from storage.records import Document, Outcome
from storage.runs import ensure_run, finish_run
from storage.sites import WatchedSite, register_site
from tests.storage.world import MONDAY, SITE, World


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


def test_an_empty_database_has_no_figures(database: Database) -> None:
    """Nought and nothing, and no error."""
    overview = read_overview(database, MONDAY)
    assert (overview.pages, overview.versions, overview.captures, overview.changes, overview.due) == (0, 0, 0, 0, 0)
    assert (overview.sites, overview.incidents, overview.last_runs) == ((), (), ())


def test_everything_is_counted_once(world: World) -> None:
    """Pages, not their files; versions, captures, changes; what is due and what was not compared yet."""
    page, other = world.add_page("路灯"), world.add_page("公交")
    world.visit(page, text="一。")
    world.visit(page, text="二。")
    world.visit(other, Outcome.BLOCKED)
    world.visit(world.add_file(page, "a.doc"), text="f", document=Document(text="f"))
    late = world.add_page("绿地")
    overview = read_overview(world.database, world.now)
    assert (overview.pages, overview.versions, overview.captures) == (3, 2, 4)
    assert (overview.changes, overview.stale, overview.due) == (0, 1, 1)
    for _ in derive_changes(world.database, ZoneInfo("Asia/Shanghai")):
        pass
    overview = read_overview(world.database, world.now)
    assert (overview.changes, overview.stale) == (2, 0)
    assert read_overview(world.database, world.now + timedelta(days=1)).due == 3
    assert late.id


def test_each_site_with_its_own_figures(world: World) -> None:
    """A site without pages is there too."""
    with world.database.write() as session:
        register_site(session, WatchedSite(key="yi", name="乙市人民政府"))
    page = world.add_page("路灯")
    visited = world.visit(page, text="一。").visit.capture.captured_at
    world.visit(world.add_file(page, "a.doc"), text="f")
    ours, empty = read_overview(world.database, world.now).sites
    assert (ours.key, ours.name, ours.pages, ours.due) == ("jia", SITE.name, 1, 0)
    assert ours.last_visit_at == visited
    assert ours.next_due_at == MONDAY + timedelta(days=1)
    assert (empty.key, empty.pages, empty.due, empty.last_visit_at, empty.next_due_at) == ("yi", 0, 0, None, None)


def test_the_last_crawls_with_their_ends(world: World) -> None:
    """The latest first; one that died stays running; what an import brought is no crawl."""
    for day in range(1, 7):
        finish_run(world.database, world.run, world.now, "finished", {"new": day})
        world.begin(day)
    ensure_run(world.database, "import-a.warc.gz-20230101", MONDAY)
    runs = read_overview(world.database, world.now).last_runs
    assert [run.state for run in runs] == ["running", *["finished"] * 4]
    assert runs[0].started_at == MONDAY + timedelta(days=6)
    assert (runs[0].finished_at, runs[0].counts) == (None, {})
    assert runs[1].counts == {"new": 6}


def test_a_block_is_an_incident_until_a_good_answer(world: World) -> None:
    """As of the last answer, whatever came before it."""
    page, other = world.add_page("路灯"), world.add_page("公交")
    world.visit(page, text="一。")
    began = world.visit(other, Outcome.BLOCKED).visit.capture.captured_at
    (incident,) = read_overview(world.database, world.now).incidents
    assert (incident.kind, incident.site, incident.opened_at) == ("blocked", "jia", began)
    world.visit(other, text="二。")
    assert read_overview(world.database, world.now).incidents == ()


def test_a_partial_list_is_an_incident_until_a_complete_walk(world: World) -> None:
    """Open since the first of an unbroken series."""
    page = world.add_page("路灯")
    world.walk(page)
    world.walk(page, is_complete=False)
    began = world.now
    world.walk(page, is_complete=False)
    (incident,) = read_overview(world.database, world.now).incidents
    assert (incident.kind, incident.opened_at, incident.last_at) == ("list_partial", began, world.now)
    world.walk(page)
    assert read_overview(world.database, world.now).incidents == ()
