"""``scrapy crawl replies`` as a user runs it: killed, interrupted, on either database, and used wrongly."""

import json
import os
import pty
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from storage.archive.verification import Fault, verify_archive
from storage.captures import stream_places
from storage.database import Database, open_database
from storage.tables import CaptureRow, PageRow, RunRow, VersionRow, WalkRow
from tests.site.audit import audit_report
from tests.site.commands import ROOT, Operator
from tests.site.demo import START, Screen, play_week
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import VISITS, plan_week
from tests.site.zhengzhou import Zhengzhou

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PATIENCE = 60  # seconds that a crawl may take before the test gives up


@pytest.fixture
def site() -> Iterator[Site]:
    """The replica on its first day."""
    with serve_site(Site(plan_week(), Zhengzhou())) as served:
        yield served


@pytest.fixture
def operator(site: Site, tmp_path: Path, database_url: str) -> Operator:
    """Somebody who watches the replica, on each kind of database in turn."""
    site.write_seed(tmp_path, delay=0.02)
    return Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path, database_url=database_url)


@pytest.fixture
def lone_operator(site: Site, tmp_path: Path) -> Operator:
    """The same on SQLite alone, for what has nothing to do with the database."""
    site.write_seed(tmp_path, delay=0.02)
    return Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)


def start_crawl(operator: Operator, *words: str, largest_file: int | None = None) -> subprocess.Popen[str]:
    """A crawl under way; with ``largest_file`` (bytes) no file of its may grow beyond, as on a full disk."""
    program = str(Path(sys.executable).with_name("scrapy"))
    environment = operator._build_environment(MONDAY)
    process = subprocess.Popen(
        [program, "crawl", "replies", *words],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    if largest_file is not None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))
    return process


