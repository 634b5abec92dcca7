"""What reviewers said of changes: recorded as facts, read as a history, copied to the changes' rows for the inbox."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.review_tables import VerdictRow
from storage.tables import ChangeRow

LATEST = 1_000  # verdicts in which names are looked for
BATCH = 500  # changes in one statement


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


def record_judgement(
    database: Database, change_ids: Collection[str], judgement: Judgement, *, keeps_assignee: bool = False
) -> int:
    """Record a judgement of those of these changes that exist; returns how many.

    With ``keeps_assignee`` who looks further stays as it was with each change.
    """
    with database.write() as session:
        known: dict[str, str] = {}
        for some in split_ids(dict.fromkeys(change_ids)):
            query = select(ChangeRow.id, ChangeRow.assignee).where(ChangeRow.id.in_(some))
            known.update(session.execute(query).all())
        session.add_all(
            VerdictRow(
                change_id=one,
                verdict=judgement.verdict.value,
                note=judgement.note,
                reviewer=judgement.reviewer,
                assignee=assignee if keeps_assignee else judgement.assignee,
                made_at=judgement.made_at,
            )
            for one, assignee in known.items()
        )
        said = {"verdict": judgement.verdict.value}
        if not keeps_assignee:
            said["assignee"] = judgement.assignee
        for some in split_ids(known):
            session.execute(update(ChangeRow).where(ChangeRow.id.in_(some)).values(said))
        return len(known)


def split_ids(change_ids: Iterable[str], size: int = BATCH) -> Iterator[list[str]]:
    """The ids some at a time."""
    ids = list(change_ids)
    return (ids[start : start + size] for start in range(0, len(ids), size))


def read_judgements(database: Database, change_id: str) -> tuple[Judgement, ...]:
    """Everything that was said of a change, the latest first."""
    query = select(VerdictRow).where(VerdictRow.change_id == change_id).order_by(VerdictRow.id.desc())
    with database.read() as session:
        return tuple(build_judgement(row) for row in session.scalars(query))


def read_assignees(database: Database) -> tuple[str, ...]:
    """Who was asked to look further in the latest verdicts."""
    latest = select(VerdictRow.assignee).order_by(VerdictRow.id.desc()).limit(LATEST).subquery()
    with database.read() as session:
        return tuple(sorted(name for name in session.scalars(select(latest.c.assignee).distinct()) if name))


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
