"""Roots over the captures of a database: made, proved and checked (`storage.archive.merkle` says what is hashed)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from storage.archive.digests import has_payload
from storage.archive.errors import ArchiveError
from storage.archive.fields import ENTITY_DIGEST, quote_url
from storage.archive.merkle import Leaf, find_paths, find_root, follow_path, hash_leaf
from storage.archive.reader import read_record
from storage.captures import STREAM
from storage.database import Database
from storage.records import Place
from storage.tables import CaptureRow, FileRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """What can be published: the root of the captures made up to ``until`` and known when it was taken.

    ``through`` is the number of the last capture that was known: what is taken in later with an older date, as by an
    import, is in the next root. ``previous`` is the root before it, in hexadecimal as ``root``.
    """

    until: datetime
    through: int
    count: int
    root: str
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """That a capture belongs to a root: its leaf, its place among ``count`` leaves, and the hashes that lead up."""

    leaf: str
    index: int
    count: int
    path: tuple[str, ...]


def stream_leaves(database: Database, until: datetime, through: int) -> Iterator[tuple[Leaf, Place]]:
    """The captures of a root in its order, and where their records lie.

    The entity digest is left out of a revisit: its record has none.
    """
    query = (
        select(CaptureRow, FileRow.name)
        .join(FileRow, FileRow.id == CaptureRow.file_id)
        .where(CaptureRow.captured_at <= until, CaptureRow.id <= through)
        .execution_options(yield_per=STREAM)
    )
    with database.read() as session:
        is_shared = session.get_bind().dialect.name == "postgresql"
        by_id = CaptureRow.record_id.collate("C") if is_shared else CaptureRow.record_id
        for row, file in session.execute(query.order_by(CaptureRow.captured_at, by_id)):
            entity = None if row.is_revisit else row.entity_digest
            leaf = Leaf(row.record_id, row.captured_at, quote_url(row.url), row.payload_digest, entity)
            yield leaf, Place(file, row.offset or 0, row.length or 0)


def hash_leaves(database: Database, until: datetime, through: int) -> Iterator[bytes]:
    """The leaves' hashes in their order."""
    return (hash_leaf(leaf.encode()) for leaf, _ in stream_leaves(database, until, through))


def take_root(database: Database, until: datetime, previous: str | None = None) -> Root:
    """The root of all captures up to a time."""
    with database.read() as session:
        through = session.scalar(select(func.max(CaptureRow.id))) or 0
    root, count = find_root(hash_leaves(database, until, through))
    return Root(until=until, through=through, count=count, root=root.hex(), previous=previous)


def prove_capture(database: Database, root: Root, record_id: str) -> Proof | None:
    """The proof that a capture is in a root; None when it is not. Holds the hashes of all leaves in memory."""
    return (prove_captures(database, root, {record_id}) or {}).get(record_id)


def prove_captures(database: Database, root: Root, record_ids: Collection[str]) -> dict[str, Proof] | None:
    """The proofs of those of these captures that are in a root; None when the database no longer gives that root.

    Reads all leaves once, and holds their hashes in memory.
    """
    hashes: list[bytes] = []
    found: dict[int, Leaf] = {}
    for index, (leaf, _) in enumerate(stream_leaves(database, root.until, root.through)):
        hashes.append(hash_leaf(leaf.encode()))
        if leaf.record_id in record_ids:
            found[index] = leaf
    if not hashes:
        return None
    top, paths = find_paths(hashes, found)
    if top.hex() != root.root:
        return None
    return {
        leaf.record_id: Proof(leaf.encode().decode(), index, len(hashes), tuple(one.hex() for one in paths[index]))
        for index, leaf in found.items()
    }


def is_proved(proof: Proof, root: Root) -> bool:
    """Whether a proof leads to a root; needs neither database nor archive."""
    path = [bytes.fromhex(one) for one in proof.path]
    found = follow_path(hash_leaf(proof.leaf.encode()), proof.index, proof.count, path)
    return proof.count == root.count and found == bytes.fromhex(root.root)


def check_root(database: Database, archive: Path, root: Root, record_id: str | None = None) -> str | None:
    """What does not fit a root, or None: first any capture whose record says other than the database, then the root.

    With ``record_id`` only that record is read; the root is computed over all captures in either case.
    """
    hashes, is_found = [], record_id is None
    for leaf, place in stream_leaves(database, root.until, root.through):
        hashes.append(hash_leaf(leaf.encode()))
        if record_id in (None, leaf.record_id):
            is_found = True
            if fault := compare_record(archive, leaf, place):
                return f"{leaf.record_id}: {fault}"
    if not is_found:
        return f"{record_id}: no capture of this root has that id"
    found, count = find_root(hashes)
    if count != root.count:
        return f"{count} captures, the root is over {root.count}"
    if found.hex() != root.root:
        return f"the captures give {found.hex()}, not the root: one or more were altered in database and archive"
    return None


def compare_record(archive: Path, leaf: Leaf, place: Place) -> str:
    """How a record differs from what the database says of it; empty when it does not."""
    try:
        record = read_record(archive, place)
    except ArchiveError as error:
        return str(error)
    entity = record.field(ENTITY_DIGEST)
    checks = {
        "record id": record.record_id == leaf.record_id,
        "time": record.date == leaf.captured_at,
        "URL": record.url == leaf.url,
        "payload digest": not leaf.payload_digest or has_payload(record, leaf.payload_digest),
        "entity digest": not entity or entity == leaf.entity_digest,
    }
    wrong = [name for name, is_same in checks.items() if not is_same]
    return f"its record in {place.file} at byte {place.offset} has another {', '.join(wrong)}" if wrong else ""
