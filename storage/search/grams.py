"""The grams by which texts are found: single characters, pairs, and triples of narrow ones. Pure.

A text holds every gram of each word in it, so the grams of a query leave out most texts; whether one of the rest holds
the words is seen in the text itself. Grams are made of characters beyond ASCII alone: those of ASCII are moved up,
where SQLite's tokenizer takes all for letters. Two characters that fall together there cost a look at a text, no more.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from operator import add

from rapidfuzz.distance import Postfix, Prefix

NARROW = 0x100  # where ASCII is moved to
SEPARATOR = "\0"  # between the parts of what is indexed together; no query holds it
LONGEST = 3  # characters of a gram
LOST, GAINED = "l", "g"  # marks of grams beside what a version lost, and gained, against the one before it
SITE, COLUMN, KIND = "s", "n", "k"  # marks of an entry's values
FIRST_YEAR, LAST_YEAR = 1990, 2100  # between which the years are named when one end is open

_MOVED = {code: chr(NARROW + code) for code in range(128)}
_ASCII = re.compile(r"[\0-\x7f]+")
_RUN = re.compile(f"[{chr(NARROW)}-{chr(NARROW + 127)}]+")


def move_ascii(text: str) -> str:
    """The text with its ASCII moved up."""
    return _ASCII.sub(lambda run: run[0].translate(_MOVED), text)


def find_grams(folded: str) -> set[str]:
    """All grams of a folded text."""
    if not folded:
        return set()
    text = move_ascii(folded)
    grams = set(text)
    grams.update(map(add, text, text[1:]))
    for run in _RUN.findall(text):
        grams.update(cut_triples(run))
    return grams


def cover_word(folded: str) -> set[str]:
    """The fewest grams that a text with this folded word has: every two neighbours of the word stand in one of them."""
    text = move_ascii(folded)
    if len(text) == 1:
        return {text}
    grams = {first + second for first, second in pairwise(text) if not (_RUN.match(first) and _RUN.match(second))}
    for run in _RUN.findall(text):
        grams.update(cut_triples(run) if len(run) >= LONGEST else {run} if len(run) > 1 else ())
    return grams


def cut_triples(run: str) -> Iterable[str]:
    """The grams of three characters."""
    return map("".join, zip(run, run[1:], run[2:], strict=False))


def mark_grams(mark: str, grams: Iterable[str]) -> set[str]:
    """Grams of one kind as tokens that no gram of another kind equals."""
    return {mark + gram for gram in grams}


def name_value(mark: str, value: str) -> str:
    """A site or a kind as a token."""
    return mark + move_ascii(value)


def name_months(since: datetime | None, until: datetime | None) -> list[str]:
    """The tokens one of which an entry has whose version was seen between two times: whole years, and months beside."""
    first = (since.year, since.month) if since else (FIRST_YEAR, 1)
    last = (until.year, until.month) if until else (LAST_YEAR, 12)
    tokens: list[str] = []
    for year in range(max(first[0], FIRST_YEAR), min(last[0], LAST_YEAR) + 1):
        months = [month for month in range(1, 13) if first <= (year, month) <= last]
        tokens += [f"y{year}"] if len(months) == 12 else [f"m{year}{month:02}" for month in months]  # noqa: PLR2004 - of a year
    return tokens


def join_parts(parts: Mapping[str, str]) -> str:
    """Folded texts of all fields, in their order, as one."""
    return SEPARATOR.join(part.replace(SEPARATOR, "") for part in parts.values())


def find_edge_grams(before: str, after: str) -> tuple[set[str], set[str]]:
    """The grams in and beside what ``before`` lost, and what ``after`` gained, from the first to the last difference.

    A word that stands in one and not in the other has all its places there, or across it: one of the grams that
    `cover_word` gives is among these.
    """
    start = Prefix.similarity(before, after)
    end = min(Postfix.similarity(before, after), min(len(before), len(after)) - start)
    edges = (text[max(start - LONGEST + 1, 0) : len(text) - end + LONGEST - 1] for text in (before, after))
    lost, gained = map(find_grams, edges)
    return lost, gained
