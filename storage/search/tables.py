"""The search index's own rows: which versions are in it, and which wait for it. Derived: it can be made again.

The grams are beside them in ``search_grams``, which each database has in the form that it reads fastest: SQLite as a
full-text table without content, PostgreSQL as arrays of checksums under a GIN index (an extension is not everywhere to
be had, and trigrams know nothing of words of one or two characters).
"""

from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.tables import Base, Link, RowId


class EntryRow(Base):
    """A version that is in the index. Entries are numbered as they come, and no number is given twice."""

    __tablename__ = "search_entries"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - as SQLAlchemy wants it

    id: Mapped[RowId]
    version_id: Mapped[int] = mapped_column(Link, unique=True)


class WaitingRow(Base):
    """A version that was written since it was indexed, if ever; one row each time, so that no writing is missed."""

    __tablename__ = "search_waiting"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - as SQLAlchemy wants it

    id: Mapped[RowId]
    version_id: Mapped[int] = mapped_column(Link)


def await_index(session: Session, version_id: int) -> None:
    """Note that a version was written; the index takes it in later, so that a crawl need not wait for it."""
    session.add(WaitingRow(version_id=version_id))
