"""How well ``replywatch reextract`` uses all cores.

    python -m tests.benchmarks.bench_reextract [--quick] [--pages N] [--json FILE]

Captures of PAGES (default 10,000) different pages are read again from the archive, as after a change of the extractor.
The use of the cores is the CPU time by the time on the clock and the number of cores: other load on the machine lowers
it, so the load before the run is printed, too.
"""

import argparse
import json
import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.benchmarks.bench_crawl import HOSTS, LATER, Bench
from tests.benchmarks.fast_server import run_server
from tests.benchmarks.measurement import RunError, format_table, measure_command

REPLYWATCH = str(Path(sys.executable).with_name("replywatch"))


def run_benchmark(folder: Path, pages: int) -> dict[str, float]:
    """Crawl, forget which extractor it was, and read everything again."""
    with run_server(pages, HOSTS) as server:
        bench = Bench(server, folder, pages, new_pages=pages)
        bench.prepare()
        environment = bench.environment("base", LATER)
    with closing(sqlite3.connect(folder / "base" / "replywatch.sqlite3")) as connection:
        connection.execute("UPDATE pages SET extractor = 'older'")
        connection.commit()
    load = os.getloadavg()[0]
    cost = measure_command((REPLYWATCH, "reextract"), environment, folder / "run.log")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "pages": pages,
        "cores": cores,
        "load_before": load,
        "cpu_ms_a_page": cost.cpu / pages * 1000,
        "wall_pages_a_second": pages / cost.wall,
        "use_of_cores": cost.cpu / (cost.wall * cores),
        "memory_mb": cost.memory,
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_reextract", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer pages")
    parser.add_argument("--pages", type=int, default=0, help="pages (default 10000, with --quick 1600)")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    options = parser.parse_args()
    pages = (options.pages or (1600 if options.quick else 10_000)) // HOSTS * HOSTS
    with tempfile.TemporaryDirectory() as folder:
        figures = run_benchmark(Path(folder), pages)
    rows = [(name, f"{value:.2f}", ">= 0.85" if name == "use_of_cores" else "") for name, value in figures.items()]
    sys.stdout.write(format_table(("reextract", "figure", "target"), rows) + "\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except RunError as error:
        sys.stderr.write(f"{error}\n{error.log.read_text(errors='replace')[-3000:]}")
        sys.exit(1)
