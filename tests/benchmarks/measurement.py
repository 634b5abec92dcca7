"""The frame of all benchmarks: options, what a command costs as a whole process, tables, and one JSON a run.

Each benchmark is a module ``bench_NAME`` with a ``main`` that takes its options from `make_parser`, prints tables whose
last column is the target (empty where there is none), and hands everything to `save_figures`.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import Popen

from tests.site.commands import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One run: seconds of user and system time, seconds on the clock, and the largest process in MB."""

    cpu: float
    wall: float
    memory: float


class RunError(Exception):
    """A command failed, or did not do what it was measured for; ``log`` holds what it said."""

    def __init__(self, message: str, log: Path) -> None:
        super().__init__(f"{message}; see {log}")
        self.log = log


def measure_command(words: Sequence[str], environment: dict[str, str], log: Path) -> Cost:
    """Run a command in the project's folder, its output to ``log``, and read its cost off the operating system.

    Raises:
        RunError: it did not end with 0.
    """
    started = time.perf_counter()
    with log.open("wb") as output:
        process = Popen(words, cwd=ROOT, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RunError(f"{' '.join(words[:4])} ended with {process.returncode}", log)
    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
    return Cost(cpu=usage.ru_utime + usage.ru_stime, wall=wall, memory=usage.ru_maxrss / unit)


def take_median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        cpu=median(cost.cpu for cost in costs),
        wall=median(cost.wall for cost in costs),
        memory=median(cost.memory for cost in costs),
    )


def make_parser(module: str, description: str | None, *, quick: str, runs: int, quick_runs: int) -> "BenchParser":
    """The options that all benchmarks have. ``module`` is its name, ``quick`` says what ``--quick`` leaves out."""
    parser = BenchParser(
        prog=f"python -m tests.benchmarks.{module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.runs, parser.quick_runs = runs, quick_runs
    parser.add_argument("--quick", action="store_true", help=f"rough figures soon: {quick}")
    parser.add_argument("--runs", type=int, default=0, help=f"runs of each (default {runs}, with --quick {quick_runs})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    return parser


class BenchParser(argparse.ArgumentParser):
    """Fills in how many runs are made, and says so when they are few."""

    runs = 5
    quick_runs = 3

    def read_options(self) -> argparse.Namespace:
        """The options of this process."""
        options = self.parse_args()
        options.runs = options.runs or (self.quick_runs if options.quick else self.runs)
        if options.quick:
            sys.stderr.write(f"{self.prog}: quick, medians of {options.runs}: rough figures\n")
        return options


def save_figures(options: argparse.Namespace, figures: dict[str, object]) -> None:
    """Write what was measured to ``--json``, and on what machine."""
    if not options.json:
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": cores}
    values = {"quick": options.quick, "runs": options.runs, "load_after": os.getloadavg()[0], "machine": machine}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(values | figures, indent=1, ensure_ascii=False), encoding="utf-8")


def run_main(main: Callable[[], None]) -> None:
    """Run a benchmark; what a command said that failed is shown, and the exit code is 1."""
    try:
        main()
    except RunError as error:
        said = error.log.read_text(errors="replace")[-3000:] if error.log.exists() else ""
        sys.stderr.write(f"{error}\n{said}")
        sys.exit(1)


def add_costs(costs: Sequence[Cost]) -> Cost:
    """Commands one after the other: times add up, memory is that of the largest."""
    return Cost(
        cpu=sum(cost.cpu for cost in costs),
        wall=sum(cost.wall for cost in costs),
        memory=max(cost.memory for cost in costs),
    )


def format_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns under their heads, the first to the left, figures to the right."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in cells]
    return "\n".join(lines)
