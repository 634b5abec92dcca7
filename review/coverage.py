"""Which numbers of a session's replies are there, and which are missing: a finding in itself. Pure functions.

A number is said to be missing only where numbers stand densely; replies of one bureau out of a whole assembly's are
sparse by nature, and of them only the range is told. A number far off from the others (a slip, or another numbering) is
set apart: between it and them nothing is missing that anybody knows of.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.page_views import ReplyIdentity

DENSE = 0.8  # of the numbers from the least to the greatest
LEAST = 10  # numbers; of fewer nothing can be said, and a smaller hole sets nothing apart
LONGEST = 9  # digits of a number; more are a serial of something else

Range = tuple[int, int]  # the first and the last number


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
    """The numbers of a series, from ``first`` to ``last``, ``present`` of them.

    ``dense`` are the ranges where they stand densely, ``gaps`` the missing ones in these as ranges. ``apart`` are the
    ranges of all others, of which nothing is said; both are empty where numbers are sparse altogether.
    """

    series: Series
    first: int
    last: int
    present: int
    dense: tuple[Range, ...]
    gaps: tuple[Range, ...]
    apart: tuple[Range, ...]
    duplicates: tuple[int, ...]

    @property
    def is_dense(self) -> bool:
        """Whether it can be said which are missing."""
        return bool(self.dense)

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return sum(end - start + 1 for start, end in self.gaps)


def judge_coverage(replies: Iterable[ReplyIdentity]) -> tuple[Coverage, ...]:
    """The coverage of each series, in the order of columns and sessions."""
    found: dict[Series, list[int]] = defaultdict(list)
    for reply in replies:
        series = Series(reply.column, reply.kind, reply.body, reply.term, reply.session)
        found[series] += [int(one) for one in set(reply.numbers) if is_number(one)]
    order = sorted(found, key=lambda one: (one.column, one.body, one.kind, one.term or 0, one.session or 0))
    return tuple(_judge_series(series, found[series]) for series in order if found[series])


def is_number(word: str) -> bool:
    """Whether a number of a reply can be counted with."""
    return word.isascii() and word.isdecimal() and len(word) <= LONGEST


def split_apart(present: Sequence[int]) -> list[list[int]]:
    """Rising numbers, parted where more are missing than there are on one side: such a hole is no finding."""
    parts = [[present[0]]]
    for place, (low, high) in enumerate(pairwise(present), start=1):
        hole = high - low - 1
        if hole > LEAST and hole > min(place, len(present) - place):
            parts.append([])
        parts[-1].append(high)
    return parts


def is_dense(part: Sequence[int]) -> bool:
    """Whether so many of the numbers between the ends are there that the others can be called missing."""
    return len(part) >= LEAST and len(part) >= DENSE * (part[-1] - part[0] + 1)


def _judge_series(series: Series, numbers: list[int]) -> Coverage:
    counts = Counter(numbers)
    present = sorted(counts)
    parts = split_apart(present)
    dense = [part for part in parts if is_dense(part)]
    pairs = (pair for part in dense for pair in pairwise(part))
    return Coverage(
        series=series,
        first=present[0],
        last=present[-1],
        present=len(present),
        dense=tuple((part[0], part[-1]) for part in dense),
        gaps=tuple((low + 1, high - 1) for low, high in pairs if high - low > 1),
        apart=tuple((part[0], part[-1]) for part in parts if dense and not is_dense(part)),
        duplicates=tuple(number for number in present if counts[number] > 1),
    )
