"""Derive changes from what was recorded, page by page, and keep them under ids that survive every derivation.

Only pages with news are looked at. What was derived before and is derived again stays the same row; what is no longer
derived goes (a removal that turned out to be a move), unless it was judged by a reviewer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.comparison.derivation import derive_page_changes
from storage.database import Database
from storage.histories import load_context, load_histories
from storage.records import Change
from storage.serialization import dump_change
from storage.tables import ChangeRow, PageRow

BATCH = 100  # pages a transaction


@dataclass(frozen=True, slots=True)
class Step:
    """One batch done: how many pages were looked at, how many changes are new or altered."""

    pages: int
    changes: int


def count_stale(database: Database) -> int:
    """How many pages have news."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(PageRow).where(PageRow.is_stale)) or 0


def derive_changes(database: Database, zone: ZoneInfo) -> Iterator[Step]:
    """Derive for all pages with news, a batch a transaction; interrupted, it goes on where it was."""
    while True:
        with database.write() as session:
            site = session.scalar(select(PageRow.site_key).where(PageRow.is_stale).limit(1))
            if site is None:
                return
            query = select(PageRow.id).where(PageRow.is_stale, PageRow.site_key == site).limit(BATCH)
            page_ids = session.scalars(query).all()
            step = Step(len(page_ids), derive_batch(session, site, page_ids, zone))
            session.execute(update(PageRow).where(PageRow.id.in_(page_ids)).values(is_stale=False))
        yield step


def derive_batch(session: Session, site: str, page_ids: Sequence[int], zone: ZoneInfo) -> int:
    """Derive the changes of some pages of one site and store them; returns how many are new or altered."""
    histories = load_histories(session, page_ids)
    context = load_context(session, site, zone, histories.values())
    return sum(
        store_changes(session, page_id, derive_page_changes(history, context)) for page_id, history in histories.items()
    )


def store_changes(session: Session, page_id: int, changes: Sequence[Change]) -> int:
    """Make the page's rows those of ``changes``; returns how many were inserted or altered."""
    known = {row.id: row for row in session.scalars(select(ChangeRow).where(ChangeRow.page_id == page_id))}
    altered = 0
    for change in changes:
        row = known.pop(change.id, None)
        content = dump_change(change)
        if row is not None and row.content == content:
            continue
        altered += 1
        session.merge(build_row(change, page_id, content))
    if known:
        session.execute(delete(ChangeRow).where(ChangeRow.id.in_(known)))
    return altered


def build_row(change: Change, page_id: int, content: dict[str, object]) -> ChangeRow:
    """A change's row, with those values that are searched for."""
    return ChangeRow(
        id=change.id,
        page_id=page_id,
        site_key=change.site,
        kind=change.kind,
        detected_at=change.detected_at,
        score=change.difference.score,
        is_baseline=change.baseline,
        content=content,
    )
