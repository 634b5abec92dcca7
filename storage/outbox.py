"""The outbox: messages are written before they are sent, claimed by one sender at a time, and marked when they are out.

A message and the subscriber's cursor are written in one transaction, so nothing is lost and nothing is queued twice.
Between sending and marking a crash may happen: then the message is sent once more, and its reference shows that it is
the same one. Claims and attempts go by real time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.database import Database
from storage.notification_tables import OutboxRow, SubscriptionRow
from storage.tables import CaptureRow, ColumnRow

WAITING, SENT, FAILED = "waiting", "sent", "failed"
CLAIM = timedelta(minutes=15)  # far longer than any sender waits for a server
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_ATTEMPTS = 60  # some two weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """How far a subscriber was told; see `storage.notification_tables.SubscriptionRow`."""

    name: str
    digest_position: int
    alert_position: int
    incident_position: int
    capture_id: int
    digest_at: datetime | None
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One piece for one address."""

    key: str
    target: int
    part: int
    reference: str
    subject: str
    body: str
    is_html: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message taken out of the box to be sent; ``attempts`` were made before."""

    id: int
    subscriber: str
    message: Message
    attempts: int


@dataclass(frozen=True, slots=True)
class Visited:
    """How many pages of how many sites were looked at, and the last capture that was counted."""

    pages: int
    sites: int
    through: int


def load_subscription(
    database: Database, name: str, *, position: int, incident_position: int, now: datetime, period: datetime | None
) -> Subscription:
    """How far a subscriber was told. One who is new begins here and now: what was before is no news."""
    with database.read() as session:
        row = session.get(SubscriptionRow, name)
        if row is not None:
            return read_subscription(row)
    values = {
        "digest_position": position,
        "alert_position": position,
        "incident_position": incident_position,
        "digest_at": period,
        "told_at": now,
    }
    try:
        with database.write() as session:
            last = session.scalar(select(func.max(CaptureRow.id))) or 0
            session.add(SubscriptionRow(name=name, capture_id=last, **values))
    except IntegrityError:
        pass  # another process was a little faster, with the same values
    with database.read() as session:
        return read_subscription(session.get_one(SubscriptionRow, name))


def read_subscription(row: SubscriptionRow) -> Subscription:
    """The row as a value."""
    return Subscription(
        name=row.name,
        digest_position=row.digest_position,
        alert_position=row.alert_position,
        incident_position=row.incident_position,
        capture_id=row.capture_id,
        digest_at=row.digest_at,
        told_at=row.told_at,
    )


def queue_messages(
    database: Database, before: Subscription, after: Subscription, messages: Sequence[Message], now: datetime
) -> bool:
    """Write messages and the new cursors in one transaction; False, and nothing written, when another was faster.

    ``now`` is real time, from which attempts are counted.
    """
    changed = (
        update(SubscriptionRow)
        .where(
            SubscriptionRow.name == before.name,
            SubscriptionRow.digest_position == before.digest_position,
            SubscriptionRow.alert_position == before.alert_position,
            SubscriptionRow.incident_position == before.incident_position,
            SubscriptionRow.told_at == before.told_at,
            or_(SubscriptionRow.digest_at == before.digest_at, SubscriptionRow.digest_at.is_(None)),
        )
        .values(
            digest_position=after.digest_position,
            alert_position=after.alert_position,
            incident_position=after.incident_position,
            capture_id=after.capture_id,
            digest_at=after.digest_at,
            told_at=after.told_at,
        )
        .returning(SubscriptionRow.name)
    )
    with database.write() as session:
        if session.scalar(changed) is None:
            return False
        write_messages(session, before.name, messages, now)
        return True


def queue_test(database: Database, subscriber: str, messages: Sequence[Message], now: datetime) -> None:
    """Write messages that move no cursor."""
    with database.write() as session:
        write_messages(session, subscriber, messages, now)


def write_messages(session: Session, subscriber: str, messages: Sequence[Message], now: datetime) -> None:
    """Put messages into the box, to be sent at once."""
    session.add_all(
        OutboxRow(
            subscriber=subscriber,
            key=one.key,
            target=one.target,
            part=one.part,
            reference=one.reference,
            subject=one.subject,
            body=one.body,
            is_html=one.is_html,
            state=WAITING,
            attempts=0,
            created_at=now,
            next_try_at=now,
            error="",
        )
        for one in messages
    )


def claim_letter(database: Database, now: datetime) -> Letter | None:
    """The next message whose time has come, which for a while nobody else will take; None when there is none."""
    is_free = or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < now)
    is_due = (OutboxRow.state == WAITING) & (OutboxRow.next_try_at <= now) & is_free
    while True:
        with database.read() as session:
            number = session.scalar(
                select(OutboxRow.id).where(is_due).order_by(OutboxRow.next_try_at, OutboxRow.id).limit(1)
            )
        if number is None:
            return None
        claim = update(OutboxRow).where(OutboxRow.id == number, is_due).values(claimed_until=now + CLAIM)
        with database.write() as session:
            claimed = session.scalar(claim.returning(OutboxRow.id).execution_options(synchronize_session=False))
            if claimed is not None:
                return read_letter(session.get_one(OutboxRow, number))


def read_letter(row: OutboxRow) -> Letter:
    """The row as a value."""
    message = Message(
        key=row.key,
        target=row.target,
        part=row.part,
        reference=row.reference,
        subject=row.subject,
        body=row.body,
        is_html=row.is_html,
    )
    return Letter(id=row.id, subscriber=row.subscriber, message=message, attempts=row.attempts)


def mark_sent(database: Database, letter: Letter, now: datetime) -> None:
    """The message is out."""
    values = {"state": SENT, "sent_at": now, "claimed_until": None, "attempts": letter.attempts + 1, "error": ""}
    with database.write() as session:
        session.execute(update(OutboxRow).where(OutboxRow.id == letter.id).values(values))


def mark_failed(database: Database, letter: Letter, now: datetime, error: str) -> None:
    """The message did not go out: try again after a while that doubles each time, and at last not any more."""
    attempts = letter.attempts + 1
    values = {
        "state": FAILED if attempts >= MOST_ATTEMPTS else WAITING,
        "attempts": attempts,
        "error": error,
        "claimed_until": None,
        "next_try_at": now + find_wait(attempts),
    }
    with database.write() as session:
        session.execute(update(OutboxRow).where(OutboxRow.id == letter.id).values(values))


def find_wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def retry_all(database: Database, now: datetime) -> int:
    """Make every message that is not out due at once, those given up too; returns how many that are."""
    with database.write() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.state.in_((WAITING, FAILED)))).all()
        for row in rows:
            row.state, row.next_try_at = WAITING, now
        return len(rows)


def forget_sent(database: Database, before: datetime) -> int:
    """Delete the messages that went out before a time; returns how many. What did not go out is kept for good."""
    gone = delete(OutboxRow).where(OutboxRow.state == SENT, OutboxRow.sent_at < before).returning(OutboxRow.id)
    with database.write() as session:
        return len(session.scalars(gone).all())


def count_letters(database: Database) -> dict[str, int]:
    """How many messages are in each state."""
    with database.read() as session:
        return read_counts(session)


def read_counts(session: Session) -> dict[str, int]:
    """The same within a state of the database."""
    return dict(session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).all())


def count_visited(database: Database, after: int, sites: frozenset[str]) -> Visited:
    """What was visited since a capture, on some sites or on all."""
    with database.read() as session:
        through = session.scalar(select(func.max(CaptureRow.id))) or 0
        query = (
            select(func.count(CaptureRow.page_id.distinct()), func.count(ColumnRow.site_key.distinct()))
            .join(ColumnRow, ColumnRow.id == CaptureRow.column_id)
            .where(CaptureRow.id > after, CaptureRow.id <= through, CaptureRow.role == "page")
        )
        if sites:
            query = query.where(ColumnRow.site_key.in_(sites))
        pages, seen = session.execute(query).one()
        return Visited(pages, seen, through)
