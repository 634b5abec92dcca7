"""The database's tables. Facts: runs, captures, walks, listings. Derived: versions, changes. State: columns, pages.

Times are UTC with microseconds. Nothing outside ``storage`` sees these classes; the values of ``storage.records`` do.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for every database, naive for SQLite."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class gives it
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only when the type is spelled INTEGER.
RowId = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Link = BigInteger().with_variant(Integer, "sqlite")
IS_ARTICLE = text("parent_id IS NULL")
IS_FILE = text("parent_id IS NOT NULL")
# Whether a page is there at all, or in its list, is to be found out: its lists are walked when it is visited.
IS_DOUBTED = text("(has_doubt OR lost_walk_id IS NOT NULL)")
IS_LOST = text("lost_walk_id IS NOT NULL")
IS_ALTERED = text("altered_walk_id IS NOT NULL")
IS_ASSIGNED = text("assignee <> ''")
# What the status counts of the pages that are due: all of it stands in the index, and no page's row is read.
DUE_COLUMNS = ("site_key", "next_due_at", "column_id", "last_visit_at", "has_doubt", "gone_tries", "due_reason")
# What folds the inbox, and what is withheld; likewise.
FOLDED = ("group_key", "page_id")


class Base(DeclarativeBase):
    """All tables; constraints are named alike everywhere, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
    }


class SiteRow(Base):
    """A site that is or was watched, as its seed file last described it."""

    __tablename__ = "sites"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str]
    level: Mapped[str | None]
    region: Mapped[str | None]


class ColumnRow(Base):
    """A list of a site. ``baseline_walk_id`` is its first full walk, once there was one.

    ``news`` in ``news_days`` is what its walks brought, the last on ``walked_day``; ``cost`` is how many list pages one
    takes; ``next_due_at`` when it is to be walked again, empty until it was.
    """

    __tablename__ = "columns"
    __table_args__ = (UniqueConstraint("site_key", "key"), Index("ix_columns_due", "next_due_at"))

    id: Mapped[RowId]
    site_key: Mapped[str] = mapped_column(ForeignKey("sites.key"))
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str]
    name: Mapped[str]
    url: Mapped[str]
    baseline_walk_id: Mapped[int | None] = mapped_column(Link)
    news: Mapped[float | None]
    news_days: Mapped[float | None]
    walked_day: Mapped[float | None]
    cost: Mapped[float | None]
    next_due_at: Mapped[datetime | None]


class PageRow(Base):
    """A document at one place of the web, whatever its URLs; also an attachment, which has a ``parent_id``.

    Holds what the next visit needs to know, so that a visit costs one row: validators, the digests and the record of
    the last good body, the due time. ``url`` is where it was first seen, ``fetch_url`` where the site led us since.
    ``is_stale`` says that observations came in which ``compare`` has not looked at;
    ``has_doubt`` that the last telling answer was not a good one. ``lost_walk_id`` is the trusted walk that first
    lacked it, until a good answer in the run of such a walk has settled that it is off the list.

    The columns from ``born_day`` on belong to the plan of visits (`storage.clocks.PageClock`): empty until a page was
    planned. ``demand`` is what it asks of the budget, ``planned_version`` the version that the plan knows,
    ``due_reason`` why it is due when it is, in words.
    """

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_due", *DUE_COLUMNS, sqlite_where=IS_ARTICLE, postgresql_where=IS_ARTICLE),
        Index("ix_pages_parent_id", "parent_id", sqlite_where=IS_FILE, postgresql_where=IS_FILE),
        Index("ix_pages_visited", "site_key", "last_visit_at", sqlite_where=IS_ARTICLE, postgresql_where=IS_ARTICLE),
        Index("ix_pages_stale", "site_key", sqlite_where=text("is_stale = 1"), postgresql_where=text("is_stale")),
        Index("ix_pages_doubted", "site_key", "next_due_at", sqlite_where=IS_DOUBTED, postgresql_where=IS_DOUBTED),
        Index("ix_pages_lost", "lost_walk_id", sqlite_where=IS_LOST, postgresql_where=IS_LOST),
    )

    id: Mapped[RowId]
    document_key: Mapped[str] = mapped_column(Text, unique=True)
    url: Mapped[str]
    fetch_url: Mapped[str | None]
    site_key: Mapped[str] = mapped_column(ForeignKey("sites.key"))
    column_id: Mapped[int] = mapped_column(ForeignKey("columns.id"))
    parent_id: Mapped[int | None] = mapped_column(Link, ForeignKey("pages.id"))
    title: Mapped[str]
    first_seen_at: Mapped[datetime]
    first_walk_id: Mapped[int | None] = mapped_column(Link)
    lost_walk_id: Mapped[int | None] = mapped_column(Link)
    last_visit_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime] = mapped_column(index=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    entity_digest: Mapped[str | None] = mapped_column(String(64))
    body_digest: Mapped[str | None] = mapped_column(String(64))
    original_id: Mapped[int | None] = mapped_column(Link)
    version_number: Mapped[int | None]
    document_digest: Mapped[str | None] = mapped_column(String(64))
    extractor: Mapped[str | None] = mapped_column(String(100))
    has_doubt: Mapped[bool] = mapped_column(default=False)
    is_stale: Mapped[bool] = mapped_column(default=False)
    born_day: Mapped[float | None]
    seen_day: Mapped[float | None]
    changed_day: Mapped[float | None]
    gone_day: Mapped[float | None]
    gone_tries: Mapped[int | None]
    own_events: Mapped[float | None]
    own_days: Mapped[float | None]
    demand: Mapped[float | None]
    planned_version: Mapped[int | None]
    due_reason: Mapped[str | None] = mapped_column(String(30))


class RunRow(Base):
    """One crawl: when, with which arguments, and how it ended. ``token`` is its name in the archive's records."""

    __tablename__ = "runs"

    id: Mapped[RowId]
    token: Mapped[str] = mapped_column(String(300), unique=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20))
    arguments: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]


