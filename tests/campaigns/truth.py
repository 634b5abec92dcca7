"""The truth campaign: months of random events on sites of all families; the report must equal the script.

    python -m tests.campaigns.truth --seeds 200 --batch 20 [--lists due]

The seeds of a batch are sites of one operator, who crawls them all every day (``recheck=all``) with the real command,
over HTTP, compares, and plans. With ``--lists due`` only those lists are walked that are due. At the end
``report --format json`` is held against what the rules make of each script.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.planning import plan_pages
from storage.changes import derive_changes
from storage.clock import Clock
from storage.configuration import Configuration
from storage.database import open_database
from tests.campaigns.month import DAYS, Month, compose_month
from tests.campaigns.stage import MonthSite
from tests.site.audit import Audit, Told, audit_report
from tests.site.commands import Operator
from tests.site.families.crawls import MONDAY
from tests.site.server import serve_site

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Tally:
    """What came of all seeds: events by kind, what was told by kind, what was missed and what was made up."""

    seeds: int = 0
    events: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, month: Month, audit: Audit) -> None:
        """Count one seed."""
        self.seeds += 1
        self.events.update(name_event(str(event.verb), event.note) for event in month.plan.events)
        self.events.update(f"outage: {manner}" for manner in month.outages.values())
        self.events["charset flip"] += len(month.flips)
        self.found.update(expected.kind for expected, _ in audit.found)
        self.missed.update(expected.kind for expected in audit.missed)
        self.false.update(str(told["kind"]) for told in audit.false)
        self.expected.update([expected.kind for expected, _ in audit.found] + [one.kind for one in audit.missed])
        key = f"{month.plan.key} ({month.family})"
        self.faults += [f"{key} missed {one.kind} of {one.key} on day {one.round}: {one.note}" for one in audit.missed]
        self.faults += [f"{key} false {describe_told(told)}" for told in audit.false]

    def describe(self) -> str:
        """The table."""
        lines = [f"{self.seeds} seeds of {DAYS} days", "", f"{'events of the scripts':<40} {'count':>6}"]
        lines += [f"{name:<40} {count:>6}" for name, count in sorted(self.events.items())]
        lines += ["", f"{'told':<12} {'expected':>9} {'found':>7} {'missed':>7} {'false':>6}"]
        kinds = sorted(self.expected | self.false)
        counts = (self.expected, self.found, self.missed, self.false)
        rows = [(kind, *(each[kind] for each in counts)) for kind in kinds]
        rows.append(("all", *(sum(each.values()) for each in counts)))
        lines += [f"{kind:<12} {a:>9} {b:>7} {c:>7} {d:>6}" for kind, a, b, c, d in rows]
        return "\n".join([*lines, *self.faults])


def name_event(verb: str, note: str) -> str:
    """What an event is counted under."""
    return f"{verb}: {note}" if verb in ("edit", "disturb", "remove") else verb


def describe_told(told: Told) -> str:
    """A change in a line."""
    return f"{told['kind']} of {told['url']} at {told['detected_at']}: {told['summary']}"


def play_months(seeds: Sequence[int], folder: Path, days: int = DAYS, lists: str = "all") -> list[tuple[Month, Audit]]:
    """Live through the months of some seeds side by side; what the report said of each."""
    months = [compose_month(seed) for seed in seeds]
    (folder / "seeds").mkdir()
    operator = Operator(data_dir=folder / "data", seeds_dir=folder / "seeds")
    with ExitStack() as stack:
        sites = [stack.enter_context(serve_site(MonthSite(month))) for month in months]
        for site in sites:
            site.write_seed(operator.seeds_dir)
        for day in range(days):
            for site in sites:
                site.play_round(day)
            now = MONDAY + timedelta(days=day)
            words = ("-a", "recheck=all", "-a", f"lists={lists}")
            operator.run_scrapy("crawl", "replies", *words, now=now, log=folder / f"log{day}")
            compare(operator, now)
    report = operator.run_replywatch("report", "--format", "json", now=MONDAY + timedelta(days=days))
    return [
        audit_month(month, site, json.loads(report)["changes"], days) for month, site in zip(months, sites, strict=True)
    ]


def compare(operator: Operator, now: datetime) -> None:
    """Derive what is new and plan the next visits, as the daily comparison does."""
    url = f"sqlite:///{operator.data_dir.absolute()}/replywatch.sqlite3"
    with closing(open_database(url)) as database:
        list(derive_changes(database, ZONE))
        plan_pages(Configuration(clock=Clock(now - Clock().now())), database)


def audit_month(month: Month, site: MonthSite, changes: Sequence[Told], days: int) -> tuple[Month, Audit]:
    """Hold the changes of one site against its script."""
    told = [change for change in changes if change["site"] == month.plan.key]
    truth = site.expected_events(tuple(day for day in month.visits if day < days))
    return month, audit_report(told, truth, first_day=MONDAY.date())


def main() -> int:
    """Play, print the table, and end with 1 when anything was missed or made up."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--batch", type=int, default=21)
    parser.add_argument("--lists", choices=("all", "due"), default="all")
    given = parser.parse_args()
    tally = Tally()
    numbers = list(range(given.first, given.first + given.seeds))
    for start in range(0, len(numbers), given.batch):
        with tempfile.TemporaryDirectory(prefix="truth-") as folder:
            seeds = numbers[start : start + given.batch]
            for month, audit in play_months(seeds, Path(folder), lists=given.lists):
                before = len(tally.faults)
                tally.add(month, audit)
                sys.stderr.writelines(f"{fault}\n" for fault in tally.faults[before:])
        sys.stderr.write(f"{tally.seeds} seeds, {len(tally.faults)} faults\n")
    sys.stdout.write(f"{tally.describe()}\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
