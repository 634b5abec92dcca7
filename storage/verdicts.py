"""What reviewers said of changes: recorded as facts, read as a history, copied to the changes' rows for the inbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.review_tables import VerdictRow
from storage.tables import ChangeRow


class Verdict(StrEnum):
    """What a change is worth to a reviewer; ``UNREAD`` takes a verdict back."""

    UNREAD = ""
    IMPORTANT = "important"
    ROUTINE = "routine"
    NOISE = "noise"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One verdict: by whom, when, with which note, and who is to look further."""

    verdict: Verdict
    note: str = ""
    reviewer: str = ""
    assignee: str = ""
    made_at: datetime


def record_judgement(database: Database, change_ids: Collection[str], judgement: Judgement) -> int:
    """Record a judgement of those of these changes that exist; returns how many."""
    with database.write() as session:
        known = session.scalars(select(ChangeRow.id).where(ChangeRow.id.in_(change_ids))).all()
        session.add_all(
            VerdictRow(
                change_id=one,
                verdict=judgement.verdict.value,
                note=judgement.note,
                reviewer=judgement.reviewer,
                assignee=judgement.assignee,
                made_at=judgement.made_at,
            )
            for one in known
        )
        session.execute(
            update(ChangeRow)
            .where(ChangeRow.id.in_(known))
            .values(verdict=judgement.verdict.value, assignee=judgement.assignee)
        )
        return len(known)


def read_judgements(database: Database, change_id: str) -> tuple[Judgement, ...]:
    """Everything that was said of a change, the latest first."""
    query = select(VerdictRow).where(VerdictRow.change_id == change_id).order_by(VerdictRow.id.desc())
    with database.read() as session:
        return tuple(build_judgement(row) for row in session.scalars(query))


def find_judged(session: Session, change_ids: Collection[str]) -> dict[str, Judgement]:
    """The last judgement of each of these changes that has one."""
    last = select(func.max(VerdictRow.id)).where(VerdictRow.change_id.in_(change_ids)).group_by(VerdictRow.change_id)
    rows: Sequence[VerdictRow] = session.scalars(select(VerdictRow).where(VerdictRow.id.in_(last))).all()
    return {row.change_id: build_judgement(row) for row in rows}


def build_judgement(row: VerdictRow) -> Judgement:
    """A row as a value."""
    return Judgement(
        verdict=Verdict(row.verdict),
        note=row.note,
        reviewer=row.reviewer,
        assignee=row.assignee,
        made_at=row.made_at,
    )
