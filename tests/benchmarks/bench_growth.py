"""Whether anything costs more as the database grows: a crawl's start, what is due, a batch, the inbox, status.

A crawl writes 1,008 pages, a second one ten edits in them. Their rows are copied to 10, 100 and 1,000 times as many
pages (with the texts of the copies cut short: a million pages take some 6 GB), and at each size the same is done:

  start      a crawl that walks its lists and visits no page (CPU s)
  choosing   reading the pages that are due, as the crawl does (CPU ms a page); they are 1,008 at each size
  recording  visits that found nothing new, in batches of 50 to pages all over the database (CPU ms a page)
  round      a crawl of 480 pages that are answered 304, less its start (CPU ms a page), and its memory (MB)
  inbox      the first page of the inbox, with a hundredth of all pages changed and unread (CPU ms)
  status     the command (CPU s); overdue: the same when every page is due (once)

Nothing may cost more than 1.2 times as much with the most pages as with 10,000.
"""

import multiprocessing
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, TypeVar
from uuid import uuid4

from fastapi.testclient import TestClient

from review.web.application import create_application
from storage.configuration import load_configuration
from storage.database import Database, open_database
from storage.pages import stream_due_pages
from storage.records import Capture, Outcome, Place, Role
from storage.unchanged import record_batch
from storage.visits import Visit
from tests.benchmarks.bench_crawl import HOSTS, LATER, SCRAPY, Bench
from tests.benchmarks.fast_server import run_server
from tests.benchmarks.measurement import (
    Cost,
    format_table,
    make_parser,
    measure_command,
    run_main,
    save_figures,
    take_median,
)
from tests.benchmarks.multiplied import multiply_database

BASE = 1008
VISITS = 480
BATCH = 50
FACTORS = (1, 10, 100, 1000)
AGAINST = 10  # the factor of the size that the largest is held against
LIMIT, MEMORY_LIMIT = 1.2, 300
COPIES_DUE = "2026-05-01 00:00:00.000000"
BEGIN = datetime.fromisoformat(LATER)
REPLYWATCH = str(Path(sys.executable).with_name("replywatch"))
HELD = ("start_cpu_s", "choosing_ms_a_page", "recording_ms_a_page", "round_ms_a_page", "inbox_ms", "status_cpu_s")
COLUMNS = (*HELD, "overdue_cpu_s", "memory_mb", "database_mb")
Figures = dict[str, float]
Result = TypeVar("Result")


def measure_size(bench: Bench, factor: int, runs: int) -> Figures:
    """All figures of a database of so many times the pages."""
    data, log = bench.folder / "data", bench.folder / "run.log"
    path = data / "replywatch.sqlite3"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(bench.folder / "base", data)
    run_apart(multiply_database, path, factor, COPIES_DUE)
    database_mb = path.stat().st_size / 1e6
    bench.server.set_mode("spared")
    costs: dict[str, list[Cost]] = {"start": [], "round": [], "status": []}
    found: dict[str, list[float]] = {"choosing": [], "recording": [], "inbox": []}
    for run in range(runs):
        now = BEGIN + timedelta(days=2 * run)  # so that the pages of the first database are due again
        environment = bench.environment("data", now.isoformat())
        costs["status"].append(measure_command((REPLYWATCH, "status", "--json"), environment, log))
        for name, figure in run_apart(measure_inside, data, BASE * factor, now).items():
            found[name].append(figure)
        crawl = (SCRAPY, "crawl", "replies", "-a")
        costs["start"].append(measure_command((*crawl, "recheck=none"), environment, log))
        costs["round"].append(measure_command((*crawl, f"limit={VISITS}"), environment, log))
    middle = {name: take_median(seen) for name, seen in costs.items()}
    environment = bench.environment("data", "2026-06-01T00:00:00+08:00")
    overdue = measure_command((REPLYWATCH, "status", "--json"), environment, log)
    return {
        "pages": BASE * factor,
        "start_cpu_s": middle["start"].cpu,
        "choosing_ms_a_page": median(found["choosing"]),
        "recording_ms_a_page": median(found["recording"]),
        "round_ms_a_page": (middle["round"].cpu - middle["start"].cpu) / VISITS * 1000,
        "inbox_ms": median(found["inbox"]),
        "status_cpu_s": middle["status"].cpu,
        "overdue_cpu_s": overdue.cpu,
        "memory_mb": max(cost.memory for cost in costs["round"]),
        "database_mb": database_mb,
    }


