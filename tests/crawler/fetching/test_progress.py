"""Progress is shown as a bar on a terminal, as log lines elsewhere, and from Scrapy's stats."""

import contextlib
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from crawler.fetching.progress import Counts, describe_progress
from tests.crawler.fetching.conftest import ROOT, BareServer, Crawl

EXTENSION = {"crawler.fetching.progress.Progress": 500}
PROGRAM = """
import asyncio, logging, scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Slow(scrapy.Spider):
    name = "slow"
    async def start(self):
        for number in range(3):
            self.crawler.stats.inc_value("replywatch/done")
            self.crawler.stats.inc_value("replywatch/new")
            logging.getLogger("test").warning("line %d", number)
            await asyncio.sleep(0.4)
        return
        yield

process = AsyncCrawlerProcess({
    "EXTENSIONS": {"crawler.fetching.progress.Progress": 500}, "TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "INFO",
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "REPLYWATCH_PROGRESS_SECONDS": 0.5,
})
process.crawl(Slow)
process.start()
"""


def run_program(folder: Path, stderr: int) -> None:
    """A crawl that counts three pages and logs a line for each."""
    program = folder / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
    subprocess.run([sys.executable, program], check=True, stderr=stderr, cwd=folder, env=environment, timeout=30)


def read_terminal(descriptor: int) -> str:
    """All that was written to the other end, which is closed."""
    chunks = []
    with contextlib.suppress(OSError), open(descriptor, "rb", buffering=0) as terminal:
        while chunk := terminal.read(65536):
            chunks.append(chunk)
    return b"".join(chunks).decode()


def test_log_lines_without_a_terminal(tmp_path: Path) -> None:
    """A line at each interval and one at the end, and no control characters."""
    with (tmp_path / "log").open("wb") as log:
        run_program(tmp_path, log.fileno())
    text = (tmp_path / "log").read_text(encoding="utf-8")
    assert re.search(r"Crawling: [12] pages done \(\d+\.\d/s\): [12] new, 0 changed", text)
    assert "Crawled: 3 pages done" in text
    assert "\r" not in text


def test_bar_on_a_terminal_stands_below_the_log(tmp_path: Path) -> None:
    """The bar is drawn anew on its own line, and log lines are whole lines above it."""
    ours, theirs = pty.openpty()
    run_program(tmp_path, theirs)
    os.close(theirs)
    text = read_terminal(ours)
    assert re.search(r"Crawling: 3 pages .*new=3, changed=0", text)
    lines = [line for line in re.split(r"[\r\n]+", text) if "line 1" in line]
    assert lines
    assert all(line.endswith("line 1") and "pages" not in line for line in lines)
    assert "Crawled: 3 pages done" in text


def test_words_of_a_line() -> None:
    """Counts, total when known, and the rate."""
    counts = Counts(done=12, new=3, changed=1, unchanged=7, blocked=1, total=40)
    assert describe_progress(counts, 6) == (
        "12 of 40 pages done (2.0/s): 3 new, 1 changed, 7 unchanged, 1 blocked, 0 errors"
    )
    assert describe_progress(Counts(), 0).startswith("0 pages done (0.0/s)")


def test_it_can_be_switched_off(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> None:
    """With REPLYWATCH_PROGRESS off nothing is shown."""
    server = start_server({})
    settings = {"EXTENSIONS": EXTENSION, "LOG_LEVEL": "INFO"}
    plan = [{"url": f"{server.origin}/"}]
    hosts = [f"127.0.0.1:{server.port}"]
    assert "pages done" not in run_crawl(plan, hosts=hosts, settings=settings | {"REPLYWATCH_PROGRESS": False}).log
