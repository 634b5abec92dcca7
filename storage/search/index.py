"""Keep the search index: take in the versions that wait for it, a batch a transaction, so that nobody waits long.

An entry is never altered: a version that was written again gets a new one, and what the old one's grams still say leads
to nothing. Entries can be dropped and made again at any time (`renew_index`).
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session, aliased

from storage.database import Database, lock_transaction
from storage.search.fields import MARKS, read_fields, read_kind
from storage.search.grams import (
    COLUMN,
    GAINED,
    KIND,
    LOST,
    SITE,
    find_edge_grams,
    find_grams,
    join_parts,
    mark_grams,
    name_value,
)
from storage.search.tables import EntryRow, WaitingRow
from storage.search.words import fold_words
from storage.tables import CaptureRow, PageRow, VersionRow

BATCH = 200  # versions a transaction: some tenths of a second
INDEX_LOCK = 0x7365617263  # "searc": two processes that index at once do it one after the other


@dataclass(frozen=True, slots=True)
class Entry:
    """A version as the index has it: the tokens under which it is found."""

    version_id: int
    tokens: frozenset[str]


def count_waiting(database: Database) -> int:
    """How many versions were written that are not in the index yet, one of which may be written more than once."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(WaitingRow)) or 0


def index_versions(database: Database, most: int | None = None) -> Iterator[int]:
    """Take in what waits, the first written first, ``most`` of it at the least; yields how many each step took in.

    Each step is a transaction of its own. Ending early loses nothing.
    """
    done = 0
    while (most is None or done < most) and (taken := index_batch(database)):
        done += taken
        yield taken


def renew_index(database: Database) -> None:
    """Empty the index and let all versions wait for it."""
    with database.write() as session:
        lock_transaction(session.connection(), INDEX_LOCK)
        session.execute(delete(WaitingRow))
        session.execute(delete(EntryRow))
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        empty = (
            "INSERT INTO search_grams (search_grams) VALUES ('delete-all')" if is_sqlite else "TRUNCATE search_grams"
        )
        session.execute(text(empty))
        versions = select(VersionRow.id).order_by(VersionRow.id)
        session.execute(insert(WaitingRow).from_select(["version_id"], versions))


def index_batch(database: Database) -> int:
    """One step of `index_versions`; 0 when nothing waits.

    Texts are read and taken apart before the write lock is taken. Whatever was written meanwhile waits in a row of its
    own; a row that is gone was seen to by another process.
    """
    with database.read() as session:
        waiting = session.execute(
            select(WaitingRow.id, WaitingRow.version_id).order_by(WaitingRow.id).limit(BATCH)
        ).all()
        entries = list(read_entries(session, sorted({version for _, version in waiting})))
    if not waiting:
        return 0
    with database.write() as session:
        lock_transaction(session.connection(), INDEX_LOCK)
        gone = delete(WaitingRow).where(WaitingRow.id.in_([row for row, _ in waiting]))
        due = set(session.scalars(gone.returning(WaitingRow.version_id)))
        session.execute(delete(EntryRow).where(EntryRow.version_id.in_(due)))
        add_entries(session, [entry for entry in entries if entry.version_id in due])
    return len(waiting)


def read_entries(session: Session, version_ids: Sequence[int]) -> Iterator[Entry]:
    """The entries of versions of pages; versions of files have none, their text stands in their page's."""
    before = aliased(VersionRow)
    query = (
        select(VersionRow, PageRow.site_key, PageRow.column_id, CaptureRow.captured_at, before)
        .join(PageRow, PageRow.id == VersionRow.page_id)
        .join(CaptureRow, CaptureRow.id == VersionRow.capture_id)
        .outerjoin(before, (before.page_id == VersionRow.page_id) & (before.number == VersionRow.number - 1))
        .where(VersionRow.id.in_(version_ids), PageRow.parent_id.is_(None))
        .order_by(VersionRow.id)
    )
    for version, site, column, seen_at, old in session.execute(query):
        values = {SITE: site, COLUMN: str(column), KIND: read_kind(version.document)}
        tokens = {name_value(mark, value) for mark, value in values.items()}
        tokens |= {f"y{seen_at.year}", f"m{seen_at.year}{seen_at.month:02}"}
        tokens |= find_tokens(version, old)
        yield Entry(version.id, frozenset(tokens))


def fold_version(version: VersionRow) -> dict[str, str]:
    """The fields of a version as a search sees them."""
    return {name: fold_words(value) for name, value in read_fields(version.document, version.text).items()}


def find_tokens(version: VersionRow, old: VersionRow | None) -> set[str]:
    """The grams of a version whose page had ``old`` before."""
    new = fold_version(version)
    whole = join_parts(new)
    tokens = find_grams(whole)
    for name, mark in MARKS.items():
        tokens |= mark_grams(mark, find_grams(new[name]))
    if old is not None:
        lost, gained = find_edge_grams(join_parts(fold_version(old)), whole)
        tokens |= mark_grams(LOST, lost) | mark_grams(GAINED, gained)
    return tokens


def add_entries(session: Session, entries: Sequence[Entry]) -> None:
    """Number entries and note their tokens."""
    if not entries:
        return
    rows = insert(EntryRow).returning(EntryRow.id, sort_by_parameter_order=True)
    numbers = session.scalars(rows, [{"version_id": entry.version_id} for entry in entries]).all()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (
        "INSERT INTO search_grams (rowid, grams) VALUES (:number, :grams)"
        if is_sqlite
        else "INSERT INTO search_grams (entry_id, grams) VALUES (:number, :grams)"
    )
    write = " ".join if is_sqlite else sum_tokens
    session.execute(
        text(statement),
        [{"number": number, "grams": write(entry.tokens)} for number, entry in zip(numbers, entries, strict=True)],
    )


def sum_tokens(tokens: Iterable[str]) -> list[int]:
    """Tokens as PostgreSQL has them: signed checksums of four bytes. Two that agree by chance cost a look at a text."""
    return sorted({zlib.crc32(token.encode()) - 2**31 for token in tokens})
