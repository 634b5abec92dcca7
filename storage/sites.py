"""The sites and columns that are watched, as the seeds describe them today, and those that no longer are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.plan.clocks import from_days
from storage.tables import ColumnRow, PageRow, SiteRow

NEVER = datetime(9999, 12, 1, tzinfo=UTC)  # when a column is due that no seed names any more
IS_WATCHED = PageRow.column_id.not_in(select(ColumnRow.id).where(ColumnRow.next_due_at >= NEVER).correlate(None))
"""Of a page: a seed names its column. Others keep their due time, are visited by nobody, and are no backlog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedColumn:
    """A list of a site; ``key`` is unique within the site and stays when the URL moves."""

    key: str
    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSite:
    """A site as its seed file describes it."""

    key: str
    name: str
    level: str | None = None
    region: str | None = None
    columns: tuple[WatchedColumn, ...] = ()


def register_site(session: Session, site: WatchedSite) -> dict[str, int]:
    """Insert or update a site and its columns; returns the row number of each column by key.

    Columns that the seed no longer names stay: their history does; see `retire_columns`.
    """
    session.merge(SiteRow(key=site.key, name=site.name, level=site.level, region=site.region))
    session.flush()
    known = {row.key: row for row in session.scalars(select(ColumnRow).where(ColumnRow.site_key == site.key))}
    for column in site.columns:
        row = known.setdefault(column.key, ColumnRow(site_key=site.key, key=column.key))
        row.kind, row.name, row.url = column.kind, column.name, column.url
        session.add(row)
    session.flush()
    return {key: row.id for key, row in known.items()}


def retire_columns(session: Session, watched: Mapping[str, Collection[str]]) -> int:
    """Let all columns but those ``watched`` (by site) be due never, and those due again that are named anew.

    Returns how many were retired now.
    """
    retired = 0
    for row in session.scalars(select(ColumnRow)):
        is_watched = row.key in watched.get(row.site_key, ())
        is_retired = row.next_due_at is not None and row.next_due_at >= NEVER
        if is_watched and is_retired:
            row.next_due_at = None if row.walked_day is None else from_days(row.walked_day)
        elif not is_watched and not is_retired:
            row.next_due_at = NEVER
            retired += 1
    return retired


def list_sites(session: Session) -> list[str]:
    """The keys of all sites that are or were watched, or imported."""
    return list(session.scalars(select(SiteRow.key).order_by(SiteRow.key)))


def read_site_names(database: Database) -> dict[str, str]:
    """The names of all sites, by their keys."""
    with database.read() as session:
        return dict(session.execute(select(SiteRow.key, SiteRow.name).order_by(SiteRow.key)).all())


def read_column_names(database: Database, site_key: str) -> dict[int, str]:
    """The names of a site's columns, by their row numbers."""
    query = select(ColumnRow.id, ColumnRow.name).where(ColumnRow.site_key == site_key).order_by(ColumnRow.id)
    with database.read() as session:
        return dict(session.execute(query).all())
