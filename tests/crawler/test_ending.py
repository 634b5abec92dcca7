"""A crawl ends in order when what it asked of robots.txt cannot be kept, as it does for everything else."""

import asyncio
import resource
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import DropItem
from sqlalchemy import select

from crawler.ending import Ending
from storage.archive.errors import ArchiveError
from storage.archive.verification import verify_archive
from storage.captures import stream_places
from storage.database import DatabaseError, open_database
from storage.tables import CaptureRow
from tests.site.answers import Answer, Request
from tests.site.commands import Operator
from tests.site.demo import START
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import plan_week
from tests.site.zhengzhou import Zhengzhou

LARGEST_FILE = 60_000  # bytes, as on a disk that is nearly full: the run's beginning fits, this robots.txt does not
PATIENCE = 60


class ChattySite(Site):
    """Its robots.txt allows everything, after 200 KB of remarks that do not compress."""

    def respond(self, request: Request) -> Answer:
        """The remarks, or what the site says."""
        if request.path != "/robots.txt":
            return super().respond(request)
        remarks = "".join(f"# {secrets.token_hex(500)}\n" for _ in range(200))
        return Answer(body=f"{remarks}User-agent: *\nDisallow:\n".encode(), headers=(("Content-Type", "text/plain"),))


@pytest.fixture
def site() -> Iterator[ChattySite]:
    """The replica on its first day."""
    with serve_site(ChattySite(plan_week(), Zhengzhou())) as served:
        yield served


@dataclass
class FakeCrawler:
    """What an ending uses of a crawler: its stats, and an engine that notes why it is closed."""

    values: dict[str, object] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def stats(self) -> "FakeCrawler":
        """Itself."""
        return self

    engine = stats

    def get_value(self, key: str) -> object:
        """A stat."""
        return self.values.get(key)

    def set_value(self, key: str, value: object) -> None:
        """Set it."""
        self.values[key] = value

    async def close_spider_async(self, reason: str) -> None:
        """Close, one would think."""
        self.reasons.append(reason)


def fail_with(error: Exception) -> None:
    """Raise, which the type checker need not know."""
    raise error


@pytest.mark.parametrize("error", [DatabaseError("gone"), ArchiveError("full"), OSError(28, "No space left on device")])
def test_whatever_fails_ends_the_crawl_once(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Of an item and of what is none: one line, one end; only the item is dropped."""

    async def fail_twice() -> list[str]:
        crawler: Any = FakeCrawler()
        ending = Ending(crawler)
        with ending.keeping_aside():
            fail_with(error)
        with pytest.raises(DropItem), ending.keeping():
            raise error
        await asyncio.sleep(0)
        reasons: list[str] = crawler.reasons
        return reasons

    assert asyncio.run(fail_twice()) == ["storage_failed"]
    assert len(caplog.records) == 1


@pytest.mark.slow
def test_a_robots_file_that_cannot_be_kept_ends_the_crawl(
    site: ChattySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk: one line, exit code 1, no page is asked for; with room again, nothing is missing."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):  # whose own file would meet the limit
        monkeypatch.delenv(name, raising=False)
    site.write_seed(tmp_path, delay=0.02)
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)
    operator.run_replywatch("status")  # makes the database, which is larger than the limit
    program = str(Path(sys.executable).with_name("scrapy"))
    with operator.start_command(program, "crawl", "replies", now=START) as crawl:
        resource.prlimit(crawl.pid, resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        said = end_of(crawl)
    assert crawl.returncode == 1, said
    assert "Traceback" not in said
    assert said.count("nothing more can be kept") == 1
    assert [seen.target for seen in site.requests if seen.target.endswith(".jhtml")] == []
    operator.run_scrapy("crawl", "replies", now=START + timedelta(hours=1))
    with closing(open_database(f"sqlite:///{operator.data_dir}/replywatch.sqlite3")) as database:
        assert list(verify_archive(operator.data_dir / "archive", stream_places(database))) == []
        with database.read() as session:
            roles = session.scalars(select(CaptureRow.role)).all()
    assert roles.count("robots") == 1


def end_of(process: subprocess.Popen[str]) -> str:
    """What a command said until its end."""
    return process.communicate(timeout=PATIENCE)[1]
