"""The background service with real crawls as its children: one at a time, and ended cleanly with it."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from crawler.locks import Locks
from scheduler.cycle import Cycle
from scheduler.vacancy import Vacancy
from storage.configuration import Configuration, load_configuration
from storage.database import Database, open_database
from storage.tables import CaptureRow, ChangeRow, PageRow, RunRow
from tests.site.commands import ROOT, Operator
from tests.site.families.catalog import build_site
from tests.site.replica import Site
from tests.site.server import serve_site

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PATIENCE = 60  # seconds until a test gives up
SOON = 20  # seconds that the service may take to end, on a machine that does other things as well


@pytest.fixture
def operator(site: Site, tmp_path: Path) -> Operator:
    """Somebody who watches it."""
    site.write_seed(tmp_path, delay=0.02)
    return Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)


def configure(operator: Operator) -> Configuration:
    """The operator's settings as a command would read them."""
    return load_configuration(operator._build_environment(MONDAY), operator.seeds_dir)


def open_of(operator: Operator) -> Database:
    """The operator's database."""
    return open_database(configure(operator).database_url)


def start_service(operator: Operator) -> subprocess.Popen[str]:
    """``replywatch run`` in a process group of its own, as a terminal would start it."""
    program = str(Path(sys.executable).with_name("replywatch"))
    return subprocess.Popen(
        [program, "run"],
        env=operator._build_environment(MONDAY),
        cwd=operator.seeds_dir,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def await_requests(site: Site, count: int, service: subprocess.Popen[str]) -> None:
    """Wait until the service's crawl has asked for so much."""
    deadline = time.monotonic() + PATIENCE
    while len(site.requests) < count:
        assert service.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_ends_with_its_crawl(site: Site, operator: Operator, number: signal.Signals) -> None:
    """SIGTERM to the service, or Ctrl-C to its terminal: within seconds all is committed and closed, and it says 0."""
    site.write_seed(operator.seeds_dir, delay=0.5)  # so slow that the crawl is not over by itself
    service = start_service(operator)
    try:
        await_requests(site, 3, service)
        (os.kill if number is signal.SIGTERM else os.killpg)(service.pid, number)
        said, _ = service.communicate(timeout=SOON)
    finally:
        service.kill()
    assert service.returncode == 0, said
    assert "Traceback" not in said
    assert "twice" not in said
    with closing(open_of(operator)) as database, database.read() as session:
        assert session.scalars(select(RunRow.state)).one() == "interrupted"
    assert list((operator.data_dir / "archive").glob("*.warc.gz"))
    assert not list((operator.data_dir / "archive").glob("*.open"))
    asked = len(site.requests)
    time.sleep(0.7)
    assert len(site.requests) == asked


@pytest.mark.parametrize("is_told", [False, True])
def test_a_crawl_ends_with_its_parent(site: Site, operator: Operator, *, is_told: bool) -> None:
    """When the other end of its standard input goes, it ends as by Ctrl-C; also when it was told to end already."""
    site.write_seed(operator.seeds_dir, delay=0.5)
    words = (str(Path(sys.executable).with_name("scrapy")), "crawl", "replies", "-s", "STOP_AT_EOF=1")
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=operator._build_environment(MONDAY),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as crawl:
        try:
            await_requests(site, 3, crawl)
            if is_told:
                crawl.send_signal(signal.SIGTERM)
            _, said = crawl.communicate(timeout=PATIENCE)  # closes its standard input first
        finally:
            crawl.kill()
    assert crawl.returncode == 0, said
    assert "Traceback" not in said
    with closing(open_of(operator)) as database, database.read() as session:
        assert session.scalars(select(RunRow.state)).one() == "interrupted"
    assert not list((operator.data_dir / "archive").glob("*.open"))


def await_first_request(site: Site) -> None:
    """Wait until somebody has asked for something."""
    deadline = time.monotonic() + PATIENCE
    while not site.requests and time.monotonic() < deadline:
        time.sleep(0.01)


def test_an_abandoned_cycle_leaves_no_crawl_and_compares_nothing(
    site: Site, operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    """When another service may lead, there is no time to wait for a slow answer: the crawl is killed."""
    caplog.set_level(logging.INFO)
    site.write_seed(operator.seeds_dir, delay=5)

    async def abandon() -> int:
        cycle = Cycle(configure(operator))
        running = asyncio.create_task(cycle.run())
        await asyncio.to_thread(await_first_request, site)
        child = cycle._child
        assert child is not None
        async with asyncio.timeout(PATIENCE):
            await cycle.abandon(0.01)
            await running
        return await child.wait()

    assert asyncio.run(abandon()) in (-signal.SIGKILL, 0)
    assert "compared" not in caplog.text


@dataclass(slots=True)
class LateCycle(Cycle):
    """Looks at the locks a moment too early the first time."""

    looks: int = 0

    def find_vacancy(self) -> Vacancy:
        """All sites are free, it seems; then the truth."""
        self.looks += 1
        return Vacancy(("trs", "yunze"), ()) if self.looks == 1 else super(LateCycle, self).find_vacancy()


@pytest.mark.parametrize("kind", [Cycle, LateCycle])
def test_a_busy_site_does_not_keep_the_others_waiting(
    operator: Operator, kind: type[Cycle], caplog: pytest.LogCaptureFixture
) -> None:
    """Another crawl is visiting one site: the cycle leaves it out, says so, and crawls the rest."""
    caplog.set_level(logging.INFO)
    busy = Locks(operator.data_dir / "locks")
    with serve_site(build_site("trs", count=2, page_size=20)) as other:
        other.write_seed(operator.seeds_dir)
        busy.take_sites(["yunze"], [])
        try:
            asyncio.run(kind(configure(operator)).run())
        finally:
            busy.release()
    assert "another crawl is visiting them: yunze" in caplog.text
    assert "exit code" not in caplog.text
    with closing(open_of(operator)) as database, database.read() as session:
        assert session.scalars(select(RunRow.state)).all() == ["finished"]
        hosts = {urlsplit(url).netloc for url in session.scalars(select(CaptureRow.url))}
    assert hosts == {urlsplit(other.base).netloc}


def test_nothing_is_crawled_while_all_is_busy(site: Site, operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    """A crawl of everything given by hand: the cycle compares only, and it is no error. A host counts as its site."""
    busy = Locks(operator.data_dir / "locks")
    busy.take_sites([], [urlsplit(site.base).netloc])
    try:
        asyncio.run(Cycle(configure(operator)).run())
    finally:
        busy.release()
    assert "another crawl is visiting them: yunze" in caplog.text
    assert not site.requests
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_cycles_crawl_and_compare_in_turn(operator: Operator) -> None:
    """A cycle that comes while another one is under way waits: never two crawls at a time. All is told afterwards."""

    async def run_two() -> None:
        cycle = Cycle(configure(operator))
        await asyncio.gather(cycle.run(), cycle.run())

    asyncio.run(run_two())
    with closing(open_of(operator)) as database, database.read() as session:
        runs = session.scalars(select(RunRow).order_by(RunRow.started_at)).all()
        assert [run.state for run in runs] == ["finished", "finished"]
        assert {run.arguments["lists"] for run in runs} == {"due"}
        assert {run.started_at.date() for run in runs} == {MONDAY.date()}
        articles = session.scalar(select(func.count()).select_from(PageRow).where(PageRow.parent_id.is_(None)))
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == articles == 3
        assert all(before.finished_at <= after.started_at for before, after in pairwise(runs) if before.finished_at)


def test_a_cycle_told_to_stop_at_once_leaves_no_crawl(site: Site, operator: Operator) -> None:
    """Told to stop while its child is being born, it ends the child; after that it begins none."""

    async def stop_early() -> float:
        cycle = Cycle(configure(operator))
        running = asyncio.create_task(cycle.run())
        await asyncio.sleep(0)  # the child is asked for, and not there yet
        began = time.monotonic()
        await cycle.stop()
        await running
        await cycle.run()
        return time.monotonic() - began

    assert asyncio.run(stop_early()) < SOON
    assert len(site.requests) <= 1


def test_a_crawl_that_fails_does_not_end_the_cycle(operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    """The exit code is logged, and what is there is compared all the same."""
    operator.seeds_dir.joinpath("yunze.toml").write_text("key = 1")
    asyncio.run(Cycle(configure(operator)).run())
    assert "exit code 2" in caplog.text


def test_wrong_seeds_are_told_at_once(operator: Operator) -> None:
    """The service does not start with what no crawl of it could use."""
    operator.seeds_dir.joinpath("yunze.toml").write_text("key = 1")
    service = start_service(operator)
    said, _ = service.communicate(timeout=PATIENCE)
    assert service.returncode == 2
    assert "yunze.toml" in said
    assert "Traceback" not in said
