"""A database of many pages, made of one that a crawl wrote: every row is copied with other numbers and addresses."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

NUMBER = re.compile(r"(\d+)(?=\.jhtml)")
LETTERS = 300  # of a copied version's text, so that a million fit on a disk; no figure of the benchmark reads them
# Where incidents were derived before, they were of the copies, too: a first derivation is measured elsewhere.
TAKEN_IN = "UPDATE incident_cursors SET last_id = (SELECT max(id) FROM captures) WHERE source IN ('answers', 'texts')"
TABLES = ("pages", "captures", "versions", "changes")


def multiply_database(path: Path, factor: int, due: str) -> None:
    """Make the pages of a SQLite database ``factor`` times as many, with their captures, versions and changes.

    The copies are due at ``due``, so that the number of pages that are due stays. They stand on no list: one that shows
    a page no more ends its listing, which would be measured as growth.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = off")
        connection.execute("PRAGMA synchronous = off")
        connection.execute("PRAGMA foreign_keys = off")
        connection.execute("PRAGMA cache_size = -1000000")  # kilobytes; the indexes are written all over
        indexes = list_indexes(connection)
        for name in indexes:  # made again at the end, which takes a fraction of the time
            connection.execute(f"DROP INDEX {name}")
        for table in TABLES:
            connection.execute(f"CREATE TEMP TABLE model_{table} AS SELECT * FROM {table}")  # noqa: S608 - our names
        last = {table: find_last(connection, table) for table in ("pages", "captures", "versions")}
        connection.create_function("shift", 2, shift_number, deterministic=True)
        for copy in range(1, factor):
            for statement in write_copies(connection, describe_changes(copy, last, due)):
                connection.execute(statement)
        for statement in indexes.values():
            connection.execute(statement)
        connection.execute("DELETE FROM search_waiting")  # the search is measured elsewhere
        connection.execute(TAKEN_IN)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("PRAGMA journal_mode = wal")


def describe_changes(copy: int, last: dict[str, int], due: str) -> dict[str, dict[str, str]]:
    """By table and column, what a copy has in place of its model's value."""
    page, capture = f"+ {copy * last['pages']}", f"+ {copy * last['captures']}"
    address = f"shift(url, {copy * last['pages']})"
    return {
        "pages": {
            "id": f"id {page}",
            "document_key": f"document_key || '-{copy}'",
            "url": address,
            "original_id": f"original_id {capture}",
            "next_due_at": f"'{due}'",
        },
        "captures": {
            "id": f"id {capture}",
            "page_id": f"page_id {page}",
            "record_id": f"record_id || '-{copy}'",
            "url": address,
        },
        "versions": {
            "id": f"id + {copy * last['versions']}",
            "page_id": f"page_id {page}",
            "capture_id": f"capture_id {capture}",
            "text": f"substr(text, 1, {LETTERS})",
        },
        "changes": {
            "id": f"id || '-{copy}'",
            "page_id": f"page_id {page}",
            "group_key": f"CASE group_key WHEN '' THEN '' ELSE group_key || '-{copy}' END",
            "content": f"json_set(content, '$.id', id || '-{copy}', '$.group', content ->> '$.group' || '-{copy}')",
        },
    }


def find_last(connection: sqlite3.Connection, table: str) -> int:
    """The largest number of a row."""
    return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608 - our names


def shift_number(text: str, by: int) -> str:
    """An address with a larger number of the article."""
    return NUMBER.sub(lambda number: str(int(number[1]) + by), text)


def list_indexes(connection: sqlite3.Connection) -> dict[str, str]:
    """The indexes of the tables that are copied: how to make them, by name."""
    rows = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return {name: statement for name, table, statement in rows if table in TABLES}


def write_copies(connection: sqlite3.Connection, changes: dict[str, dict[str, str]]) -> Iterator[str]:
    """One statement a table, which copies the rows that were there first."""
    for table, changed in changes.items():
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        wanted = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(changed.get(name, f'"{name}"') for name in names)
        yield f"INSERT INTO {table} ({wanted}) SELECT {values} FROM model_{table}"  # noqa: S608 - our names
