"""What is news, in the order in which it became known: late findings and imports stand where they were found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.database import Database, lock_transaction
from storage.ignoring import KeptRule
from storage.notification_tables import NoticeRow
from storage.records import Change, ReportedChange
from storage.reporting import describe_changes, read_names
from storage.serialization import load_change
from storage.subscriptions import Subscriber
from storage.tables import ChangeRow
from storage.withholding import withheld_pages

NUMBERING_LOCK = 0x6E6F7469  # two processes that number at once on PostgreSQL do it one after the other
BATCH = 500


@dataclass(frozen=True, slots=True)
class News:
    """What a subscriber has not been told: how much on each site, and the changes that matter most.

    ``through`` is the position up to which it was looked.
    """

    through: int
    counts: dict[str, int]
    changes: tuple[ReportedChange, ...] = ()

    @property
    def total(self) -> int:
        """How many changes there are."""
        return sum(self.counts.values())


def note_change(session: Session, change_id: str) -> None:
    """Make a change known; one that was known before is no news."""
    if session.get(NoticeRow, change_id) is None:
        session.add(NoticeRow(change_id=change_id))


def number_notices(database: Database) -> int:
    """Give what was committed since the last time its place in the order; returns the last position there is."""
    with database.write() as session:
        lock_transaction(session.connection(), NUMBERING_LOCK)
        last = session.scalar(select(func.max(NoticeRow.position))) or 0
        fresh = session.scalars(
            select(NoticeRow.change_id)
            .outerjoin(ChangeRow, ChangeRow.id == NoticeRow.change_id)
            .where(NoticeRow.position.is_(None))
            .order_by(ChangeRow.detected_at, NoticeRow.change_id)
        ).all()
        for position, change_id in enumerate(fresh, last + 1):
            session.execute(update(NoticeRow).where(NoticeRow.change_id == change_id).values(position=position))
        return last + len(fresh)


def read_news(
    database: Database,
    subscriber: Subscriber,
    rules: Sequence[KeptRule],
    *,
    after: int,
    through: int,
    least: float,
    most: int,
) -> News:
    """What a subscriber wants of the news in ``after < position <= through`` with a score from ``least`` on.

    What the operator's rules hide is left out; the ``most`` changes of the highest scores come with all details.
    """
    counts: dict[str, int] = {}
    found: list[tuple[float, str, int, Change]] = []
    with database.read() as session:
        for page_id, change in stream_news(session, after, through):
            score = change.difference.score
            is_wanted = subscriber.wants(change.site, change.kind, score) and score >= least
            if not is_wanted or any(kept.rule.is_hiding(change) for kept in rules):
                continue
            counts[change.site] = counts.get(change.site, 0) + 1
            found.append((-score, change.id, page_id, change))
            if len(found) > BATCH + most:
                found = sorted(found, key=lambda one: one[:2])[:most]
        chosen = [(page_id, change) for _, _, page_id, change in sorted(found, key=lambda one: one[:2])[:most]]
        changes = tuple(describe_changes(session, chosen, read_names(session))) if chosen else ()
    return News(through, counts, changes)


def stream_news(session: Session, after: int, through: int) -> Iterator[tuple[int, Change]]:
    """The changes of a stretch of positions, with their pages; none that is no longer derived or withheld."""
    query = (
        select(ChangeRow.page_id, ChangeRow.content)
        .join(NoticeRow, NoticeRow.change_id == ChangeRow.id)
        .where(NoticeRow.position > after, NoticeRow.position <= through, ChangeRow.is_baseline.is_(False))
        .where(ChangeRow.page_id.not_in(withheld_pages()))
        .order_by(NoticeRow.position)
        .execution_options(yield_per=BATCH)
    )
    for page_id, content in session.execute(query):
        yield page_id, load_change(content)
