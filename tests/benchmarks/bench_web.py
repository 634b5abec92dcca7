"""How long inbox, change page and page take over a hundred thousand changes and a million versions.

Each page is asked for several times; the medians on the clock and of the processor are printed. ``--database`` says
where: ``sqlite`` or ``postgresql`` (both made for the run), or the URL of a database that is filled if it is empty, and
kept.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from review.web.application import create_application
from storage.clock import format_instant
from storage.configuration import load_configuration
from storage.database import open_database
from tests.benchmarks.filled_room import EACH, START, fill_room, name_change
from tests.benchmarks.measurement import format_table, make_parser, run_main, save_figures
from tests.campaigns.servers import create_database, serve_postgresql

ROUNDS = 7
DEEP = f"0.5~{format_instant(START + timedelta(days=EACH * 10))}~c"
PATHS = (
    "/",
    "/?order=time",
    "/?verdict=any",
    "/?verdict=any&order=time",
    "/?site=site03",
    "/?site=site03&verdict=routine&order=time",
    "/?region=3省&kind=text&min_score=0.3",
    "/?kind=gone&verdict=any",
    "/?verdict=any&assignee=王",
    "/?verdict=any&assignee=nobody",
    "/?since=2026-04-12&verdict=any",
    "/?since=2026-05-12&verdict=any",
    "/?verdict=follow_up",
    f"/?after={DEEP}",
    f"/?verdict=any&after={DEEP}",
    f"/changes/{name_change(500)}",
    f"/changes/{name_change(501)}?verdict=any&order=time",
    "/pages/777",
    "/status",
    "/sites",
    "/sites/site03",
    "/api/v1/changes",
    "/api/v1/pages",
    "/feeds/changes.atom",
)


def measure(client: TestClient, path: str) -> tuple[float, float, float]:
    """The median of some rounds, the slowest, and the median of the processor's time, in milliseconds."""
    times, work = [], []
    client.get(path)
    for _ in range(ROUNDS):
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
        work.append((time.process_time() - worked) * 1000)
        assert answer.status_code == 200, path
    return statistics.median(times), max(times), statistics.median(work)


@contextmanager
def find_database(word: str, folder: str) -> Iterator[str]:
    """The URL of what ``--database`` names."""
    if word == "sqlite":
        yield f"sqlite:///{folder}/room.sqlite3"
    elif word == "postgresql":
        with serve_postgresql() as server:
            yield create_database(server)
    else:
        yield word


def main() -> None:
    """Fill a database and ask for pages."""
    parser = make_parser("bench_web", __doc__, quick="100,000 versions", runs=ROUNDS, quick_runs=ROUNDS)
    parser.add_argument("--versions", type=int, default=0, help="versions (default 1000000, with --quick 100000)")
    parser.add_argument("--database", default="sqlite", help="sqlite (default), postgresql, or a URL")
    options = parser.read_options()
    versions = options.versions or (100_000 if options.quick else 1_000_000)
    figures = {}
    with tempfile.TemporaryDirectory() as folder, find_database(options.database, folder) as url:
        database = open_database(url)
        fill_room(database, versions)
        application = create_application(load_configuration(environment={}, folder=Path(folder)), database)
        with TestClient(application, base_url="http://127.0.0.1") as client:
            for path in PATHS:
                sys.stderr.write(f"{path}\n")
                figures[path] = measure(client, path)
        database.close()
    rows = [(path, *(f"{figure:.1f}" for figure in found)) for path, found in figures.items()]
    sys.stdout.write(format_table((f"{versions:,} versions", "ms", "slowest", "CPU ms"), rows) + "\n")
    save_figures(options, {"versions": versions, "milliseconds": figures})


if __name__ == "__main__":
    run_main(main)
