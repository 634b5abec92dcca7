"""A page with all that is known of it, and the identities of a column's replies, for those who read the archive."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import String, cast, func, literal_column, select
from sqlalchemy.orm import Session

from storage.catalogue import VersionLine, load_version, read_version_line, select_versions
from storage.comparison.history import ListingSpan
from storage.database import Database
from storage.histories import load_spans
from storage.mementos import Holding, read_holding, select_holdings
from storage.records import Sighting, Version
from storage.reporting import read_timelines
from storage.tables import CaptureRow, ColumnRow, PageRow, SiteRow, VersionRow
from storage.withholding import is_withheld, withheld_pages

LATEST_CAPTURES = 100
MOST_DUPLICATES = 50


@dataclass(frozen=True, slots=True)
class Twin:
    """Another page that says the same."""

    id: int
    url: str
    title: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page, its history and its likes; ``shown`` is the version to be read, the latest unless another is asked for.

    ``holdings`` are the latest captures, the last first.
    """

    id: int
    url: str
    title: str
    site: str
    site_name: str
    column_name: str
    next_due_at: datetime
    due_reason: str
    versions: tuple[VersionLine, ...]
    shown: Version | None
    sightings: tuple[Sighting, ...]
    holdings: tuple[Holding, ...]
    spans: tuple[ListingSpan, ...]
    twins: tuple[Twin, ...]


@dataclass(frozen=True, slots=True)
class ReplyIdentity:
    """Which reply a page holds, as its latest version says."""

    page_id: int
    column: str
    kind: str
    body: str
    term: int | None
    session: int | None
    numbers: tuple[str, ...]


def read_page_view(database: Database, page_id: int, number: int = 0) -> PageView | None:
    """Everything about a page, with its latest version or the one of a number.

    None when there is no such page, or version of it, or when it is kept out of public views.
    """
    with database.read() as session:
        query = (
            select(PageRow, SiteRow.name, ColumnRow.name)
            .join(SiteRow, SiteRow.key == PageRow.site_key)
            .join(ColumnRow, ColumnRow.id == PageRow.column_id)
            .where(PageRow.id == page_id)
        )
        row = session.execute(query).first()
        if row is None or is_withheld(session, page_id):
            return None
        page, site_name, column_name = row
        versions = tuple(map(read_version_line, session.execute(select_versions(page_id))))
        shown = load_version(session, page_id, number or (versions[-1].number if versions else 0))
        if number and shown is None:
            return None
        latest = select_holdings().where(CaptureRow.page_id == page_id).order_by(CaptureRow.captured_at.desc())
        return PageView(
            id=page.id,
            url=page.url,
            title=page.title,
            site=page.site_key,
            site_name=site_name,
            column_name=column_name,
            next_due_at=page.next_due_at,
            due_reason=page.due_reason or "",
            versions=versions,
            shown=shown,
            sightings=tuple(read_timelines(session, [page_id])[page_id]),
            holdings=tuple(map(read_holding, session.execute(latest.limit(LATEST_CAPTURES)))),
            spans=tuple(load_spans(session, [page_id])[page_id]),
            twins=tuple(read_twins(session, page)),
        )


def read_twins(session: Session, page: PageRow) -> Iterator[Twin]:
    """Other pages whose latest documents are the same to the letter."""
    if not page.document_digest:
        return
    query = select(PageRow).where(
        PageRow.document_digest == page.document_digest,
        PageRow.id != page.id,
        PageRow.parent_id.is_(None),
        PageRow.id.not_in(withheld_pages()),
    )
    for row in session.scalars(query.order_by(PageRow.id).limit(MOST_DUPLICATES)):
        yield Twin(row.id, row.url, row.title, row.site_key)


def read_replies(database: Database, site: str) -> tuple[ReplyIdentity, ...]:
    """The replies of a site by their identities; texts are not read."""
    query = (
        select(PageRow.id, ColumnRow.name, VersionRow.document["reply"])
        .join(ColumnRow, ColumnRow.id == PageRow.column_id)
        .join(VersionRow, (VersionRow.page_id == PageRow.id) & (VersionRow.number == PageRow.version_number))
        .where(PageRow.site_key == site, PageRow.parent_id.is_(None), PageRow.id.not_in(withheld_pages()))
    )
    with database.read() as session:
        return tuple(
            ReplyIdentity(
                page_id,
                column,
                reply.get("kind") or "",
                reply.get("body") or "",
                reply.get("term"),
                reply.get("session"),
                tuple(reply.get("numbers") or ()),
            )
            for page_id, column, reply in session.execute(query)
            if reply
        )


def count_days(database: Database, site: str, since: datetime, zone: tzinfo) -> dict[date, int]:
    """Captures of a site a day of a zone, from a time on.

    The database counts by ten minutes of UTC, which puts nearly every midnight right, also where summer time begins.
    """
    is_postgresql = database.engine.dialect.name == "postgresql"
    moment = func.timezone(literal_column("'UTC'"), CaptureRow.captured_at) if is_postgresql else CaptureRow.captured_at
    stretch = func.substr(cast(moment, String), literal_column("1"), literal_column("15"))  # 2026-03-01 08:3
    columns = select(ColumnRow.id).where(ColumnRow.site_key == site)
    query = select(stretch, func.count()).where(CaptureRow.column_id.in_(columns), CaptureRow.captured_at >= since)
    found: Counter[date] = Counter()
    with database.read() as session:
        for shown, count in session.execute(query.group_by(stretch)):
            found[datetime.fromisoformat(f"{shown}0+00:00").astimezone(zone).date()] += count
    return dict(found)
