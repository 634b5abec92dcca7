"""Where the bytes go: of the database and of the archive, for a page and for a visit, by what the visit saw.

  new            the page's first visit
  changed        another sentence in the text
  noise          other bytes, the same document: another view counter and another captcha
  same           200 with the same body as before
  not modified   304

Each case is one crawl from the same state, of pages of 40 KB; bytes are the same every time, so one run is enough. The
archive is told by type of WARC record, of the pages alone; an index (CDXJ) is made by ``export`` and lies in no crawl's
way. The database is told by table and index, in whole pages of SQLite, with the few rows of the lists.
"""

import shutil
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from storage.archive.reader import iterate_records
from tests.benchmarks.bench_crawl import (
    EDITED,
    FIRST,
    HOSTS,
    LATER,
    NEW,
    NOISE,
    OURS_200,
    OURS_304,
    SCRAPY,
    Bench,
)
from tests.benchmarks.fast_server import run_server
from tests.benchmarks.measurement import format_table, make_parser, measure_command, run_main, save_figures

CASES = {"new": NEW, "changed": EDITED, "noise": NOISE, "same": OURS_200, "not modified": OURS_304}
REPLYWATCH = str(Path(sys.executable).with_name("replywatch"))
LEAST = 10  # bytes a visit; parts below that are told together
Sizes = dict[str, float]


def read_archive(folder: Path) -> Sizes:
    """Compressed bytes of the pages' records by type, and of everything else (lists, robots.txt, warcinfo)."""
    sizes: defaultdict[str, float] = defaultdict(float)
    for path in folder.glob("*.warc.gz*"):
        for record in iterate_records(path):
            is_page = (record.url or "").endswith(".jhtml")
            sizes[record.type if is_page else "lists and the rest"] += record.place.length
    return sizes


def read_database(path: Path) -> Sizes:
    """Bytes of each table and index of SQLite."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            rows = connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall()
        except sqlite3.OperationalError:  # this SQLite was built without the table of its own pages
            return {"all tables (SQLite cannot tell them apart here)": float(path.stat().st_size)}
    return {name_part(name): float(size) for name, size in rows if not name.startswith("sqlite_schema")}


def name_part(name: str) -> str:
    """A name for a table or index that says what it is."""
    return name.replace("sqlite_autoindex_", "unique index of ").rstrip("_0123456789") if "auto" in name else name


def read_index(bench: Bench, data: str) -> Sizes:
    """Bytes of the index of all captures."""
    output = bench.folder / "index.cdxj"
    words = (REPLYWATCH, "export", "--format", "cdxj", "--output", str(output))
    measure_command(words, bench.environment(data, LATER), bench.folder / "run.log")
    return {"CDXJ (export)": float(output.stat().st_size)}


def measure_case(bench: Bench, name: str) -> dict[str, Sizes]:
    """What a crawl of that case added, for each of its pages, in ``archive``, ``database`` and ``index``."""
    case, data = CASES[name], bench.folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    before: dict[str, Sizes] = {}
    if not case.is_first:
        shutil.copytree(bench.folder / "base", data)
        before = read_all(bench)
    bench.server.set_mode(case.mode)
    environment = bench.environment("data", FIRST if case.is_first else LATER)
    measure_command((SCRAPY, "crawl", "replies"), environment, bench.folder / "run.log")
    bench.expect_outcomes(data, case.expected, bench.pages, bench.folder / "run.log")
    after = read_all(bench)
    return {
        place: {
            part: (size - before.get(place, {}).get(part, 0.0)) / bench.pages
            for part, size in sorted(sizes.items(), key=lambda item: -item[1])
        }
        for place, sizes in after.items()
    }


def read_all(bench: Bench) -> dict[str, Sizes]:
    """All sizes of the state in ``data``."""
    data = bench.folder / "data"
    return {
        "archive": read_archive(data / "archive"),
        "database": read_database(data / "replywatch.sqlite3"),
        "index": read_index(bench, "data"),
    }


def list_rows(figures: dict[str, dict[str, Sizes]]) -> Iterator[tuple[str, ...]]:
    """A row for each part, a column for each case."""
    for place in ("archive", "database", "index"):
        parts: Counter[str] = Counter()
        for sizes in figures.values():
            parts.update(sizes[place])
        yield (f"{place}, all", *(f"{sum(sizes[place].values()):,.0f}" for sizes in figures.values()))
        if len(parts) == 1:
            continue
        told = [part for part in parts if any(sizes[place].get(part, 0) >= LEAST for sizes in figures.values())]
        for part in sorted(told, key=lambda name: -parts[name]):
            yield (f"  {part}", *(f"{sizes[place].get(part, 0):,.0f}" for sizes in figures.values()))
        if len(told) < len(parts):
            rest = (sum(size for part, size in sizes[place].items() if part not in told) for sizes in figures.values())
            yield ("  the rest", *(f"{size:,.0f}" for size in rest))


def main() -> None:
    """The command."""
    parser = make_parser("bench_bytes", __doc__, quick="fewer pages", runs=1, quick_runs=1)
    parser.add_argument("--pages", type=int, default=0, help="pages a crawl (default 1600, with --quick 640)")
    options = parser.read_options()
    pages = (options.pages or (640 if options.quick else 1600)) // HOSTS * HOSTS
    with tempfile.TemporaryDirectory() as folder, run_server(pages, HOSTS) as server:
        bench = Bench(server, Path(folder), pages, new_pages=pages)
        bench.prepare()
        figures = {name: measure_case(bench, name) for name in CASES}
    sys.stdout.write(format_table(("bytes a visit", *CASES), list(list_rows(figures))) + "\n")
    save_figures(options, {"pages": pages, "bytes_a_visit": figures})


if __name__ == "__main__":
    run_main(main)
