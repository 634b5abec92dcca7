"""What is kept between visits for the plan of the next ones: plain values, which `storage.plan.planning` keeps.

All times are days (float) since 1970-01-01 UTC: the plan computes with them, and nobody else looks.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONG_AGO = -1e6  # days; for what never happened


@dataclass(frozen=True, slots=True)
class PageClock:
    """What is known of the changes of one page.

    ``born`` is its publication, ``seen`` the last visit that told something, ``changed`` about when it last changed,
    ``gone`` about since when it is gone, ``gone_tries`` how often it was found gone since. In ``days`` of being watched
    it had ``events`` changes that were its own, neither those of its age nor of its site; visits tell only whether
    there was one, so these are expectations.
    """

    born: float
    seen: float | None = None
    changed: float | None = None
    gone: float | None = None
    gone_tries: int = 0
    events: float = 0.0
    days: float = 0.0


@dataclass(slots=True)
class SiteClock:
    """What is known of one site. ``price`` is what its budget makes of the ``common`` price of a visit.

    ``longest`` is the longest interval of its pages in days that the budgets allow, ``round_days`` how long a visit of
    all of them takes; ``stretch`` is what the budgets make of the intervals of its lists.
    ``alarms`` of ``looks`` changes seen were none by expectation. ``heat`` rises while more pages change than should,
    since ``heat_since``; a burst was found that began at ``burst_at``. Of ``hints`` from lists, ``hits`` were true.
    """

    price: float = 0.0
    common: float = 0.0
    longest: float = 60.0
    round_days: float = 1.0
    stretch: float = 1.0
    alarms: float = 0.0
    looks: float = 0.0
    heat: float = 0.0
    heat_since: float = LONG_AGO
    burst_at: float = LONG_AGO
    hints: float = 0.0
    hits: float = 0.0


@dataclass(slots=True)
class ListClock:
    """What is known of a list: ``news`` in ``days``, both fading, when it was last ``seen``, and its ``cost``.

    The cost is how many requests a walk takes, in the mean of the last few.
    """

    news: float = 1.0
    days: float = 1.0
    seen: float | None = None
    cost: float = 1.0


@dataclass(slots=True)
class PlanState:
    """What all pages taught together, as counts by name, and how far the plan has read.

    ``capture_id`` and ``walk_id`` are the last ones taken in; ``pages`` is how many there were at the last pricing, on
    the day ``priced``.
    """

    capture_id: int = 0
    walk_id: int = 0
    priced: float = LONG_AGO
    price: float = 0.0
    pages: int = 0
    counts: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteDemand:
    """A site's pages, how many of them have a demand (were seen twice), and the sum of these."""

    pages: int
    known: int
    demand: float


def to_days(instant: datetime) -> float:
    """An aware time as days since 1970."""
    return (instant - EPOCH) / timedelta(days=1)


def from_days(days: float) -> datetime:
    """The inverse of `to_days`."""
    return EPOCH + timedelta(days=days)
