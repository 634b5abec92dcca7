"""Whether the background service keeps its memory: resident size over many cycles, each with edits and a comparison.

The service is the real one, in a process of its own, with a second between two cycles; its crawls are children and are
not counted. Before each cycle a part of the pages is made due and the site changes a sentence, so that every cycle
crawls, compares, derives changes and plans. At the end it is ended as an operator would. The ratio at the end is that
of the size at the last cycle to that at the fiftieth.
"""

import argparse
import asyncio
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scheduler.service import serve_forever
from storage.configuration import load_configuration
from tests.benchmarks.bench_crawl import write_seed
from tests.benchmarks.fast_server import FastServer, run_server
from tests.benchmarks.measurement import make_parser, run_main, save_figures
from tests.site.commands import ROOT

HOSTS = 4
DUE = 8  # pages a cycle
CYCLE = 1 / 60  # minutes
LEASE = 30.0  # seconds
PATIENCE = 300.0  # seconds for one cycle on a busy machine
SHOWN = (1, 10, 50, 100, 150, 200)
SETTLED = 50  # the cycle after which nothing should grow


@dataclass(frozen=True, slots=True)
class Service:
    """A running service in a folder with its data and its log."""

    process: subprocess.Popen[bytes]
    folder: Path

    def measure(self) -> float:
        """Its resident size now in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000

    def count_cycles(self) -> int:
        """How many cycles are through."""
        return (self.folder / "service.log").read_text().count("compared:")

    def await_cycle(self, number: int) -> None:
        """Wait until so many cycles are through.

        Raises:
            RuntimeError: it ended, or it takes too long.
        """
        end = time.monotonic() + PATIENCE
        while self.count_cycles() < number:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"no cycle {number}; see {self.folder / 'service.log'}")
            time.sleep(0.1)

    def make_due(self) -> None:
        """Make the pages due whose turn it is, those that nobody visited for longest."""
        oldest = "SELECT id FROM pages WHERE parent_id IS NULL ORDER BY last_visit_at LIMIT ?"
        with closing(sqlite3.connect(self.folder / "data/replywatch.sqlite3", timeout=60)) as connection, connection:
            connection.execute(f"UPDATE pages SET next_due_at = '2020-01-01' WHERE id IN ({oldest})", (DUE,))  # noqa: S608 - no input


def start_service(folder: Path, server: FastServer) -> Service:
    """The service on a server's sites, with budgets that do not matter."""
    (folder / "seeds").mkdir()
    for place, port in enumerate(server.ports):
        seed = write_seed(place, port, "jyta/list.html")
        (folder / "seeds" / f"site{place:02d}.toml").write_text(seed, encoding="utf-8")
    settings = {
        "REPLYWATCH_DATA_DIR": str(folder / "data"),
        "REPLYWATCH_SEEDS_DIR": str(folder / "seeds"),
        "REPLYWATCH_CONTACT": "bench@example.org",
        "REPLYWATCH_ALLOW_PRIVATE_HOSTS": "true",
        "REPLYWATCH_DAILY_BUDGET": "100000000",
        "REPLYWATCH_HOST_BUDGET": "100000000",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYWATCH_")}
    with (folder / "service.log").open("wb") as log:
        words = (sys.executable, "-m", "tests.benchmarks.bench_service", "--serve")
        return Service(subprocess.Popen(words, cwd=ROOT, env=kept | settings, stdout=log, stderr=log), folder)


def watch_service(service: Service, server: FastServer, cycles: int) -> Iterator[tuple[int, float]]:
    """Let it work; yields each cycle's number and the service's size after it, in MB."""
    for number in range(1, cycles + 1):
        service.await_cycle(number)
        yield number, service.measure()
        server.set_mode("plain" if number * DUE // server.pages % 2 else "edited")
        service.make_due()


def serve() -> None:
    """What ``replywatch run`` does, with shorter cycles than it takes from an operator."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a cycle is still under way is as it should be
    asyncio.run(serve_forever(load_configuration(), CYCLE, lease=LEASE))


def main() -> None:
    """The command."""
    parser = make_parser("bench_service", __doc__, quick="10 cycles, which say little", runs=1, quick_runs=1)
    parser.add_argument("--cycles", type=int, default=0, help="cycles (default 200, with --quick 10)")
    parser.add_argument("--pages", type=int, default=64, help="pages on the site")
    parser.add_argument("--folder", type=Path, help="work here and leave everything")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.read_options()
    cycles = options.cycles or (10 if options.quick else 200)
    if options.serve:
        serve()
        return
    with tempfile.TemporaryDirectory() as temporary, run_server(options.pages, HOSTS) as server:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        service = start_service(folder, server)
        try:
            sizes = run_cycles(service, server, cycles)
            service.process.send_signal(signal.SIGTERM)
            code = service.process.wait(PATIENCE)
        finally:
            service.process.kill()
        with closing(sqlite3.connect(folder / "data/replywatch.sqlite3")) as connection:
            (changes,) = connection.execute("SELECT count(*) FROM changes WHERE kind = 'text'").fetchone()
        base = sizes[min(SETTLED, len(sizes)) - 1]
        say(f"{len(sizes)} cycles, {changes} edits told, ended with {code}")
        say(f"ratio of the last to cycle {min(SETTLED, len(sizes))}: {sizes[-1] / base:.3f}")
        save_figures(options, {"cycles": cycles, "megabytes": sizes, "ratio": sizes[-1] / base, "ended_with": code})


def run_cycles(service: Service, server: FastServer, cycles: int) -> list[float]:
    """The size after each cycle; some are told as they come."""
    sizes = []
    for number, size in watch_service(service, server, cycles):
        sizes.append(size)
        if number in SHOWN or number == cycles:
            say(f"cycle {number:4d}: {size:6.1f} MB")
    return sizes


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run_main(main)
