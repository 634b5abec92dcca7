"""Which members of two rows are the same: a common subsequence at a bounded cost."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from rapidfuzz.distance import LCSseq

Block = tuple[int, int, int]  # start in old, start in new, length
DEEPEST = 3  # nested searches for anchors
CELLS_OF_A_TABLE = 4_000_000  # up to here the exact answer takes some milliseconds and half a megabyte


def align_sequences(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """Blocks of equal members in ascending order, as many as can be had.

    Exact up to `CELLS_OF_A_TABLE`; beyond, members that are unique on both sides lead, so that the cost stays about
    linear whatever the rows hold.
    """
    numbers: dict[Hashable, int] = {}
    coded_old = [numbers.setdefault(member, len(numbers)) for member in old]
    coded_new = [numbers.setdefault(member, len(numbers)) for member in new]
    return list(join_blocks(find_blocks(coded_old, coded_new, 0, 0)))


def find_blocks(old: list[int], new: list[int], at_old: int, at_new: int, depth: int = 0) -> Iterator[Block]:
    """Equal head, middle, equal tail; the middle by table or by anchors."""
    head = count_head(old, new)
    if head:
        yield at_old, at_new, head
    tail = count_head(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if middle_old and middle_new:
        find = fill_table if len(middle_old) * len(middle_new) <= CELLS_OF_A_TABLE else follow_anchors
        yield from find(middle_old, middle_new, at_old + head, at_new + head, depth)
    if tail:
        yield at_old + len(old) - tail, at_new + len(new) - tail, tail


def count_head(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    """How many members at the start are equal."""
    least = min(len(old), len(new))
    return next((index for index in range(least) if old[index] != new[index]), least)


def fill_table(old: list[int], new: list[int], at_old: int, at_new: int, _depth: int) -> Iterator[Block]:
    """The longest common subsequence."""
    for step in LCSseq.opcodes(old, new):
        if step.tag == "equal":
            yield at_old + step.src_start, at_new + step.dest_start, step.src_end - step.src_start


def follow_anchors(old: list[int], new: list[int], at_old: int, at_new: int, depth: int) -> Iterator[Block]:
    """Members unique on both sides, in ascending order, and what lies between them.

    Without such members (or too deep) the n-th occurrence on one side answers to the n-th on the other.
    """
    pairs = find_anchors(old, new) if depth < DEEPEST else []
    if not pairs:
        yield from (
            (at_old + first, at_new + second, 1) for first, second in pick_ascending(pair_occurrences(old, new))
        )
        return
    last_old = last_new = 0
    for first, second in [*pairs, (len(old), len(new))]:
        yield from find_blocks(
            old[last_old:first], new[last_new:second], at_old + last_old, at_new + last_new, depth + 1
        )
        if first < len(old):
            yield at_old + first, at_new + second, 1
        last_old, last_new = first + 1, second + 1


def find_anchors(old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """Places of the members that occur once on each side, the longest ascending row of them."""
    count_old, count_new = Counter(old), Counter(new)
    where = {member: index for index, member in enumerate(new) if count_new[member] == 1}
    return pick_ascending(
        [(index, where[member]) for index, member in enumerate(old) if member in where and count_old[member] == 1]
    )


def pair_occurrences(old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """The n-th occurrence of a member in old beside its n-th in new."""
    places: dict[int, list[int]] = {}
    for index in range(len(new) - 1, -1, -1):
        places.setdefault(new[index], []).append(index)
    return [(index, places[member].pop()) for index, member in enumerate(old) if places.get(member)]


def pick_ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of ``pairs`` (ascending in the first member) that ascends in the second one, too."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        place = bisect_left(tails, second)
        tails[place : place + 1] = [second]
        tail_at[place : place + 1] = [index]
        before.append(tail_at[place - 1] if place else -1)
    picked: list[tuple[int, int]] = []
    index = tail_at[-1] if tail_at else -1
    while index >= 0:
        picked.append(pairs[index])
        index = before[index]
    return picked[::-1]


def join_blocks(blocks: Iterator[Block]) -> Iterator[Block]:
    """Blocks that touch on both sides become one."""
    current: Block | None = None
    for block in blocks:
        if current and current[0] + current[2] == block[0] and current[1] + current[2] == block[1]:
            current = (current[0], current[1], current[2] + block[2])
            continue
        if current:
            yield current
        current = block
    if current:
        yield current
