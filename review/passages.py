"""A change's hunks as passages to read: old beside new, with a little unchanged text around. Pure functions."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from review.personal import Span
from storage.comparison.characters import mark_characters
from storage.records import Hunk, Operation, ReportedChange

CONTEXT = 70  # characters of unchanged text shown before and after
MOST_ROWS = 12  # hunks in one passage; a reader needs a pause
LONGEST = 4_000  # characters of one hunk's side; the archive has the rest
_LITTLE = 4  # characters of a line that tell a reader nothing, such as （一）
_CLAUSE_MARK = re.compile(r"[，。；！？：、,;!?]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a clause; the other side lacks them when ``is_marked``."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a hunk: unchanged text before, the changed words, unchanged text after, and its 1-based line."""

    before: str
    pieces: tuple[Piece, ...]
    after: str
    line: int
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A hunk made ready; ``is_masked`` when personal data in it are covered."""

    op: Operation
    old: Side
    new: Side
    is_masked: bool = False

    @property
    def is_partly(self) -> bool:
        """Whether some characters are marked and others are not: the clause was edited, not exchanged."""
        return has_both([*self.old.pieces, *self.new.pieces])


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring hunks in the order of the text; ``start`` and ``end`` are what they show of the new one."""

    rows: tuple[Row, ...]
    start: int = 0
    end: int = 0


class _Text:
    """One side's whole text and where it is changed, so that context never shows changed words as unchanged."""

    def __init__(self, words: str | None, spans: Iterable[Span]) -> None:
        self.words = words or ""
        self.spans = sorted(span for span in spans if span[0] < span[1])
        self.starts = [start for start, _ in self.spans]

    def read_before(self, start: int) -> str:
        place = bisect_left(self.starts, start)
        floor = self.spans[place - 1][1] if place else 0
        return self.words[max(floor, start - 2 * CONTEXT) : start]

    def read_after(self, end: int) -> str:
        place = bisect_left(self.starts, end)
        ceiling = self.starts[place] if place < len(self.starts) else len(self.words)
        return self.words[end : min(ceiling, end + 2 * CONTEXT)]

    def is_changed_between(self, start: int, end: int) -> bool:
        place = bisect_left(self.starts, start)
        return place < len(self.starts) and self.starts[place] < end


_Pair = tuple[Hunk, Hunk]


def build_passages(shown: ReportedChange, original: ReportedChange, most: int) -> tuple[tuple[Passage, ...], int]:
    """The hunks of a change as passages, in the order of the new text: the first ``most``, and how many more there are.

    ``shown`` is what may be read (masked or not), ``original`` the same change as it was: characters are marked by
    comparing the original words, so that a covered value that changed is still marked, as a whole.
    """
    pairs = list(zip(shown.change.difference.hunks, original.change.difference.hunks, strict=True))
    pairs.sort(key=lambda pair: (pair[0].new_start, pair[0].old_start))
    old = _Text(shown.old_text, ((one.old_start, one.old_start + len(one.old)) for one, _ in pairs))
    new = _Text(shown.new_text, ((one.new_start, one.new_start + len(one.new)) for one, _ in pairs))
    groups = list(_group_hunks(pairs, old, new))
    passages = tuple(_build_passage(group, old, new) for group in groups[:most])
    return passages, len(groups) - len(passages)


def _build_passage(group: Sequence[_Pair], old: _Text, new: _Text) -> Passage:
    rows = tuple(_build_rows(group, old, new))
    first, last = group[0][0], group[-1][0]
    start = first.new_start - len(rows[0].new.before.removeprefix("…"))
    return Passage(rows, start, last.new_start + len(last.new) + len(rows[-1].new.after.removesuffix("…")))


def _group_hunks(pairs: Iterable[_Pair], old: _Text, new: _Text) -> Iterator[list[_Pair]]:
    group: list[_Pair] = []
    for pair in pairs:
        if len(group) == MOST_ROWS or (group and not _is_near(group[-1][0], pair[0], old, new)):
            yield group
            group = []
        group.append(pair)
    if group:
        yield group


def _is_near(first: Hunk, second: Hunk, old: _Text, new: _Text) -> bool:
    """Whether two hunks are read in one go: little unchanged text between them, and nothing moved."""
    if Operation.MOVE in (first.op, second.op):
        return False
    old_end, new_end = first.old_start + len(first.old), first.new_start + len(first.new)
    old_gap, new_gap = second.old_start - old_end, second.new_start - new_end
    is_close = 0 <= old_gap <= CONTEXT and 0 <= new_gap <= CONTEXT
    has_words = max(old_gap, new_gap) == 0 or bool(old.words and new.words)
    is_quiet = not (
        old.is_changed_between(old_end, second.old_start) or new.is_changed_between(new_end, second.new_start)
    )
    return is_close and has_words and is_quiet


