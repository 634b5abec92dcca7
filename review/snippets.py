"""Where the words of a search stand in a text, cut out with a little around them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

AROUND = 40  # characters shown on either side of a hit
MOST = 3  # places that are shown of one text


@dataclass(frozen=True, slots=True)
class Snippet:
    """A hit and what stands around it; ``before`` and ``after`` begin and end with an ellipsis where text is cut."""

    before: str
    hit: str
    after: str


def cut_snippets(text: str, terms: Sequence[str]) -> tuple[Snippet, ...]:
    """The first places of a text in which one of the terms stands, each not overlapping the one before."""
    if not terms:
        return ()
    pattern = re.compile("|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True)), re.IGNORECASE)
    found: list[Snippet] = []
    end = 0
    for match in pattern.finditer(text):
        if found and match.start() < end:
            continue
        start, end = max(match.start() - AROUND, 0), match.end() + AROUND
        before = ("…" if start else "") + text[start : match.start()]
        after = text[match.end() : end] + ("…" if end < len(text) else "")
        found.append(Snippet(" ".join(before.split("\n")), match[0], " ".join(after.split("\n"))))
        if len(found) == MOST:
            break
    return tuple(found)
