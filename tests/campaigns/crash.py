"""``make crash``: the demo's week, every command killed on the way again and again; nothing may be lost or doubled.

Each command of each day is started, killed with SIGKILL at a random moment, and so a few times over before it may come
to its end. At the end of a week the report must say what the site did and nothing else, ``verify`` must find no fault,
no archive file may be left open, and every verdict that was acknowledged must be there. At the end PostgreSQL is
stopped in the middle of a crawl, of a comparison and of the service, and started again a minute later.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from scheduler.leadership import LENGTH
from storage.database import open_database
from tests.campaigns.letters import Mailbox, open_mailbox
from tests.campaigns.oldest import make_oldest
from tests.campaigns.outage import Outage, build_site
from tests.campaigns.servers import create_database, run_postgresql, serve_postgresql
from tests.site.audit import Told, audit_report
from tests.site.commands import Operator
from tests.site.demo import DELAY, DOUBTFUL, START
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import VISITS, plan_week
from tests.site.zhengzhou import Zhengzhou

PAUSE = timedelta(minutes=2)  # between two tries, in the time that the commands believe in
PATIENCE = 120.0  # seconds that a command may take to end
SPANS = {
    "crawl": 4.0,
    "compare": 1.6,
    "report": 1.6,
    "export": 1.6,
    "notify": 2.0,
    "ignore": 1.2,
    "verdicts": 4.0,
    "reextract": 2.5,
    "migration": 2.0,
}
REVIEWER = ("-m", "tests.campaigns.reviewer")
RULE = "浏览次数：[0-9]+"


@dataclass(slots=True)
class Tally:
    """Tries and losses: kills by command, those that came too late, and what was not as it should be.

    ``verdicts`` counts those that were acknowledged; ``ends`` are the exit codes of crawls whose database went away.
    """

    kills: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    verdicts: int = 0
    ends: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All kills that hit a running command."""
        return sum(self.kills.values())


