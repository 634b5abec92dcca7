"""A tick among a million pages: how long it takes to find what is due, on SQLite and on PostgreSQL.

Each figure is the median of 20 and is to be below 50 ms. ``--pages`` makes a smaller table.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from storage.database import Database, open_database
from storage.due import count_due, count_due_by_site, read_due
from storage.pages import stream_due_pages
from storage.sites import WatchedColumn, WatchedSite, register_site
from storage.tables import PageRow
from tests.campaigns.servers import create_database, serve_postgresql

SITES, DUE, ROUNDS, BATCH = 200, 5000, 20, 10_000
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
MOST = 0.05  # seconds


def fill(database: Database, count: int) -> dict[str, int]:
    """So many pages on 200 sites, `DUE` of them due, the others within sixty days; gives each site's column."""
    columns: dict[str, int] = {}
    with database.write() as session:
        for number in range(SITES):
            column = WatchedColumn(key="c", kind="提案", name="c", url=f"https://s{number}.example/")
            site = WatchedSite(key=f"s{number}", name="s", level=None, region=None, columns=(column,))
            columns[site.key] = register_site(session, site)["c"]
    rows = describe_pages(count, columns)
    while batch := list(islice(rows, BATCH)):
        with database.write() as session:
            session.execute(insert(PageRow), batch)
    with database.write() as session:
        session.execute(text("ANALYZE"))
    return columns


def describe_pages(count: int, columns: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The rows of pages; every so many is due."""
    every = max(count // DUE, 1)
    for number in range(count):
        key = f"s{number % SITES}"
        wait = -number % 86_400 if number // SITES % every == 0 else 1 + number * 7919 % (60 * 86_400)
        address = f"https://{key}.example/tabl/{number}.html"
        due = NOW - timedelta(seconds=-wait) if wait > 0 and number // SITES % every else NOW - timedelta(seconds=wait)
        yield {"document_key": address, "url": address, "site_key": key, "column_id": columns[key], "title": "答复"} | {
            "first_seen_at": NOW - timedelta(days=90),
            "last_visit_at": NOW - timedelta(days=9),
            "next_due_at": due,
            "has_doubt": False,
            "is_stale": False,
        }


def measure(act: Callable[[], object]) -> float:
    """The median time of an act in seconds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def measure_ticks(database: Database, columns: dict[str, int]) -> dict[str, float]:
    """What a tick asks, by name."""

    def ask(act: Callable[[Any], object]) -> None:
        with database.read() as session:
            act(session)

    first = stream_due_pages
    return {
        "the next 50 to visit": measure(lambda: read_due(database, 50)),
        "how many are due": measure(lambda: ask(lambda session: count_due(session, NOW, DUE))),
        "how many on each site": measure(lambda: ask(lambda session: count_due_by_site(session, NOW))),
        "50 due ones of a site": measure(lambda: list(islice(first(database, "s7", [columns["s7"]], NOW), 50))),
    }


def main() -> None:
    """Fill a table on each kind of database, and print how long a tick takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000_000)
    count = parser.parse_args().pages
    slowest = 0.0
    with serve_postgresql() as server, tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{Path(folder)}/plan.sqlite3", create_database(server)):
            database = open_database(url)
            columns = fill(database, count)
            for name, seconds in measure_ticks(database, columns).items():
                slowest = max(slowest, seconds)
                sys.stdout.write(f"{database.engine.dialect.name:10} {count} pages, {name}: {1000 * seconds:.1f} ms\n")
            database.close()
    sys.exit(slowest > MOST)


if __name__ == "__main__":
    main()
