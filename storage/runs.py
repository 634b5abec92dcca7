"""Crawls as they happened: begun, finished, with which arguments and what came of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.tables import RunRow


@dataclass(frozen=True, slots=True)
class Run:
    """A crawl under way: its row and its name in the archive's records."""

    id: int
    token: str


def begin_run(
    database: Database,
    now: datetime,
    arguments: Mapping[str, object],
    announce: Callable[[str], object] = lambda _: None,
) -> Run:
    """Record that a crawl begins; one that dies stays ``running`` until `mark_dead_runs` finds it out.

    ``announce`` gets the token before anybody else can see it: the place to lock it.
    """
    token = f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    announce(token)
    with database.write() as session:
        row = RunRow(token=token, started_at=now, state="running", arguments=dict(arguments), counts={})
        session.add(row)
        session.flush()
        return Run(row.id, token)


def finish_run(database: Database, run: Run, now: datetime, state: str, counts: Mapping[str, int]) -> None:
    """Record how a crawl ended: ``finished``, ``interrupted`` or ``failed``."""
    with database.write() as session:
        row = session.get_one(RunRow, run.id)
        row.finished_at, row.state, row.counts = now, state, dict(counts)


def mark_dead_runs(database: Database, now: datetime, is_alive: Callable[[str], bool]) -> None:
    """Call those runs ``died`` that never finished and whose process is gone; ``is_alive`` is asked by token."""
    with database.write() as session:
        for row in session.scalars(select(RunRow).where(RunRow.state == "running")):
            if not is_alive(row.token):
                row.state, row.finished_at = "died", now


def find_runs(session: Session, tokens: Collection[str]) -> dict[str, int]:
    """The row numbers of runs by their names in the archive."""
    return dict(session.execute(select(RunRow.token, RunRow.id).where(RunRow.token.in_(tokens))).all())


def ensure_run(database: Database, token: str, started_at: datetime) -> int:
    """The number of a run of that name, made if need be: for captures that were not made by a crawl of ours."""
    with database.write() as session:
        known = session.scalar(select(RunRow.id).where(RunRow.token == token))
        if known is not None:
            return known
        row = RunRow(
            token=token, started_at=started_at, finished_at=started_at, state="imported", arguments={}, counts={}
        )
        session.add(row)
        session.flush()
        return row.id
