"""The tables of reviewing: what was said of changes, a row each time it was said."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, RowId


class VerdictRow(Base):
    """What a reviewer said of a change: a fact, never altered. The last one of a change counts.

    ``change_id`` is no foreign key: changes are derived and may be derived again. ``verdict`` is empty for "unread
    again". The change's own row has copies of verdict and assignee, so that the inbox can be read from one index.
    """

    __tablename__ = "verdicts"
    __table_args__ = (Index("ix_verdicts_change", "change_id", "id"),)

    id: Mapped[RowId]
    change_id: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(12))
    note: Mapped[str]
    reviewer: Mapped[str] = mapped_column(String(200))
    assignee: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
