"""Pages that the operator keeps out of public views: a fact of the operator's, beside the archive and never in it.

A withheld page is crawled, archived and compared like any other. Nothing of it stands in reports, feeds, the reading
room, search, or exports of derived text. Each query for such a view leaves it out by `withheld_pages`:

    select(ChangeRow).where(ChangeRow.page_id.not_in(withheld_pages()))

What is exported as it was published (WARC, WACZ, CDXJ) holds it still.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from storage.database import Database
from storage.tables import Base, PageRow


class WithheldRow(Base):
    """One page that is kept out of public views. Its document key, unlike its number, survives a rebuilt database."""

    __tablename__ = "withheld"

    document_key: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class WithheldPage:
    """A page kept out of public views: its address and title, why, and since when (UTC)."""

    document_key: str
    url: str
    title: str
    reason: str
    made_at: datetime


def withheld_pages() -> Select[int]:
    """The numbers of all withheld pages and of their attachments, for ``column.not_in(withheld_pages())``."""
    keys = select(WithheldRow.document_key)
    articles = select(PageRow.id).where(PageRow.document_key.in_(keys), PageRow.parent_id.is_(None))
    files = select(PageRow.id).where(PageRow.parent_id.in_(articles))
    found = union_all(articles, files).subquery()  # each part by an index: many queries ask, and few pages are withheld
    return select(found.c.id)


def is_public(page_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether a row's page is in public views. Where no page is withheld, the row's page need not even be read."""
    return or_(~exists(select(WithheldRow.document_key)), page_id.not_in(withheld_pages()))


def withhold_page(database: Database, document_key: str, reason: str, now: datetime) -> WithheldPage | None:
    """Keep a page out of public views from now on; None when there is no such page.

    A new reason takes the place of the old one.
    """
    with database.write() as session:
        page = find_page(session, document_key)
        if page is None:
            return None
        session.merge(WithheldRow(document_key=document_key, reason=reason, made_at=now))
        return WithheldPage(document_key, page.url, page.title, reason, now)


def release_page(database: Database, document_key: str) -> bool:
    """Show a page again; says whether it was withheld."""
    with database.write() as session:
        row = session.get(WithheldRow, document_key)
        if row is not None:
            session.delete(row)
        return row is not None


def read_withheld(database: Database) -> tuple[WithheldPage, ...]:
    """All withheld pages, the first one withheld first: for the operator, never for a public view."""
    with database.read() as session:
        return tuple(list_withheld(session))


def list_withheld(session: Session) -> Iterator[WithheldPage]:
    """The rows of `read_withheld`; of a page that the database does not know (any more) the key alone is told."""
    query = (
        select(WithheldRow, PageRow.url, PageRow.title)
        .outerjoin(PageRow, PageRow.document_key == WithheldRow.document_key)
        .order_by(WithheldRow.made_at, WithheldRow.document_key)
    )
    for row, url, title in session.execute(query):
        yield WithheldPage(row.document_key, url or "", title or "", row.reason, row.made_at)


def count_withheld(session: Session) -> int:
    """How many pages are kept out of public views."""
    return session.scalar(select(func.count()).select_from(WithheldRow)) or 0


def is_withheld(session: Session, page_id: int) -> bool:
    """Whether a page, or the page that a file belongs to, is kept out of public views."""
    return session.scalar(select(PageRow.id).where(PageRow.id == page_id, PageRow.id.in_(withheld_pages()))) is not None


def find_page(session: Session, document_key: str) -> PageRow | None:
    """The page of this key."""
    return session.scalar(select(PageRow).where(PageRow.document_key == document_key))
