"""Changes as a reviewer works through them: filtered, by rank or time, a page at a time from a cursor.

Every order is that of an index, and a page begins where the one before it ended, so that the last page of a hundred
thousand changes costs what the first does. Folded, a group stands once, where the first of its changes does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.group_leads import Place, find_leads
from storage.records import Change, Document, ReportedChange
from storage.reporting import describe_changes, read_names
from storage.selections import Selection as Selection  # noqa: PLC0414 - what the inbox is asked for, by one name
from storage.selections import (
    is_beyond,
    list_conditions,
    list_order,
    read_cursor,
    select_changes,
    write_cursor,
)
from storage.serialization import load_change, load_document
from storage.tables import ChangeRow, PageRow, SiteRow, VersionRow
from storage.verdicts import Verdict
from storage.withholding import withheld_pages

PAGE = 50  # changes on one page of the inbox
MOST_COUNTED = 10_000  # further changes are "more than that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the inbox; ``members`` counts the changes of its group, itself included."""

    change: Change
    page_id: int
    site_name: str
    column_name: str
    verdict: Verdict
    assignee: str
    members: int = 1


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some lines, and the cursor of those that follow (empty at the end)."""

    entries: tuple[Entry, ...]
    next_cursor: str = ""


def read_inbox(
    database: Database, selection: Selection, cursor: str = "", limit: int = PAGE, *, is_folded: bool = False
) -> InboxPage:
    """The lines after a cursor. Folded, of each group the first line alone, and ``members`` counts the selection's.

    Raises:
        ValueError: the cursor is none of ours.
    """
    place = read_cursor(cursor) if cursor else None
    with database.read() as session:
        read = read_leads if is_folded else read_lines
        rows = read(session, selection, place, limit + 1)
        names = read_names(session)
        counts: dict[str, int] = {}
        if keys := {row.group_key for row in rows if row.group_key}:
            counted = select(ChangeRow.group_key, func.count()).where(*list_conditions(selection))
            counted = counted.where(ChangeRow.group_key.in_(keys)).group_by(ChangeRow.group_key)
            counts = dict(session.execute(counted).all())
        entries = tuple(build_entry(row, names, counts) for row in rows[:limit])
        following = write_cursor(rows[limit - 1]) if len(rows) > limit else ""
    return InboxPage(entries, following)


def read_lines(session: Session, selection: Selection, place: Place | None, limit: int) -> Sequence[ChangeRow]:
    """The first changes behind a place."""
    query = select_changes(selection, select(ChangeRow))
    if place is not None:
        query = query.where(is_beyond(selection, place))
    return session.scalars(query.order_by(*(column.desc() for column in list_order(selection))).limit(limit)).all()


def read_leads(session: Session, selection: Selection, place: Place | None, limit: int) -> Sequence[ChangeRow]:
    """The same of changes that stand for their groups."""
    ids = find_leads(session, selection, place, limit)
    found = {row.id: row for row in session.scalars(select(ChangeRow).where(ChangeRow.id.in_(ids)))}
    return [found[one] for one in ids]


def build_entry(row: ChangeRow, names: dict[tuple[str, str], tuple[str, str]], counts: dict[str, int]) -> Entry:
    """A row as a line."""
    change = load_change(row.content)
    site_name, column_name = names.get((change.site, change.column), (change.site, change.column))
    return Entry(
        change=change,
        page_id=row.page_id,
        site_name=site_name,
        column_name=column_name,
        verdict=Verdict(row.verdict),
        assignee=row.assignee,
        members=counts.get(row.group_key, 1),
    )


def count_selected(database: Database, selection: Selection) -> int:
    """How many changes there are, at most `MOST_COUNTED`."""
    inner = select_changes(selection, select(ChangeRow.id)).limit(MOST_COUNTED).subquery()
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(inner)) or 0


def find_members(database: Database, selection: Selection, groups: Collection[str], most: int) -> list[str]:
    """The ids of the changes of some groups that a selection lets through, at most so many."""
    query = select_changes(selection, select(ChangeRow.id)).where(ChangeRow.group_key.in_(groups))
    with database.read() as session:
        return list(session.scalars(query.order_by(ChangeRow.id).limit(most)))


def find_neighbours(database: Database, selection: Selection, change_id: str) -> tuple[str | None, str | None]:
    """The changes before and after one in the order of a selection, whether or not the selection holds it itself."""
    with database.read() as session:
        row = session.get(ChangeRow, change_id)
        if row is None:
            return None, None
        place = (row.score, row.detected_at, row.id)
        query = select_changes(selection, select(ChangeRow.id)).where(ChangeRow.id != change_id)
        order = list_order(selection)
        after = query.where(is_beyond(selection, place)).order_by(*(one.desc() for one in order)).limit(1)
        before = query.where(is_beyond(selection, place, is_before=True)).order_by(*order).limit(1)
        return session.scalar(before), session.scalar(after)


def read_reported(database: Database, change_id: str) -> tuple[ReportedChange, Entry] | None:
    """A change with all that a report shows beside it, and its line; None when there is none or it is withheld."""
    query = select(ChangeRow).where(ChangeRow.id == change_id, ChangeRow.page_id.not_in(withheld_pages()))
    with database.read() as session:
        row = session.scalars(query).one_or_none()
        if row is None:
            return None
        names = read_names(session)
        entry = build_entry(row, names, {})
        (reported,) = describe_changes(session, [(row.page_id, entry.change)], names)
        return reported, entry


def describe_entries(database: Database, entries: Sequence[Entry]) -> tuple[ReportedChange, ...]:
    """The lines' changes with all that a report shows beside them, in the same order."""
    with database.read() as session:
        rows = [(entry.page_id, entry.change) for entry in entries]
        return tuple(describe_changes(session, rows, read_names(session)))


def read_regions(database: Database) -> tuple[str, ...]:
    """The regions of all sites."""
    with database.read() as session:
        found = session.scalars(select(SiteRow.region).where(SiteRow.region.is_not(None)).distinct())
        return tuple(sorted(region for region in found if region))


def read_pair(database: Database, page_id: int, old: int, new: int) -> tuple[str, Document, Document] | None:
    """A page's URL and two versions of its document by number; None when there are none or the page is withheld."""
    query = select(PageRow.url).where(PageRow.id == page_id, PageRow.id.not_in(withheld_pages()))
    versions = select(VersionRow).where(VersionRow.page_id == page_id, VersionRow.number.in_((old, new)))
    with database.read() as session:
        url = session.scalar(query)
        found = {row.number: load_document(row.document, row.text) for row in session.scalars(versions)}
    if url is None or old not in found or new not in found:
        return None
    return url, found[old], found[new]