class FileRow(Base):
    """A file of the archive by name; captures refer to it by number to stay small."""

    __tablename__ = "files"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(Text, unique=True)


class CaptureRow(Base):
    """One fetch: the fact. ``version_number`` is what the page showed, where it showed a document.

    ``new_url`` and ``new_key`` say where a redirect pointed to and which document that is.
    """

    __tablename__ = "captures"
    __table_args__ = (
        Index("ix_captures_page", "page_id", "captured_at"),
        Index("ix_captures_run", "run_id", "column_id"),
        Index("ix_captures_place", "file_id", "offset"),
        Index("ix_captures_outcome", "column_id", "outcome"),
        Index("ix_captures_column", "column_id", "captured_at"),
    )

    id: Mapped[RowId]
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    page_id: Mapped[int | None] = mapped_column(Link, ForeignKey("pages.id"))
    column_id: Mapped[int | None] = mapped_column(ForeignKey("columns.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    role: Mapped[str] = mapped_column(String(12))
    url: Mapped[str]
    captured_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    vendor: Mapped[str | None] = mapped_column(String(20))
    detail: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[list[Any]]
    payload_digest: Mapped[str | None] = mapped_column(Text)
    entity_digest: Mapped[str | None] = mapped_column(String(64))
    body_digest: Mapped[str | None] = mapped_column(String(64))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    offset: Mapped[int | None] = mapped_column(BigInteger)
    length: Mapped[int | None] = mapped_column(BigInteger)
    is_revisit: Mapped[bool] = mapped_column(default=False)
    version_number: Mapped[int | None]
    new_url: Mapped[str | None]
    new_key: Mapped[str | None]


class WalkRow(Base):
    """One walk over a column's list and whether it can be trusted; ``record_id`` is the capture of its first page.

    ``away`` counts the rows that lead to hosts off the allow-list, by host.
    """

    __tablename__ = "walks"
    __table_args__ = (Index("ix_walks_column", "column_id", "id"),)

    id: Mapped[RowId]
    column_id: Mapped[int] = mapped_column(ForeignKey("columns.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    declared_pages: Mapped[int | None]
    served_pages: Mapped[int]
    row_count: Mapped[int]
    is_complete: Mapped[bool]
    is_full: Mapped[bool]
    is_healthy: Mapped[bool]
    fresh_rows: Mapped[int]
    record_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str]
    away: Mapped[dict[str, Any]]


class ListingRow(Base):
    """A page stood in a column's list from one walk through another without a gap.

    A span instead of a row a walk: a list that does not change costs nothing. A gap is a complete, full walk without
    the page; what a partial walk did not show is no gap. ``altered_walk_id`` is the last walk in which the row had
    another title or date than before.
    """

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_page", "page_id"),
        Index("ix_listings_column", "column_id", "through_walk_id"),
        Index("ix_listings_altered", "altered_walk_id", sqlite_where=IS_ALTERED, postgresql_where=IS_ALTERED),
    )

    id: Mapped[RowId]
    column_id: Mapped[int] = mapped_column(ForeignKey("columns.id"))
    page_id: Mapped[int] = mapped_column(Link, ForeignKey("pages.id"))
    from_walk_id: Mapped[int] = mapped_column(Link)
    through_walk_id: Mapped[int] = mapped_column(Link)
    url: Mapped[str]
    title: Mapped[str]
    listed_on: Mapped[str | None] = mapped_column(String(20))
    position: Mapped[int]
    altered_walk_id: Mapped[int | None] = mapped_column(Link)


class VersionRow(Base):
    """A document that differs from the page's version before it. ``document`` holds all but the text."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("page_id", "number"),)

    id: Mapped[RowId]
    page_id: Mapped[int] = mapped_column(Link, ForeignKey("pages.id"))
    number: Mapped[int]
    capture_id: Mapped[int] = mapped_column(Link, ForeignKey("captures.id"))
    cause: Mapped[str] = mapped_column(String(12))
    document_digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str]
    document: Mapped[dict[str, Any]]


class ChangeRow(Base):
    """What a reader is told of one page; ``content`` is the whole `storage.records.Change`.

    ``verdict`` and ``assignee`` are copies of what was last said of it (`storage.verdicts`), empty while it is unread.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_page", "page_id"),
        Index("ix_changes_inbox", "is_baseline", "verdict", "score", "detected_at", "id", *FOLDED),
        Index("ix_changes_latest", "is_baseline", "verdict", "detected_at", "id", *FOLDED),
        Index("ix_changes_rank", "is_baseline", "score", "detected_at", "id", *FOLDED),
        Index("ix_changes_time", "is_baseline", "detected_at", "id", *FOLDED),
        Index("ix_changes_unread", "kind", "is_baseline", "verdict", "score", "detected_at", "id"),
        Index("ix_changes_kind", "kind", "is_baseline", "score", "detected_at", "id", *FOLDED),
        Index("ix_changes_site", "site_key", "is_baseline", "verdict", "score", "detected_at", "id"),
        Index("ix_changes_group", "group_key", "is_baseline", "verdict", "score", "detected_at", "page_id"),
        Index(
            "ix_changes_assigned",
            *("assignee", "is_baseline", "score", "detected_at", "id", *FOLDED),
            sqlite_where=IS_ASSIGNED,
            postgresql_where=IS_ASSIGNED,
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    page_id: Mapped[int] = mapped_column(Link, ForeignKey("pages.id"))
    site_key: Mapped[str] = mapped_column(ForeignKey("sites.key"))
    kind: Mapped[str] = mapped_column(String(12))
    detected_at: Mapped[datetime] = mapped_column(index=True)
    score: Mapped[float]
    is_baseline: Mapped[bool]
    content: Mapped[dict[str, Any]]
    group_key: Mapped[str] = mapped_column(Text, default="", server_default="")
    verdict: Mapped[str] = mapped_column(String(12), default="", server_default="")
    assignee: Mapped[str] = mapped_column(String(200), default="", server_default="")


class TraitRow(Base):
    """A key under which a page that vanished, or appeared after the baseline, is known again elsewhere on its site.

    ``weight`` says how much of a likeness the key is: see `storage.changes`.
    """

    __tablename__ = "traits"
    __table_args__ = (Index("ix_traits_key", "site_key", "key"),)

    page_id: Mapped[int] = mapped_column(Link, ForeignKey("pages.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(600), primary_key=True)
    site_key: Mapped[str] = mapped_column(ForeignKey("sites.key"))
    weight: Mapped[int]


class RuleRow(Base):
    """An operator's rule for edits that need not be shown. It hides and never deletes."""

    __tablename__ = "rules"

    id: Mapped[RowId]
    pattern: Mapped[str]
    site_key: Mapped[str] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(60))
    note: Mapped[str]
    made_at: Mapped[datetime]


class PlanRow(Base):
    """What the plan of visits learned from all pages, and how far it has read; one row (`storage.clocks.PlanState`)."""

    __tablename__ = "plan"

    id: Mapped[RowId]
    capture_id: Mapped[int] = mapped_column(Link)
    walk_id: Mapped[int] = mapped_column(Link)
    priced_day: Mapped[float]
    price: Mapped[float]
    pages: Mapped[int]
    counts: Mapped[dict[str, Any]]


class SitePlanRow(Base):
    """What the plan of visits knows of a site (`storage.clocks.SiteClock`)."""

    __tablename__ = "site_plans"

    site_key: Mapped[str] = mapped_column(ForeignKey("sites.key"), primary_key=True)
    clock: Mapped[dict[str, Any]]
