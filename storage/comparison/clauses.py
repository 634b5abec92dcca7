"""Text as a row of clauses that together cover it: the pieces that a difference is told in."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from storage.comparison.folding import fold_text

MARKS = ",.:;!?。、…"
CLOSERS = "”’」』)】》〕\\]\"'"
# A mark inside a number, a time or an address (3.14, 1,000, 10:30, www.gov.cn) ends nothing.
INNER_MARK = rf"(?<=[0-9A-Za-z])[{MARKS}](?=[0-9A-Za-z])"
CLAUSE = re.compile(rf"[^{MARKS}\n]*(?:{INNER_MARK}[^{MARKS}\n]*)*[{MARKS}]*[{CLOSERS}]*\s*")
LONGEST_CLAUSE = 160
# Where no mark comes for long, common words cut, so that the pieces are the same wherever they stand.
PIECE = re.compile(r"(?s).{8,60}?[的了和是在及与等\s]\s*|.{1,60}\s*")


@dataclass(frozen=True)
class ClauseRow:
    """The clauses of a text.

    ``keys`` are what they are compared by, ``starts`` their offsets (with the text's length at the end), ``ends`` where
    their words end, before trailing white space; ``lines`` are (first, last + 1) of the clauses in each line.
    """

    text: str
    keys: list[str]
    starts: list[int]
    ends: list[int]
    lines: list[tuple[int, int]]

    @cached_property
    def line_keys(self) -> list[str]:
        """What whole lines are compared by."""
        return ["".join(self.keys[first:last]) for first, last in self.lines]

    @cached_property
    def line_of(self) -> list[int]:
        """The number of each clause's line (0-based, empty lines not counted)."""
        return [number for number, (first, last) in enumerate(self.lines) for _ in range(first, last)]

    @cached_property
    def breaks(self) -> list[int]:
        """The offsets of all line ends."""
        return [found.start() for found in re.finditer("\n", self.text)]

    def find_line(self, offset: int) -> int:
        """The 1-based line of the first word at or after ``offset``."""
        while offset < len(self.text) and self.text[offset].isspace():
            offset += 1
        return bisect_right(self.breaks, offset - 1) + 1


def split_clauses(text: str) -> ClauseRow:
    """Cut ``text`` at clause marks and line ends; every character belongs to exactly one clause."""
    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    lines: list[tuple[int, int]] = []
    folded = fold_text(text)
    position = line_start = 0
    for end in find_ends(folded):
        piece = folded[position:end]
        key = "".join(piece.split())
        if key:
            keys.append(key)
            starts.append(position)
            ends.append(position + len(piece.rstrip()))
            position = end
        if "\n" in piece[len(piece.rstrip()) :] and len(keys) > line_start:
            lines.append((line_start, len(keys)))
            line_start = len(keys)
    if len(keys) > line_start:
        lines.append((line_start, len(keys)))
    if starts:
        starts[0] = 0
    starts.append(len(text))
    return ClauseRow(text=text, keys=keys, starts=starts, ends=ends, lines=lines)


def find_ends(folded: str) -> Iterator[int]:
    """Where each clause ends, its trailing white space included."""
    for found in CLAUSE.finditer(folded):
        start, end = found.span()
        if end - start > LONGEST_CLAUSE:
            yield from (piece.end() for piece in PIECE.finditer(folded, start, end))
        elif end > start:
            yield end