def _build_rows(group: Sequence[_Pair], old: _Text, new: _Text) -> Iterator[Row]:
    old_starts = [0, *(first.old_start + len(first.old) for (first, _), _ in pairwise(group))]
    new_starts = [0, *(first.new_start + len(first.new) for (first, _), _ in pairwise(group))]
    for place, (hunk, original) in enumerate(group):
        is_first, is_last = place == 0, place == len(group) - 1
        old_words, new_words = _mark_pair(hunk, original)
        old_end, new_end = hunk.old_start + len(hunk.old), hunk.new_start + len(hunk.new)
        yield Row(
            hunk.op,
            Side(
                trim_before(old.read_before(hunk.old_start))
                if is_first
                else old.words[old_starts[place] : hunk.old_start],
                old_words,
                trim_after(old.read_after(old_end)) if is_last else "",
                hunk.old_line,
                max(0, len(hunk.old) - LONGEST),
            ),
            Side(
                trim_before(new.read_before(hunk.new_start))
                if is_first
                else new.words[new_starts[place] : hunk.new_start],
                new_words,
                trim_after(new.read_after(new_end)) if is_last else "",
                hunk.new_line,
                max(0, len(hunk.new) - LONGEST),
            ),
            is_masked=hunk != original,
        )


def trim_before(text: str) -> str:
    """The end of an unchanged text: the rest of the line, and the line before when that is next to nothing.

    A long line is cut at the beginning of a clause when one begins near; ``…`` says that it goes on.
    """
    lines = text.split("\n")
    if len(lines) > 1 and len(lines[-1]) < _LITTLE:
        return f"{_trim_start(lines[-2])}\n{lines[-1]}" if lines[-2] else lines[-1]
    return _trim_start(lines[-1])


def trim_after(text: str) -> str:
    """The beginning of an unchanged text: the rest of the line, and the next line when that is next to nothing."""
    lines = text.split("\n")
    if len(lines) > 1 and len(lines[0]) < _LITTLE:
        return f"{lines[0]}\n{_trim_end(lines[1])}" if lines[1] else lines[0]
    return _trim_end(lines[0])


def _trim_start(line: str) -> str:
    if len(line) <= CONTEXT:
        return line
    excerpt = line[-CONTEXT:]
    mark = _CLAUSE_MARK.search(excerpt, 0, CONTEXT // 2)
    return "…" + excerpt[mark.end() if mark else 0 :]


def _trim_end(line: str) -> str:
    if len(line) <= CONTEXT:
        return line
    ends = [found.end() for found in _CLAUSE_MARK.finditer(line, CONTEXT // 2, CONTEXT)]
    return line[: ends[-1] if ends else CONTEXT] + "…"


def _mark_pair(hunk: Hunk, original: Hunk) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if hunk.op is not Operation.REPLACE or max(len(hunk.old), len(hunk.new)) > LONGEST:
        return cut_pieces(hunk.old, ()), cut_pieces(hunk.new, ())
    old_spans, new_spans = find_marks(original.old, original.new)
    return (
        cut_pieces(hunk.old, widen_spans(old_spans, hunk.old, original.old)),
        cut_pieces(hunk.new, widen_spans(new_spans, hunk.new, original.new)),
    )


def widen_spans(spans: Iterable[Span], shown: str, original: str) -> tuple[Span, ...]:
    """The spans, each widened over the covered characters that it touches: how they differ is not shown."""
    covered = [0 if one == two else 1 for one, two in zip(shown, original, strict=True)]
    widened: list[Span] = []
    for start, end in sorted(spans):
        first, last = start, end
        while first > 0 and covered[first] and covered[first - 1]:
            first -= 1
        while last < len(shown) and covered[last - 1] and covered[last]:
            last += 1
        if widened and first <= widened[-1][1]:
            first, last = widened[-1][0], max(last, widened[-1][1])
            widened.pop()
        widened.append((first, last))
    return tuple(widened)


def find_marks(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans (start, end) of either text that the other does not have."""
    old_spans, new_spans = [], []
    old_place = new_place = 0
    for step, gone, come in mark_characters(old, new):
        if step != "equal":
            old_spans.append((old_place, old_place + len(gone)))
            new_spans.append((new_place, new_place + len(come)))
        old_place += len(gone)
        new_place += len(come)
    return tuple(span for span in old_spans if span[0] < span[1]), tuple(
        span for span in new_spans if span[0] < span[1]
    )


def has_both(pieces: Iterable[Piece]) -> bool:
    """Whether there are marked pieces and others."""
    return len({piece.is_marked for piece in pieces}) > 1


def cut_pieces(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """The text, at most `LONGEST` characters of it, cut at the spans; the pieces together are the text."""
    text = text[:LONGEST]
    pieces: list[Piece] = []
    position = 0
    for start, end in spans:
        pieces += [Piece(text[position:start]), Piece(text[start:end], is_marked=True)]
        position = end
    return tuple(piece for piece in [*pieces, Piece(text[position:])] if piece.text)
