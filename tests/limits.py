"""How tests tell slow from endless: a limit so far away that only a way worse than linear, or a hang, reaches it.

How long something takes is measured by the benchmarks; a busy machine, or one that counts coverage, fails no test.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PROCESSOR_SECONDS = 60


class EndlessError(AssertionError):
    """The block used up its processor time."""


@contextmanager
def comes_to_an_end(seconds: float = PROCESSOR_SECONDS) -> Iterator[None]:
    """End the block with an error when it has used so much time of the processor; waiting is not counted."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        msg = f"not done after {seconds:.0f} seconds of processor time"
        raise EndlessError(msg)

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
