"""Two nodes crawl the replica from one queue and are killed at random: every page is done, no host sees two at once.

A kill takes a node's process, a crawl that it started, or both, as when the machine loses its power. A node that was
killed is started again. ``python -m tests.campaigns.workers --kills 200``; a short one is a test.
"""

import argparse
import asyncio
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from scheduler.cluster import crawl_by_workers
from storage.configuration import Configuration
from storage.database import open_database
from storage.records import Role
from storage.tables import CaptureRow, PageRow
from tests.campaigns.servers import create_database, serve_postgresql
from tests.site.commands import ROOT, Operator
from tests.site.families.catalog import build_site
from tests.site.manners import count_concurrent
from tests.site.replica import Site
from tests.site.server import serve_site

FAMILIES = ("trs", "hanweb", "vsb", "zhengzhou", "gkmlpt", "numbered")
BEAT = 0.5  # seconds between two signs of life of a node
SPAN = (0.2, 4.0)  # seconds that a node which crawls has until the kill
IDLE = 10.0  # seconds after which a node that crawls nothing is let be
VICTIMS = ("worker", "crawl", "both")


@dataclass(slots=True)
class Node:
    """A worker process that is started again whenever it is gone; ``deaths`` are exit codes of ends of its own."""

    operator: Operator
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Start the real command."""
        words = (str(Path(sys.executable).with_name("replywatch")), "worker", "--heartbeat", str(BEAT))
        with self.log.open("ab") as stream:
            environment = self.operator._build_environment(None)
            self.process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=stream, stderr=stream)

    def find_crawls(self) -> list[int]:
        """The crawls that the node has started and that live."""
        assert self.process is not None
        return find_children(self.process.pid)

    def await_crawl(self) -> bool:
        """Wait until the node crawls something; False when it does not for long, or is gone."""
        assert self.process is not None
        end = time.monotonic() + IDLE
        while not (crawls := self.find_crawls()) and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.05)
        return bool(crawls)

    def revive(self) -> None:
        """Start it again if it has ended, which it should not have."""
        assert self.process is not None
        if (code := self.process.poll()) is not None:
            self.deaths.append(code)
            self.start()

    def kill(self, victim: str, dice: random.Random) -> None:
        """Kill the node, one of its crawls, or all of it; a dead node is started again."""
        assert self.process is not None
        self.revive()
        crawls = self.find_crawls()
        if victim in ("worker", "both") or not crawls:
            self.process.kill()
            self.process.wait()
        if victim == "crawl" and crawls:
            crawls = [dice.choice(crawls)]
        for crawl in crawls if victim != "worker" else []:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(open_process(crawl), signal.SIGKILL)
        if self.process.poll() is not None:
            self.start()

    def stop(self) -> None:
        """End as an operator would; it should end with 0, or by the signal when it has only just been started."""
        assert self.process is not None
        self.process.terminate()
        if (code := self.process.wait(90)) not in (0, -signal.SIGTERM):
            self.deaths.append(code)


def find_children(parent: int) -> list[int]:
    """The processes that a process has started, by ``/proc``."""
    with suppress(FileNotFoundError):
        return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []


def open_process(number: int) -> int:
    """A handle of a process, which names it even when its number is given to another."""
    import os  # noqa: PLC0415 - Linux only, as /proc is

    return os.pidfd_open(number)


@dataclass(slots=True)
class Campaign:
    """Sites, nodes, and what came of it."""

    operator: Operator
    configuration: Configuration
    sites: Sequence[Site]
    nodes: list[Node]
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same kills each time
    kills: int = 0

    async def run(self, most: int, seconds: float) -> None:
        """Hand the sites out and kill; again while pages or kills are left."""
        end = time.monotonic() + seconds
        for node in self.nodes:
            node.start()
        killer = asyncio.create_task(self.kill_nodes(most))
        try:
            while (self.kills < most or self.count_missing()) and time.monotonic() < end:
                await crawl_by_workers(self.configuration, 100_000, end - time.monotonic())
        finally:
            killer.cancel()
            await asyncio.gather(killer, return_exceptions=True)
            for node in self.nodes:
                node.stop()

    async def kill_nodes(self, most: int) -> None:
        """Kill one thing after the other, always in the middle of a crawl: on a busy machine a node starts slowly."""
        while self.kills < most:
            node, victim = self.dice.choice(self.nodes), self.dice.choice(VICTIMS)
            if await asyncio.to_thread(node.await_crawl):
                await asyncio.sleep(self.dice.uniform(*SPAN))
                await asyncio.to_thread(node.kill, victim, self.dice)
                self.kills += 1
            else:
                await asyncio.to_thread(node.revive)

    def count_replies(self) -> int:
        """How many there are on all sites; a site has no more than it has subjects, however many were asked for."""
        return sum(len(site.plan.articles) for site in self.sites)

    def count_missing(self) -> int:
        """How many replies have not been seen."""
        database = open_database(self.configuration.database_url)
        with database.read() as session:
            query = select(func.count()).where(PageRow.version_number.is_not(None), PageRow.parent_id.is_(None))
            seen = session.scalar(query) or 0
        database.close()
        return self.count_replies() - seen

    def count_doubled(self) -> int:
        """How many captures of replies there are beyond one a page: visits that were made again after a kill."""
        database = open_database(self.configuration.database_url)
        with database.read() as session:
            made = session.scalar(select(func.count()).where(CaptureRow.role == Role.PAGE)) or 0
        database.close()
        return made - self.count_replies()

    def judge(self) -> list[str]:
        """What is not as it should be, one line each; a crawl first takes in what the last kill left behind."""
        faults = [f"{self.count_missing()} pages are missing"] if self.count_missing() else []
        peaks = {site.plan.key: count_concurrent(site.requests) for site in self.sites}
        faults += [f"{key}: {most} requests at a time" for key, most in peaks.items() if most != 1]
        faults += [f"a node ended by itself with {code}; see {node.log}" for node in self.nodes for code in node.deaths]
        self.operator.run_scrapy("crawl", "replies", "-a", f"site={self.sites[0].plan.key}", "-a", "limit=1")
        self.operator.run_replywatch("verify")
        if left := list((self.operator.data_dir / "archive").glob("*.open")):
            faults.append(f"{len(left)} files are left open")
        return faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of it: ``replies`` a site, ``delay`` between two requests to a host, and ``seconds`` for all of it."""

    kills: int
    replies: int
    families: int
    seconds: float
    delay: float = 0.1


