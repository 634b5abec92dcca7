"""The tables of the background service: who leads it, and how the hosts fare."""

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


class HostRow(Base):
    """How a host fared in the last crawl that asked it, so that its rest outlives the crawl.

    ``available_at`` is when it may be asked again; None when at once. ``gap`` is in seconds.
    """

    __tablename__ = "hosts"

    host: Mapped[str] = mapped_column(String(300), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    failures: Mapped[int]
    openings: Mapped[int]
    gap: Mapped[float]
    crawl_delay: Mapped[float | None]
    available_at: Mapped[datetime | None]
    exchanges: Mapped[int]
    refused: Mapped[int]
    last_error: Mapped[str]
    seen_at: Mapped[datetime]
