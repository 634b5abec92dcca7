"""Where a URL's captures are found: derived from the captures, and read on as far as they go."""

from sqlalchemy import TEXT, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, CaptureRow, Link, PageRow, RowId

KEY_LENGTH = 600  # characters of a key that are kept; longer ones are told apart by their URLs


class AddressRow(Base):
    """A URL at which captures were made: its sort-friendly key, and whose captures they are.

    ``page_id`` is 0 for captures of lists and robots.txt. ``key`` is sorted byte by byte, as indexes of archives are.
    """

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("page_id", "url_digest"), Index("ix_addresses_key", "key"))

    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(Text().with_variant(TEXT(collation="C"), "postgresql"))
    url: Mapped[str]
    url_digest: Mapped[str]
    page_id: Mapped[int] = mapped_column(Link)


class AddressProgressRow(Base):
    """Up to which capture the addresses are known; one row."""

    __tablename__ = "address_progress"

    id: Mapped[RowId]
    capture_id: Mapped[int] = mapped_column(Link)


# A hash on PostgreSQL, whose trees refuse long values; SQLite takes them.
Index(
    "ix_captures_bare",
    CaptureRow.url,
    sqlite_where=CaptureRow.page_id.is_(None),
    postgresql_where=CaptureRow.page_id.is_(None),
    postgresql_using="hash",
)
Index("ix_pages_document", PageRow.document_digest)
