"""The unchanged text between a change's passages, to be opened where it stands. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.passages import Passage

LONGEST = 10_000  # characters of one stretch; of a longer one its beginning and its end
MOST = 200_000  # characters of all stretches of a change; the page of a document has the rest


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch of unchanged text: how long it is, how it begins, and, when it is not given whole, how it ends."""

    characters: int = 0
    head: str = ""
    tail: str = ""

    @property
    def omitted(self) -> int:
        """How many characters are left out between beginning and end."""
        return self.characters - len(self.head) - len(self.tail)


def find_kept(text: str, passages: Sequence[Passage], *, is_whole: bool) -> tuple[Kept, ...]:
    """The unchanged stretches of a new text: before each of its passages, and behind the last one.

    Without ``is_whole`` more passages follow that are not given; then there is no last stretch.
    """
    left = MOST
    found = []
    for start, end in list_stretches(text, passages, is_whole=is_whole):
        kept = cut_stretch(text[start:end], min(LONGEST, left))
        left -= len(kept.head) + len(kept.tail)
        found.append(kept)
    return tuple(found)


def list_stretches(text: str, passages: Sequence[Passage], *, is_whole: bool) -> Iterator[tuple[int, int]]:
    """Where the stretches begin and end."""
    place = 0
    for passage in passages:
        yield place, max(place, passage.start)
        place = max(place, passage.end)
    yield place, len(text) if is_whole else place


def cut_stretch(text: str, most: int) -> Kept:
    """A stretch, at most so many characters of it; white space alone is nothing."""
    if not text.strip():
        return Kept()
    if len(text) <= most:
        return Kept(len(text), text)
    return Kept(len(text), text[: most // 2], text[len(text) - most // 2 :])
