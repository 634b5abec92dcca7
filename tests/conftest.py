"""Fixtures for every room: a database of each kind.

Tests begin with a copy of a database that the migrations made once: they take half a second to a second each time.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from storage.database import Database, open_database
from tests.campaigns.servers import create_database, serve_postgresql

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a real PostgreSQL that runs for this test process."""
    with serve_postgresql(is_durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> str:
    """The name of a PostgreSQL database of the newest schema, to be copied."""
    url = create_database(postgresql_server)
    open_database(url).close()
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database of the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("new") / "replywatch.sqlite3"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def postgresql_url(postgresql_server: str, new_postgresql: str) -> Iterator[str]:
    """The URL of a PostgreSQL database of the newest schema, without a row."""
    url = create_database(postgresql_server, template=new_postgresql)
    yield url
    drop_database(postgresql_server, url)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the newest schema without a row, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("new_sqlite"), tmp_path / "replywatch.sqlite3")
        return f"sqlite:///{tmp_path}/replywatch.sqlite3"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(params=KINDS)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which there is nothing yet, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/replywatch.sqlite3"
        return
    server = request.getfixturevalue("postgresql_server")
    url = create_database(server)
    yield url
    drop_database(server, url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of the newest schema without a row, of each kind in turn."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def drop_database(server: str, url: str) -> None:
    """Remove a PostgreSQL database, whoever is still connected."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)'.encode())
