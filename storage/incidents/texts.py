"""Incidents of a site's texts: they fall far short of those before, or more of them than before are doubtful. Pure.

A new text is held against the page's own text before; that of a new page against those of the site. Pages of the first
walk only say how the site was before: in what order a list shows them, and how they differ by year, is no news.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

from storage.clock import format_instant
from storage.incidents.series import BEGINNING, Folded, State, tell_incident

if TYPE_CHECKING:
    from storage.records import Incident

SHORTER, DOUBT = "text_shorter", "extraction_doubt"
FEW_TEXTS, FEW_READINGS = 10, 20  # the latest that are looked at
LEAST_BEFORE = 20  # texts that have to be known before
MOST_BEFORE = 100  # texts that say how long one usually is
LEAST_LENGTH = 50  # characters; what was shorter before says nothing when it becomes shorter still
SHORT = 1 / 3  # of the length before, for the middle one of the latest
DOUBTFUL = 0.3  # the least share of doubtful readings
TIMES = 3  # by which the share has to exceed that of before
MOST_RATIO = 9.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One page that was read: how long its text was (characters), and the one before, None when it is the first.

    ``length`` is None when the reading itself was doubtful, so that there is no text. ``is_baseline`` says that the
    page was found by the first walk of its column, or before it.
    """

    site: str
    subject: str
    seen_at: datetime
    length: int | None
    before: int | None
    is_baseline: bool


def fold_readings(site: str, subject: str, state: State, readings: Iterable[Reading]) -> Folded:
    """Go on with the state of a site's texts; ``state`` stays as it is, the readings come in order of time."""
    state = {
        "usual": list(state.get("usual", ())),
        "ratios": list(state.get("ratios", ())),
        "window": list(state.get("window", ())),
        "past": list(state.get("past", (0, 0))),
        "open": dict(state.get("open", {})),
    }
    found: list[Incident] = []
    last = BEGINNING
    for reading in readings:
        last = reading.seen_at
        take_length(state, reading)
        take_doubt(state, reading)
        for kind, fault in ((SHORTER, judge_lengths(state)), (DOUBT, judge_doubt(state))):
            if fault is not None:
                opened, detail = fault
                before = state["open"].get(kind, {"opened": opened})
                state["open"][kind] = before | {"last": format_instant(last), "detail": detail}
            elif kind in state["open"]:
                found.append(tell_incident(kind, site, subject, state["open"].pop(kind), last))
    found += [tell_incident(kind, site, subject, series, None) for kind, series in state["open"].items()]
    return found, state, last


def take_length(state: State, reading: Reading) -> None:
    """Add how much of its length a text has kept, and what is usual on the site."""
    if reading.length is None:
        return
    usual: list[int] = state["usual"]
    expected = reading.before
    if expected is None and not reading.is_baseline and len(usual) >= LEAST_BEFORE:
        expected = int(median(usual))
    if reading.before is None:
        usual.append(reading.length)
        del usual[:-MOST_BEFORE]
    if expected is not None and expected >= LEAST_LENGTH:
        ratio = min(round(reading.length / expected, 3), MOST_RATIO)
        state["ratios"].append([format_instant(reading.seen_at), ratio])
        del state["ratios"][:-FEW_TEXTS]


def judge_lengths(state: State) -> tuple[str, str] | None:
    """Since when texts fall short, and in words how far; None when they do not."""
    ratios = state["ratios"]
    middle = median(ratio for _, ratio in ratios) if len(ratios) == FEW_TEXTS else MOST_RATIO
    if middle >= SHORT:
        return None
    opened = next(time for time, ratio in ratios if ratio < SHORT)
    return opened, f"the latest {FEW_TEXTS} texts have {middle:.0%} of the length before (median)"


def take_doubt(state: State, reading: Reading) -> None:
    """Add whether a reading is doubtful or empty: to the latest ones, or to what was before."""
    is_bad = not reading.length
    past: list[int] = state["past"]
    if reading.is_baseline and reading.before is None and reading.length is not None:
        past[0], past[1] = past[0] + 1, past[1] + is_bad
        return
    state["window"].append([format_instant(reading.seen_at), int(is_bad)])
    for _, was_bad in state["window"][:-FEW_READINGS]:
        past[0], past[1] = past[0] + 1, past[1] + was_bad
    del state["window"][:-FEW_READINGS]


def judge_doubt(state: State) -> tuple[str, str] | None:
    """Since when the share of doubtful readings is far above that of before, and in words; None when it is not."""
    window, (read, bad) = state["window"], state["past"]
    if len(window) < FEW_READINGS or read < LEAST_BEFORE:
        return None
    share, before = sum(is_bad for _, is_bad in window) / len(window), bad / read
    if share < max(DOUBTFUL, TIMES * before):
        return None
    opened = next(time for time, is_bad in window if is_bad)
    return opened, f"{share:.0%} of the latest {FEW_READINGS} pages were read doubtfully or empty, {before:.0%} before"
