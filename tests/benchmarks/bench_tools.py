"""A second round beside the monitors that users have: urlwatch, webchanges and changedetection.io.

200 pages of 40 KB are seen once. Then each shows another view counter and another captcha, and ten of them another
sentence. Every tool makes a round over them in turn, from the same state each time, and tells what changed.

Measured is the whole command as a user runs it, its start included (of replywatch: the crawl, which walks the lists,
too, and the report). A false alarm is a page told as changed of which only counter and captcha changed; missed is one
of the ten that was not told. Bytes are those of all that a tool keeps after both rounds, by the number of pages:
replywatch keeps every answer byte for byte, the others the text. Memory is that of the largest process.

The tools are installed from PyPI below .tools; one that cannot be is left out, and that is said.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks.bench_crawl import FIRST, LATER, Bench, write_seed
from tests.benchmarks.fast_server import MIXED_EDITS, FastServer, run_server
from tests.benchmarks.measurement import (
    Cost,
    RunError,
    add_costs,
    format_table,
    make_parser,
    measure_command,
    run_main,
    save_figures,
    take_median,
)
from tests.benchmarks.other_monitors import MONITORS, Monitor, install_package, make_environment

PAGES, HOSTS = 200, 8
EDITED = set(range(1, MIXED_EDITS + 1))
SCRAPY, REPLYWATCH = (str(Path(sys.executable).with_name(name)) for name in ("scrapy", "replywatch"))


@dataclass(slots=True)
class Row:
    """What a tool did in its second rounds."""

    name: str
    setting: str
    costs: list[Cost] = field(default_factory=list)
    false_alarms: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    bytes_kept: list[int] = field(default_factory=list)

    def note(self, cost: Cost, told: set[int], folder: Path) -> None:
        """One round."""
        self.costs.append(cost)
        self.false_alarms.append(len(told - EDITED))
        self.missed.append(len(EDITED - told))
        self.bytes_kept.append(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
        sys.stderr.write(f"{self.name} ({self.setting}): {cost.cpu:.2f} s CPU, {len(told)} told\n")

    def summarize(self) -> dict[str, object]:
        """Medians."""
        cost = take_median(self.costs)
        return {
            "tool": self.name,
            "setting": self.setting,
            "cpu_ms_a_page": cost.cpu / PAGES * 1000,
            "wall_s": cost.wall,
            "false_alarms": median(self.false_alarms),
            "missed": median(self.missed),
            "bytes_a_page": median(self.bytes_kept) / PAGES,
            "memory_mb": cost.memory,
            "runs": [[cost.cpu, cost.wall, cost.memory] for cost in self.costs],
        }


class OtherTool:
    """A monitor of others: the state after its first round is kept, and each later round begins from a copy."""

    def __init__(self, monitor: Monitor, server: FastServer, folder: Path) -> None:
        self._monitor = monitor
        self._server = server
        self._folder = folder
        self.row = Row(monitor.package.replace("==", " "), monitor.setting)

    def prepare(self) -> None:
        """Its first round."""
        base = self._folder / "state"
        base.mkdir(parents=True)
        self._monitor.set_up(base, self._server.urls)
        self._server.set_mode("plain")
        self._run_round(is_first=True)
        base.rename(self._folder / "base")

    def measure(self) -> None:
        """A later one."""
        state = self._folder / "state"
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(self._folder / "base", state)
        self._server.set_mode("mixed")
        cost, said = self._run_round(is_first=False)
        self.row.note(cost, self._monitor.read(state, said), state)

    def _run_round(self, *, is_first: bool) -> tuple[Cost, str]:
        state, log = self._folder / "state", self._folder / "run.log"
        cost = measure_command(self._monitor.words(state, is_first), make_environment(state), log)
        answers = self._server.count_answers()
        if answers < PAGES:
            raise RunError(f"{self.row.name} asked for {answers} of {PAGES} pages", log)
        return cost, log.read_text(encoding="utf-8", errors="replace")


class OurTool:
    """replywatch itself, in the same manner."""

    def __init__(self, server: FastServer, folder: Path) -> None:
        self._bench = Bench(server, folder, PAGES, new_pages=PAGES)
        self.row = Row("replywatch", "none needed")

    def prepare(self) -> None:
        """The first crawl."""
        seeds = self._bench.folder / "seeds"
        seeds.mkdir(parents=True)
        for place, port in enumerate(self._bench.server.ports):
            text = write_seed(place, port, "jyta/list.html")
            (seeds / f"site{place:02d}.toml").write_text(text, encoding="utf-8")
        self._bench.server.set_mode("plain")
        self._run_round("base", FIRST)

    def measure(self) -> None:
        """A later one, and the report of it."""
        data = self._bench.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self._bench.folder / "base", data)
        self._bench.server.set_mode("mixed")
        cost, told = self._run_round("data", LATER)
        self.row.note(cost, told, data)

    def _run_round(self, data: str, now: str) -> tuple[Cost, set[int]]:
        log, report = self._bench.folder / "run.log", self._bench.folder / "report.json"
        told = (REPLYWATCH, "report", "--since", "1d", "--format", "json", "--output", str(report))
        commands = (((SCRAPY, "crawl", "replies"), now), (told, now.replace("T09", "T10")))  # an hour after the crawl
        cost = add_costs([measure_command(words, self._bench.environment(data, at), log) for words, at in commands])
        self._bench.expect_outcomes(self._bench.folder / data, "ok", PAGES, log)
        changes = json.loads(report.read_text(encoding="utf-8"))["changes"]
        return cost, {int(change["url"].rpartition("/")[2].partition(".")[0]) for change in changes}


def run_benchmark(folder: Path, runs: int) -> tuple[list[Row], list[str]]:
    """The rows of all tools, ours first, and a line for each that was left out."""
    skipped = []
    with run_server(PAGES, HOSTS) as server:
        tools: list[OurTool | OtherTool] = [OurTool(server, folder / "ours")]
        reasons = {package: install_package(package) for package in dict.fromkeys(one.package for one in MONITORS)}
        skipped = [f"{package} could not be installed: {reason}" for package, reason in reasons.items() if reason]
        for place, monitor in enumerate(MONITORS):
            if not reasons[monitor.package]:
                tools.append(OtherTool(monitor, server, folder / f"other{place}"))
        for tool in tools:
            tool.prepare()
        for _ in range(runs):
            for tool in tools:
                tool.measure()
    return [tool.row for tool in tools], skipped


def tell_rows(figures: Sequence[dict[str, object]]) -> None:
    """Print the table; ratios are against replywatch."""
    heads = ("tool", "setting", "CPU ms/page", "ratio", "false alarms", "missed", "bytes/page", "MB", "wall s")
    mine = float(str(figures[0]["cpu_ms_a_page"]))
    rows = [
        (
            row["tool"],
            row["setting"],
            f"{row['cpu_ms_a_page']:.1f}",
            f"{float(str(row['cpu_ms_a_page'])) / mine:.2f}",
            f"{row['false_alarms']:.0f}",
            f"{row['missed']:.0f}",
            f"{row['bytes_a_page']:,.0f}",
            f"{row['memory_mb']:.0f}",
            f"{row['wall_s']:.1f}",
        )
        for row in figures
    ]
    sys.stdout.write(format_table(heads, rows) + "\n")


def main() -> None:
    """The command."""
    options = make_parser("bench_tools", __doc__, quick="two runs", runs=5, quick_runs=2).read_options()
    with tempfile.TemporaryDirectory() as folder:
        rows, skipped = run_benchmark(Path(folder), options.runs)
    figures = [row.summarize() for row in rows]
    tell_rows(figures)
    sys.stdout.write("".join(f"left out: {line}\n" for line in skipped))
    save_figures(options, {"pages": PAGES, "edited": len(EDITED), "tools": figures, "left_out": skipped})


if __name__ == "__main__":
    run_main(main)
