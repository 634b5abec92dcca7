"""Whether a page costs more as the database grows: start of a crawl, choosing due pages, a round, status.

    python -m tests.benchmarks.bench_growth [--quick] [--runs N] [--json FILE]

A crawl of 1,008 pages is written, its rows are copied to 10 and 100 times as many, and at each size real
commands run over it. Figures are medians of CPU time; memory is that of the crawl.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median

from storage.database import open_database
from storage.pages import stream_due_pages
from tests.benchmarks.bench_crawl import HOSTS, LATER, SCRAPY, Bench
from tests.benchmarks.fast_server import run_server
from tests.benchmarks.measurement import Cost, RunError, format_table, measure_command, take_median
from tests.benchmarks.multiplied import multiply_database

BASE = 1008
VISITS = 480
CHOSEN = 2000
FACTORS = (1, 10, 100)  # a thousand times as many need 30 GB of disk
REPLYWATCH = str(Path(sys.executable).with_name("replywatch"))
Figures = dict[str, float]
COLUMNS = (
    "start_cpu_s",
    "choosing_ms_a_page",
    "round_ms_a_page",
    "crawl_memory_mb",
    "status_cpu_s",
    "database_mb",
)


def measure_size(bench: Bench, factor: int, runs: int) -> Figures:
    """All figures of a database of so many times the pages."""
    data, log = bench.folder / "data", bench.folder / "run.log"
    bench.server.set_mode("spared")
    grown = bench.folder / "grown"
    shutil.rmtree(grown, ignore_errors=True)
    shutil.copytree(bench.folder / "base", grown)
    multiply_database(grown / "replywatch.sqlite3", factor)
    database_mb = (grown / "replywatch.sqlite3").stat().st_size / 1e6
    shutil.rmtree(data, ignore_errors=True)
    grown.rename(data)
    environment = bench.environment("data", LATER)
    crawl = (SCRAPY, "crawl", "replies", "-a")
    costs: dict[str, list[Cost]] = {"start": [], "round": [], "status": []}
    chosen = []
    for _ in range(runs):
        costs["status"].append(measure_command((REPLYWATCH, "status", "--json"), environment, log))
        chosen.append(choose_pages(data / "replywatch.sqlite3"))
        costs["start"].append(measure_command((*crawl, "recheck=none"), environment, log))
        costs["round"].append(measure_command((*crawl, f"limit={VISITS}"), environment, log))
    middle = {name: take_median(found) for name, found in costs.items()}
    return {
        "pages": BASE * factor,
        "start_cpu_s": middle["start"].cpu,
        "choosing_ms_a_page": median(chosen),
        "round_ms_a_page": (middle["round"].cpu - middle["start"].cpu) / VISITS * 1000,
        "crawl_memory_mb": max(cost.memory for cost in costs["round"]),
        "status_cpu_s": middle["status"].cpu,
        "database_mb": database_mb,
    }


def choose_pages(path: Path) -> float:
    """CPU in milliseconds for each of so many due pages, read as the crawl reads them."""
    database = open_database(f"sqlite:///{path}")
    columns = list(range(1, HOSTS + 1))
    begun = time.process_time()
    due = datetime.fromisoformat(LATER)
    count = sum(
        len(list(islice(stream_due_pages(database, f"site{place:02d}", columns, due), CHOSEN // HOSTS)))
        for place in range(HOSTS)
    )
    spent = time.process_time() - begun
    database.close()
    return spent / max(count, 1) * 1000


def run_benchmark(folder: Path, factors: tuple[int, ...], runs: int) -> list[Figures]:
    """The figures of each size."""
    with run_server(BASE, HOSTS) as server:
        bench = Bench(server, folder, BASE, new_pages=BASE)
        bench.prepare()
        return [measure_size(bench, factor, runs) for factor in factors]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 100,000 pages, one run of each")
    parser.add_argument("--runs", type=int, default=0, help="runs of each (default 3)")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    options = parser.parse_args()
    factors, runs = (FACTORS[:3], 1) if options.quick else (FACTORS, 3)
    with tempfile.TemporaryDirectory() as folder:
        figures = run_benchmark(Path(folder), factors, options.runs or runs)
    rows = [(f"{found['pages']:,.0f}", *(f"{found[name]:.3f}" for name in COLUMNS)) for found in figures]
    sys.stdout.write(format_table(("pages", *COLUMNS), rows) + "\n\n")
    if len(figures) > 2:
        growth = [(name, f"{figures[-1][name] / figures[1][name]:.2f}", "<= 1.2") for name in COLUMNS[:3]]
        sys.stdout.write(format_table((f"{rows[-1][0]} against {rows[1][0]} pages", "ratio", "target"), growth) + "\n")
    if options.json:
        options.json.write_text(json.dumps({"sizes": figures}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except RunError as error:
        sys.stderr.write(f"{error}\n{error.log.read_text(errors='replace')[-3000:]}")
        sys.exit(1)
