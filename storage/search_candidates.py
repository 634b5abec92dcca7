"""Entries of the index that may hold the words of a query, the newest first; the grams leave out most of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.search_grams import LOST, cover_word, mark_grams, name_value
from storage.search_index import sum_tokens
from storage.search_words import fold_words

MOST_NEEDED, MOST_EDGES = 40, 100  # tokens that are looked up: more would take longer than they spare


@dataclass(frozen=True, slots=True)
class Signs:
    """What an entry is known by: it has all of ``needed``, and one of each of ``choices``."""

    needed: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...] = ()


def find_signs(
    terms: Sequence[str], values: Mapping[str, str], months: Sequence[str] = (), *, field_mark: str = "", edge: str = ""
) -> Signs:
    """The tokens of an entry that holds terms (as typed).

    ``values`` are those of the entry's version by their marks, ``months`` what `name_months` gives. ``edge`` is `LOST`
    for entries of versions that lack the words when the one before held them all; of these nothing else is known than
    what both have. It is `GAINED` the other way round.
    """
    grams = {gram for term in terms for gram in cover_word(fold_words(term))}
    fixed = [name_value(mark, value) for mark, value in values.items() if value]
    held = () if edge == LOST else sorted(mark_grams(field_mark, grams), key=rank_gram)[:MOST_NEEDED]
    choices = [tuple(months)] if months else []
    if edge and len(grams) <= MOST_EDGES:
        choices.append(tuple(sorted(mark_grams(edge, grams))))
    return Signs((*fixed, *held), tuple(choices))


def rank_gram(gram: str) -> tuple[int, str]:
    """Longer grams are rarer."""
    return -len(gram), gram


def read_candidates(session: Session, signs: Signs, before: int, limit: int) -> list[int]:
    """The numbers of the newest entries below ``before`` (0: of all) that show the signs, the newest first."""
    if session.get_bind().dialect.name == "sqlite":
        statement, values = build_match(signs)
    else:
        statement, values = build_overlap(signs)
    rows = session.scalars(text(statement), values | {"before": before or 2**63 - 1, "limit": limit})
    return list(rows)


def build_match(signs: Signs) -> tuple[str, dict[str, object]]:
    """The statement for SQLite; without a sign it goes through all entries."""
    if not (signs.needed or signs.choices):
        return "SELECT id FROM search_entries WHERE id < :before ORDER BY id DESC LIMIT :limit", {}
    parts = [*map(quote_token, signs.needed), *(f"({' OR '.join(map(quote_token, one))})" for one in signs.choices)]
    statement = (
        "SELECT rowid FROM search_grams WHERE search_grams MATCH :match AND rowid < :before"
        " ORDER BY rowid DESC LIMIT :limit"
    )
    return statement, {"match": " AND ".join(parts)}


def quote_token(token: str) -> str:
    """A token as a string of SQLite's query language; none has a quotation mark, for ASCII is moved up."""
    return f'"{token}"'


def build_overlap(signs: Signs) -> tuple[str, dict[str, object]]:
    """The statement for PostgreSQL."""
    conditions: list[str] = ["entry_id < :before"]
    values: dict[str, object] = {}
    tests = [("@>", signs.needed), *(("&&", one) for one in signs.choices)]
    for place, (operator, tokens) in enumerate(tests):
        if tokens:
            conditions.append(f"grams {operator} CAST(:tokens{place} AS INTEGER[])")
            values[f"tokens{place}"] = sum_tokens(tokens)
    where = " AND ".join(conditions)
    return f"SELECT entry_id FROM search_grams WHERE {where} ORDER BY entry_id DESC LIMIT :limit", values  # noqa: S608 - our words
