"""Entries of the index that may hold the words of a query, the newest first; the grams leave out most of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.search.grams import LOST, cover_word, mark_grams, name_value
from storage.search.index import sum_tokens
from storage.search.tables import EntryRow
from storage.search.words import fold_words
from storage.tables import VersionRow

MOST_NEEDED, MOST_EDGES = 40, 100  # tokens that are looked up: more would take longer than they spare


@dataclass(frozen=True, slots=True)
class Signs:
    """What an entry is known by: it has all of ``needed``, one of ``months`` and of ``edges`` where there are any."""

    needed: tuple[str, ...]
    months: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()


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
    edges = sorted(mark_grams(edge, grams)) if edge and len(grams) <= MOST_EDGES else ()
    return Signs((*fixed, *held), tuple(months), tuple(edges))


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


def read_page_entries(session: Session, page_id: int, before: int, limit: int) -> list[int]:
    """The numbers of the newest entries of a page below ``before`` (0: of all), the newest first: they are few."""
    query = select(EntryRow.id).join(VersionRow, VersionRow.id == EntryRow.version_id)
    query = query.where(VersionRow.page_id == page_id, EntryRow.id < (before or 2**63 - 1))
    return list(session.scalars(query.order_by(EntryRow.id.desc()).limit(limit)))


def build_match(signs: Signs) -> tuple[str, dict[str, object]]:
    """The statement for SQLite; without a sign it goes through all entries."""
    if signs == Signs(()):
        return "SELECT id FROM search_entries WHERE id < :before ORDER BY id DESC LIMIT :limit", {}
    choices = [" OR ".join(map(quote_token, one)) for one in (signs.months, signs.edges) if one]
    parts = [*map(quote_token, signs.needed), *(f"({choice})" for choice in choices)]
    statement = (
        "SELECT rowid FROM search_grams WHERE search_grams MATCH :match AND rowid < :before"
        " ORDER BY rowid DESC LIMIT :limit"
    )
    return statement, {"match": " AND ".join(parts)}


def quote_token(token: str) -> str:
    """A token as a string of SQLite's query language; none has a quotation mark, for ASCII is moved up."""
    return f'"{token}"'


def build_overlap(signs: Signs) -> tuple[str, dict[str, object]]:
    """The statement for PostgreSQL.

    What stands at edges is rare, and PostgreSQL does not know: it would look at all arrays from the newest on.
    """
    conditions: list[str] = []
    values: dict[str, object] = {}
    for name, operator in (("needed", "@>"), ("months", "&&"), ("edges", "&&")):
        if tokens := getattr(signs, name):
            conditions.append(f"grams {operator} CAST(:{name} AS INTEGER[])")
            values[name] = sum_tokens(tokens)
    found = f"SELECT entry_id FROM search_grams WHERE {' AND '.join(conditions or ['true'])}"  # noqa: S608 - our words
    fence = "MATERIALIZED" if signs.edges else "NOT MATERIALIZED"
    some = "SELECT entry_id FROM found WHERE entry_id < :before ORDER BY entry_id DESC LIMIT :limit"
    return f"WITH found AS {fence} ({found}) {some}", values
