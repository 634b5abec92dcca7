"""What a command costs as a whole process, children included, and tables of such costs."""

import os
import sys
import time
from collections.abc import Sequence
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


def format_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns under their heads, the first to the left, figures to the right."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in cells]
    return "\n".join(lines)
