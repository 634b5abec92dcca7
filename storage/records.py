"""The values that travel between rooms. Frozen, standard library only, no behaviour beyond small views of themselves.

Captures and list walks are facts; documents, versions and changes are derived and can be derived again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What a fetch really saw. Only ``OK`` documents are ever compared."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    MOVED = "moved"
    REDIRECTED_HOME = "redirected_home"
    REDIRECTED_AWAY = "redirected_away"
    GONE = "gone"
    GONE_SOFT = "gone_soft"
    IDENTITY_MISMATCH = "identity_mismatch"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    GEO_SUSPECT = "geo_suspect"
    ROBOTS_DENIED = "robots_denied"
    TLS_ERROR = "tls_error"
    DNS_ERROR = "dns_error"
    CONNECT_ERROR = "connect_error"
    TIMEOUT = "timeout"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    ENCODING_DOUBT = "encoding_doubt"
    LIST_PARTIAL = "list_partial"

    @property
    def is_good(self) -> bool:
        """The document was there, whether it was sent again or not."""
        return self in (Outcome.OK, Outcome.NOT_MODIFIED)

    @property
    def is_gone(self) -> bool:
        """The site itself said that there is no such document. One such answer proves nothing yet."""
        return self in (Outcome.GONE, Outcome.GONE_SOFT)


@dataclass(frozen=True, slots=True)
class Finding:
    """The judgement on one fetch: outcome, vendor of a block page, and a few words of detail."""

    outcome: Outcome
    detail: str = ""
    vendor: str | None = None


class Role(StrEnum):
    """What a fetched URL is to us."""

    PAGE = "page"
    LIST = "list"
    ATTACHMENT = "attachment"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a WARC record lies: file name (relative to the archive), offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The bytes of one fetch as they went over the wire, and what they were.

    ``request`` and ``response`` are whole blocks (head and body) as sent and received; ``entity`` is the body freed of
    its transfer coding but still content-coded; ``body`` is decoded. A fetch that got no response byte has
    ``response`` empty, ``status`` None and ``error`` set (``dns_error``, ``timeout``, …, then a colon and detail).
    """

    url: str
    started_at: datetime
    request: bytes
    response: bytes = b""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    entity: bytes = b""
    body: bytes = b""
    ip_address: str | None = None
    truncated: str | None = None  # WARC-Truncated: length, time, disconnect, unspecified
    error: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One fetch, the fact. Immutable once recorded.

    ``record_id`` is the WARC-Record-ID of the response, revisit or metadata record (``urn:uuid:…``). ``payload_digest``
    is ``sha1:BASE32`` of the entity body, ``entity_digest`` its sha256 and ``body_digest`` the sha256 of the decoded
    body, both in hexadecimal.
    """

    record_id: str
    url: str
    role: Role
    captured_at: datetime
    outcome: Outcome
    detail: str = ""
    vendor: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    payload_digest: str | None = None
    entity_digest: str | None = None
    body_digest: str | None = None
    place: Place | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header that was kept, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a document; ``digest`` is the sha256 of its latest good body, when fetched."""

    url: str
    name: str = ""
    type: str = ""
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """The character encoding a page declared and the one that was used."""

    declared: str | None = None
    used: str | None = None


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """What a page says of its site in the official meta tags."""

    name: str | None = None
    id_code: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """The units that answer: the main one and those that assist."""

    main: tuple[str, ...] = ()
    assisting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a reply answers and how. Numbers are text: ``1240413``, ``028``. Unknown is None or empty."""

    kind: str | None = None  # 提案, 建议, 代表建议, 议案, 书面意见
    level: str | None = None  # 全国, 省, 市, 区, 县 …, as written
    body: str | None = None  # 人大 or 政协
    term: int | None = None
    session: int | None = None
    numbers: tuple[str, ...] = ()
    numbers_in_body: tuple[str, ...] = ()  # only when they differ from the title's
    reference: str | None = None
    addressees: tuple[str, ...] = ()
    addressee_role: str | None = None
    subject: str | None = None
    result_class: str | None = None
    units: Units = Units()
    signed_by: str | None = None
    openness: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one capture says.

    ``text`` has one paragraph a line and table cells separated by tabs. Dates are ISO dates as printed on the page,
    local and without a zone; ``published_at`` may be ``YYYY-MM-DD HH:MM``. What is unknown is None or empty.
    ``doubts`` are short codes of what the extractor was not sure of.
    """

    kind: str = "other"  # reply, summary, proposal, notice, other
    title: str | None = None
    text: str = ""
    publisher: str | None = None
    source: str | None = None
    index_number: str | None = None
    document_number: str | None = None
    keywords: tuple[str, ...] = ()
    category: str | None = None
    validity: str | None = None
    written_on: str | None = None
    published_at: str | None = None
    effective_on: str | None = None
    signed_on: str | None = None
    language: str | None = None
    encoding: Encoding = Encoding()
    site: SiteIdentity = SiteIdentity()
    column: str | None = None
    attachments: tuple[Attachment, ...] = ()
    raw_fields: tuple[tuple[str, str], ...] = ()
    reply: Reply | None = None
    doubts: tuple[str, ...] = ()
    extractor: str = ""


