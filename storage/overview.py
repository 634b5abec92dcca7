"""Figures of the whole: what there is, what is due, how the last runs went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.incidents import read_open_incidents
from storage.records import Incident
from storage.tables import CaptureRow, ChangeRow, PageRow, RunRow, SiteRow, VersionRow
from storage.withholding import count_withheld

LAST_RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """One site's figures; times are UTC, None when there was nothing."""

    key: str
    name: str
    pages: int
    changes: int
    due: int
    last_visit_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """One crawl: how it ended (or ``running``) and what it counted."""

    token: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    arguments: dict[str, Any]
    counts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The figures of ``replywatch status``."""

    pages: int
    versions: int
    captures: int
    changes: int
    due: int
    stale: int
    withheld: int
    sites: tuple[SiteState, ...]
    incidents: tuple[Incident, ...]
    last_runs: tuple[RunState, ...]


def read_overview(database: Database, now: datetime) -> Overview:
    """Count everything once. Attachments belong to their pages: they count as captures, not as pages."""
    pages = select(func.count()).select_from(PageRow).where(PageRow.parent_id.is_(None))
    versions = pages.join(VersionRow, VersionRow.page_id == PageRow.id)
    incidents = read_open_incidents(database)
    with database.read() as session:
        return Overview(
            pages=count(session, pages),
            versions=count(session, versions),
            captures=count(session, select(func.count()).select_from(CaptureRow)),
            changes=count(session, select(func.count()).select_from(ChangeRow)),
            due=count(session, pages.where(PageRow.next_due_at <= now)),
            stale=count(session, select(func.count()).select_from(PageRow).where(PageRow.is_stale)),
            withheld=count_withheld(session),
            sites=tuple(read_sites(session, now)),
            incidents=incidents,
            last_runs=read_runs(session),
        )


def read_site_states(database: Database, now: datetime) -> tuple[SiteState, ...]:
    """Every site with its figures, by key."""
    with database.read() as session:
        return tuple(read_sites(session, now))


def count(session: Session, query: Select[int]) -> int:
    """The one number that a counting query gives."""
    return session.scalar(query) or 0


def read_sites(session: Session, now: datetime) -> list[SiteState]:
    """Every site with its figures."""
    due = func.count().filter(PageRow.next_due_at <= now)
    last, following = func.max(PageRow.last_visit_at), func.min(PageRow.next_due_at)
    changes = dict(session.execute(select(ChangeRow.site_key, func.count()).group_by(ChangeRow.site_key)).all())
    query = (
        select(SiteRow.key, SiteRow.name, func.count(PageRow.id), due, last, following)
        .outerjoin(PageRow, (PageRow.site_key == SiteRow.key) & PageRow.parent_id.is_(None))
        .group_by(SiteRow.key, SiteRow.name)
        .order_by(SiteRow.key)
    )
    return [
        SiteState(
            key=key,
            name=name,
            pages=pages,
            changes=changes.get(key, 0),
            due=due_pages,
            last_visit_at=last_visit,
            next_due_at=next_due,
        )
        for key, name, pages, due_pages, last_visit, next_due in session.execute(query)
    ]


def read_runs(session: Session) -> tuple[RunState, ...]:
    """The last crawls, the latest first; the days that an import brought are none."""
    query = select(RunRow).where(RunRow.state != "imported").order_by(RunRow.id.desc()).limit(LAST_RUNS)
    rows = session.scalars(query)
    return tuple(
        RunState(
            token=row.token,
            started_at=row.started_at,
            finished_at=row.finished_at,
            state=row.state,
            arguments=row.arguments,
            counts=row.counts,
        )
        for row in rows
    )
