"""Read from the database what the derivation of changes is told: the histories of pages and their site's context."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from storage.comparison.history import ListingSpan, Observation, PageHistory, SiteContext, WalkFact
from storage.records import Cause, Outcome, Role, Version
from storage.serialization import load_document
from storage.tables import CaptureRow, ColumnRow, ListingRow, PageRow, RunRow, VersionRow, WalkRow


def load_histories(session: Session, page_ids: Collection[int]) -> dict[int, PageHistory]:
    """The whole histories of some pages, by row number."""
    versions = load_versions(session, page_ids)
    observations = load_observations(session, page_ids)
    spans = load_spans(session, page_ids)
    rows = session.execute(
        select(PageRow, ColumnRow.key)
        .join(ColumnRow, ColumnRow.id == PageRow.column_id)
        .where(PageRow.id.in_(page_ids))
    )
    return {
        page.id: PageHistory(
            document_key=page.document_key,
            site=page.site_key,
            url=page.url,
            title=page.title,
            columns=tuple(dict.fromkeys((column, *(span.column for span in spans[page.id])))),
            versions=tuple(versions[page.id]),
            observations=tuple(observations[page.id]),
            spans=tuple(spans[page.id]),
        )
        for page, column in rows
    }


def load_versions(session: Session, page_ids: Collection[int]) -> Mapping[int, list[Version]]:
    """All versions of the pages in order."""
    found: dict[int, list[Version]] = defaultdict(list)
    rows = session.execute(
        select(VersionRow, CaptureRow.captured_at, CaptureRow.record_id)
        .join(CaptureRow, CaptureRow.id == VersionRow.capture_id)
        .where(VersionRow.page_id.in_(page_ids))
        .order_by(VersionRow.page_id, VersionRow.number)
    )
    for row, captured_at, record_id in rows:
        found[row.page_id].append(read_version(row, captured_at, record_id))
    return found


def read_version(row: VersionRow, captured_at: datetime, record_id: str) -> Version:
    """A version's row as a value."""
    return Version(
        number=row.number,
        captured_at=captured_at,
        record_id=record_id,
        cause=Cause(row.cause),
        document=load_document(row.document, row.text),
    )


def load_observations(session: Session, page_ids: Collection[int]) -> Mapping[int, list[Observation]]:
    """All captures of the pages in order of time."""
    found: dict[int, list[Observation]] = defaultdict(list)
    query = (
        select(CaptureRow, RunRow.token)
        .outerjoin(RunRow, RunRow.id == CaptureRow.run_id)
        .where(CaptureRow.page_id.in_(page_ids))
        .order_by(CaptureRow.page_id, CaptureRow.captured_at, CaptureRow.id)
    )
    for row, run in session.execute(query):
        if row.page_id is not None:
            found[row.page_id].append(
                Observation(
                    record_id=row.record_id,
                    captured_at=row.captured_at,
                    run_id=run or "",
                    outcome=Outcome(row.outcome),
                    url=row.url,
                    version=row.version_number,
                    new_url=row.new_url,
                    new_key=row.new_key,
                )
            )
    return found


def load_spans(session: Session, page_ids: Collection[int]) -> Mapping[int, list[ListingSpan]]:
    """The listing spans of the pages in order of time, named by the times at which the walks finished."""
    first, last = WalkRow.__table__.alias("first"), WalkRow.__table__.alias("last")
    found: dict[int, list[ListingSpan]] = defaultdict(list)
    query = (
        select(ListingRow.page_id, ListingRow.position, ColumnRow.key, first.c.finished_at, last.c.finished_at)
        .join(ColumnRow, ColumnRow.id == ListingRow.column_id)
        .join(first, first.c.id == ListingRow.from_walk_id)
        .join(last, last.c.id == ListingRow.through_walk_id)
        .where(ListingRow.page_id.in_(page_ids))
        .order_by(ListingRow.from_walk_id)
    )
    for page_id, position, column, begun, ended in session.execute(query):
        found[page_id].append(
            ListingSpan(column=column, first_seen_at=begun, last_seen_at=ended, last_position=position)
        )
    return found


def load_context(session: Session, site: str, zone: ZoneInfo, histories: Iterable[PageHistory]) -> SiteContext:
    """The walks of a site's columns, and canaries for those runs in which one of the pages answered that it is gone."""
    doubted = {
        seen.run_id for page in histories for seen in page.observations if not seen.outcome.is_good and seen.run_id
    }
    walks = load_walks(session, site)
    return SiteContext(
        timezone=zone,
        walks=walks,
        canaries=load_canaries(session, site, sorted(doubted), walks),
        doubted_runs=load_doubted_runs(session, site),
    )


def load_doubted_runs(session: Session, site: str) -> frozenset[str]:
    """The runs in which the site seemed to answer by place of origin."""
    query = (
        select(RunRow.token)
        .join(CaptureRow, CaptureRow.run_id == RunRow.id)
        .join(ColumnRow, ColumnRow.id == CaptureRow.column_id)
        .where(ColumnRow.site_key == site, CaptureRow.outcome == Outcome.GEO_SUSPECT)
        .distinct()
    )
    return frozenset(session.scalars(query))


def load_walks(session: Session, site: str) -> dict[str, tuple[WalkFact, ...]]:
    """All walks over the columns of a site in order of time, by column key."""
    found: dict[str, list[WalkFact]] = defaultdict(list)
    query = (
        select(WalkRow, ColumnRow.key, RunRow.token)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .outerjoin(RunRow, RunRow.id == WalkRow.run_id)
        .where(ColumnRow.site_key == site)
        .order_by(WalkRow.finished_at)
    )
    for row, column, run in session.execute(query):
        found[column].append(
            WalkFact(
                run_id=run or "",
                column=column,
                finished_at=row.finished_at,
                is_complete=row.is_complete,
                is_full=row.is_full,
                is_healthy=row.is_healthy,
                record_id=row.record_id or "",
                row_count=row.row_count,
                fresh_rows=row.fresh_rows,
            )
        )
    return {column: tuple(walks) for column, walks in found.items()}


def load_canaries(
    session: Session, site: str, runs: Sequence[str], walks: Mapping[str, Sequence[WalkFact]]
) -> dict[tuple[str, str], str]:
    """By run and column, the record of a page that answered well; in a column of one page, that of its whole list."""
    canaries = {
        (walk.run_id, column): walk.record_id
        for column, column_walks in walks.items()
        for walk in column_walks
        if walk.is_trusted and walk.record_id and walk.run_id in runs and not has_other_pages(session, site, column)
    }
    query = (
        select(RunRow.token, ColumnRow.key, func.min(CaptureRow.record_id))
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .join(ColumnRow, ColumnRow.id == CaptureRow.column_id)
        .where(
            RunRow.token.in_(runs),
            ColumnRow.site_key == site,
            CaptureRow.role == Role.PAGE,
            CaptureRow.outcome.in_([Outcome.OK, Outcome.NOT_MODIFIED]),
        )
        .group_by(RunRow.token, ColumnRow.key)
    )
    found = {(run, column): record_id for run, column, record_id in session.execute(query)}
    return canaries | found


def has_other_pages(session: Session, site: str, column: str) -> bool:
    """Whether a column has more than one page, so that one of them can be the canary of another."""
    query = (
        select(PageRow.id)
        .join(ColumnRow, ColumnRow.id == PageRow.column_id)
        .where(and_(ColumnRow.site_key == site, ColumnRow.key == column), PageRow.parent_id.is_(None))
    )
    return len(session.scalars(query.limit(2)).all()) > 1
