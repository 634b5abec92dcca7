"""A site on its worst day: every page answers badly in its own way, and nothing is made of it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.archive.verification import verify_archive
from storage.captures import stream_places
from storage.database import open_database
from storage.tables import CaptureRow
from tests.crawler.fetching.conftest import CLOSE, RESET, BareServer, Step, start_server  # noqa: F401 - a fixture
from tests.site.chaos import CLOSE_AFTER, RESET_AFTER, TROUBLES, Trouble, answer, name_path, play, render_list
from tests.site.commands import ROOT, Operator
from tests.site.families.crawls import MONDAY

pytestmark = pytest.mark.slow

MOST_MEMORY = 400 * 1024  # KB of resident memory: a crawl takes 120 MB, and a page of 20 MB is held a few times over
ENDS: dict[object, Step] = {CLOSE_AFTER: CLOSE, RESET_AFTER: RESET}
SETTINGS = {"DOWNLOAD_TIMEOUT": 8, "REPLYWATCH_HEADER_SECONDS": 4, "REPLYWATCH_CIRCUIT_FAILURES": 1000}


@dataclass(frozen=True)
class Lived:
    """Three days, of which the second was the worst: captures by path of each day, the report, the memory taken."""

    captures: tuple[dict[str, list[CaptureRow]], ...]
    report: dict[str, Any]
    memory: int
    faults: list[object]


def answer_as(server: BareServer, *, is_sound: bool) -> None:
    """Let the server play a sound day or the worst one."""
    for trouble in TROUBLES:

        def script(_request: bytes, _times: int, trouble: Trouble = trouble) -> tuple[Step, ...]:
            return tuple(ENDS.get(piece, piece) for piece in play(trouble, server.origin, is_sound=is_sound))

        server.scripts[name_path(trouble)] = script


def read_peak(process: int) -> int:
    """The most resident memory (KB) that a process has taken so far; 0 when it is over.

    Not what ``wait4`` tells: that begins with the memory of whoever started the process.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def crawl(operator: Operator, day: int, log: Path) -> int:
    """One crawl by the real command; the most memory that it took, in KB."""
    peak = 0
    words = [word for name, value in SETTINGS.items() for word in ("-s", f"{name}={value}")]
    program = str(Path(sys.executable).with_name("scrapy"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "crawl", "replies", "-a", "recheck=all", *words],
            cwd=ROOT,
            env=operator._build_environment(MONDAY + timedelta(days=day)),
            stderr=output,
        )
        while process.poll() is None:
            peak = max(peak, read_peak(process.pid))
            time.sleep(0.02)
    assert process.returncode == 0, log.read_text(encoding="utf-8")
    return peak


@pytest.fixture(scope="module")
def lived(start_server: Callable[..., BareServer], tmp_path_factory: pytest.TempPathFactory) -> Lived:  # noqa: F811 - the fixture
    """Live through the three days."""
    folder = tmp_path_factory.mktemp("chaos")
    server = start_server({"/list.html": (answer(render_list().encode()),)})
    seed = (
        f'key = "chaos"\nname = "市人民政府"\nsite_id_code = "4199990001"\nhosts = ["127.0.0.1:{server.port}"]\n'
        f'delay = 0.0\n[[columns]]\nkind = "提案"\nname = "答复"\nurl = "{server.origin}/list.html"\n'
    )
    (folder / "chaos.toml").write_text(seed, encoding="utf-8")
    operator = Operator(data_dir=folder / "data", seeds_dir=folder)
    memory = 0
    for day in range(3):
        answer_as(server, is_sound=day != 1)
        memory = max(memory, crawl(operator, day, folder / f"log{day}"))
    report = operator.run_replywatch("report", "--format", "json", now=MONDAY + timedelta(days=3))
    with closing(open_database(f"sqlite:///{operator.data_dir}/replywatch.sqlite3")) as database:
        with database.read() as session:
            rows = session.scalars(select(CaptureRow).where(CaptureRow.page_id.is_not(None))).all()
            session.expunge_all()
        faults: list[object] = list(verify_archive(operator.data_dir / "archive", stream_places(database)))
    days: tuple[dict[str, list[CaptureRow]], ...] = ({}, {}, {})
    for row in rows:
        day = (row.captured_at.date() - MONDAY.date()).days
        days[day].setdefault(row.url.removeprefix(server.origin), []).append(row)
    return Lived(days, json.loads(report), memory, faults)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_each_trouble_has_its_name(lived: Lived, trouble: Trouble) -> None:
    """The outcome says what it was, with its vendor; the day before and the day after the page is good."""
    path = name_path(trouble)
    before, worst, after = (day.get(path, []) for day in lived.captures)
    assert [row.outcome for row in before] == ["ok"]
    assert worst
    assert {str(row.outcome) for row in worst} <= set(trouble.outcomes), [(row.outcome, row.detail) for row in worst]
    assert {row.vendor for row in worst} == {trouble.vendor}
    assert [str(row.outcome) for row in after] in (["ok"], ["not_modified"])


def test_no_trouble_is_news(lived: Lived) -> None:
    """All texts are on the third day what they were on the first: nothing but the baseline is told."""
    told = [change for change in lived.report["changes"] if not change["baseline"]]
    assert [(change["kind"], change["title"], change["summary"]) for change in told] == []
    assert len(lived.report["changes"]) == len(TROUBLES)


def test_memory_stays_within_bounds(lived: Lived) -> None:
    """Bombs, floods and endless bodies included."""
    assert lived.memory < MOST_MEMORY


def test_the_archive_is_whole(lived: Lived) -> None:
    """Half answers and megabytes of header are records like any other."""
    assert lived.faults == []
