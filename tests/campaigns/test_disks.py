"""Disks that are full or read-only: one line, nothing lost, and everything is made good when there is room again."""

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.campaigns.disks import CAN_MOUNT, mount_disk, remount_disk
from tests.site.commands import Operator
from tests.site.demo import START
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import plan_week
from tests.site.zhengzhou import Zhengzhou

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_MOUNT, reason="only root may mount a small disk"),
]
PATIENCE = 120
HOUR = timedelta(hours=1)
COMMANDS = ("compare", "report", "export --format wacz --output {}/all.wacz", "ignore add --pattern 浏览[0-9]+")


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """Somebody who watches the replica's first day, with a disk of their own."""
    with serve_site(Site(plan_week(), Zhengzhou())) as site, mount_disk(tmp_path / "data", "64m"):
        site.write_seed(tmp_path, delay=0.02)
        site.play_round(0)
        yield Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)


def run(operator: Operator, words: str, hour: int) -> tuple[int, str]:
    """A command's exit code and what it said beside its output, its log aside."""
    program, *rest = words.format(operator.data_dir).split()
    path = str(Path(sys.executable).with_name(program))
    with operator.start_command(path, *rest, now=START + hour * HOUR) as process:
        _, said = process.communicate(timeout=PATIENCE)
    lines = [line for line in said.splitlines() if "] INFO:" not in line]
    return process.returncode, "\n".join(lines)


def leave_room(operator: Operator, kilobytes: int) -> Path:
    """Fill the disk up to so many kilobytes; returns the file that does it."""
    ballast = operator.data_dir / "ballast"
    remount_disk(operator.data_dir, "size=4m")
    free = shutil.disk_usage(operator.data_dir).free
    ballast.write_bytes(bytes(free - kilobytes * 1024))
    return ballast


def make_good(operator: Operator, hour: int) -> None:
    """One more crawl, and what was cut off is made good: the archive is whole and no file is open."""
    assert run(operator, "scrapy crawl replies -a recheck=all", hour)[0] == 0
    assert run(operator, "replywatch compare", hour + 1) == (0, "")
    assert run(operator, "replywatch verify", hour + 1)[0] == 0
    assert list((operator.data_dir / "archive").glob("*.open")) == []


@pytest.mark.parametrize("kilobytes", [0, 40, 120, 400])
def test_a_full_disk_is_said_and_made_good(operator: Operator, kilobytes: int) -> None:
    """Wherever the room ends, the crawl and the commands end with their code and without a traceback."""
    assert run(operator, "replywatch status", 0)[0] == 0
    ballast = leave_room(operator, kilobytes)
    code, said = run(operator, "scrapy crawl replies", 1)
    assert code in (1, 2)
    assert "full" in said or "No space left" in said
    assert "Traceback" not in said
    for words in COMMANDS:
        code, said = run(operator, f"replywatch {words}", 2)
        assert (code, said) == (0, "") or (code in (1, 2) and len(said.splitlines()) == 1), (words, said)
    ballast.unlink()
    make_good(operator, 3)


def test_a_read_only_disk_is_said(operator: Operator) -> None:
    """Every command says in one line what it lacks; when the disk can be written again, nothing is missing."""
    make_good(operator, 0)
    remount_disk(operator.data_dir, "ro")
    for words in ("scrapy crawl replies", "replywatch status", *(f"replywatch {words}" for words in COMMANDS)):
        code, said = run(operator, words, 3)
        assert code == 2, words
        assert len(said.splitlines()) == 1, said
        assert "read-only" in said.lower()
    remount_disk(operator.data_dir, "rw")
    make_good(operator, 4)
