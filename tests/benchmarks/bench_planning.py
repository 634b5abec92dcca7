"""A tick among a million pages: how long it takes to find what is due, on SQLite and on PostgreSQL.

Each figure is the median of 20 and is to be below 50 ms. ``--pages`` makes a smaller table.
"""

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
from storage.pages import stream_due_pages
from storage.plan.due import count_due, count_due_by_site, read_due
from storage.sites import WatchedColumn, WatchedSite, register_site
from storage.tables import PageRow
from tests.benchmarks.measurement import format_table, make_parser, run_main, save_figures
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
    parser = make_parser("bench_planning", __doc__, quick="100,000 pages", runs=1, quick_runs=1)
    parser.add_argument("--pages", type=int, default=0, help="pages (default 1000000, with --quick 100000)")
    options = parser.read_options()
    count = options.pages or (100_000 if options.quick else 1_000_000)
    figures: dict[str, dict[str, float]] = {}
    with serve_postgresql() as server, tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{Path(folder)}/plan.sqlite3", create_database(server)):
            database = open_database(url)
            figures[database.engine.dialect.name] = measure_ticks(database, fill(database, count))
            database.close()
    rows = [
        (f"{kind}, {name}", f"{1000 * seconds:.1f}", f"<= {1000 * MOST:.0f}")
        for kind, found in figures.items()
        for name, seconds in found.items()
    ]
    sys.stdout.write(format_table((f"{count:,} pages, median of {ROUNDS}", "ms", "target"), rows) + "\n")
    save_figures(options, {"pages": count, "seconds": figures})
    sys.exit(max(max(found.values()) for found in figures.values()) > MOST)


if __name__ == "__main__":
    run_main(main)
