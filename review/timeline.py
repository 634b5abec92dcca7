"""A page's visits and versions as a picture: where each mark stands, in per cent of the width. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from storage.records import Outcome, Sighting

_GRID = 0.4  # per cent; ticks nearer than this fall together
_LEAST_BAND = 0.8  # per cent, so that a single failed visit can be seen
_LABEL_SPACE = 5.0  # per cent between two version labels


class Sight(StrEnum):
    """What a visit saw, as the picture tells it."""

    SEEN = "seen"
    BLOCKED = "blocked"
    GONE = "gone"
    FAULT = "fault"


_BLOCKS = frozenset({Outcome.BLOCKED, Outcome.THROTTLED, Outcome.GEO_SUSPECT, Outcome.ROBOTS_DENIED})


@dataclass(frozen=True, slots=True)
class Tick:
    """One visit."""

    x: float
    sight: Sight


@dataclass(frozen=True, slots=True)
class Step:
    """A version while it was shown; ``y`` is 0 for the first version and 1 for the last."""

    number: int
    x: float
    end: float
    y: float
    rise_from: float | None
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of visits that saw no document: from the first to the last of them, not further."""

    x: float
    width: float
    sight: Sight


@dataclass(frozen=True, slots=True)
class Run:
    """Visits in a row with the same result: the picture in words."""

    start: datetime
    end: datetime
    visits: int
    outcome: Outcome
    version: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture. ``marker`` is where the change was detected."""

    start: datetime
    end: datetime
    visits: int
    versions: int
    ticks: tuple[Tick, ...]
    steps: tuple[Step, ...]
    bands: tuple[Band, ...]
    runs: tuple[Run, ...]
    marker: float


def judge_sight(outcome: Outcome) -> Sight:
    """What an outcome means to the picture."""
    if outcome.is_good:
        return Sight.SEEN
    if outcome.is_gone:
        return Sight.GONE
    return Sight.BLOCKED if outcome in _BLOCKS else Sight.FAULT


def draw_timeline(sightings: Iterable[Sighting], detected_at: datetime) -> Timeline | None:
    """The picture of a page's visits; None when there were none."""
    visits = sorted(sightings, key=lambda one: one.captured_at)
    if not visits:
        return None
    axis = _Axis(min(visits[0].captured_at, detected_at), max(visits[-1].captured_at, detected_at))
    steps = _draw_steps(visits, axis)
    return Timeline(
        start=visits[0].captured_at,
        end=visits[-1].captured_at,
        visits=len(visits),
        versions=len({step.number for step in steps}),
        ticks=_draw_ticks(visits, axis),
        steps=steps,
        bands=_draw_bands(visits, axis),
        runs=_gather_runs(visits),
        marker=axis.place(detected_at),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    start: datetime
    end: datetime

    def place(self, instant: datetime) -> float:
        """1.5 to 98.5 per cent, so that marks at the ends are whole."""
        length = (self.end - self.start).total_seconds()
        share = (instant - self.start).total_seconds() / length if length else 0.5
        return round(1.5 + 97 * share, 2)


def _draw_ticks(visits: Sequence[Sighting], axis: _Axis) -> tuple[Tick, ...]:
    ticks: dict[tuple[int, Sight], Tick] = {}
    for visit in visits:
        x, sight = axis.place(visit.captured_at), judge_sight(visit.outcome)
        ticks.setdefault((int(x / _GRID), sight), Tick(x, sight))
    return tuple(ticks.values())


def _draw_steps(visits: Sequence[Sighting], axis: _Axis) -> tuple[Step, ...]:
    """One step a version, from the visit that first showed it to the last before the next version."""
    seen = _fill_versions(visits)
    stretches = [(number, list(run)) for number, run in groupby(seen, key=lambda one: one[1])]
    order = {number: place for place, number in enumerate(sorted({number for number, _ in stretches}))}
    top = max(1, len(order) - 1)
    steps: list[Step] = []
    labelled_at = -_LABEL_SPACE
    for place, (number, run) in enumerate(stretches):
        x = axis.place(run[0][0])
        last = stretches[place + 1][1][0][0] if place + 1 < len(stretches) else run[-1][0]
        is_labelled = x - labelled_at >= _LABEL_SPACE
        labelled_at = x if is_labelled else labelled_at
        rise_from = steps[-1].y if steps else None
        steps.append(Step(number, x, axis.place(last), round(order[number] / top, 3), rise_from, is_labelled))
    return tuple(steps)


def _fill_versions(visits: Sequence[Sighting]) -> list[tuple[datetime, int]]:
    """Time and version of each visit that saw the document; one without a number shows the version before it."""
    filled: list[tuple[datetime, int]] = []
    for visit in visits:
        number = visit.version if visit.version is not None else (filled[-1][1] if filled else None)
        if visit.outcome.is_good and number is not None:
            filled.append((visit.captured_at, number))
    return filled


def _draw_bands(visits: Sequence[Sighting], axis: _Axis) -> tuple[Band, ...]:
    bands = []
    for sight, run in groupby(visits, key=lambda one: judge_sight(one.outcome)):
        members = list(run)
        if sight is not Sight.SEEN:
            x, end = axis.place(members[0].captured_at), axis.place(members[-1].captured_at)
            width = max(_LEAST_BAND, end - x)
            bands.append(Band(round(min(x, 100 - width), 2), round(width, 2), sight))
    return tuple(bands)


def _gather_runs(visits: Sequence[Sighting]) -> tuple[Run, ...]:
    runs = []
    for (outcome, version), run in groupby(visits, key=lambda one: (one.outcome, one.version)):
        members = list(run)
        runs.append(Run(members[0].captured_at, members[-1].captured_at, len(members), outcome, version))
    return tuple(runs)
