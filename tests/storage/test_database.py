"""The database opens, upgrades itself and refuses what it cannot use."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from storage.address_tables import AddressRow  # noqa: F401 - part of the mapping
from storage.database import HEAD, MIGRATIONS, Database, DatabaseError, open_database
from storage.figure_tables import FigureRow  # noqa: F401 - part of the mapping
from storage.host_tables import HostRow  # noqa: F401 - part of the mapping
from storage.notification_tables import OutboxRow  # noqa: F401 - part of the mapping
from storage.review_tables import VerdictRow  # noqa: F401 - part of the mapping
from storage.search.tables import EntryRow  # noqa: F401 - part of the mapping
from storage.service_tables import LeaseRow  # noqa: F401 - part of the mapping
from storage.tables import Base, SiteRow
from storage.withholding import WithheldRow  # noqa: F401 - part of the mapping
from storage.witness_tables import WitnessRow  # noqa: F401 - part of the mapping


def test_migrations_make_the_tables_that_the_code_describes(database: Database) -> None:
    """After all migrations, the database and the mapping agree; the grams of the search are no table of the mapping."""
    with database.engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("search_grams"))}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_head_is_the_newest_migration() -> None:
    """The constant that saves a folder walk at every start names the newest file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_opening_again_changes_nothing(database: Database, database_url: str) -> None:
    """What was written is there after the database is opened a second time."""
    with database.write() as session:
        session.add(SiteRow(key="a", name="甲市人民政府"))
    again = open_database(database_url)
    with again.read() as session:
        assert session.scalars(select(SiteRow.name)).all() == ["甲市人民政府"]
    again.close()


def test_a_process_that_opens_again_keeps_what_it_put_together(database_url: str) -> None:
    """The engine is the same: each new one would leave its statements behind for good."""
    first = open_database(database_url)
    first.close()
    again = open_database(database_url)
    assert again.engine is first.engine
    again.close()


def test_each_database_in_memory_is_another() -> None:
    """What lies in memory is nobody else's."""
    one, other = open_database("sqlite://"), open_database("sqlite://")
    with one.write() as session:
        session.add(SiteRow(key="a", name="甲市人民政府"))
    with other.read() as session:
        assert not session.scalars(select(SiteRow.key)).all()


def test_processes_that_start_together_upgrade_once(bare_url: str) -> None:
    """Several openings of a new database at once all succeed."""

    def open_and_close(_: int) -> str:
        opened = open_database(bare_url)
        with opened.read() as session:
            revision = session.scalar(text("SELECT version_num FROM alembic_version"))
        opened.close()
        return str(revision)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_and_close, range(4))) == [HEAD] * 4


def test_a_newer_schema_is_refused(database: Database, database_url: str) -> None:
    """A database that a newer release made is not touched, and the message says what to do."""
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer replywatch"):
        open_database(database_url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "use sqlite:///PATH or postgresql://"),
        ("oracle://x", "use sqlite:///PATH or postgresql://"),
        ("mysql://x", "use sqlite:///PATH or postgresql://"),
        ("sqlite:////proc/none/x.sqlite3", "No such file"),
    ],
)
def test_a_wrong_url_is_one_clear_error(url: str, said: str) -> None:
    """A URL that cannot be used names itself and the way out, whatever is wrong with it."""
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    assert said in str(caught.value)
    assert url.removeprefix("sqlite:///").partition("/x.")[0] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_never_stands_in_a_message() -> None:
    """An unreachable server is named without its password."""
    with pytest.raises(DatabaseError) as caught:
        open_database("postgresql://user:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    """A block that raises commits nothing."""

    def write_and_fail() -> None:
        with database.write() as session:
            session.add(SiteRow(key="a", name="甲"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.read() as session:
        assert session.scalars(select(SiteRow)).all() == []


def test_sqlite_reads_while_another_writes(tmp_path: Path) -> None:
    """With the write lock held, a reader sees the state before it and does not wait."""
    opened = open_database(f"sqlite:///{tmp_path}/x.sqlite3")
    with opened.write() as writer:
        writer.add(SiteRow(key="a", name="甲"))
        writer.flush()
        with opened.read() as reader:
            assert reader.scalars(select(SiteRow)).all() == []
    opened.close()