class Cause(StrEnum):
    """Why a version differs from the one before it."""

    CONTENT = "content"
    EXTRACTOR = "extractor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A document that differs from the page's version before it; ``number`` counts from 1."""

    number: int
    captured_at: datetime
    record_id: str
    cause: Cause
    document: Document


class Operation(StrEnum):
    """What happened to a piece of text."""

    INSERT = "insert"
    DELETE = "delete"
    REPLACE = "replace"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One change in the text: whole clauses, 1-based lines, character offsets into the old and the new text.

    ``old == old_text[old_start:old_start + len(old)]`` and likewise for new, so that all hunks together rebuild either
    text from the other. A move has the same words in ``old`` and ``new``.
    """

    op: Operation
    old: str
    new: str
    old_line: int
    new_line: int
    old_start: int
    new_start: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One line for a person, in both languages."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two documents differ: what a reader would be told. ``score`` is 0 to 1, ``reasons`` short codes."""

    changed: bool = False
    kinds: tuple[str, ...] = ()
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    fields: dict[str, tuple[object, object]] = field(default_factory=dict)
    hunks: tuple[Hunk, ...] = ()
    summary: Summary = Summary()


class ChangeKind(StrEnum):
    """What a reader is told. A step between two versions takes the first of status, text, attachments, fields."""

    NEW = "new"
    STATUS = "status"
    TEXT = "text"
    ATTACHMENTS = "attachments"
    FIELDS = "fields"
    MOVED = "moved"
    DELISTED = "delisted"
    RELISTED = "relisted"
    GONE = "gone"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a removal, a move or a delisting is believed. ``canary`` is the record id of another page's good answer."""

    first_ok: datetime | None = None
    last_ok: datetime | None = None
    first_gone: datetime | None = None
    tries: int = 0
    canary: str | None = None
    new_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a reader is told of one page.

    ``id`` is a digest of document key, kind and the record id of the capture that established it; it survives every
    derivation. ``from_version`` and ``to_version`` are version numbers of the page. ``baseline`` marks the ``new`` of a
    column's first full walk.
    """

    id: str
    document_key: str
    url: str
    site: str
    column: str
    title: str
    kind: ChangeKind
    detected_at: datetime
    record_id: str
    difference: Difference
    last_good_at: datetime | None = None
    from_version: int | None = None
    to_version: int | None = None
    group: str = ""
    evidence: Evidence | None = None
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list page: absolute URL, whole title, and the date printed beside it (ISO) when there is one."""

    url: str
    title: str
    listed_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One walk over a column's list: how many pages it declared and served, and whether it can be trusted.

    ``is_complete`` is true when every declared page was served and read. ``is_full`` is true when the walk did not stop
    early at known rows. Only complete full walks may delist a page. ``reason`` says why a walk is partial.
    """

    site: str
    column: str
    started_at: datetime
    finished_at: datetime
    declared_pages: int | None
    served_pages: int
    rows: tuple[ListRow, ...]
    is_complete: bool
    is_full: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One visit in a page's time line; ``version`` is the number it showed, None when it showed no document."""

    captured_at: datetime
    outcome: Outcome
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedChange:
    """A change with all that a report shows beside it.

    ``old_text`` and ``new_text`` are the texts of the two versions (None where there is none), ``old`` and ``new`` the
    captures that showed them, ``timeline`` every visit of the page in order of time. ``old_attachments`` and
    ``new_attachments`` are the two versions' files.
    """

    change: Change
    site_name: str
    column_name: str
    old: Capture | None = None
    new: Capture | None = None
    old_text: str | None = None
    new_text: str | None = None
    timeline: tuple[Sighting, ...] = ()
    old_attachments: tuple[Attachment, ...] = ()
    new_attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What keeps us from seeing: a host that blocks, a partial list. Open while ``closed_at`` is None."""

    kind: str
    site: str
    subject: str
    detail: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None = None
