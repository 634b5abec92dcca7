"""What the spider hands to the pipelines, and what each request was made for."""

from dataclasses import dataclass, field

from crawler.discovery.listing import PageRequest
from crawler.discovery.walk import ListWalk
from seeds.catalog import Column, Site
from storage.archive.writer import Written
from storage.pages import PageState
from storage.records import Document, Exchange, Finding, Role, Walk
from storage.walks import ListedPage


@dataclass(slots=True, kw_only=True)
class ColumnWalk:
    """A column's list under way: the pure walker, what it has found so far, and the capture of its first page."""

    site: Site
    column: Column
    column_id: int
    walker: ListWalk
    listed: dict[int, ListedPage] = field(default_factory=dict)
    first: "Sight | None" = None

    @property
    def first_record_id(self) -> str | None:
        """The record of the list's first page."""
        return self.first.written.record_id if self.first and self.first.written else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a request is for. ``chain`` holds the URLs of the redirects that led to it."""

    role: Role
    site: Site
    column_id: int | None = None
    page: PageState | None = None
    walk: ColumnWalk | None = None
    list_request: PageRequest | None = None
    doubted_page_id: int | None = None
    chain: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True, repr=False)
class Sight:
    """One fetch and the judgement on it; the pipelines fill in what they make of it.

    ``document`` is given for a good page whose body is not the last one's, ``source`` is the decoded page of a good
    list. ``body_digest`` is the sha256 of the body where it was compared with the last one's.
    """

    task: Task
    exchange: Exchange
    finding: Finding
    source: str = ""
    body_digest: str | None = None
    new_url: str | None = None
    new_key: str | None = None
    written: Written | None = None
    document: Document | None = None
    before: Document | None = None

    def __repr__(self) -> str:
        """Short, for a log: a page's bytes do not belong there."""
        return f"Sight({self.exchange.url}, {self.finding.outcome})"


@dataclass(slots=True, kw_only=True, repr=False)
class FinishedWalk:
    """A walk that has come to its end, to be recorded behind the captures of its pages."""

    under_way: ColumnWalk
    walk: Walk

    def __repr__(self) -> str:
        """Short, as above."""
        return f"FinishedWalk({self.walk.site} {self.walk.column}, {len(self.walk.rows)} rows)"