@dataclass(slots=True)
class Campaign:
    """One week against an operator's folder; ``tries`` is how often a command is killed, ``server`` a PostgreSQL."""

    site: Site
    operator: Operator
    chance: random.Random
    tally: Tally
    mailbox: Mailbox
    tries: int = 3
    server: str | None = None

    def play_week(self) -> None:
        """The days of the week, each command under fire; then the audit."""
        acknowledged: set[tuple[str, str]] = set()
        for day in VISITS:
            now = START + timedelta(days=day)
            self.site.play_round(day)
            recheck = "due" if day in DOUBTFUL else "all"
            self.cut_off(now)
            self.endure("crawl", now, "crawl", "replies", "-a", f"recheck={recheck}")
            later = now + timedelta(minutes=30)
            self.endure("compare", later, "compare")
            output = self.operator.data_dir / f"day-{day}"
            self.endure("report", later, "report", "--format", "html", "--output", f"{output}.html")
            self.endure("export", later, "export", "--format", "wacz", "--output", f"{output}.wacz")
            acknowledged |= self.judge(later)
            self.notify(later, is_first=day == VISITS[0])
        self.endure("ignore", now, "ignore", "add", "--pattern", RULE)
        self.endure("reextract", now, "reextract")
        told = self.audit(now + timedelta(hours=1), acknowledged)
        self.migrate(now + timedelta(hours=2), told)

    def notify(self, now: datetime, *, is_first: bool) -> None:
        """Tell the subscriber under fire; the first time nothing, which decides what is news."""
        desk = replace(self.operator, folder=self.operator.data_dir)
        if is_first:
            desk.run_replywatch("notify", now=now)
        else:
            replace(self, operator=desk).endure("notify", now, "notify")

    def migrate(self, now: datetime, told: Sequence[Told]) -> None:
        """Upgrade a database of the first release under fire; it then reports what ours does."""
        url = create_database(self.server) if self.server else f"sqlite:///{self.operator.data_dir}/oldest.sqlite3"
        ours = self.operator.database_url or f"sqlite:///{self.operator.data_dir}/replywatch.sqlite3"
        with closing(open_database(ours)) as database:
            make_oldest(url, database.engine)
        upgraded = replace(self, operator=replace(self.operator, database_url=url))
        upgraded.endure("migration", now, "status")
        found = json.loads(upgraded.operator.run_replywatch("report", "--format", "json", now=now))["changes"]
        if name_changes(found) != name_changes(told):
            self.tally.faults.append(f"the upgraded database reports {name_changes(found)}, not {name_changes(told)}")
        upgraded.check("verify", now)

    def endure(self, name: str, now: datetime, *words: str) -> None:
        """Kill a command a few times, then let it end well."""
        program = str(Path(sys.executable).with_name("scrapy" if name == "crawl" else "replywatch"))
        for number in range(self.tries):  # a clock that went back would make the second walk the first
            with self.operator.start_command(program, *words, now=now + number * PAUSE) as process:
                self.strike(name, process)
        with self.operator.start_command(program, *words, now=now + self.tries * PAUSE) as process:
            _, said = process.communicate(timeout=PATIENCE)
            if process.returncode and not (name == "ignore" and "there" in said):
                self.tally.faults.append(f"{name} ended with {process.returncode}: {said.strip()[-300:]}")

    def cut_off(self, now: datetime) -> None:
        """A crawl whose database server ends every connection on the way; how the crawl ends is its own affair."""
        if not self.operator.database_url:
            return
        program = str(Path(sys.executable).with_name("scrapy"))
        with self.operator.start_command(program, "crawl", "replies", now=now - PAUSE) as process:
            time.sleep(1 + self.chance.random() * SPANS["crawl"])
            with psycopg.connect(self.operator.database_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            _, said = process.communicate(timeout=PATIENCE)
        self.tally.ends[process.returncode] += 1
        if process.returncode not in (0, 1, 2):
            self.tally.faults.append(f"a crawl without its database: {said.strip()[-300:]}")

    def strike(self, name: str, process: subprocess.Popen[str]) -> str:
        """SIGKILL at a random moment; returns what the process had printed."""
        time.sleep(self.chance.random() * SPANS[name])
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        output, _ = process.communicate(timeout=PATIENCE)
        (self.tally.kills if process.returncode == -signal.SIGKILL else self.tally.late)[name] += 1
        return output

    def judge(self, now: datetime) -> set[tuple[str, str]]:
        """Verdicts by a reviewer whose process is killed; returns those that were acknowledged."""
        found: set[tuple[str, str]] = set()
        for _ in range(self.tries):
            reviewer = (sys.executable, *REVIEWER, "--seed", str(self.chance.random()))
            with self.operator.start_command(*reviewer, now=now) as process:
                output = self.strike("verdicts", process)
            lines = output.splitlines() if output.endswith("\n") else output.splitlines()[:-1]
            found |= {(change, note) for change, _, note in (line.partition(" ") for line in lines)}
        return found

    def check(self, word: str, now: datetime) -> None:
        """A command that must end well."""
        with self.operator.start_command(str(Path(sys.executable).with_name("replywatch")), word, now=now) as process:
            output, said = process.communicate(timeout=PATIENCE)
            if process.returncode:
                self.tally.faults.append(f"{word}: {(output + said).strip()[-500:]}")

    def audit(self, now: datetime, acknowledged: set[tuple[str, str]]) -> Sequence[Told]:
        """Hold the end of the week against the script, the archive against its digests, the verdicts against ours.

        Returns the changes of the report.
        """
        self.check("compare", now)
        self.check("verify", now)
        told: Sequence[Told] = json.loads(self.operator.run_replywatch("report", "--format", "json", now=now))[
            "changes"
        ]
        audit = audit_report(told, self.site.expected_events(VISITS), first_day=START.date())
        self.tally.faults += [f"missed: {event.kind} {event.paths}" for event in audit.missed]
        self.tally.faults += [f"false: {change['kind']} {change['url']}" for change in audit.false]
        archive = self.operator.data_dir / "archive"
        self.tally.faults += [f"left open: {path.name}" for path in archive.glob("*.open")]
        kept = json.loads(
            self.operator.run_command(sys.executable, "-m", "tests.campaigns.reviewer", "--list", now=now)
        )
        self.tally.verdicts += len(acknowledged)
        if not acknowledged:
            self.tally.faults.append("no verdict was acknowledged: the reviewers came to nothing")
        lost = acknowledged - {(change, note) for change, note in kept}
        self.tally.faults += [f"lost verdict: {change} {note}" for change, note in lost]
        if len(kept) != len({note for _, note in kept}):
            self.tally.faults.append("a verdict stands twice")
        ours = self.operator.database_url or f"sqlite:///{self.operator.data_dir}/replywatch.sqlite3"
        self.tally.faults += self.mailbox.find_faults(ours, [one for one in told if not one["baseline"]])
        return told


def name_changes(told: Sequence[Told]) -> list[tuple[str, ...]]:
    """Changes by what a reader would know them by."""
    return sorted(tuple(str(one[name]) for name in ("url", "kind", "detected_at", "summary")) for one in told)


def run_campaign(kills: int, seed: int, server: str | None, tries: int) -> Tally:
    """Weeks, each in a folder of its own, until there were so many kills; on a PostgreSQL server or on SQLite."""
    tally = Tally()
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    while tally.total < kills:
        before = len(tally.faults)
        with (
            tempfile.TemporaryDirectory(prefix="crash") as folder,
            serve_site(Site(plan_week(), Zhengzhou())) as site,
            open_mailbox() as mailbox,
        ):
            data = Path(folder)
            operator = Operator(
                data_dir=data, seeds_dir=data / "seeds", database_url=create_database(server) if server else ""
            )
            (data / "seeds").mkdir()
            site.write_seed(operator.seeds_dir, delay=DELAY)
            mailbox.write_configuration(data)
            Campaign(site, operator, chance, tally, mailbox, tries, server).play_week()
        print(f"{tally.total} kills, {len(tally.faults) - before} faults in this week", flush=True)  # noqa: T201 - what it is for
    return tally


def live_through_outages(seconds: float) -> list[str]:
    """Take the database away from commands, and from the service with a short lease and with its usual one."""
    faults: list[str] = []
    with run_postgresql() as server:
        for lease in (0.0, 10.0, LENGTH):
            with tempfile.TemporaryDirectory(prefix="outage") as folder, serve_site(build_site()) as site:
                site.write_seed(Path(folder), delay=0.2)
                url = create_database(server.url)
                operator = Operator(data_dir=Path(folder) / "data", seeds_dir=Path(folder), database_url=url)
                outage = Outage(server, site, operator, seconds, PATIENCE)
                if lease:
                    outage.interrupt_service(lease)
                else:
                    outage.interrupt_commands()
                faults += outage.faults
    return faults


def main() -> int:
    """The command: 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="SIGKILLs on each database (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: %(default)s)")
    parser.add_argument("--tries", type=int, default=3, help="kills of a command before it may end (default: 3)")
    parser.add_argument("--outage", type=float, default=60, help="seconds that PostgreSQL is away (default: 60)")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    faults = 0
    for kind in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        with serve_postgresql() if kind == "postgresql" else nullcontext() as server:
            tally = run_campaign(options.kills, options.seed, server, options.tries)
        faults += len(tally.faults)
        print(f"\n{kind}: {tally.total} kills, {sum(tally.late.values())} came too late, {len(tally.faults)} faults")  # noqa: T201 - what it is for
        for name in SPANS:
            print(f"  {name:<10} {tally.kills[name]:>4} killed {tally.late[name]:>4} too late")  # noqa: T201 - likewise
        print(f"  {tally.verdicts} verdicts were acknowledged")  # noqa: T201 - likewise
        if tally.ends:
            print(f"  crawls whose database went away, by exit code: {dict(tally.ends)}")  # noqa: T201 - likewise
        for fault in tally.faults:
            print(f"  FAULT {fault}")  # noqa: T201 - likewise
    if options.database != "sqlite":
        found = live_through_outages(options.outage)
        faults += len(found)
        print(f"\nthe database away for {options.outage:g} s, 3 times: {len(found)} faults")  # noqa: T201 - likewise
        for fault in found:
            print(f"  FAULT {fault}")  # noqa: T201 - likewise
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
