"""A database that is away for a while, in the middle of a crawl, of a comparison, of the service."""

import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import psycopg
from sqlalchemy import select

from storage.archive.verification import verify_archive
from storage.captures import stream_places
from storage.database import open_database
from storage.records import Role
from storage.tables import CaptureRow, ChangeRow, PageRow, RunRow
from tests.campaigns.servers import PostgresqlServer
from tests.site.commands import Operator
from tests.site.demo import START
from tests.site.replica import Site
from tests.site.yunze import plan_week
from tests.site.zhengzhou import Zhengzhou

ARTICLES = 5
EARLY = 2  # articles that are asked for before the database goes away


def build_site() -> Site:
    """A small city on its first day; nothing ever changes there."""
    plan = plan_week()
    few = [article for article in plan.articles if article.column == plan.columns[1].code and not article.files]
    return Site(replace(plan, articles=tuple(few[:ARTICLES]), events=()), Zhengzhou())


@dataclass(slots=True)
class Outage:
    """Takes an operator's database away and gives it back; ``faults`` says what was not as it should be.

    ``seconds`` is how long it is away, ``patience`` how long (seconds) a command may take.
    """

    server: PostgresqlServer
    site: Site
    operator: Operator
    seconds: float = 0.0
    patience: float = 60.0
    faults: list[str] = field(default_factory=list)

    def interrupt_commands(self) -> None:
        """A crawl ends with 1 and one line, a comparison with 2; later ones make both good."""
        with self.start("scrapy", "crawl", "replies") as crawl:
            self.await_articles(EARLY, crawl)
            self.server.stop()
            self.expect("crawl", crawl, code=1, word="nothing more can be kept")
        time.sleep(self.seconds)
        self.server.start()
        self.operator.run_scrapy("crawl", "replies", now=START + timedelta(hours=1))
        with closing(psycopg.connect(self.operator.database_url)) as holder:
            holder.execute("LOCK TABLE changes IN ACCESS EXCLUSIVE MODE")  # so that the comparison is under way
            with self.start("replywatch", "compare", hour=2) as compare:
                self.await_row(self.server.url, "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                self.server.stop()
                self.expect("compare", compare, code=2, word="terminating connection")
        with self.start("replywatch", "compare", hour=2) as compare:  # while it is still away
            self.expect("compare", compare, code=2, word="failed")
        self.server.start()
        self.operator.run_replywatch("compare", now=START + timedelta(hours=3))
        self.audit()

    def interrupt_service(self, lease: float) -> None:
        """Whether it loses its lease or not, the service crawls what is left and compares without anybody's help."""
        count = len(self.site.world.pages)
        with self.start("replywatch", "run", "--lease", str(lease)) as service:
            try:
                self.await_articles(EARLY, service)
                self.server.stop()
                time.sleep(self.seconds)
                self.server.start()
                self.await_row(self.operator.database_url, f"SELECT 1 FROM changes HAVING count(*) = {count}")  # noqa: S608 - a number
                service.terminate()
                self.expect("run", service, code=0, word="stopped")
            finally:
                service.kill()
        self.audit()

    def start(self, name: str, *words: str, hour: int = 0) -> subprocess.Popen[str]:
        """A command under way."""
        program = str(Path(sys.executable).with_name(name))
        return self.operator.start_command(program, *words, now=START + timedelta(hours=hour))

    def expect(self, name: str, process: subprocess.Popen[str], *, code: int, word: str) -> None:
        """The command ends like this, says so once, and shows no traceback; with 2 it says nothing else."""
        _, said = process.communicate(timeout=self.patience)
        is_told = said.count(word) == 1 and "Traceback" not in said
        if process.returncode != code or not is_told or (code == 2 and len(said.splitlines()) != 1):
            self.faults.append(f"{name} without its database ended with {process.returncode}: {said}")

    def await_articles(self, count: int, process: subprocess.Popen[str]) -> None:
        """Wait until so many articles were asked for."""
        articles = {self.site.family.place_article(page) for page in self.site.world.pages.values()}
        deadline = time.monotonic() + self.patience
        while sum(seen.target in articles for seen in self.site.requests) < count and process.poll() is None:
            if time.monotonic() > deadline:
                raise TimeoutError("nobody asks for articles")
            time.sleep(0.01)

    def await_row(self, url: str, query: str) -> None:
        """Wait until a query gives something."""
        deadline = time.monotonic() + self.patience + self.seconds
        with psycopg.connect(url, autocommit=True) as connection:
            while not connection.execute(query.encode()).fetchall():
                if time.monotonic() > deadline:
                    raise TimeoutError(query)
                time.sleep(0.05)

    def audit(self) -> None:
        """Archive and database agree; each article is there once, and once it is told that it is there."""
        archive, count = self.operator.data_dir / "archive", len(self.site.world.pages)
        with closing(open_database(self.operator.database_url)) as database:
            self.faults += [str(fault) for fault in verify_archive(archive, stream_places(database))]
            with database.read() as session:
                found: dict[str, Counter[str]] = {
                    "pages": Counter(session.scalars(select(PageRow.url))),
                    "pages told": Counter(map(str, session.scalars(select(ChangeRow.page_id)))),
                    "records": Counter(session.scalars(select(CaptureRow.record_id))),
                }
                seen = set(session.scalars(select(CaptureRow.url).where(CaptureRow.role == Role.PAGE)))
                state = session.scalars(select(RunRow.state).order_by(RunRow.id)).all()[-1]
        for name, numbers in found.items():
            if set(numbers.values()) != {1} or (name != "records" and len(numbers) != count):
                self.faults.append(f"{name}: {numbers}")
        if len(seen) != count or state != "finished":
            self.faults.append(f"{len(seen)} of {count} articles were seen; the last crawl is {state}")
        self.faults += [f"left open: {path.name}" for path in archive.glob("*.open")]
