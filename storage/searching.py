"""Search in the text of all versions, deleted text included: a scan from the newest version on, until it has enough.

Every word has to occur, ``"a phrase"`` as it stands, ``-word`` not at all. No index: terms of one or two characters
work like any others, and nothing has to be kept up to date. A database that is too large for it wants an index.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from storage.database import Database
from storage.tables import CaptureRow, PageRow, SiteRow, VersionRow
from storage.withholding import withheld_pages

LIMIT = 50  # hits at a time
MOST_TERMS, LONGEST_TERM = 10, 200
FIELDS = ("title", "index_number", "document_number", "publisher")  # of a document, beside its text
ESCAPE = "\\"

Rows = Select[VersionRow, PageRow, str, datetime]

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


class Fate(StrEnum):
    """Where the words stand: in any version, in an older one but not in the latest, or in the latest alone."""

    ANY = ""
    VANISHED = "vanished"
    APPEARED = "appeared"


@dataclass(frozen=True, slots=True)
class Words:
    """A query: what has to occur, and what must not."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A version that holds the words; ``latest`` is the number of its page's newest version."""

    page_id: int
    number: int
    latest: int
    url: str
    title: str
    site: str
    site_name: str
    captured_at: datetime
    text: str


def read_words(query: str) -> Words:
    """Any text as a query; quotation marks may be of either width, and need not be closed."""
    found = list(_TERM.finditer(query.replace("“", '"').replace("”", '"').replace("　", " ").replace("\0", "")))
    terms = [(match[1], (match[2] if match[3] is None else match[3]).strip()[:LONGEST_TERM]) for match in found]
    kept = [(mark, term) for mark, term in terms if term][:MOST_TERMS]
    return Words(tuple(term for mark, term in kept if not mark), tuple(term for mark, term in kept if mark))


def find_hits(
    database: Database, words: Words, *, site: str = "", fate: Fate = Fate.ANY, before: int = 0, limit: int = LIMIT
) -> tuple[tuple[Hit, ...], int]:
    """The newest versions that hold the words, and the cursor (``before``) of those that follow, 0 at the end.

    Without a word that has to occur there is no hit.
    """
    if not words.wanted:
        return (), 0
    query = select_hits(words, site, fate)
    if before:
        query = query.where(VersionRow.id < before)
    with database.read() as session:
        rows = list(read_hits(session, query.order_by(VersionRow.id.desc()).limit(limit + 1)))
    return tuple(hit for _, hit in rows[:limit]), rows[limit - 1][0] if len(rows) > limit else 0


def select_hits(words: Words, site: str, fate: Fate) -> Rows:
    """The query behind `find_hits`."""
    query = (
        select(VersionRow, PageRow, SiteRow.name, CaptureRow.captured_at)
        .join(PageRow, PageRow.id == VersionRow.page_id)
        .join(SiteRow, SiteRow.key == PageRow.site_key)
        .join(CaptureRow, CaptureRow.id == VersionRow.capture_id)
        .where(matches(VersionRow, words), PageRow.parent_id.is_(None), PageRow.id.not_in(withheld_pages()))
    )
    if site:
        query = query.where(PageRow.site_key == site)
    other = aliased(VersionRow)
    if fate is Fate.VANISHED:
        latest = and_(other.page_id == PageRow.id, other.number == PageRow.version_number, matches(other, words))
        query = query.where(~exists().where(latest))
    if fate is Fate.APPEARED:
        older = and_(other.page_id == PageRow.id, other.number < VersionRow.number, matches(other, words))
        query = query.where(VersionRow.number == PageRow.version_number, VersionRow.number > 1, ~exists().where(older))
    return query


def matches(version: type[VersionRow], words: Words) -> ColumnElement[bool]:
    """Whether a version holds all words that it should and none that it should not."""
    return and_(*(holds(version, term) for term in words.wanted), *(~holds(version, term) for term in words.unwanted))


def holds(version: type[VersionRow], term: str) -> ColumnElement[bool]:
    """Whether a term occurs in the text or in one of the fields, whatever its case."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", term) + "%"
    fields = (version.document[name].as_string().ilike(pattern, escape=ESCAPE).is_(True) for name in FIELDS)
    return or_(version.text.ilike(pattern, escape=ESCAPE), *fields)


def read_hits(session: Session, query: Rows) -> Iterator[tuple[int, Hit]]:
    """The rows as values, with their numbers."""
    for version, page, site_name, captured_at in session.execute(query):
        yield (
            version.id,
            Hit(
                page_id=page.id,
                number=version.number,
                latest=page.version_number or version.number,
                url=page.url,
                title=str(version.document.get("title") or page.title),
                site=page.site_key,
                site_name=site_name,
                captured_at=captured_at,
                text=version.text,
            ),
        )
