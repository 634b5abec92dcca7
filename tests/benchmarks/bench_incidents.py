"""How long the first derivation of incidents takes on a large database, and for how long at most it keeps others off.

A thousand pages with a version, an unchanged visit and now and then a failure are copied to so many times as many; then
everything is derived from the first capture on, in stretches of one transaction each, and once more when a batch of 50
new captures has come.
"""

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from storage.database import Database, open_database
from storage.horizon import find_horizon
from storage.incidents.derivation import update_incidents, update_source
from storage.incidents.sources import SOURCES
from storage.records import Outcome
from tests.benchmarks.measurement import make_parser, run_main, save_figures
from tests.benchmarks.multiplied import multiply_database
from tests.storage.world import World

BASE = 1000
FAILING = 50  # every so many pages one fails
TEXT = "已在人民路新增路灯一百盏，投入资金五十万元，年内完成。" * 12


def build_base(path: Path) -> None:
    """A thousand pages, seen twice."""
    with closing(open_database(f"sqlite:///{path}")) as database:
        world = World(database)
        world.begin()
        pages = [world.add_page(f"{number}.jhtml") for number in range(BASE)]
        for number, page in enumerate(pages):
            world.visit(page, text=f"{TEXT}{number}")
        world.begin(1)
        for number, page in enumerate(pages):
            world.visit(page, Outcome.TIMEOUT if number % FAILING == 0 else Outcome.NOT_MODIFIED)


def spread_times(path: Path) -> None:
    """Let each copy be made two days after the one before, as captures are numbered in order of time."""
    later = "strftime('%Y-%m-%d %H:%M:%f', captured_at, '+' || ((id - 1) / ? * 2) || ' days') || '000'"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE captures SET captured_at = {later}", (2 * BASE,))  # noqa: S608 - our own words
        connection.commit()


def derive_all(database: Database) -> tuple[float, float]:
    """Seconds of the whole, and of the longest transaction."""
    begun, longest = time.perf_counter(), 0.0
    horizon = find_horizon(database, *(source.number for source in SOURCES.values()))
    assert horizon is not None
    for name, through in zip(SOURCES, horizon, strict=True):
        is_more = True
        while is_more:
            start = time.perf_counter()
            is_more = update_source(database, name, through)
            longest = max(longest, time.perf_counter() - start)
    return time.perf_counter() - begun, longest


def derive_batch(database: Database) -> float:
    """Seconds for 50 new captures."""
    world = World(database)
    world.begin(10_000)
    for number in range(50):
        world.visit(world.find_page(f"{number}.jhtml"), Outcome.NOT_MODIFIED)
    begun = time.perf_counter()
    update_incidents(database)
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    parser = make_parser("bench_incidents", __doc__, quick="50,000 pages", runs=1, quick_runs=1)
    parser.add_argument("--factor", type=int, default=0, help="thousands of pages (default 1000, with --quick 50)")
    options = parser.read_options()
    factor = options.factor or (50 if options.quick else 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replywatch.sqlite3"
        build_base(path)
        multiply_database(path, factor, "2026-05-01 00:00:00.000000")
        spread_times(path)
        with closing(open_database(f"sqlite:///{path}")) as database:
            whole, longest = derive_all(database)
            batch = derive_batch(database)
    captures = 2 * factor * BASE
    sys.stdout.write(
        f"{captures // 2:,} pages, {captures:,} captures: {whole:.1f} s, "
        f"longest transaction {longest:.2f} s, 50 more {batch:.3f} s\n"
    )
    seconds = {"whole": whole, "longest_transaction": longest, "fifty_more": batch}
    save_figures(options, {"captures": captures, "seconds": seconds})


if __name__ == "__main__":
    run_main(main)
