"""A year of activity as a calendar: a square a day, a column a week. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 53
LEVELS = (0.15, 0.35, 0.6, 1.0)  # how dark a square is, by quarter of the busiest day


@dataclass(frozen=True, slots=True)
class Square:
    """One day: its place (week, weekday), its count, and how dark it is, 0 to 1."""

    day: date
    week: int
    weekday: int
    count: int
    shade: float


def draw_calendar(counts: Mapping[date, int], today: date) -> tuple[Square, ...]:
    """The last 53 weeks to today."""
    start = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    most = max(counts.values(), default=0)
    days = [start + timedelta(days=number) for number in range((today - start).days + 1)]
    return tuple(
        Square(day, place // 7, place % 7, count, _shade(count, most))
        for place, day in enumerate(days)
        for count in (counts.get(day, 0),)
    )


def find_months(squares: Sequence[Square]) -> tuple[tuple[int, date], ...]:
    """Where the months begin: the week in which the first day of each stands, and that day."""
    return tuple((one.week, one.day) for one in squares if one.day.day == 1)


def _shade(count: int, most: int) -> float:
    return LEVELS[min(3, 4 * count // (most + 1))] if count else 0.05
