"""Room on disk that SQLite does not give back by itself. PostgreSQL does that on its own (autovacuum)."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import Database, DatabaseError

WASTE = 0.25  # part of the file that must be empty before it is written anew
LEAST = 16 * 1024 * 1024  # bytes that must be empty
ROOM = 2  # times its size that writing it anew may take


def compact_database(database: Database, waste: float = WASTE, least: int = LEAST) -> int:
    """Write an SQLite file anew when much of it is empty and the disk has room; returns the bytes given back.

    Nobody else can write meanwhile, so this is for a moment in which nothing is crawled.

    Raises:
        DatabaseError: it is out of reach, or somebody writes.
    """
    path = database.engine.url.database
    if database.engine.dialect.name != "sqlite" or not path or not Path(path).is_file():
        return 0
    try:
        with closing(database.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:

            def ask(pragma: str) -> int:
                return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])

            pages, empty, size = ask("page_count"), ask("freelist_count"), ask("page_size")
            has_room = shutil.disk_usage(Path(path).parent).free > ROOM * pages * size
            if empty * size < least or empty < waste * pages or not has_room:
                return 0
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return (pages - ask("page_count")) * size
    except sqlite3.Error as error:
        raise DatabaseError(f"{path}: {error}") from error