def wait_requests(site: Site, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until the site has had so many requests, or the crawl is over."""
    deadline = time.monotonic() + PATIENCE
    while len(site.requests) < count and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def open_of(operator: Operator) -> Database:
    """The operator's database."""
    return open_database(operator.database_url or f"sqlite:///{operator.data_dir.absolute()}/replywatch.sqlite3")


def find_faults(database: Database, operator: Operator) -> list[Fault]:
    """What ``verify`` would find."""
    return list(verify_archive(operator.data_dir / "archive", stream_places(database)))


def test_killed_crawls_lose_nothing_and_double_nothing(site: Site, operator: Operator) -> None:
    """After SIGKILL at random moments and one whole crawl, every reply is there once and the archive is whole."""
    chance = random.Random(20260302)  # noqa: S311 - moments, not secrets
    for _ in range(4):
        site.forget_requests()
        process = start_crawl(operator)
        wait_requests(site, chance.randint(2, 22), process)
        time.sleep(chance.random() * 0.3)
        process.kill()
        process.communicate(timeout=PATIENCE)
    operator.run_scrapy("crawl", "replies", "-a", "recheck=all", now=MONDAY)
    with closing(open_of(operator)) as database:
        assert find_faults(database, operator) == []
        with database.read() as session:
            pages = session.scalars(select(PageRow)).all()  # replies and their files
            listed = [page for page in site.world.pages.values() if page.is_listed]
            assert sum(page.parent_id is None for page in pages) == len(listed)
            assert len(pages) == len(listed) + sum(len(page.article.files) for page in listed)
            assert {page.version_number for page in pages} == {1}
            assert session.scalar(select(func.count()).select_from(VersionRow)) == len(pages)
            records = session.scalar(select(func.count()).select_from(CaptureRow))
            assert records == session.scalar(select(func.count(CaptureRow.record_id.distinct())))
    assert list((operator.data_dir / "archive").glob("*.open")) == []


def test_one_interrupt_ends_cleanly(site: Site, lone_operator: Operator) -> None:
    """Ctrl-C once: everything fetched is committed, the file is closed, the run is called interrupted."""
    process = start_crawl(lone_operator)
    wait_requests(site, 8, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    with closing(open_of(lone_operator)) as database:
        assert find_faults(database, lone_operator) == []
        with database.read() as session:
            run = session.scalars(select(RunRow)).one()
            assert run.state == "interrupted"
            assert session.scalar(select(func.count()).select_from(VersionRow)) == run.counts.get("new", 0)
            assert (session.scalar(select(func.count()).select_from(CaptureRow)) or 0) >= 7
    assert list((lone_operator.data_dir / "archive").glob("*.open")) == []


def test_a_full_disk_stops_the_crawl_and_loses_nothing(site: Site, lone_operator: Operator) -> None:
    """When no file may grow any more, the crawl ends at once with a line and exit code 1; another one makes it good."""
    lone_operator.run_replywatch("status")  # makes the database, which is larger than the limit
    process = start_crawl(lone_operator, largest_file=40_000)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "nothing more can be kept" in said
    assert sum(seen.target.endswith(".jhtml") for seen in site.requests) < 17
    lone_operator.run_scrapy("crawl", "replies", "-a", "recheck=all", now=MONDAY)
    with closing(open_of(lone_operator)) as database:
        assert find_faults(database, lone_operator) == []
        with database.read() as session:
            assert session.scalars(select(RunRow.state).order_by(RunRow.id)).all()[-1] == "finished"
            articles = session.scalars(select(PageRow.version_number).where(PageRow.parent_id.is_(None))).all()
            assert articles == [1] * sum(page.is_listed for page in site.world.pages.values())


def test_a_site_is_crawled_by_one_crawl_at_a_time(site: Site, lone_operator: Operator) -> None:
    """A second crawl of the same site refuses with one line and 2, and the first goes on."""
    site.write_seed(lone_operator.seeds_dir, delay=1.0)  # so that the first is not over before the second begins
    first = start_crawl(lone_operator)
    wait_requests(site, 2, first)
    second = start_crawl(lone_operator)
    _, said = second.communicate(timeout=PATIENCE)
    assert (second.returncode, len(said.strip().splitlines())) == (2, 1)
    assert "another crawl is visiting yunze" in said
    assert first.poll() is None
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0


def test_a_week_is_told_as_it_was(site: Site, operator: Operator) -> None:
    """On each database: every event of the week is found, and nothing else is told."""
    operator.data_dir.mkdir()
    play_week(site, operator, Screen(site))
    told = json.loads(operator.run_replywatch("report", "--format", "json", now=START.replace(day=9, hour=10)))
    audit = audit_report(told["changes"], site.expected_events(VISITS), first_day=START.date())
    assert (list(audit.missed), list(audit.false)) == ([], [])
    assert len(audit.found) == sum(not event.is_baseline for event in site.expected_events(VISITS))


def test_a_limit_counts_articles(site: Site, lone_operator: Operator) -> None:
    """``-a limit=3`` fetches three articles and walks the lists in full."""
    lone_operator.run_scrapy("crawl", "replies", "-a", "limit=3", now=MONDAY)
    assert sum(seen.target.endswith(".jhtml") for seen in site.requests) == 3
    with closing(open_of(lone_operator)) as database, database.read() as session:
        assert all(walk.is_complete for walk in session.scalars(select(WalkRow)))


def test_no_recheck_visits_new_rows_only(site: Site, lone_operator: Operator) -> None:
    """``-a recheck=none`` a second time fetches lists and no article."""
    for _ in range(2):
        site.forget_requests()
        lone_operator.run_scrapy("crawl", "replies", "-a", "recheck=none", now=MONDAY)
    assert not [seen for seen in site.requests if seen.target.endswith(".jhtml")]
    assert [seen for seen in site.requests if "page=" in seen.target]


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (["repliez"], {}, "there are probe, replies"),
        (["replies", "-o", "items.json"], {}, "replywatch export"),
        (["replies", "-a", "recheck=sometimes"], {}, "use one of due, all, none"),
        (["replies", "-a", "limit=many"], {}, "use a number"),
        (["replies", "-a", "sites=yunze"], {}, "there are site, recheck, limit, lists"),
        (["replies", "-a", "site=nowhere"], {}, "nowhere"),
        (["replies"], {"REPLYWATCH_TIMEZONE": "Mars"}, "REPLYWATCH_TIMEZONE=Mars"),
        (["replies"], {"REPLYWATCH_DATABASE_URL": "nonsense"}, "sqlite:///PATH"),
        (["replies"], {"REPLYWATCH_SEEDS_DIR": "/nonexistent"}, "/nonexistent"),
        (["replies"], {"REPLYWATCH_CONTACT": "", "REPLYWATCH_SEEDS_DIR": "seeds"}, "REPLYWATCH_CONTACT"),
    ],
)
def test_wrong_use_is_one_line_and_two(
    words: list[str], environment: dict[str, str], said: str, lone_operator: Operator
) -> None:
    """A wrong argument or configuration ends with one clear line and exit code 2, and nothing is made."""
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("scrapy")), "crawl", *words],
        cwd=ROOT,
        env=lone_operator._build_environment(None) | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert not (lone_operator.data_dir / "archive").exists()


def test_a_terminal_shows_a_bar(site: Site, lone_operator: Operator) -> None:
    """On a terminal there is a live line with pages done, new, changed, blocked, errors and the rate."""
    assert site.base
    mine, theirs = pty.openpty()
    program = str(Path(sys.executable).with_name("scrapy"))
    environment = lone_operator._build_environment(MONDAY) | {"COLUMNS": "120", "TERM": "xterm"}
    process = subprocess.Popen([program, "crawl", "replies"], cwd=ROOT, env=environment, stderr=theirs)
    os.close(theirs)
    shown = b""
    while chunk := read_some(mine):
        shown += chunk
    assert process.wait(PATIENCE) == 0
    line = shown.decode(errors="replace").replace("\r", "\n")
    for word in ("pages", "new", "changed", "blocked", "errors", "/s"):
        assert word in line


def read_some(descriptor: int) -> bytes:
    """What a terminal shows next; nothing when the program at its other end is gone."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
