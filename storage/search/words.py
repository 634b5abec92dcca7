"""What a search compares: words read from a query, and texts folded so that a reader's idea of the same word holds.

Full-width forms are ASCII and capitals small, as `storage.comparison.folding` has it. White space counts between two
narrow letters or digits alone: 投入 100 万元 and 投入100万元 are found by each other, "road lamps" is not roadlamps.
"""

import re
from dataclasses import dataclass

from storage.comparison.folding import FOLDED, FOLDS

MOST_TERMS, LONGEST_TERM = 10, 200

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_NARROW = "0-9a-z\u00df-\u1fff"  # letters and digits of scripts that part words by spaces, after folding
_IDLE_SPACE = re.compile(rf"(?<![{_NARROW}]) | (?![{_NARROW}])")
_IS_NARROW = re.compile(rf"[{_NARROW}]")
# The only capitals whose small form is two characters, or hangs on their neighbours.
_ODD_CAPITALS = {"İ": "i", "Σ": "σ"}


@dataclass(frozen=True, slots=True)
class Words:
    """A query: what has to occur, and what must not; as it was typed."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()


def read_words(query: str) -> Words:
    """Any text as a query; quotation marks may be of either width, and need not be closed.

    Terms of nothing but white space are left out, and what is beyond `MOST_TERMS` and `LONGEST_TERM`.
    """
    kept = [(mark, term[:LONGEST_TERM]) for mark, term in find_terms(query)][:MOST_TERMS]
    return Words(tuple(term for mark, term in kept if not mark), tuple(term for mark, term in kept if mark))


def find_terms(query: str) -> list[tuple[str, str]]:
    """All terms of a query, each behind ``-`` when it is unwanted and behind nothing otherwise."""
    found = _TERM.finditer(query.replace("“", '"').replace("”", '"').replace("　", " ").replace("\0", ""))
    terms = [(match[1], (match[2] if match[3] is None else match[3]).strip()) for match in found]
    return [(mark, term) for mark, term in terms if fold_words(term)]


def fold_words(text: str) -> str:
    """The text as a search sees it."""
    if not text:
        return ""
    return _IDLE_SPACE.sub("", " ".join(_fold_characters(text).split()))


def place_words(text: str) -> tuple[str, list[int]]:
    """`fold_words`, and where in ``text`` each of its characters stands."""
    characters: list[str] = []
    places: list[int] = []
    is_apart = False
    for place, character in enumerate(_fold_characters(text)):
        if character.isspace():
            is_apart = True
            continue
        if is_apart and characters and _IS_NARROW.match(characters[-1]) and _IS_NARROW.match(character):
            characters.append(" ")
            places.append(place - 1)
        is_apart = False
        characters.append(character)
        places.append(place)
    return "".join(characters), places


def _fold_characters(text: str) -> str:
    """Width and case folded, each character at its place."""
    if not text.isascii():
        for mark in set(FOLDED.findall(text)):
            text = text.replace(mark, FOLDS[mark])
        for capital, small in _ODD_CAPITALS.items():
            text = text.replace(capital, small)
    return text.lower()
