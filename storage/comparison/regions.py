"""Where two rows of clauses differ: what lies between the clauses that they share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.comparison.alignment import Block, align_sequences
from storage.comparison.clauses import ClauseRow


@dataclass(frozen=True, slots=True)
class Region:
    """Clauses [old_first, old_last) became [new_first, new_last)."""

    old_first: int
    old_last: int
    new_first: int
    new_last: int


def list_regions(old: ClauseRow, new: ClauseRow) -> list[Region]:
    """All regions in ascending order; those that differ in white space or line ends alone are left out."""
    regions: list[Region] = []
    at_old = at_new = 0
    for first_old, first_new, length in [*align_clauses(old, new), (len(old.keys), len(new.keys), 0)]:
        if first_old > at_old or first_new > at_new:
            region = trim_region(old.keys, new.keys, Region(at_old, first_old, at_new, first_new))
            if region:
                regions.append(region)
        at_old, at_new = first_old + length, first_new + length
    return regions


def align_clauses(old: ClauseRow, new: ClauseRow) -> Iterator[Block]:
    """Equal lines, and between them equal clauses."""
    at_old = at_new = 0
    for line_old, line_new, count in [
        *align_sequences(old.line_keys, new.line_keys),
        (len(old.lines), len(new.lines), 0),
    ]:
        first_old, first_new = find_start(old, line_old), find_start(new, line_new)
        for i, j, length in align_sequences(old.keys[at_old:first_old], new.keys[at_new:first_new]):
            yield at_old + i, at_new + j, length
        for offset in range(count):
            start_old, at_old = old.lines[line_old + offset]
            start_new, at_new = new.lines[line_new + offset]
            # Equal lines may be cut differently, where white space follows a mark on one side only.
            if old.keys[start_old:at_old] == new.keys[start_new:at_new]:
                yield start_old, start_new, at_old - start_old


def find_start(row: ClauseRow, line: int) -> int:
    """The first clause of a line; the number of clauses for the line after the last."""
    return row.lines[line][0] if line < len(row.lines) else len(row.keys)


def trim_region(old_keys: Sequence[str], new_keys: Sequence[str], region: Region) -> Region | None:
    """The region without clauses at its edges that say the same but are cut differently; None when nothing is left."""
    old = old_keys[region.old_first : region.old_last]
    new = new_keys[region.new_first : region.new_last]
    if not old or not new:
        return region
    if "".join(old) == "".join(new):
        return None
    head_old, head_new = count_common(old, new)
    tail_old, tail_new = count_common(
        [key[::-1] for key in old[: head_old - len(old) - 1 : -1]] if head_old < len(old) else [],
        [key[::-1] for key in new[: head_new - len(new) - 1 : -1]] if head_new < len(new) else [],
    )
    return Region(
        region.old_first + head_old, region.old_last - tail_old, region.new_first + head_new, region.new_last - tail_new
    )


def count_common(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many pieces at the start of each side make up the same characters."""
    common = count_prefix("".join(old), "".join(new))
    ends: dict[int, int] = {}
    total = 0
    for count, key in enumerate(old, 1):
        total += len(key)
        ends[total] = count
    best = (0, 0)
    total = 0
    for count, key in enumerate(new, 1):
        total += len(key)
        if total > common:
            break
        if total in ends:
            best = (ends[total], count)
    return best


def count_prefix(old: str, new: str) -> int:
    """The number of equal characters at the start of two texts."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
