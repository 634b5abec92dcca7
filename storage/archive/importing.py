"""Captures in archives made by others, ready to be judged by us and copied into our own files.

Missing payload digests are computed; records keep their header bytes. Requests, metadata and warcinfo records that
belong to a capture come with it, wherever in the file they stand.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storage.archive.digests import normalise_digest
from storage.archive.errors import ArchiveError
from storage.archive.fields import parse_id
from storage.archive.foreign import MAX_RECORD, ForeignRecord, iterate_foreign
from storage.archive.members import digest_sha1
from storage.archive.messages import ArchivedResponse, Headers, parse_head, parse_response
from storage.archive.reader import Reference, parse_date

_CAPTURES = frozenset({"response", "revisit", "resource"})
_COMPANIONS = frozenset({"request", "metadata"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCapture:
    """One capture that somebody else made.

    ``payload_digest`` (``sha1:…``), ``entity_digest`` and ``body_digest`` (sha256, hexadecimal) are computed by us from
    the entity; of a revisit there is only the payload digest that it claims, and ``original`` is what it refers to. A
    resource record counts as a response with status 200 and its content type. ``crawl`` are the fields of the warcinfo
    record: the vantage (software, operator, hostname, …). ``packed`` are the gzip members to be copied, the one that
    stands for the capture last; ``warcinfo`` is the member with the warcinfo record, empty if there was none.
    """

    file: str
    offset: int
    record_id: str
    url: str
    captured_at: datetime
    status: int | None
    headers: Headers
    entity: bytes
    body: bytes
    payload_digest: str | None
    entity_digest: str | None
    body_digest: str | None
    ip_address: str | None
    truncated: str | None
    original: Reference | None
    crawl: Headers
    packed: tuple[bytes, ...] = field(repr=False)
    warcinfo: bytes = field(repr=False)

    @property
    def is_revisit(self) -> bool:
        """Whether the record refers to an earlier one for its entity."""
        return self.original is not None


def read_captures(path: Path, limit: int = MAX_RECORD) -> Iterator[ImportedCapture]:
    """The captures of web pages in a WARC file or WACZ package, in the order in which they stand there.

    Records of ``limit`` bytes and more are passed over.

    Raises:
        ArchiveError: it is neither, or broken; file and offset say where. What came before has been yielded.
    """
    gathering = _Gathering()
    try:
        for record in iterate_foreign(path, limit):
            yield from gathering.add_record(record)
    except ArchiveError:
        yield from gathering.flush()
        raise
    yield from gathering.flush()


@dataclass(slots=True)
class _Gathering:
    """Holds a capture back until its companions behind it have been seen, and companions until their capture is."""

    crawl: Headers = ()
    warcinfo: bytes = b""
    capture: ForeignRecord | None = None
    companions: list[ForeignRecord] = field(default_factory=list)

    def add_record(self, record: ForeignRecord) -> Iterator[ImportedCapture]:
        kind = (record.field("WARC-Type") or "").lower()
        if kind == "warcinfo":
            yield from self.flush()
            # The block has no start line, which the parser of heads expects.
            self.crawl, self.warcinfo = parse_head(b"\r\n" + record.block)[1], record.packed
        elif kind in _COMPANIONS:
            self.companions.append(record)
        elif kind in _CAPTURES:
            # A request may stand before its response or behind it: only the links tell.
            behind = [item for item in self.companions if self.capture and _is_linked(item, self.capture)]
            before = [item for item in self.companions if _is_linked(item, record)]
            self.companions = behind
            yield from self.flush()
            self.capture, self.companions = record, before

    def flush(self) -> Iterator[ImportedCapture]:
        capture, companions = self.capture, self.companions
        self.capture, self.companions = None, []
        if capture and is_web_capture(capture):
            linked = [item for item in companions if _is_linked(item, capture)]
            yield _build_capture(capture, linked, self.crawl, self.warcinfo)


def is_web_capture(record: ForeignRecord) -> bool:
    """Whether a record shows what an HTTP server sent; names, films of the screen and the like are passed over."""
    is_web = (_find_url(record) or "").lower().startswith(("http://", "https://"))
    if record.field("WARC-Segment-Number") not in (None, "1"):
        return False
    kind = (record.field("WARC-Type") or "").lower()
    return is_web and (kind != "response" or record.block[:5].upper() == b"HTTP/")


def _is_linked(companion: ForeignRecord, capture: ForeignRecord) -> bool:
    ours, theirs = parse_id(companion.field("WARC-Record-ID")), parse_id(capture.field("WARC-Record-ID"))
    links = {parse_id(companion.field(name)) for name in ("WARC-Concurrent-To", "WARC-Refers-To")}
    return theirs in links or (ours is not None and parse_id(capture.field("WARC-Concurrent-To")) == ours)


def _find_url(record: ForeignRecord) -> str | None:
    return parse_id(record.field("WARC-Target-URI"))


def _build_capture(
    record: ForeignRecord, companions: Iterable[ForeignRecord], crawl: Headers, warcinfo: bytes
) -> ImportedCapture:
    record_id = parse_id(record.field("WARC-Record-ID"))
    if not record_id:
        raise ArchiveError("a record without WARC-Record-ID", file=record.file, offset=record.offset)
    original = _find_original(record)
    response = _read_response(record)
    return ImportedCapture(
        file=record.file,
        offset=record.offset,
        record_id=record_id,
        url=_find_url(record) or "",
        captured_at=_read_date(record, "WARC-Date"),
        status=response.status if response else None,
        headers=response.headers if response else (),
        entity=response.entity if response and not original else b"",
        body=response.body if response and not original else b"",
        ip_address=record.field("WARC-IP-Address"),
        truncated=_find_truncation(record, original),
        original=original,
        crawl=crawl,
        packed=(*(item.packed for item in companions), record.packed),
        warcinfo=warcinfo,
        **_digest_response(record, response, original),
    )


def _digest_response(
    record: ForeignRecord, response: ArchivedResponse | None, original: Reference | None
) -> dict[str, str | None]:
    if original or not response:
        claimed = normalise_digest(record.field("WARC-Payload-Digest") or "")
        return {"payload_digest": claimed, "entity_digest": None, "body_digest": None}
    return {
        "payload_digest": digest_sha1(response.entity),
        "entity_digest": hashlib.sha256(response.entity).hexdigest(),
        "body_digest": hashlib.sha256(response.body).hexdigest(),
    }


def _read_response(record: ForeignRecord) -> ArchivedResponse | None:
    if (record.field("WARC-Type") or "").lower() == "resource":
        headers = (("content-type", record.field("Content-Type") or "application/octet-stream"),)
        return ArchivedResponse(200, headers, b"", record.block)
    return parse_response(record.block) if record.block[:5].upper() == b"HTTP/" else None


def _find_original(record: ForeignRecord) -> Reference | None:
    if (record.field("WARC-Type") or "").lower() != "revisit":
        return None
    date = _read_date(record, "WARC-Refers-To-Date") if record.field("WARC-Refers-To-Date") else None
    url = parse_id(record.field("WARC-Refers-To-Target-URI")) or _find_url(record)
    return Reference(parse_id(record.field("WARC-Refers-To")), url, date)


def _read_date(record: ForeignRecord, name: str) -> datetime:
    try:
        return parse_date(record.field(name) or "")
    except ValueError as error:
        raise ArchiveError(f"{name}: {error}", file=record.file, offset=record.offset) from error


def _find_truncation(record: ForeignRecord, original: Reference | None) -> str | None:
    """Why a record is not whole; the first of several segments is not either. Revisits are cut on purpose."""
    if original:
        return None
    return record.field("WARC-Truncated") or ("unspecified" if record.field("WARC-Segment-Number") else None)
