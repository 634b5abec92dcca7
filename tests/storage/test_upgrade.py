"""A database that the first release made is brought up in place, and says afterwards what it would have said."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, inspect, select

from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import HEAD, Database, create_database_engine, open_database, read_revision
from storage.figure_tables import read_counts
from storage.tables import PageRow
from tests.campaigns.oldest import make_oldest
from tests.scheduler.office import Office, live_through
from tests.site.commands import Operator
from tests.storage.world import World

DERIVED = ("changes", "traits")  # what the first release derives again by itself after an upgrade


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a history: two pages, one edited, one gone."""
    office = live_through(tmp_path_factory.mktemp("lived"))
    office.get("compare")
    return office


def report(office: Office, url: str) -> dict[str, Any]:
    """The whole report as programs read it, without the times that follow from when it was made."""
    operator = Operator(data_dir=office.folder / "data", seeds_dir=office.folder / "seeds", database_url=url)
    told: dict[str, Any] = json.loads(
        operator.run_replywatch("report", "--since", "60d", "--format", "json", now=office.now)
    )
    del told["generated_at"], told["since"]
    for incident in told["incidents"]:
        if incident["kind"] == "crawl_overdue":  # lasts until now
            del incident["last_at"]
    return told


def test_the_oldest_database_gives_the_same_report(lived: Office, bare_url: str, tmp_path: Path) -> None:
    """After all migrations, changes, evidence and incidents are those that a database of today reports."""
    office = lived.copy(tmp_path / "office")
    source = create_database_engine(f"sqlite:///{office.folder}/data/replywatch.sqlite3")
    make_oldest(bare_url, source)
    expected = report(office, "")
    assert expected["changes"]
    assert report(office, bare_url) == expected
    source.dispose()


def test_what_is_derived_can_be_derived_again_after_an_upgrade(lived: Office, bare_url: str, tmp_path: Path) -> None:
    """The facts of the oldest schema suffice: without any derived row the same changes come out."""
    office = lived.copy(tmp_path / "office")
    source = create_database_engine(f"sqlite:///{office.folder}/data/replywatch.sqlite3")
    make_oldest(bare_url, source)
    expected = report(office, "")
    database = open_database(bare_url)
    metadata = MetaData()
    metadata.reflect(database.engine)
    with database.write() as session:
        for name in DERIVED:
            session.execute(metadata.tables[name].delete())
        session.execute(metadata.tables["pages"].update().values(is_stale=True))
    configuration = Configuration()
    assert sum(step.changes for step in derive_changes(database, configuration.zone, configuration.weights))
    database.close()
    assert report(office, bare_url) == expected
    source.dispose()


def test_what_fell_out_of_a_list_before_the_upgrade_is_looked_at_after_it(bare_url: str, tmp_path: Path) -> None:
    """A page that its list's last walk lacked is marked, by the walk that the newest release would have named."""
    new = open_database(f"sqlite:///{tmp_path}/new.sqlite3")
    world = World(new)
    world.begin()
    pages = [world.add_page(str(number)) for number in range(6)]
    world.walk(*pages)
    world.walk(*pages[2:])
    world.walk(*pages[1:], is_complete=False)
    world.walk(*pages[:1], *pages[3:])
    make_oldest(bare_url, new.engine)
    upgraded = open_database(bare_url)
    query = select(PageRow.id, PageRow.lost_walk_id).where(PageRow.lost_walk_id.is_not(None)).order_by(PageRow.id)
    with new.read() as before, upgraded.read() as after:
        lost = before.execute(query).all()
        assert after.execute(query).all() == lost == [(pages[1].id, 4), (pages[2].id, 4)]
    new.close()
    upgraded.close()


def test_an_upgrade_reaches_the_newest_schema(lived: Office, bare_url: str) -> None:
    """Opening is upgrading: no command has to be remembered, and every table of today is there."""
    source = create_database_engine(f"sqlite:///{lived.folder}/data/replywatch.sqlite3")
    make_oldest(bare_url, source)
    database = open_database(bare_url)
    assert read_revision(database.engine) == HEAD
    names = {name for name in inspect(source).get_table_names() if not name.startswith("search_grams_")}  # SQLite's own
    assert set(inspect(database.engine).get_table_names()) >= names
    with database.read() as session, Database(source).read() as other:
        assert read_counts(session) == read_counts(other)
    database.close()
    source.dispose()
