"""Two services on one database: one works, the other takes over when the first dies, and nothing runs twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from scheduler.leadership import NAME
from storage.database import open_database
from storage.leases import read_lease
from storage.tables import RunRow
from tests.site.commands import Operator
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


def test_a_standby_takes_over(site: Site, operator: Operator) -> None:
    """The first is killed in mid-crawl: its crawl ends with it, the second leads, and no two crawls overlap."""
    first = start_service(operator, "first")
    try:
        await_words(operator, "first", "running")
        second = start_service(operator, "second")
        try:
            await_words(operator, "second", "standing by")
            while len(site.requests) < 3:
                assert first.poll() is None
                time.sleep(0.01)
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
            await_words(operator, "second", "running")
            await_words(operator, "second", "compared")
            second.send_signal(signal.SIGTERM)
            assert second.wait(PATIENCE) == 0
        finally:
            second.kill()
    finally:
        first.kill()
    with closing(open_database(operator.database_url)) as database:
        lease = read_lease(database, NAME)
        assert lease is not None
        assert lease.term == 2
        with database.read() as session:
            runs = session.scalars(select(RunRow).order_by(RunRow.id)).all()
            assert [run.state for run in runs][-1] == "finished"
            assert len(runs) == 2
            assert all(
                before.finished_at is None or before.finished_at <= after.started_at or before.state == "interrupted"
                for before, after in pairwise(runs)
            )
    assert "Traceback" not in (operator.seeds_dir / "second.log").read_text()


def test_metrics_are_served(operator: Operator) -> None:
    """With a port set, Prometheus finds the figures; they follow the crawl."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = start_service(operator, "only", REPLYWATCH_METRICS_PORT=str(port))
    try:
        await_words(operator, "only", "compared")
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            said = answer.read().decode()
        assert "replywatch_database_up 1.0" in said
        assert 'replywatch_captures{outcome="ok"}' in said
        assert "replywatch_last_success_timestamp_seconds" in said
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0
    finally:
        service.kill()
