"""The named fields of our records: identifiers, safe values, and the marks that say what a capture was.

Every record that stands for a capture carries ``Replywatch: OUTCOME ROLE`` and, when there is something to say,
``Replywatch-Vendor`` and ``Replywatch-Detail``; a response also ``Replywatch-Entity-Digest`` and
``Replywatch-Body-Digest`` (sha256 in hexadecimal). The warcinfo record names the crawl in ``Replywatch-Run``; a capture
of another crawl in the same file has its name as a third word. So a record that the database never heard of can be
adopted with its outcome, and the evidence of a block or a failure never becomes a version. The marks are this terse
because each field costs a dozen bytes in the smallest records, those of unchanged pages.
"""

import re
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from storage.records import Finding, Outcome, Role

IDENTICAL_DIGEST = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HTTP_REQUEST = "application/http; msgtype=request"
HTTP_RESPONSE = "application/http; msgtype=response"
WARC_FIELDS = "application/warc-fields"
OTHER_BYTES = "application/octet-stream"

MARKS = "Replywatch"
RUN = "Replywatch-Run"
VENDOR = "Replywatch-Vendor"
DETAIL = "Replywatch-Detail"
ENTITY_DIGEST = "Replywatch-Entity-Digest"
BODY_DIGEST = "Replywatch-Body-Digest"

# Within our metadata blocks: why there was no answer, and the status line of a 304, unless it is the usual one.
FETCH_ERROR = "Fetch-Error"
STATUS_LINE = b"Status: "
USUAL_STATUS_LINE = b"HTTP/1.1 304 Not Modified\r\n"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a capture was, as its record says. ``run_id`` is None when it is that of the file's warcinfo record."""

    outcome: Outcome
    role: Role
    run_id: str | None
    vendor: str | None = None
    detail: str = ""


def format_run(run_id: str | int) -> str:
    """The name of a crawl as one word."""
    return quote(str(run_id), safe=":") or "-"


def format_marks(role: Role, finding: Finding, run_id: str | None) -> Fields:
    """The marks of one capture as WARC fields."""
    marks = [(MARKS, " ".join(filter(None, (finding.outcome, role, run_id))))]
    if finding.vendor:
        marks.append((VENDOR, clean_value(finding.vendor)))
    if finding.detail:
        marks.append((DETAIL, clean_value(finding.detail)))
    return tuple(marks)


def parse_marks(fields: Fields) -> Marks | None:
    """The inverse of `format_marks`; None for records that carry no marks of ours."""
    values = {name.lower(): value for name, value in fields}
    words = values.get(MARKS.lower(), "").split()
    try:
        outcome, role, *run = words
        vendor, detail = values.get(VENDOR.lower()), values.get(DETAIL.lower(), "")
        return Marks(Outcome(outcome), Role(role), run[0] if run else None, vendor, detail)
    except ValueError:
        return None


def shorten_head(head: bytes) -> bytes:
    """The head of a 304 as named fields; the usual status line is left out, which saves thirty bytes a visit."""
    headers = head.removeprefix(USUAL_STATUS_LINE)
    is_usual = len(headers) < len(head) and not headers.startswith(STATUS_LINE)
    return headers if is_usual else STATUS_LINE + head


def restore_head(block: bytes) -> bytes:
    """The inverse of `shorten_head`."""
    return block.removeprefix(STATUS_LINE) if block.startswith(STATUS_LINE) else USUAL_STATUS_LINE + block


def find_field(fields: Fields, name: str) -> str | None:
    """The first value of a field, whatever its case."""
    wanted = name.lower()
    return next((value for key, value in fields if key.lower() == wanted), None)


def clean_value(text: str) -> str:
    """A value that stays on its line: white space and control characters become single spaces."""
    return " ".join(re.sub(r"[\x00-\x20\x7f]+", " ", text).split())


def quote_url(url: str) -> str:
    """A URL fit for a field: what is not printable ASCII is percent-encoded as UTF-8."""
    return quote(url, safe="!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~")


def format_id(record_id: str) -> str:
    """An identifier as WARC fields hold it."""
    return f"<{record_id}>"


def parse_id(value: str | None) -> str | None:
    """An identifier without its angle brackets."""
    return value.strip().strip("<>") if value else None


class IdSeries:
    """Record identifiers of one writer: UUIDs of version 8 (RFC 9562), 60 random bits and a counter.

    A million writers get different ones with odds of two million to one, and since all of a file's begin alike they
    compress to a few bytes.
    """

    def __init__(self) -> None:
        random = uuid.uuid4().hex
        self._prefix = f"urn:uuid:{random[:8]}-{random[8:12]}-8{random[13:16]}-8000-"
        self._taken = 0

    def take_next(self) -> str:
        """The next identifier, without angle brackets."""
        self._taken += 1
        return f"{self._prefix}{self._taken:012x}"
