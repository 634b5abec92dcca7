"""The difference of two texts in whole clauses: paragraphs first, then clauses, then what became of each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby, zip_longest

from storage.comparison.clauses import ClauseRow, split_clauses
from storage.comparison.lexicon import MARK
from storage.comparison.moved_runs import Run, find_moved_runs
from storage.comparison.pairing import pair_pieces
from storage.comparison.regions import Region, count_prefix, list_regions
from storage.records import Hunk, Operation

Places = list[int]  # of clauses, ascending


def diff_texts(old: str, new: str) -> tuple[Hunk, ...]:
    """How ``new`` differs from ``old``, as hunks of whole clauses in the order of the new text.

    White space and full/half width are never told. Clauses that stand elsewhere word for word are moves. The cost grows
    about linearly with the length of what changed, whatever the texts hold.
    """
    cut = count_equal_lines(old, new)
    if old[cut:] == new[cut:]:
        return ()
    rows = split_clauses(old[cut:]), split_clauses(new[cut:])
    if "".join(rows[0].keys) == "".join(rows[1].keys):
        return ()
    lines = old.count("\n", 0, cut)
    hunks = Comparison(*rows).list_hunks()
    return tuple(shift_hunk(hunk, cut, lines) for hunk in hunks)


def count_equal_lines(old: str, new: str) -> int:
    """The length of the equal whole lines at the start of both texts."""
    return old.rfind("\n", 0, count_prefix(old, new)) + 1


def shift_hunk(hunk: Hunk, offset: int, lines: int) -> Hunk:
    """The hunk as seen from the start of the whole texts."""
    return replace(
        hunk,
        old_line=hunk.old_line + lines,
        new_line=hunk.new_line + lines,
        old_start=hunk.old_start + offset,
        new_start=hunk.new_start + offset,
    )


class Comparison:
    """Two rows of clauses being compared."""

    def __init__(self, old: ClauseRow, new: ClauseRow) -> None:
        self.old = old
        self.new = new
        # Where each clause begins for a hunk: white space before a region that only one side has is its own.
        self.old_starts = list(old.starts)
        self.new_starts = list(new.starts)

    def list_hunks(self) -> list[Hunk]:
        """All hunks in the order of the new text."""
        regions = list_regions(self.old, self.new)
        for region in regions:
            self.claim_space(region)
        old_free = [place for region in regions for place in range(region.old_first, region.old_last)]
        new_free = [place for region in regions for place in range(region.new_first, region.new_last)]
        runs = find_moved_runs(self.old, self.new, old_free, new_free)
        moved_old = {place for run in runs for place in range(run.old, run.old + run.length)}
        moved_new = {place for run in runs for place in range(run.new, run.new + run.length)}
        hunks = [self.move_run(run) for run in runs]
        for region in regions:
            hunks += self.explain_region(region, moved_old, moved_new)
        return sorted(hunks, key=lambda hunk: (hunk.new_start, hunk.old_start))

    def claim_space(self, region: Region) -> None:
        """Count white space before the region to it where the other side ends its line earlier."""
        if not (region.old_first and region.new_first):
            return
        old_end, new_end = self.old.ends[region.old_first - 1], self.new.ends[region.new_first - 1]
        old_space = self.old.text[old_end : self.old.starts[region.old_first]]
        new_space = self.new.text[new_end : self.new.starts[region.new_first]]
        if region.old_first < region.old_last and old_space.startswith(new_space):
            self.old_starts[region.old_first] = old_end + len(new_space)
        if region.new_first < region.new_last and new_space.startswith(old_space):
            self.new_starts[region.new_first] = new_end + len(old_space)

    def move_run(self, run: Run) -> Hunk:
        """A moved run as a hunk."""
        return self.make_hunk(
            (self.old_starts[run.old], self.old_starts[run.old + run.length]),
            (self.new_starts[run.new], self.new_starts[run.new + run.length]),
            Operation.MOVE,
        )

    def explain_region(self, region: Region, moved_old: set[int], moved_new: set[int]) -> Iterator[Hunk]:
        """The hunks of what did not move in or out of a region."""
        old = [place for place in range(region.old_first, region.old_last) if place not in moved_old]
        new = [place for place in range(region.new_first, region.new_last) if place not in moved_new]
        at_old, at_new = region.old_first, region.new_first
        for removed, added in self.match_clauses(old, new):
            first_old, at_old = (removed[0], removed[-1] + 1) if removed else (at_old, at_old)
            first_new, at_new = (added[0], added[-1] + 1) if added else (at_new, at_new)
            operation = Operation.REPLACE if removed and added else Operation.DELETE if removed else Operation.INSERT
            yield self.make_hunk(
                (self.old_starts[first_old], self.old_starts[at_old]),
                (self.new_starts[first_new], self.new_starts[at_new]),
                operation,
            )

    def make_hunk(self, old: tuple[int, int], new: tuple[int, int], operation: Operation) -> Hunk:
        """A hunk of two spans of offsets, without the white space that both have at an edge."""
        (old_start, old_end), (new_start, new_end) = old, new
        old_text, new_text = self.old.text, self.new.text
        if operation is Operation.REPLACE:
            while old_text[old_start].isspace() and old_text[old_start] == new_text[new_start]:
                old_start, new_start = old_start + 1, new_start + 1
            while old_text[old_end - 1].isspace() and old_text[old_end - 1] == new_text[new_end - 1]:
                old_end, new_end = old_end - 1, new_end - 1
        return Hunk(
            op=operation,
            old=old_text[old_start:old_end],
            new=new_text[new_start:new_end],
            old_line=self.old.find_line(old_start),
            new_line=self.new.find_line(new_start),
            old_start=old_start,
            new_start=new_start,
        )

    def match_clauses(self, old: Places, new: Places) -> Iterator[tuple[Places, Places]]:
        """What became of what, in order: neighbouring clauses on either side, one side empty for pure changes."""
        old_keys, new_keys = [self.old.keys[place] for place in old], [self.new.keys[place] for place in new]
        for count_old, count_new in list_common_starts(old_keys, new_keys):
            if not (is_unbroken(old[:count_old]) and is_unbroken(new[:count_new])):
                break
            yield old[:count_old], new[:count_new]
            old, new = old[count_old:], new[count_new:]
        pairs = pair_pieces(old_keys[len(old_keys) - len(old) :], new_keys[len(new_keys) - len(new) :])
        if pairs is None:
            yield from self.match_lines(old, new)
            return
        at_old = at_new = 0
        for first, second in [*pairs, (len(old), len(new))]:
            yield from join_strangers(old[at_old:first], new[at_new:second])
            if first < len(old) and second < len(new):
                yield [old[first]], [new[second]]
            at_old, at_new = first + 1, second + 1

    def match_lines(self, old: Places, new: Places) -> Iterator[tuple[Places, Places]]:
        """The same for many clauses: find the lines that resemble each other first."""
        old_lines, new_lines = group_lines(self.old, old), group_lines(self.new, new)
        pairs = pair_pieces(
            ["".join(self.old.keys[place] for place in line) for line in old_lines],
            ["".join(self.new.keys[place] for place in line) for line in new_lines],
        )
        if pairs is None and len(old_lines) == len(new_lines):
            pairs = [(index, index) for index in range(len(old_lines))]
        if pairs is None or len(old_lines) == len(new_lines) == 1:
            yield from join_strangers(old, new)
            return
        at_old = at_new = 0
        for first, second in [*pairs, (len(old_lines), len(new_lines))]:
            yield from join_strangers(list(chain(*old_lines[at_old:first])), list(chain(*new_lines[at_new:second])))
            if first < len(old_lines) and second < len(new_lines):
                yield from self.match_clauses(old_lines[first], new_lines[second])
            at_old, at_new = first + 1, second + 1


def is_unbroken(places: Sequence[int]) -> bool:
    """Whether places follow one another."""
    return places[-1] - places[0] == len(places) - 1


def list_common_starts(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """How many pieces on each side say the same but for their marks, again and again from the start on.

    So a mark that came, went or changed is told as such, although it cuts a clause in two.
    """
    i = j = 0
    while i < len(old) and j < len(new):
        first_i, first_j = i, j
        left, right = MARK.sub("", old[i]), MARK.sub("", new[j])
        i, j = i + 1, j + 1
        while left != right:
            if len(left) < len(right) and right.startswith(left) and i < len(old):
                left += MARK.sub("", old[i])
                i += 1
            elif len(right) < len(left) and left.startswith(right) and j < len(new):
                right += MARK.sub("", new[j])
                j += 1
            else:
                return
        if old[first_i:i] == new[first_j:j]:
            return
        yield i - first_i, j - first_j


def group_lines(row: ClauseRow, places: Places) -> list[Places]:
    """The clauses of each line together."""
    return [list(line) for _, line in groupby(places, key=lambda place: row.line_of[place])]


def join_strangers(old: Places, new: Places) -> Iterator[tuple[Places, Places]]:
    """Clauses without a partner: each unbroken run of old ones beside the run of new ones that stands in its place."""
    yield from zip_longest(split_runs(old), split_runs(new), fillvalue=[])


def split_runs(places: Sequence[int]) -> list[Places]:
    """Unbroken runs of consecutive places."""
    runs: list[Places] = []
    for place in places:
        if runs and runs[-1][-1] + 1 == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
