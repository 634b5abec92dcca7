"""What the derivation of changes is told: a page's captures and versions, its column's walks and canaries.

Frozen values only. Whoever has them in a database hands them in; nothing here knows where they come from. All times are
aware and in UTC; all tuples are in order of time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from storage.records import Outcome, Version

CHINA = ZoneInfo("Asia/Shanghai")
FEW_ROWS = 3  # a short list may lose so many rows at once and still be sound
LEAST_SHARE_OF_ROWS = 0.5  # a list that lost more than half of its rows at once is a list in trouble, not a clean-up


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One capture of a page: the fact, with the run that made it.

    ``version`` is the number of the version that it showed; None when it showed no document. ``url`` is what was asked
    for (empty: the page's). ``new_url`` is where an answer ``moved`` pointed to, ``new_key`` the document key of that
    place when it is known.
    """

    record_id: str
    captured_at: datetime
    run_id: str
    outcome: Outcome
    version: int | None = None
    url: str = ""
    new_url: str | None = None
    new_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingSpan:
    """A page stood in a column's list from one walk through another, named by the times at which they finished.

    No trusted walk between the two lacked the row; walks that cannot be trusted do not end a span.
    ``last_position`` is the row's place from the top (0-based) in the last walk that showed it, when known.
    """

    column: str
    first_seen_at: datetime
    last_seen_at: datetime
    last_position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkFact:
    """One walk over a column's list, without its rows.

    ``record_id`` is the capture of the list's first page. ``row_count`` and ``fresh_rows`` (rows that the trusted walk
    before it did not have) tell rows that fell off the end of a list of fixed length from rows that were taken out.
    """

    run_id: str
    column: str
    finished_at: datetime
    is_complete: bool
    is_full: bool = True
    is_healthy: bool = True
    record_id: str = ""
    row_count: int | None = None
    fresh_rows: int | None = None

    @property
    def is_trusted(self) -> bool:
        """Its silence about a row means something: complete, full and healthy."""
        return self.is_complete and self.is_full and self.is_healthy


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHistory:
    """All that is known of one page. ``columns`` are column keys, the first one names the page's changes."""

    document_key: str
    site: str
    url: str
    title: str = ""
    columns: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    observations: tuple[Observation, ...] = ()
    spans: tuple[ListingSpan, ...] = ()

    @property
    def column(self) -> str:
        """The column under which its changes are told."""
        return self.columns[0] if self.columns else ""

    def until(self, instant: datetime) -> "PageHistory":
        """What was known at ``instant`` of observations and versions (spans are cut, too, at their last sight)."""
        return replace(
            self,
            versions=tuple(version for version in self.versions if version.captured_at <= instant),
            observations=tuple(seen for seen in self.observations if seen.captured_at <= instant),
            spans=tuple(
                replace(span, last_seen_at=min(span.last_seen_at, instant))
                for span in self.spans
                if span.first_seen_at <= instant
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContext:
    """What the pages of a site have in common.

    ``walks`` maps a column key to its walks. ``canaries`` maps (run id, column key) to the record id of another page's
    good answer in that run or, in a column without other pages, of its complete list. ``doubted_runs`` are runs in
    which the site seemed to answer by place of origin: nothing gone in them counts. Days are those of ``timezone``.
    """

    timezone: tzinfo = CHINA
    walks: Mapping[str, tuple[WalkFact, ...]] = field(default_factory=lambda: MappingProxyType({}))
    canaries: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    doubted_runs: frozenset[str] = frozenset()

    def until(self, instant: datetime) -> "SiteContext":
        """The walks that had finished at ``instant``."""
        cut = {
            column: tuple(walk for walk in walks if walk.finished_at <= instant) for column, walks in self.walks.items()
        }
        return replace(self, walks=MappingProxyType(cut))


def extend_spans(
    spans: Iterable[ListingSpan], walk: WalkFact, trusted_at: Iterable[datetime], position: int | None = None
) -> tuple[ListingSpan, ...]:
    """The spans of a page after ``walk`` showed its row at ``position``.

    ``trusted_at`` are the times of the trusted walks of that column; one that lies between the last span's end and this
    walk lacked the row, so a new span begins. Spans of other columns are handed through.
    """
    kept = list(spans)
    mine = [index for index, span in enumerate(kept) if span.column == walk.column]
    if mine:
        last = kept[mine[-1]]
        if not any(last.last_seen_at < instant < walk.finished_at for instant in trusted_at):
            kept[mine[-1]] = replace(
                last, last_seen_at=max(last.last_seen_at, walk.finished_at), last_position=position
            )
            return tuple(kept)
    begun = ListingSpan(
        column=walk.column, first_seen_at=walk.finished_at, last_seen_at=walk.finished_at, last_position=position
    )
    return (*kept, begun)


def judge_health(row_count: int, previous_count: int | None) -> bool:
    """Whether a complete list is healthy: it has rows, and did not shrink to nothing at once.

    ``previous_count`` is the number of rows of the column's complete full walk before this one (trusted or not, so that
    a list that stays short is believed the second time), None when this is the first.
    """
    if row_count <= 0 or previous_count == 0:
        return False  # a list that was empty is believed when it has been seen with rows twice
    if previous_count is None or previous_count - row_count <= FEW_ROWS:
        return True
    return row_count >= previous_count * LEAST_SHARE_OF_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFace:
    """By what a page is known again when it turns up elsewhere: see `storage.comparison.moves`.

    ``identities`` are keys of the reply (body, term, session, number, unit), ``sketch`` hashes of its text: both are
    meant to be stored and looked up, so that only pages that share one are ever compared. A page that appeared is known
    by its first version, one that is gone by its last. ``text`` is folded, without white space, and cut.
    """

    document_key: str
    url: str
    first_ok_at: datetime
    first_record_id: str
    identities: tuple[str, ...] = ()
    sketch: tuple[int, ...] = ()
    title: str = ""
    text: str = ""
    is_baseline: bool = False
    is_return: bool = False  # it was known and gone before
