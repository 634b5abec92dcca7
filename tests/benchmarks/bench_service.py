"""Whether the background service keeps its memory: resident size over many cycles, each with edits and a comparison.

The service is the real one, in a process of its own, with a second between two cycles. Each finds a part of the pages
edited, compares, derives changes, plans, and tells a subscriber. Its crawls are children and are not counted: what they
would record is played, unless ``--crawls`` lets them be made, against a local server, which takes seconds a cycle.
At the end the service is ended as an operator would. The ratio at the end is that of the size at the last cycle to the
size half-way.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from scheduler import cycle, service
from storage.configuration import Configuration, load_configuration
from tests.benchmarks.bench_crawl import write_seed
from tests.benchmarks.fast_server import FastServer, run_server
from tests.benchmarks.measurement import make_parser, run_main, save_figures
from tests.benchmarks.played_crawls import play_crawls
from tests.site.commands import ROOT

HOSTS = 4
DUE = 8  # pages a cycle
CYCLE = 1 / 60  # minutes
LEASE = 30.0  # seconds
PATIENCE = 300.0  # seconds for one cycle on a busy machine
SHOWN = (1, 10, 50, 100, 150, 200)
MOST = 1.02  # times the size half-way


class Desk(BaseHTTPRequestHandler):
    """A subscriber's webhook that takes everything."""

    def do_POST(self) -> None:
        """Read, and thank."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


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


def start_service(folder: Path, hook: int, *words: str) -> Service:
    """The service in a folder, with budgets that do not matter and a subscriber at a local port."""
    settings = {
        "REPLYWATCH_DATA_DIR": str(folder / "data"),
        "REPLYWATCH_SEEDS_DIR": str(folder / "seeds"),
        "REPLYWATCH_CONTACT": "bench@example.org",
        "REPLYWATCH_ALLOW_PRIVATE_HOSTS": "true",
        "REPLYWATCH_DAILY_BUDGET": "100000000",
        "REPLYWATCH_HOST_BUDGET": "100000000",
        "PYTHONPATH": str(ROOT),
    }
    (folder / "replywatch.toml").write_text(
        f'[[subscribers]]\nname = "desk"\nurl = "json://127.0.0.1:{hook}"\nschedule = "immediate"\n', encoding="utf-8"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYWATCH_")}
    with (folder / "service.log").open("wb") as log:
        words = (sys.executable, "-m", "tests.benchmarks.bench_service", "--serve", *words)
        return Service(subprocess.Popen(words, cwd=folder, env=kept | settings, stdout=log, stderr=log), folder)


def serve(*, has_crawls: bool) -> None:
    """What ``replywatch run`` does, with shorter cycles than it takes from an operator."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a cycle is still under way is as it should be
    setattr(service, "TELLING", CYCLE)  # noqa: B010 - a constant elsewhere
    if not has_crawls:
        setattr(cycle, "start_crawl", start_nothing)  # noqa: B010 - as above
    asyncio.run(service.serve_forever(load_configuration(), CYCLE, lease=LEASE))


async def start_nothing(_: Configuration, *__: str) -> asyncio.subprocess.Process:
    """A child in place of a crawl."""
    return await asyncio.create_subprocess_exec("true", stdin=asyncio.subprocess.PIPE, start_new_session=True)


def prepare_crawls(stack: ExitStack, folder: Path, pages: int) -> Callable[[int], object]:
    """Seeds for a local server's sites; what is returned makes some pages due, and edits them, for a cycle."""
    server = stack.enter_context(run_server(pages, HOSTS))
    for place, port in enumerate(server.ports):
        seed = write_seed(place, port, "jyta/list.html")
        (folder / "seeds" / f"site{place:02d}.toml").write_text(seed, encoding="utf-8")
    return lambda number: make_due(folder, server, number)


def make_due(folder: Path, server: FastServer, number: int) -> None:
    """Make the pages due whose turn it is, those that nobody visited for longest."""
    server.set_mode("plain" if number * DUE // server.pages % 2 else "edited")
    oldest = "SELECT id FROM pages WHERE parent_id IS NULL ORDER BY last_visit_at LIMIT ?"
    with closing(sqlite3.connect(folder / "data/replywatch.sqlite3", timeout=60)) as connection, connection:
        connection.execute(f"UPDATE pages SET next_due_at = '2020-01-01' WHERE id IN ({oldest})", (DUE,))  # noqa: S608 - no input


def run_cycles(running: Service, cycles: int, prepare: Callable[[int], object]) -> Iterator[float]:
    """Let it work; yields its size after each cycle in MB. Some are told as they come."""
    for number in range(1, cycles + 1):
        running.await_cycle(number)
        size = running.measure()
        if number in SHOWN or number == cycles:
            say(f"cycle {number:4d}: {size:6.1f} MB")
        yield size
        prepare(number)


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """The command."""
    parser = make_parser("bench_service", __doc__, quick="20 cycles, which say little", runs=1, quick_runs=1)
    parser.add_argument("--cycles", type=int, default=0, help="cycles (default 200, with --quick 20)")
    parser.add_argument("--pages", type=int, default=64, help="pages on the site")
    parser.add_argument("--folder", type=Path, help="work here and leave everything")
    parser.add_argument("--crawls", action="store_true", help="real crawls, whose memory is not counted either")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.read_options()
    if options.serve:
        serve(has_crawls=options.crawls)
        return
    cycles = options.cycles or (20 if options.quick else 200)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "seeds").mkdir(parents=True, exist_ok=True)
        desk = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Desk))
        Thread(target=desk.serve_forever, daemon=True).start()
        stack.callback(desk.shutdown)
        if options.crawls:
            prepare = prepare_crawls(stack, folder, options.pages)
        else:
            crawls = stack.enter_context(play_crawls(folder, options.pages, DUE))
            crawls.crawl()
            prepare = lambda _: crawls.crawl()  # noqa: E731 - one of two
        running = start_service(folder, desk.server_port, *(["--crawls"] if options.crawls else []))
        stack.callback(running.process.kill)
        sizes = list(run_cycles(running, cycles, prepare))
        running.process.send_signal(signal.SIGTERM)
        code = running.process.wait(PATIENCE)
        with closing(sqlite3.connect(folder / "data/replywatch.sqlite3")) as connection:
            (changes,) = connection.execute("SELECT count(*) FROM changes WHERE kind = 'text'").fetchone()
            (letters,) = connection.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()
    half = len(sizes) // 2
    ratio = sizes[-1] / sizes[half - 1]
    say(f"{len(sizes)} cycles, {changes} edits told, {letters} messages sent, ended with {code}")
    say(f"ratio of the last to cycle {half}: {ratio:.3f} (<= {MOST})")
    save_figures(options, {"cycles": cycles, "megabytes": sizes, "ratio": ratio, "ended_with": code})
    sys.exit(code != 0 or (ratio > MOST and not options.quick))


if __name__ == "__main__":
    run_main(main)