def run_apart(act: Callable[..., Result], *values: Any) -> Result:  # noqa: ANN401 - what the act takes
    """Call something in a process of its own: the kernel counts the memory of this one to the commands it starts."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(act, *values).result()


def measure_inside(data: Path, pages: int, now: datetime) -> dict[str, float]:
    """What is measured without a command."""
    with closing(open_database(f"sqlite:///{data}/replywatch.sqlite3")) as database:
        return {
            "choosing": choose_pages(database, now),
            "inbox": open_inbox(database, data),
            "recording": record_pages(database, pages, now),
        }


def measure_cpu(act: Callable[[], int]) -> float:
    """CPU in milliseconds for each of the things of which an act did so many."""
    begun = time.process_time()
    count = act()
    return (time.process_time() - begun) / max(count, 1) * 1000


def choose_pages(database: Database, now: datetime) -> float:
    """CPU for each page that is due, read as the crawl reads them."""
    columns = list(range(1, HOSTS + 1))
    return measure_cpu(
        lambda: sum(len(list(stream_due_pages(database, f"site{place:02d}", columns, now))) for place in range(HOSTS))
    )


def open_inbox(database: Database, data: Path) -> float:
    """CPU of the inbox, once it was opened before."""
    configuration = load_configuration(environment={"REPLYWATCH_DATA_DIR": str(data)}, folder=data)
    application = create_application(configuration, database)
    with TestClient(application, base_url="http://127.0.0.1") as client:

        def ask() -> int:
            answers = [client.get("/") for _ in range(5)]
            assert all(answer.status_code == 200 for answer in answers)
            return len(answers)

        ask()
        return measure_cpu(ask)


def record_pages(database: Database, pages: int, now: datetime) -> float:
    """CPU for each visit; the pages are spread over all, and become due again in the far future."""
    visits = list(describe_visits(database, max(pages // VISITS, 1), now + timedelta(days=90)))

    def record() -> int:
        for start in range(0, len(visits), BATCH):
            with database.write() as session:
                record_batch(session, visits[start : start + BATCH])
        return len(visits)

    return measure_cpu(record)


def describe_visits(database: Database, step: int, now: datetime) -> Iterator[Visit]:
    """A 304 for every so many pages."""
    with closing(sqlite3.connect(database.engine.url.database or "")) as connection:
        query = "SELECT id, url, column_id FROM pages WHERE id % ? = 0 LIMIT ?"
        rows = connection.execute(query, (step, VISITS)).fetchall()
    for page, url, column in rows:
        capture = Capture(
            record_id=f"urn:uuid:{uuid4()}",
            url=url,
            role=Role.PAGE,
            captured_at=now,
            outcome=Outcome.NOT_MODIFIED,
            status=304,
            headers=(("ETag", '"1"'),),
            place=Place("bench.warc.gz", page * 500, 500),
        )
        yield Visit(capture=capture, run_id=None, page_id=page, column_id=column, is_revisit=True)


def run_benchmark(folder: Path, factors: tuple[int, ...], runs: int) -> Iterator[Figures]:
    """The figures of each size."""
    with run_server(BASE, HOSTS) as server:
        bench = Bench(server, folder, BASE, new_pages=BASE)
        bench.prepare()
        server.set_mode("mixed")
        environment, log = bench.environment("base", "2026-03-04T01:00:00+08:00"), folder / "prepare.log"
        for words in ((SCRAPY, "crawl", "replies"), (REPLYWATCH, "compare"), (REPLYWATCH, "status")):
            measure_command(words, environment, log)
        for factor in factors:
            yield measure_size(bench, factor, runs)


def tell_growth(figures: list[Figures]) -> dict[str, float]:
    """Print how much each figure grew, and return that."""
    small = next((found for found in figures if found["pages"] == BASE * AGAINST), figures[0])
    large = figures[-1]
    growth = {name: large[name] / small[name] for name in HELD}
    rows = [(name, f"{ratio:.2f}", f"<= {LIMIT}") for name, ratio in growth.items()]
    rows.append(("memory_mb, itself", f"{large['memory_mb']:.0f}", f"< {MEMORY_LIMIT}"))
    head = f"{large['pages']:,.0f} against {small['pages']:,.0f} pages"
    sys.stdout.write("\n" + format_table((head, "ratio", "target"), rows) + "\n")
    return growth


def main() -> None:
    """The command."""
    quick = "up to 100,000 pages, two runs"
    parser = make_parser("bench_growth", __doc__, quick=quick, runs=5, quick_runs=2)
    parser.add_argument("--most", type=int, default=0, metavar="PAGES", help="no size above this")
    parser.add_argument("--folder", type=Path, help="where the databases go (default: the system's temporary folder)")
    options = parser.read_options()
    most = options.most or (100_800 if options.quick else BASE * max(FACTORS))
    factors = tuple(factor for factor in FACTORS if factor * BASE <= most)
    figures = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for found in run_benchmark(Path(folder), factors, options.runs):
            figures.append(found)
            sys.stderr.write(", ".join(f"{name} {value:,.3f}" for name, value in found.items()) + "\n")
    rows = [(f"{found['pages']:,.0f}", *(f"{found[name]:.2f}" for name in COLUMNS)) for found in figures]
    sys.stdout.write(format_table(("pages", *COLUMNS), rows) + "\n")
    save_figures(options, {"sizes": figures, "growth": tell_growth(figures)})


if __name__ == "__main__":
    run_main(main)
