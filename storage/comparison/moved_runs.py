"""Runs of clauses that left one place and stand, word for word, at another."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.comparison.clauses import ClauseRow

LEAST_CHARACTERS = 8  # a shorter run at another place is a coincidence, not a move
LEAST_LINE = 4  # characters of a run of whole lines: the name of a file, a row of a table
MOST_CANDIDATES = 8  # places that are tried for one run, so that repeated clauses cost no more than others


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` clauses that begin at clause ``old`` and at clause ``new``."""

    old: int
    new: int
    length: int


def find_moved_runs(old: ClauseRow, new: ClauseRow, old_free: Sequence[int], new_free: Sequence[int]) -> list[Run]:
    """Moved runs among the clauses that the alignment left free, ascending in the new text.

    ``old_free`` and ``new_free`` are their places. No clause is in two runs.
    """
    old_keys, new_keys = old.keys, new.keys
    places: dict[str, list[int]] = {}
    for index in old_free:
        places.setdefault(old_keys[index], []).append(index)
    left = set(old_free)
    to_place = set(new_free)
    runs: list[Run] = []
    for start in new_free:
        if start not in to_place or new_keys[start] not in places:
            continue
        found = find_longest(old_keys, new_keys, start, places[new_keys[start]], left, to_place)
        if found and is_long_enough(found, old, new):
            runs.append(found)
            left.difference_update(range(found.old, found.old + found.length))
            to_place.difference_update(range(start, start + found.length))
    return runs


def is_long_enough(run: Run, old: ClauseRow, new: ClauseRow) -> bool:
    """Whether a run is a move to a reader; whole lines are recognized earlier than clauses within a line."""
    length = sum(map(len, new.keys[run.new : run.new + run.length]))
    if length >= LEAST_CHARACTERS:
        return True
    return length >= LEAST_LINE and is_whole(old, run.old, run.length) and is_whole(new, run.new, run.length)


def is_whole(row: ClauseRow, first: int, length: int) -> bool:
    """Whether clauses begin and end with a line."""
    last = first + length - 1
    return row.lines[row.line_of[first]][0] == first and row.lines[row.line_of[last]][1] == last + 1


def find_longest(
    old_keys: Sequence[str],
    new_keys: Sequence[str],
    start: int,
    candidates: list[int],
    left: set[int],
    to_place: set[int],
) -> Run | None:
    """The longest free run at clause ``start`` of the new text that stands at one of ``candidates`` in the old one."""
    best: Run | None = None
    candidates[:] = [place for place in candidates[:MOST_CANDIDATES] if place in left] + candidates[MOST_CANDIDATES:]
    for place in candidates[:MOST_CANDIDATES]:
        length = 0
        while (
            place + length in left
            and start + length in to_place
            and old_keys[place + length] == new_keys[start + length]
        ):
            length += 1
        if length and (best is None or length > best.length):
            best = Run(old=place, new=start, length=length)
    return best
