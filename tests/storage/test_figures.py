"""The figures for a monitor are those of the database."""

from datetime import timedelta

from storage.database import Database
from storage.figures import read_figures
from storage.hosts import record_hosts
from storage.incidents.derivation import update_incidents
from storage.queueing import prepare_queue
from storage.records import Outcome
from storage.runs import finish_run
from tests.crawler.test_ledger import NEWS
from tests.storage.world import MONDAY, World


def test_figures_count_what_there_is(database: Database) -> None:
    """Outcomes of the last day, pages that are due, and the last crawl that ended well."""
    world = World(database)
    world.begin()
    world.visit(world.add_page("1"), text="一")
    world.visit(world.add_page("2"), Outcome.TIMEOUT)
    world.visit(world.add_page("3"), Outcome.BLOCKED)
    update_incidents(database)
    with database.write() as session:
        record_hosts(session, [NEWS])
    finish_run(database, world.run, MONDAY + timedelta(seconds=90), "finished", {})
    figures = read_figures(database, MONDAY + timedelta(hours=2))
    assert figures.outcomes == {"ok": 1, "timeout": 1, "blocked": 1}
    assert figures.last_seconds == 90
    assert figures.last_success == (MONDAY + timedelta(seconds=90)).timestamp()
    assert (figures.due, figures.due_lists, figures.jobs) == (0, 1, {})
    assert (figures.incidents, figures.incident_kinds, figures.hosts) == (1, {"blocked": 1}, {"ok": 1})
    assert read_figures(database, MONDAY + timedelta(days=3)).due == 3
    assert read_figures(database, MONDAY + timedelta(days=3)).outcomes == {}


def test_a_crawl_that_everybody_blocked_is_no_success(database: Database) -> None:
    """It has ended, and how long it took is told; a monitor that waits for answers still waits."""
    world = World(database)
    for day, (counts, seconds) in enumerate((({"new": 1}, 90), ({"blocked": 50}, 30))):
        world.begin()
        finish_run(database, world.run, MONDAY + timedelta(days=day, seconds=seconds), "finished", counts)
    figures = read_figures(database, MONDAY + timedelta(days=2))
    assert figures.last_success == (MONDAY + timedelta(seconds=90)).timestamp()


def test_figures_count_what_a_cluster_has_in_hand(database: Database) -> None:
    """Jobs by their state, those done left out; where there can be no queue, none."""
    if database.engine.dialect.name != "postgresql":
        assert read_figures(database, MONDAY).jobs == {}
        return
    made = "CREATE TABLE procrastinate_jobs (status text);"
    filled = "INSERT INTO procrastinate_jobs VALUES ('todo'), ('todo'), ('doing'), ('succeeded')"
    prepare_queue(database, made + filled, {"01.sql": ""})
    assert read_figures(database, MONDAY).jobs == {"todo": 2, "doing": 1}


def test_an_empty_database_has_figures(database: Database) -> None:
    """Before the first crawl all is nought."""
    figures = read_figures(database, MONDAY)
    assert (figures.outcomes, figures.due, figures.last_success) == ({}, 0, 0.0)
