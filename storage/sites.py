"""The sites and columns that are watched, as the seeds describe them today."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.tables import ColumnRow, SiteRow


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

    Columns that the seed no longer names stay: their history does.
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
