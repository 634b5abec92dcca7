"""Two services on one database: one works, the other takes over when the first dies, and nothing runs twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from scheduler.leadership import NAME
from storage.database import open_database
from storage.leases import read_lease
from storage.records import Role
from storage.tables import CaptureRow, ChangeRow, RunRow
from tests.campaigns.workers import find_children
from tests.site.commands import Operator
from tests.site.manners import count_concurrent
from tests.site.replica import Site

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PATIENCE = 60.0  # seconds until a test gives up


@pytest.fixture
def operator(site: Site, tmp_path: Path, database_url: str) -> Operator:
    """Somebody who watches it, on a database of each kind."""
    site.write_seed(tmp_path, delay=0.3)
    return Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path, database_url=database_url)


def start_service(operator: Operator, name: str, **settings: str) -> subprocess.Popen[str]:
    """``replywatch run`` with a short lease; its log goes to a file of that name."""
    program = str(Path(sys.executable).with_name("replywatch"))
    log = (operator.seeds_dir / f"{name}.log").open("w")
    with log:
        return subprocess.Popen(
            [program, "run", "--lease", "3", "--log-format", "json"],
            env=operator._build_environment(MONDAY) | settings,
            cwd=operator.seeds_dir,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def await_words(operator: Operator, name: str, words: str) -> None:
    """Wait until a service has logged something."""
    path = operator.seeds_dir / f"{name}.log"
    deadline = time.monotonic() + PATIENCE
    while words not in path.read_text():
        assert time.monotonic() < deadline, path.read_text()
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    """Whether a process runs; what only waits to be buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def await_death(process: int) -> float:
    """Wait until a process is gone; the time (monotonic) at which it was."""
    deadline = time.monotonic() + PATIENCE
    while is_alive(process):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return time.monotonic()


def test_a_standby_takes_over(site: Site, operator: Operator) -> None:
    """The first is killed in mid-crawl: its crawl ends with it and keeps all, the second leads, nothing runs twice."""
    port = find_port()
    first = start_service(operator, "first", REPLYWATCH_METRICS_PORT=str(port))
    try:
        await_words(operator, "first", "running")
        second = start_service(operator, "second", REPLYWATCH_METRICS_PORT=str(port))
        try:
            await_words(operator, "second", "standing by")
            while len(site.requests) < 3:
                assert first.poll() is None
                time.sleep(0.01)
            (crawl,) = find_children(first.pid)
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
            ended = await_death(crawl)
            await_words(operator, "second", "running")
            await_words(operator, "second", "compared")
            check_figures(port)
            second.send_signal(signal.SIGTERM)
            assert second.wait(PATIENCE) == 0
        finally:
            second.kill()
    finally:
        first.kill()
    assert "Traceback" not in (operator.seeds_dir / "second.log").read_text()
    check_requests(site, ended)
    check_records(site, operator)


def check_requests(site: Site, ended: float) -> None:
    """Each crawl asks for robots.txt first: the second one begins after the first has ended, and repeats no article."""
    first, second = [seen.started for seen in site.requests if seen.target == "/robots.txt"]
    assert first < ended < second
    assert [seen for seen in site.requests if seen.finished > ended and seen.started < second] == []
    assert count_concurrent(site.requests) == 1
    articles = {site.family.place_article(page) for page in site.world.pages.values()}
    asked = Counter(seen.target for seen in site.requests if seen.target in articles)
    assert asked == dict.fromkeys(articles, 1)


def check_records(site: Site, operator: Operator) -> None:
    """One capture and one change an article, two crawls, two terms."""
    with closing(open_database(operator.database_url)) as database:
        lease = read_lease(database, NAME)
        assert lease is not None
        assert lease.term == 2
        with database.read() as session:
            assert session.scalars(select(RunRow.state).order_by(RunRow.id)).all() == ["interrupted", "finished"]
            captures = session.scalars(select(CaptureRow.url).where(CaptureRow.role == Role.PAGE)).all()
            assert len(captures) == len(set(captures)) == len(site.world.pages)
            assert session.scalar(select(func.count()).select_from(ChangeRow)) == len(site.world.pages)


def find_port() -> int:
    """A port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def check_figures(port: int) -> None:
    """Whoever leads gives Prometheus its figures, on a port that the first has given up by dying."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
        said = answer.read().decode()
    assert "replywatch_database_up 1.0" in said
    assert 'replywatch_captures{outcome="ok"}' in said
    assert "replywatch_last_success_timestamp_seconds" in said
