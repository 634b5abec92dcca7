"""What the API answers, for its description. The answers are built elsewhere; a test holds them against these."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from storage.records import Cause, ChangeKind, Outcome, Role
from storage.verdicts import Verdict

VerdictName = Literal["important", "routine", "noise", "follow_up"]
MOST_AT_ONCE = 500  # changes that one request judges
Word = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Note = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong."""

    detail: str


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file that belongs to a document."""

    url: str
    name: str
    type: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class FileStep:
    """What became of a file: added, removed, replaced, renamed."""

    state: str
    old: FileFact | None
    new: FileFact | None


@dataclass(frozen=True, slots=True)
class HunkFact:
    """A piece of text that differs; offsets are characters, lines count from 1."""

    op: Literal["insert", "delete", "replace", "move"]
    old: str
    new: str
    old_line: int
    new_line: int
    old_start: int
    new_start: int
    masked: bool


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """Why a removal, a move or a delisting is believed."""

    first_ok: datetime | None
    last_ok: datetime | None
    first_gone: datetime | None
    tries: int
    canary: str | None
    new_url: str | None


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """A change as ``report --format json`` gives it, with its verdict; null while it is unread."""

    id: str
    url: str
    site: str
    site_name: str
    column: str
    column_name: str
    title: str
    kind: ChangeKind
    kinds: list[str]
    score: float
    reasons: list[str]
    summary: str
    summary_en: str
    detected_at: datetime
    last_good_at: datetime | None
    from_version: int | None
    to_version: int | None
    group: str
    baseline: bool
    fields: dict[str, list[Any]]
    hunks: list[HunkFact]
    attachments: list[FileStep]
    evidence: EvidenceFact | None
    record_id: str
    page: int
    verdict: VerdictName | None
    assignee: str


@dataclass(frozen=True, slots=True)
class JudgementFact:
    """What a reviewer said; ``verdict`` is empty when a change was put back among the unread."""

    verdict: Verdict
    note: str
    reviewer: str
    assignee: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OneChange(ChangeFact):
    """A change with everything that was said of it, the latest first."""

    verdicts: list[JudgementFact]


@dataclass(frozen=True, slots=True)
class ChangeList:
    """Some changes, and the cursor of those that follow."""

    changes: list[ChangeFact]
    next: str | None


@dataclass(frozen=True, slots=True)
class PageFact:
    """A watched page."""

    id: int
    url: str
    title: str
    site: str
    column: str
    first_seen_at: datetime
    last_visit_at: datetime | None
    next_due_at: datetime
    versions: int


@dataclass(frozen=True, slots=True)
class PageList:
    """Some pages, and the cursor of those that follow."""

    pages: list[PageFact]
    next: int | None


@dataclass(frozen=True, slots=True)
class VersionFact:
    """A version of a page; ``cause`` extractor is no edit by the site."""

    number: int
    captured_at: datetime
    record_id: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class VersionList:
    """Some versions of a page, and the cursor of those that follow."""

    versions: list[VersionFact]
    next: int | None


@dataclass(frozen=True, slots=True)
class OneVersion(VersionFact):
    """A version with its document, as ``replywatch extract`` gives it; personal data covered."""

    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """Where a record lies in the archive; offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class CaptureFact:
    """One fetch; ``memento`` is where the archive shows it, null when there is nothing to show."""

    record_id: str
    url: str
    role: Role
    captured_at: datetime
    outcome: Outcome
    detail: str
    vendor: str | None
    status: int | None
    headers: list[list[str]]
    payload_digest: str | None
    entity_digest: str | None
    body_digest: str | None
    place: PlaceFact | None
    page: int | None
    revisit: bool
    memento: str | None


@dataclass(frozen=True, slots=True)
class CaptureList:
    """Some captures, and the cursor of those that follow."""

    captures: list[CaptureFact]
    next: int | None


@dataclass(frozen=True, slots=True)
class ChangeVerdict(JudgementFact):
    """A judgement and the change that it is of."""

    change: str


@dataclass(frozen=True, slots=True)
class VerdictList:
    """Some judgements, and the cursor of those that follow."""

    verdicts: list[ChangeVerdict]
    next: int | None


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """A verdict to be recorded of some changes; ``unread`` takes verdicts back.

    ``assignee`` null leaves everybody's charge as it is. ``reviewer`` counts only for who has not signed in by name.
    """

    changes: Annotated[list[Word], Field(min_length=1, max_length=MOST_AT_ONCE)]
    verdict: VerdictName | Literal["unread"]
    note: Note = ""
    reviewer: Word = ""
    assignee: Word | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Of how many changes a verdict was recorded."""

    recorded: int


@dataclass(frozen=True, slots=True)
class Session:
    """The token that this session's writes carry in ``X-Token``, and the name under which they count."""

    token: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class SiteFact:
    """One site's figures."""

    key: str
    name: str
    pages: int
    changes: int
    due: int
    last_visit_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class SiteList:
    """All sites."""

    sites: list[SiteFact]


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """What keeps us from seeing."""

    kind: str
    site: str
    subject: str
    detail: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentList:
    """Open incidents."""

    incidents: list[IncidentFact]


class Filters(BaseModel):
    """The filters of the inbox; ``since`` and ``until`` are whole days in the operator's time zone."""

    model_config = ConfigDict(frozen=True)

    site: Word = ""
    region: Word = ""
    kind: ChangeKind | None = None
    verdict: VerdictName | Literal["unread", "any"] = "any"
    assignee: Word = ""
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    since: date | None = None
    until: date | None = None
    order: Literal["time", "rank"] = "time"
