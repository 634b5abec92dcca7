"""The tables of what is told, and of what keeps us from seeing: notices, subscriptions, the outbox, incidents.

Times are UTC with microseconds, as in `storage.tables`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, Link, RowId


class NoticeRow(Base):
    """A change that is news to subscribers. It stays when changes are derived again, so that none is told twice.

    ``position`` counts the notices in the order in which they were made known; it is empty until `storage.notices`
    numbers the row, after the transaction that brought it is committed, so that no cursor passes one by.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index(
            "ix_notices_unnumbered",
            "change_id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )

    change_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class SubscriptionRow(Base):
    """How far a subscriber of the configuration has been told: positions of notices and incidents, the last capture.

    ``digest_at`` is the period of the last digest, ``told_at`` when it was written.
    """

    __tablename__ = "subscriptions"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    digest_position: Mapped[int] = mapped_column(BigInteger)
    alert_position: Mapped[int] = mapped_column(BigInteger)
    incident_position: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    capture_id: Mapped[int] = mapped_column(Link)
    digest_at: Mapped[datetime | None]
    told_at: Mapped[datetime]


class OutboxRow(Base):
    """A message for one address of a subscriber, written before it is sent.

    ``key`` says what it tells (a digest's period, an alert's changes), ``target`` is the number of the address in the
    configuration, ``part`` counts the pieces of a long one. ``claimed_until`` and ``next_try_at`` are real time.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("subscriber", "key", "target", "part"),
        Index("ix_outbox_due", "state", "next_try_at"),
    )

    id: Mapped[RowId]
    subscriber: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(120))
    target: Mapped[int]
    part: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str]
    body: Mapped[str]
    is_html: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str]


class IncidentRow(Base):
    """What keeps us from seeing (`storage.records.Incident`); ``source`` is the derivation that found it.

    ``id`` is a digest of kind, site, subject and the time of opening. ``position`` counts incidents in the order in
    which they became known; one that is no news (it was told under another time of opening) has none.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_source", "source", "site", "subject"),
        Index("ix_incidents_position", "position", unique=True),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(30))
    site: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str]
    detail: Mapped[str]
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    position: Mapped[int | None] = mapped_column(BigInteger)


class SeriesRow(Base):
    """Where the derivation of a subject's incidents stands: its state, and the time of the last sign taken in."""

    __tablename__ = "incident_series"

    source: Mapped[str] = mapped_column(String(12), primary_key=True)
    subject: Mapped[str] = mapped_column(String(320), primary_key=True)
    seen_at: Mapped[datetime]
    state: Mapped[dict[str, Any]]


class IncidentCursorRow(Base):
    """The last capture, walk or version that the derivation of incidents has taken in, by source."""

    __tablename__ = "incident_cursors"

    source: Mapped[str] = mapped_column(String(12), primary_key=True)
    last_id: Mapped[int] = mapped_column(Link)