def play(folder: Path, database_url: str, size: Size, say: Callable[[str], None]) -> list[str]:
    """Play a campaign; returns its faults."""
    with ExitStack() as stack:
        (folder / "seeds").mkdir()
        sites = []
        for name in FAMILIES[: size.families]:
            site = stack.enter_context(serve_site(build_site(name, count=size.replies, page_size=20)))
            site.write_seed(folder / "seeds", delay=size.delay)
            sites.append(site)
        operator = Operator(data_dir=folder / "data", seeds_dir=folder / "seeds", database_url=database_url)
        configuration = Configuration(
            data_dir=folder / "data", seeds_dir=folder / "seeds", database_url=database_url, allow_private_hosts=True
        )
        nodes = [Node(operator, folder / f"node-{number}.log") for number in range(2)]
        campaign = Campaign(operator, configuration, sites, nodes)
        started = time.monotonic()
        asyncio.run(campaign.run(size.kills, size.seconds))
        faults = campaign.judge()
        say(
            f"{campaign.kills} kills in {time.monotonic() - started:.0f} s, {len(sites)} hosts, "
            f"{campaign.count_replies()} pages, {campaign.count_doubled()} visits made again, {len(faults)} faults"
        )
        return faults


def main() -> None:
    """Play one campaign on a PostgreSQL of its own and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--replies", type=int, default=224)
    parser.add_argument("--families", type=int, default=len(FAMILIES))
    parser.add_argument("--delay", type=float, default=1.0, help="seconds between two requests to a host")
    parser.add_argument("--seconds", type=float, default=3600)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="workers-"))
    sys.stdout.write(f"the nodes' logs: {folder}/node-*.log; they stay when something is wrong\n")
    with serve_postgresql() as server:
        faults = play(folder, create_database(server), Size(**vars(given)), print)
    if not faults:
        shutil.rmtree(folder)
    raise SystemExit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
