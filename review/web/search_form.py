"""What was asked of the search, as it stands in the URL. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from review.web.listing import read_day
from storage.search.values import FIELDS, Fate, Sieve
from storage.search.words import LONGEST_TERM, MOST_TERMS, Words, find_terms, read_words

FILTERS = ("q", "site", "column", "page", "kind", "field", "fate", "has", "lacks", "since", "until")
LONGEST_QUERY = 500  # characters
KINDS = ("reply", "summary", "proposal", "notice", "other")  # of documents
DIGITS, VERSION_DIGITS = 19, 9  # of a number that any database takes


class Problem(StrEnum):
    """Why a query is not looked for."""

    EMPTY = "empty"
    ONLY_WITHOUT = "only_without"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and its filters; ``given`` is what stands in the form, ``before`` the cursor.

    ``has`` and ``lacks`` are numbers of versions: of the one that holds the words, and of one that does not.
    """

    given: dict[str, str]
    words: Words
    sieve: Sieve
    before: int
    problem: Problem | None

    def link(self, **changed: str | int) -> str:
        """The query of a URL that asks the same but for some values."""
        values = self.given | {name: str(value) for name, value in changed.items()}
        return urlencode({name: value for name, value in values.items() if value})


def read_asked(query: Mapping[str, str], zone: ZoneInfo) -> Asked:
    """What a reader asks for; a filter that is not understood is as if it was not there."""
    given = {name: query.get(name, "") for name in FILTERS}
    text = given["q"]
    words = read_words(text[:LONGEST_QUERY])
    sieve = Sieve(
        site=given["site"],
        column=read_number(given["column"]) if given["site"] else 0,
        page=read_number(given["page"]),
        number=read_number(given["has"][:VERSION_DIGITS]),
        without=read_number(given["lacks"][:VERSION_DIGITS]),
        kind=given["kind"] if given["kind"] in KINDS else "",
        field=given["field"] if given["field"] in FIELDS else "",
        since=read_day(given["since"], zone),
        until=read_day(given["until"], zone, days=1),
        fate=Fate(given["fate"]) if given["fate"] in set(Fate) else Fate.ANY,
    )
    problem = judge_query(text, words) if "q" in query else Problem.EMPTY
    return Asked(given, words, sieve, read_number(query.get("before", "")), problem)


def judge_query(text: str, words: Words) -> Problem | None:
    """What is wrong with a query, if anything."""
    terms = find_terms(text)
    if len(text) > LONGEST_QUERY or any(len(term) > LONGEST_TERM for _, term in terms):
        return Problem.TOO_LONG
    if len(terms) > MOST_TERMS:
        return Problem.TOO_MANY
    if not words.wanted:
        return Problem.ONLY_WITHOUT if words.unwanted else Problem.EMPTY
    return None


def read_number(word: str) -> int:
    """A number that a database takes; 0 for what is none."""
    return int(word) if word.isdecimal() and len(word) < DIGITS else 0
