"""One machine plans and two nodes crawl: the real commands on a real PostgreSQL."""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.database import open_database
from storage.tables import ChangeRow, PageRow, RunRow
from tests.site.commands import Operator
from tests.site.families.catalog import build_site
from tests.site.manners import count_concurrent
from tests.site.server import serve_site

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

PATIENCE = 120.0  # seconds until a test gives up
FAMILIES, REPLIES = ("trs", "hanweb", "numbered"), 5


def start_command(operator: Operator, name: str, *words: str) -> subprocess.Popen[bytes]:
    """A ``replywatch`` command whose log goes to a file of that name; the setting says that there are nodes."""
    with (operator.seeds_dir / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("replywatch")), *words],
            env=operator._build_environment(None) | {"REPLYWATCH_CLUSTER": "true"},
            cwd=operator.seeds_dir,
            stdout=log,
            stderr=log,
        )


def test_a_service_and_two_nodes_crawl_every_page(tmp_path: Path, postgresql_url: str) -> None:
    """All sites are handed out, each is crawled by one node, and the service compares; all end cleanly."""
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path, database_url=postgresql_url)
    with ExitStack() as stack:
        sites = [stack.enter_context(serve_site(build_site(name, count=REPLIES, page_size=20))) for name in FAMILIES]
        for site in sites:
            site.write_seed(tmp_path)
        beat = ("--heartbeat", "0.5", "--concurrency", "1")
        processes = [
            start_command(operator, "service", "run"),
            start_command(operator, "first", "worker", *beat),
            start_command(operator, "second", "worker", *beat),
        ]
        try:
            await_comparison(tmp_path / "service.log", processes)
            for process in processes:
                process.send_signal(signal.SIGTERM)
            assert [process.wait(PATIENCE) for process in processes] == [0, 0, 0]
        finally:
            for process in processes:
                process.kill()
        assert [count_concurrent(site.requests) for site in sites] == [1] * len(sites)
    assert "Traceback" not in "".join(path.read_text() for path in tmp_path.glob("*.log"))
    database = open_database(postgresql_url)
    with database.read() as session:
        pages = select(func.count()).where(PageRow.version_number.is_not(None), PageRow.parent_id.is_(None))
        assert session.scalar(pages) == len(FAMILIES) * REPLIES
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == len(FAMILIES) * REPLIES
        assert session.scalars(select(RunRow.state)).all() == ["finished"] * len(FAMILIES)
    database.close()


def await_comparison(log: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    """Wait until the service has compared, which it does when the queue is empty."""
    deadline = time.monotonic() + PATIENCE
    while "compared" not in log.read_text():
        assert all(process.poll() is None for process in processes), log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
