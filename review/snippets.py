"""Where the words of a search stand in a text, cut out with a little around them. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.search.words import fold_words, place_words

AROUND = 40  # characters shown on either side of a hit
MOST = 3  # places that are shown of one text


@dataclass(frozen=True, slots=True)
class Snippet:
    """A hit and what stands around it; ``before`` and ``after`` begin and end with an ellipsis where text is cut."""

    before: str
    hit: str
    after: str


def cut_snippets(text: str, terms: Sequence[str]) -> tuple[Snippet, ...]:
    """The first places of a text in which one of the terms stands, each not overlapping the one before.

    What counts as the same word is what the search finds; the words are shown as the text has them.
    """
    found: list[Snippet] = []
    end = 0
    for start, stop in find_places(text, terms):
        if found and start < end:
            continue
        begin, end = max(start - AROUND, 0), stop + AROUND
        before = ("…" if begin else "") + text[begin:start]
        after = text[stop:end] + ("…" if end < len(text) else "")
        found.append(Snippet(join_lines(before), join_lines(text[start:stop]), join_lines(after)))
        if len(found) == MOST:
            break
    return tuple(found)


def find_places(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each place where a term stands, the longest one where several begin."""
    folded, places = place_words(text)
    wanted = sorted({term for term in map(fold_words, terms) if term}, key=len, reverse=True)
    if wanted:
        for match in re.finditer("|".join(map(re.escape, wanted)), folded):
            yield places[match.start()], places[match.end() - 1] + 1


def join_lines(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split("\n"))
