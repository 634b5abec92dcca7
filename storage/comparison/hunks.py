"""Hunks put to use: rebuild either text from the other."""

from collections.abc import Iterable
from dataclasses import replace

from storage.records import Hunk, Operation

OPPOSITES = {Operation.INSERT: Operation.DELETE, Operation.DELETE: Operation.INSERT}


def apply_hunks(old: str, hunks: Iterable[Hunk]) -> str:
    """The new text, rebuilt from the old one.

    Exact where the unchanged parts are the same to the character. White space and width that differ there (they are
    never told) stay as they were in ``old``; the place of a move is then exact only to that white space.
    """
    ordered = sorted(hunks, key=lambda hunk: (hunk.new_start, hunk.old_start))
    kept = _Kept(old, ordered)
    pieces: list[str] = []
    written = 0
    for hunk in ordered:
        piece = kept.take(hunk.new_start - written) if hunk.op is Operation.MOVE else kept.take_until(hunk.old_start)
        pieces += [piece, hunk.new]
        written = max(written, hunk.new_start + len(hunk.new))
    return "".join([*pieces, kept.take_until(len(old))])


def reverse_hunks(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """The hunks that lead back from the new text to the old one."""
    turned = (
        replace(
            hunk,
            op=OPPOSITES.get(hunk.op, hunk.op),
            old=hunk.new,
            new=hunk.old,
            old_line=hunk.new_line,
            new_line=hunk.old_line,
            old_start=hunk.new_start,
            new_start=hunk.old_start,
        )
        for hunk in hunks
    )
    return tuple(sorted(turned, key=lambda hunk: (hunk.new_start, hunk.old_start)))


class _Kept:
    """The parts of the old text that no hunk takes away, to be taken in order."""

    def __init__(self, old: str, hunks: Iterable[Hunk]) -> None:
        self.old = old
        self.cuts = sorted(
            ((hunk.old_start, hunk.old_start + len(hunk.old)) for hunk in hunks if hunk.old), reverse=True
        )
        self.position = 0

    def take(self, count: int) -> str:
        """The next ``count`` kept characters."""
        pieces: list[str] = []
        while count > 0 and self.position < len(self.old):
            end = min(self.position + count, self.cuts[-1][0] if self.cuts else len(self.old))
            pieces.append(self.old[self.position : end])
            count -= end - self.position
            self.position = end
            self._skip_cuts()
        return "".join(pieces)

    def take_until(self, offset: int) -> str:
        """All kept characters before ``offset``; what follows begins behind the cut that starts there."""
        pieces: list[str] = []
        self._skip_cuts()
        while self.position < offset:
            end = min(offset, self.cuts[-1][0] if self.cuts else offset)
            pieces.append(self.old[self.position : end])
            self.position = end
            self._skip_cuts()
        return "".join(pieces)

    def _skip_cuts(self) -> None:
        while self.cuts and self.cuts[-1][0] <= self.position:
            self.position = max(self.position, self.cuts.pop()[1])
