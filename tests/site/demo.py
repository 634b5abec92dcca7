"""``make demo``: a week of a government site in under a minute.

Serves the replica on loopback, lets the real commands crawl, compare and report as the days go by, and holds the
report against what the site did.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.site.audit import Audit, audit_report, count_day
from tests.site.commands import ROOT, CommandError, Operator
from tests.site.manners import count_concurrent
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import VISITS, plan_week
from tests.site.zhengzhou import Zhengzhou

START = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # the week's Monday, when the crawl sets out
MARK = ".made-by-the-demo"
DOUBTFUL = (3,)  # on these days only what is due is visited: pages that were not there the day before
DELAY = 0.05  # seconds between requests; a real site gets two seconds


class FolderError(Exception):
    """The demo's folder holds something that the demo did not make."""


class Screen:
    """What the demo says; on a terminal, a line that moves while a command runs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._is_live = sys.stdout.isatty()
        self._begun = ""

    def say(self, line: str = "") -> None:
        """Print one line now."""
        print(line, flush=True)  # noqa: T201 - this is what the demo is for

    @contextmanager
    def follow(self, words: str) -> Iterator[None]:
        """Show that a step is under way; when it ends, say how long it took."""
        self._begun = words
        started = time.monotonic()
        if self._is_live:
            self.tick()
        yield
        head = "\r\033[K" if self._is_live else ""
        self.say(f"{head}{words}  ({time.monotonic() - started:.1f} s)")

    def tick(self) -> None:
        """Show how many requests the site has had."""
        if self._is_live:
            print(f"\r\033[K{self._begun} … {len(self._site.requests)} requests", end="", flush=True)  # noqa: T201 - likewise


def prepare_folder(folder: Path) -> None:
    """Make the folder new and empty.

    Raises:
        FolderError: it is there and not the work of an earlier demo.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FolderError(f"{folder} is no folder")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise FolderError(f"{folder} holds something that the demo did not make; choose another with --folder")
        shutil.rmtree(folder)
    (folder / "seeds").mkdir(parents=True)
    (folder / MARK).write_text("make demo empties this folder when it runs again\n", encoding="utf-8")


def play_week(site: Site, operator: Operator, screen: Screen) -> None:
    """Visit the site on each day of the week and compare.

    Raises:
        CommandError: one of the commands failed.
    """
    for day in VISITS:
        now = START + timedelta(days=day)
        site.play_round(day)
        site.forget_requests()
        recheck = "due" if day in DOUBTFUL else "all"
        log = operator.data_dir / f"crawl-day-{day}.log"
        with screen.follow(f"Day {day}  {now:%a %d %b}  scrapy crawl replies -a recheck={recheck}"):
            operator.run_scrapy("crawl", "replies", "-a", f"recheck={recheck}", now=now, log=log)
        articles = sum(seen.target.endswith(".jhtml") for seen in site.requests)
        together = count_concurrent(site.requests)
        told = operator.run_replywatch("compare", now=now + timedelta(minutes=30)).strip()
        screen.say(f"       {len(site.requests)} requests, {articles} for replies, at most {together} at a time")
        screen.say(f"       replywatch compare: {told}")


def write_reports(operator: Operator) -> tuple[Path, Path]:
    """The HTML and the JSON report of the whole week.

    Raises:
        CommandError: ``replywatch report`` failed.
    """
    now = START + timedelta(days=VISITS[-1], hours=1)
    paths = operator.data_dir / "report.html", operator.data_dir / "report.json"
    for path in paths:
        name = path.suffix.removeprefix(".")
        operator.run_replywatch("report", "--format", name, "--output", str(path), now=now)
    return paths


def tell_audit(audit: Audit, screen: Screen) -> None:
    """What the site did and whether the report says so, a line a change."""
    screen.say("\nWhat the site did, and what the report says:")
    for expected, told in sorted(audit.found, key=lambda pair: pair[0].round):
        day, score = count_day(told, START.date()), told.get("score")
        screen.say(f"  found   day {day}  {expected.kind:<11} {score!s:<5} {expected.note}: {told['title']}")
    for expected in audit.missed:
        screen.say(f"  MISSED  day {expected.round}  {expected.kind:<11}       {expected.note}: {expected.paths[0]}")
    for told in audit.false:
        day = count_day(told, START.date())
        screen.say(
            f"  FALSE   day {day}  {told['kind']!s:<11} {told.get('score')!s:<5} {told['url']} {told.get('summary')}"
        )


def run_demo(folder: Path, screen: Screen, site: Site) -> bool:
    """Play the week and report it; whether the report is the truth.

    Raises:
        CommandError: one of the commands failed.
    """
    operator = Operator(data_dir=folder, seeds_dir=folder / "seeds", watch=screen.tick)
    site.write_seed(operator.seeds_dir, delay=DELAY)
    screen.say(f"A week of {site.plan.name}, a city that does not exist, at {site.base}\n")
    play_week(site, operator, screen)
    html, data = write_reports(operator)
    changes = json.loads(data.read_text(encoding="utf-8"))["changes"]
    audit = audit_report(changes, site.expected_events(VISITS), first_day=START.date())
    tell_audit(audit, screen)
    total = len(audit.found) + len(audit.missed)
    screen.say(f"\nFound {len(audit.found)} of {total} changes; {len(audit.false)} false.")
    screen.say(f"The report: {html.absolute()}")
    return audit.is_met


def keep_serving(site: Site, screen: Screen) -> None:
    """Leave the site up until Ctrl-C."""
    screen.say(f"\nThe site stays up at {site.base} as it is on day {site.round}; Ctrl-C ends it.")
    screen.say(f"Another day: curl {site.base}/__control__/round/4")
    while True:
        time.sleep(3600)


def main() -> int:
    """The command: 0 when the report is the truth, 1 when not, 2 for wrong use, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.site.demo", description="Play a week of a government site.")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "demo", help="where everything goes (default: %(default)s)"
    )
    parser.add_argument("--keep-serving", action="store_true", help="leave the site up afterwards, until Ctrl-C")
    options = parser.parse_args()
    try:
        prepare_folder(options.folder)
        with serve_site(Site(plan_week(), Zhengzhou())) as site:
            screen = Screen(site)
            is_true = run_demo(options.folder, screen, site)
            if options.keep_serving:
                keep_serving(site, screen)
    except FolderError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command's one line on standard error
        return 2
    except CommandError as error:
        print(f"\n{error}; its last words:\n{error.errors[-3000:]}", file=sys.stderr)  # noqa: T201 - likewise
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)  # noqa: T201 - likewise
        return 130
    return 0 if is_true else 1


if __name__ == "__main__":
    sys.exit(main())
