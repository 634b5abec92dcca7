"""Figures of the whole: what there is, what is due, how the last runs went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.figure_tables import read_counts
from storage.hosts import HostState, read_hosts
from storage.incidents.derivation import read_open_incidents
from storage.outbox import read_counts as read_letters
from storage.plan.due import DueList, count_due_by_reason, find_due_lists
from storage.records import Incident
from storage.sites import IS_WATCHED
from storage.tables import PageRow, RunRow, SiteRow
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
    """The figures of ``replywatch status``; ``due_by_reason`` counts pages."""

    pages: int
    versions: int
    captures: int
    changes: int
    due: int
    due_by_reason: dict[str, int]
    due_lists: tuple[DueList, ...]
    stale: int
    withheld: int
    sites: tuple[SiteState, ...]
    incidents: tuple[Incident, ...]
    last_runs: tuple[RunState, ...]
    hosts: tuple[HostState, ...]
    outbox: dict[str, int]


def read_overview(database: Database, now: datetime, incidents: tuple[Incident, ...] | None = None) -> Overview:
    """The figures of now, none of which takes longer in a larger database, but for what is due and what is stale.

    Attachments belong to their pages: they count as captures, not as pages. ``incidents`` are those to be told; without
    them they are derived first, which may write.
    """
    if incidents is None:
        incidents = read_open_incidents(database)
    with database.read() as session:
        counts = read_counts(session)
        sites = tuple(read_sites(session, now, counts))
        keys = [site.key for site in sites]
        return Overview(
            pages=sum(site.pages for site in sites),
            versions=counts.get(("versions", ""), 0),
            captures=counts.get(("captures", ""), 0),
            changes=sum(site.changes for site in sites),
            due=sum(site.due for site in sites),
            due_by_reason=count_due_by_reason(session, now, keys),
            due_lists=tuple(find_due_lists(session, now, now, keys)),
            stale=session.scalar(select(func.count()).select_from(PageRow).where(PageRow.is_stale)) or 0,
            withheld=count_withheld(session),
            sites=sites,
            incidents=incidents,
            last_runs=read_runs(session),
            hosts=read_hosts(session, now),
            outbox=read_letters(session),
        )


def read_site_states(database: Database, now: datetime, key: str = "") -> tuple[SiteState, ...]:
    """Every site with its figures, by key; or the one with a key."""
    with database.read() as session:
        return tuple(read_sites(session, now, read_counts(session), key))


def read_sites(
    session: Session, now: datetime, counts: Mapping[tuple[str, str], int], only: str = ""
) -> Iterator[SiteState]:
    """Every site with its figures, each found at one end of an index or counted before; or one site alone."""
    articles = (PageRow.site_key == SiteRow.key, PageRow.parent_id.is_(None))
    due = select(func.count()).where(*articles, PageRow.next_due_at <= now, IS_WATCHED)
    last = select(func.max(PageRow.last_visit_at)).where(*articles)
    following = select(func.min(PageRow.next_due_at)).where(*articles, IS_WATCHED)
    parts = (query.correlate(SiteRow).scalar_subquery() for query in (due, last, following))
    query = select(SiteRow.key, SiteRow.name, *parts).order_by(SiteRow.key)
    if only:
        query = query.where(SiteRow.key == only)
    for key, name, due_pages, last_visit, next_due in session.execute(query):
        yield SiteState(
            key=key,
            name=name,
            pages=counts.get(("pages", key), 0),
            changes=counts.get(("changes", key), 0),
            due=due_pages,
            last_visit_at=last_visit,
            next_due_at=next_due,
        )


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
