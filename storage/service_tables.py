"""The table of the background service: who leads it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class LeaseRow(Base):
    """Who holds a duty, and until when unless renewed; ``term`` counts how often it changed hands.

    Times are real ones, whatever `REPLYWATCH_NOW` says.
    """

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    term: Mapped[int]
    taken_at: Mapped[datetime]
    until: Mapped[datetime]
