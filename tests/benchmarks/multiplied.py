"""A database of many pages, made of one that a crawl wrote: every row is copied with other numbers and addresses."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

NUMBER = re.compile(r"(\d+)(?=\.jhtml)")


def multiply_database(path: Path, factor: int) -> None:
    """Make the pages of a SQLite database ``factor`` times as many, with their captures and versions.

    The copies stand on no list: one that shows a page no more ends its listing, which would be measured as growth.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = off")
        connection.execute("PRAGMA synchronous = off")
        connection.execute("PRAGMA foreign_keys = off")
        pages, captures = (find_last(connection, table) for table in ("pages", "captures"))
        versions = find_last(connection, "versions")
        connection.create_function("shift", 2, shift_number, deterministic=True)
        for copy in range(1, factor):
            page, capture = f"+ {copy * pages}", f"+ {copy * captures}"
            changes = {
                "pages": {
                    "id": f"id {page}",
                    "document_key": f"document_key || '-{copy}'",
                    "url": f"shift(url, {copy * pages})",
                    "original_id": f"original_id {capture}",
                },
                "captures": {
                    "id": f"id {capture}",
                    "page_id": f"page_id {page}",
                    "record_id": f"record_id || '-{copy}'",
                    "url": f"shift(url, {copy * pages})",
                },
                "versions": {
                    "id": f"id + {copy * versions}",
                    "page_id": f"page_id {page}",
                    "capture_id": f"capture_id {capture}",
                },
            }
            for statement in write_copies(connection, changes, {"pages": pages, "captures": captures}):
                connection.execute(statement)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("PRAGMA journal_mode = wal")


def find_last(connection: sqlite3.Connection, table: str) -> int:
    """The largest number of a row."""
    return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608 - our names


def shift_number(text: str, by: int) -> str:
    """An address with a larger number of the article."""
    return NUMBER.sub(lambda number: str(int(number[1]) + by), text)


def write_copies(
    connection: sqlite3.Connection, changes: dict[str, dict[str, str]], last: dict[str, int]
) -> Iterator[str]:
    """One statement a table, which copies the rows that were there first."""
    keys = {"pages": "id", "captures": "page_id", "versions": "page_id"}
    for table, changed in changes.items():
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        wanted = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(changed.get(name, f'"{name}"') for name in names)
        yield f"INSERT INTO {table} ({wanted}) SELECT {values} FROM {table} WHERE {keys[table]} <= {last['pages']}"  # noqa: S608 - our names
