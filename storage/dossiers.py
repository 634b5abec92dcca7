"""What a dossier needs: the chosen changes in order, with verdicts, and the captures that prove them.

Nothing of a withheld page comes out of here, not even a capture as it was published.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from storage.archive.indexes import IndexedCapture
from storage.captures import STREAM, read_capture
from storage.database import Database
from storage.ignoring import read_rules
from storage.records import Outcome, ReportedChange
from storage.reporting import describe_changes, read_names
from storage.selections import Selection, list_order, select_changes
from storage.serialization import load_change
from storage.tables import CaptureRow, ChangeRow, FileRow, PageRow
from storage.verdicts import Judgement, find_judged
from storage.withholding import withheld_pages

CHUNK = 500  # ids in one query


@dataclass(frozen=True, slots=True)
class ChosenChange:
    """A change, and the last thing that was said of it (None when nothing was)."""

    reported: ReportedChange
    judgement: Judgement | None


def list_chosen(database: Database, selection: Selection, ids: Sequence[str] = (), limit: int = 1_000) -> list[str]:
    """The ids of a selection in its order, at most ``limit``; of these ``ids`` alone, when any are given.

    One more than ``limit`` says that there are more.
    """
    query = select_changes(selection, select(ChangeRow.id))
    order = [column.desc() for column in list_order(selection)]
    with database.read() as session:
        if not ids:
            return list(session.scalars(query.order_by(*order).limit(limit + 1)))
        found: set[str] = set()
        for start in range(0, len(ids), CHUNK):
            found |= set(session.scalars(query.where(ChangeRow.id.in_(ids[start : start + CHUNK]))))
        ranked = select(ChangeRow.id, ChangeRow.score, ChangeRow.detected_at)
        rows = [
            row
            for start in range(0, len(ids), CHUNK)
            for row in session.execute(ranked.where(ChangeRow.id.in_(ids[start : start + CHUNK])))
            if row.id in found
        ]
    skipped = 1 if selection.is_by_time else 0
    keys = {row.id: (row.score, row.detected_at, row.id)[skipped:] for row in rows}
    return sorted(keys, key=keys.__getitem__, reverse=True)[: limit + 1]


def read_chosen(database: Database, ids: Sequence[str]) -> tuple[ChosenChange, ...]:
    """These changes in this order; those that are gone or withheld by now are left out."""
    query = select(ChangeRow).where(ChangeRow.id.in_(ids), ChangeRow.page_id.not_in(withheld_pages()))
    with database.read() as session:
        rows = {row.id: row for row in session.scalars(query)}
        wanted = [(rows[one].page_id, load_change(rows[one].content)) for one in ids if one in rows]
        judged = find_judged(session, list(rows))
        described = list(describe_changes(session, wanted, read_names(session)))
        return tuple(ChosenChange(one, judged.get(one.change.id)) for one in described)


def stream_proof(database: Database, records: Collection[str], files: Collection[str]) -> Iterator[IndexedCapture]:
    """The captures with these record ids, and of these digests of attachments, all of a file of the archive together.

    With a revisit comes the capture that it repeats. None of withheld pages. ``files`` are SHA-256 of entities.
    """
    with database.read() as session:
        numbers = sorted(find_captures(session, records, files))
        places: list[tuple[int, int, int]] = []
        for start in range(0, len(numbers), CHUNK):
            placed = select(CaptureRow.file_id, CaptureRow.offset, CaptureRow.id).where(
                CaptureRow.id.in_(numbers[start : start + CHUNK]), CaptureRow.file_id.is_not(None)
            )
            places += [(file or 0, offset or 0, number) for file, offset, number in session.execute(placed)]
        places.sort()
        query = select(CaptureRow, FileRow.name).join(FileRow, FileRow.id == CaptureRow.file_id)
        for start in range(0, len(places), CHUNK):
            part = query.where(CaptureRow.id.in_([number for _, _, number in places[start : start + CHUNK]]))
            rows = session.execute(part.order_by(CaptureRow.file_id, CaptureRow.offset))
            for row, file in rows.yield_per(STREAM):
                yield IndexedCapture(read_capture(row, file), is_revisit=row.is_revisit)


def find_captures(session: Session, records: Collection[str], files: Collection[str]) -> set[int]:
    """The numbers of the captures that prove something."""
    found: set[int] = set()
    known, digests = sorted(records), sorted(files)
    for start in range(0, len(known), CHUNK):
        shown = select(CaptureRow).where(
            CaptureRow.record_id.in_(known[start : start + CHUNK]), CaptureRow.page_id.not_in(withheld_pages())
        )
        rows = session.scalars(shown).all()
        found |= {row.id for row in rows}
        found |= find_originals(session, [row.id for row in rows if row.is_revisit])
        pages = {row.page_id for row in rows}
        attached = (
            select(func.min(CaptureRow.id))
            .join(PageRow, PageRow.id == CaptureRow.page_id)
            .where(PageRow.parent_id.in_(pages), CaptureRow.is_revisit.is_(False))
            .where(PageRow.id.not_in(withheld_pages()))
            .group_by(CaptureRow.page_id, CaptureRow.entity_digest)
        )
        for first in range(0, len(digests), CHUNK):
            part = attached.where(CaptureRow.entity_digest.in_(digests[first : first + CHUNK]))
            found |= set(session.scalars(part))
    return found


def find_originals(session: Session, revisits: Sequence[int]) -> set[int]:
    """The captures that these repeat: the last one of the page before that has a body of its own."""
    original = aliased(CaptureRow)
    query = (
        select(func.max(original.id))
        .join(CaptureRow, CaptureRow.page_id == original.page_id)
        .where(CaptureRow.id.in_(revisits), original.is_revisit.is_(False), original.outcome == Outcome.OK.value)
        .where(original.captured_at <= CaptureRow.captured_at)
        .group_by(CaptureRow.id)
    )
    return set(session.scalars(query))


def find_hidden(database: Database, ids: Sequence[str]) -> set[str]:
    """Those of these changes that the operator's rules hide."""
    rules = [kept.rule for kept in read_rules(database)]
    hidden: set[str] = set()
    with database.read() as session:
        for start in range(0, len(ids) if rules else 0, CHUNK):
            query = select(ChangeRow.content).where(ChangeRow.id.in_(ids[start : start + CHUNK]))
            changes = (load_change(content) for content in session.scalars(query))
            hidden |= {one.id for one in changes if any(rule.is_hiding(one) for rule in rules)}
    return hidden
