"""Which numbers of a session's replies are there, and which are missing: a finding in itself. Pure functions.

A number is said to be missing only where numbers stand densely; replies of one bureau out of a whole assembly's are
sparse by nature, and of them only the range is told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from storage.page_views import ReplyIdentity

DENSE = 0.8  # of the numbers from the least to the greatest
LEAST = 10  # numbers; of fewer nothing can be said


@dataclass(frozen=True, slots=True)
class Series:
    """Whose numbers: a column's replies of one kind, body, term and session."""

    column: str
    kind: str
    body: str
    term: int | None
    session: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The numbers of a series; ``gaps`` are the missing ones as ranges, empty where numbers are sparse."""

    series: Series
    first: int
    last: int
    present: int
    is_dense: bool
    gaps: tuple[tuple[int, int], ...]
    duplicates: tuple[int, ...]

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return sum(end - start + 1 for start, end in self.gaps)


def judge_coverage(replies: Iterable[ReplyIdentity]) -> tuple[Coverage, ...]:
    """The coverage of each series, in the order of columns and sessions."""
    found: dict[Series, list[int]] = defaultdict(list)
    for reply in replies:
        series = Series(reply.column, reply.kind, reply.body, reply.term, reply.session)
        found[series] += [int(one) for one in set(reply.numbers) if one.isascii() and one.isdecimal()]
    order = sorted(found, key=lambda one: (one.column, one.body, one.kind, one.term or 0, one.session or 0))
    return tuple(_judge_series(series, found[series]) for series in order if found[series])


def _judge_series(series: Series, numbers: list[int]) -> Coverage:
    counts = Counter(numbers)
    present = sorted(counts)
    first, last = present[0], present[-1]
    is_dense = len(present) >= LEAST and len(present) >= DENSE * (last - first + 1)
    pairs = pairwise(present)
    gaps = tuple((low + 1, high - 1) for low, high in pairs if high - low > 1) if is_dense else ()
    duplicates = tuple(number for number in present if counts[number] > 1)
    return Coverage(series, first, last, len(present), is_dense, gaps, duplicates)
