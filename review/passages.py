"""A change's hunks as passages to read: old beside new, with a little unchanged text around. Pure functions."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from review.personal import Span
from storage.records import Hunk, Operation, ReportedChange

MarkCharacters = Callable[[str, str], tuple[Sequence[Span], Sequence[Span]]]
"""Given an old and a new clause, the spans (start, end) of each that the other does not have."""

CONTEXT = 70  # characters of unchanged text shown before and after
LONGEST = 4_000  # characters of one hunk's side; the archive has the rest
_CLAUSE_START = re.compile(r"[，。；！？：、\n,;!?]")


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


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring hunks in the order of the text."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One side's whole text and where it is changed, so that context never shows changed words as unchanged."""

    words: str
    spans: tuple[Span, ...] = field(default=())

    def read_before(self, start: int) -> str:
        floor = max((end for begin, end in self.spans if end <= start and begin < end), default=0)
        return self.words[max(floor, start - 2 * CONTEXT) : start]

    def read_after(self, end: int) -> str:
        ceiling = min((begin for begin, stop in self.spans if begin >= end and begin < stop), default=len(self.words))
        return self.words[end : min(ceiling, end + 2 * CONTEXT)]

    def is_changed_between(self, start: int, end: int) -> bool:
        return any(begin < end and stop > start for begin, stop in self.spans)


def build_passages(shown: ReportedChange, original: ReportedChange, mark: MarkCharacters) -> tuple[Passage, ...]:
    """The hunks of a change as passages, in the order of the new text.

    ``shown`` is what may be read (masked or not), ``original`` the same change as it was: characters are marked by
    comparing the original words, so that a covered value that changed is still marked, as a whole.
    """
    pairs = list(zip(shown.change.difference.hunks, original.change.difference.hunks, strict=True))
    pairs.sort(key=lambda pair: (pair[0].new_start, pair[0].old_start))
    hunks = [pair[0] for pair in pairs]
    old = _Text(shown.old_text or "", tuple((one.old_start, one.old_start + len(one.old)) for one in hunks))
    new = _Text(shown.new_text or "", tuple((one.new_start, one.new_start + len(one.new)) for one in hunks))
    return tuple(Passage(tuple(_build_rows(group, old, new, mark))) for group in _group_hunks(pairs, old, new))


_Pair = tuple[Hunk, Hunk]


def _group_hunks(pairs: Iterable[_Pair], old: _Text, new: _Text) -> Iterator[list[_Pair]]:
    group: list[_Pair] = []
    for pair in pairs:
        if group and not _is_near(group[-1][0], pair[0], old, new):
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


def _build_rows(group: Sequence[_Pair], old: _Text, new: _Text, mark: MarkCharacters) -> Iterator[Row]:
    old_starts = [0, *(first.old_start + len(first.old) for (first, _), _ in pairwise(group))]
    new_starts = [0, *(first.new_start + len(first.new) for (first, _), _ in pairwise(group))]
    for place, (hunk, original) in enumerate(group):
        is_first, is_last = place == 0, place == len(group) - 1
        old_words, new_words = _mark_pair(hunk, original, mark)
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
    """The end of an unchanged text, from the beginning of a clause when one begins near; ``…`` says it goes on."""
    if len(text) <= CONTEXT:
        return text.lstrip("\n")
    excerpt = text[-CONTEXT:]
    mark = _CLAUSE_START.search(excerpt, 0, CONTEXT // 2)
    return "…" + excerpt[mark.end() if mark else 0 :].lstrip("\n")


def trim_after(text: str) -> str:
    """The beginning of an unchanged text, up to the end of a clause when one ends near; ``…`` says it goes on."""
    if len(text) <= CONTEXT:
        return text.rstrip("\n")
    ends = [found.end() for found in _CLAUSE_START.finditer(text, CONTEXT // 2, CONTEXT)]
    return text[: ends[-1] if ends else CONTEXT].rstrip("\n") + "…"


def _mark_pair(hunk: Hunk, original: Hunk, mark: MarkCharacters) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if hunk.op is not Operation.REPLACE or max(len(hunk.old), len(hunk.new)) > LONGEST:
        return cut_pieces(hunk.old, ()), cut_pieces(hunk.new, ())
    old_spans, new_spans = mark(original.old, original.new)
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


def mark_middle(old: str, new: str) -> tuple[Sequence[Span], Sequence[Span]]:
    """What is left of each text without their common beginning and end: the plainest way to mark characters."""
    shorter = min(len(old), len(new))
    head = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - head
    tail = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    spans = [(head, len(text) - tail) for text in (old, new)]
    old_spans, new_spans = ([span] if span[0] < span[1] else [] for span in spans)
    return old_spans, new_spans


def cut_pieces(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """The text, at most `LONGEST` characters of it, cut at the spans; the pieces together are the text."""
    text = text[:LONGEST]
    pieces: list[Piece] = []
    position = 0
    for start, end in spans:
        pieces += [Piece(text[position:start]), Piece(text[start:end], is_marked=True)]
        position = end
    return tuple(piece for piece in [*pieces, Piece(text[position:])] if piece.text)
