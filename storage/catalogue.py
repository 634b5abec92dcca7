"""Pages, versions, captures and verdicts in the order of their numbers, some at a time, for programs.

Nothing of pages that the operator keeps out of public views is among them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.histories import read_version
from storage.mementos import Holding, read_holding, select_holdings
from storage.records import Cause, Version
from storage.review_tables import VerdictRow
from storage.tables import CaptureRow, ChangeRow, ColumnRow, PageRow, VersionRow
from storage.verdicts import Judgement, build_judgement
from storage.withholding import is_withheld, withheld_pages

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Item]):
    """Some items, and the number behind which the next ones stand; None at the end."""

    items: tuple[Item, ...]
    following: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """A watched page in a list; ``versions`` is the number of its latest version, 0 when none could be read."""

    id: int
    url: str
    title: str
    site: str
    column: str
    first_seen_at: datetime
    last_visit_at: datetime | None
    next_due_at: datetime
    versions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version without its document; ``record_id`` is the capture that first showed it."""

    number: int
    captured_at: datetime
    record_id: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class ChangeJudgement:
    """A judgement and the change that it is of."""

    change_id: str
    judgement: Judgement


def list_pages(database: Database, *, site: str = "", after: int = 0, limit: int = 100) -> Slice[PageLine]:
    """Watched pages behind a number; attachments are part of their pages."""
    query = select_pages().where(PageRow.id > after)
    if site:
        query = query.where(PageRow.site_key == site)
    return take_slice(database, query.order_by(PageRow.id), limit, read_page_line, lambda line: line.id)


def find_page_line(database: Database, page_id: int) -> PageLine | None:
    """One page; None when there is none or it is withheld."""
    with database.read() as session:
        row = session.execute(select_pages().where(PageRow.id == page_id)).first()
        return read_page_line(row) if row else None


def select_pages() -> Select[*tuple[Any, ...]]:
    """What `read_page_line` reads."""
    shown = PageRow.parent_id.is_(None), PageRow.id.not_in(withheld_pages())
    return select(PageRow, ColumnRow.key).join(ColumnRow, ColumnRow.id == PageRow.column_id).where(*shown)


def read_page_line(row: Row[*tuple[Any, ...]]) -> PageLine:
    """A row of `select_pages` as a value."""
    page, column = row
    return PageLine(
        id=page.id,
        url=page.url,
        title=page.title,
        site=page.site_key,
        column=column,
        first_seen_at=page.first_seen_at,
        last_visit_at=page.last_visit_at,
        next_due_at=page.next_due_at,
        versions=page.version_number or 0,
    )


def list_versions(database: Database, page_id: int, *, after: int = 0, limit: int = 100) -> Slice[VersionLine]:
    """The versions of a page behind a number, without their documents."""
    query = select_versions(page_id).where(VersionRow.page_id.not_in(withheld_pages()), VersionRow.number > after)
    return take_slice(database, query, limit, read_version_line, lambda line: line.number)


def select_versions(page_id: int) -> Select[*tuple[Any, ...]]:
    """What `read_version_line` reads of a page, in order."""
    return (
        select(VersionRow.number, VersionRow.cause, CaptureRow.captured_at, CaptureRow.record_id)
        .join(CaptureRow, CaptureRow.id == VersionRow.capture_id)
        .where(VersionRow.page_id == page_id)
        .order_by(VersionRow.number)
    )


def read_version_line(row: Row[*tuple[Any, ...]]) -> VersionLine:
    """A row of `list_versions` as a value."""
    number, cause, captured_at, record_id = row
    return VersionLine(number=number, captured_at=captured_at, record_id=record_id, cause=Cause(cause))


def find_version(database: Database, page_id: int, number: int) -> Version | None:
    """A version with its document; None when there is none or its page is withheld."""
    with database.read() as session:
        return None if is_withheld(session, page_id) else load_version(session, page_id, number)


def load_version(session: Session, page_id: int, number: int) -> Version | None:
    """A version of any page, withheld or not."""
    query = (
        select(VersionRow, CaptureRow.captured_at, CaptureRow.record_id)
        .join(CaptureRow, CaptureRow.id == VersionRow.capture_id)
        .where(VersionRow.page_id == page_id, VersionRow.number == number)
    )
    row = session.execute(query).first()
    return read_version(*row) if row else None


def list_captures(
    database: Database, *, page_id: int = 0, site: str = "", after: int = 0, limit: int = 100
) -> Slice[tuple[int, Holding]]:
    """Captures behind a number, in the order in which they were recorded, each with its number."""
    query = select_holdings().where(CaptureRow.id > after)
    if page_id:
        query = query.where(CaptureRow.page_id == page_id)
    if site:
        query = query.where(CaptureRow.column_id.in_(select(ColumnRow.id).where(ColumnRow.site_key == site)))
    is_shown = CaptureRow.page_id.is_(None) | CaptureRow.page_id.not_in(withheld_pages())
    query = query.where(is_shown).order_by(CaptureRow.id)
    return take_slice(database, query, limit, lambda row: (row[0].id, read_holding(row)), lambda item: item[0])


def list_judgements(database: Database, *, after: int = 0, limit: int = 100) -> Slice[tuple[int, ChangeJudgement]]:
    """What reviewers said, behind a number, in the order in which it was said."""
    query = (
        select(VerdictRow)
        .join(ChangeRow, ChangeRow.id == VerdictRow.change_id)
        .where(VerdictRow.id > after, ChangeRow.page_id.not_in(withheld_pages()))
        .order_by(VerdictRow.id)
    )
    return take_slice(
        database,
        query,
        limit,
        lambda row: (row[0].id, ChangeJudgement(row[0].change_id, build_judgement(row[0]))),
        lambda item: item[0],
    )


def take_slice(
    database: Database,
    query: Select[*tuple[Any, ...]],
    limit: int,
    read: Callable[[Row[*tuple[Any, ...]]], Item],
    number: Callable[[Item], int],
) -> Slice[Item]:
    """The first rows of a query as values, and whether more follow."""
    with database.read() as session:
        rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(query.limit(limit + 1)).all()
        items = tuple(read(row) for row in rows[:limit])
    return Slice(items, number(items[-1]) if len(rows) > limit else None)
