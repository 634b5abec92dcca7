"""From an exchange to the WARC records that hold it. Pure: identifiers come in, records go out.

A visit that found the same entity again is a ``revisit`` and its request is left out, unless it carried a body: it
differs from the first request in its validators at most, and would double what an unchanged page costs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.archive import fields as names
from storage.archive.fields import Fields, format_id, quote_url
from storage.archive.members import digest_sha1, pack_record
from storage.archive.messages import split_message
from storage.clock import format_instant
from storage.records import Exchange

NOT_MODIFIED = 304
PLAIN_LEVEL = 3  # of HTML, level 6 saves 6 % more and takes 60 % longer
CODED_LEVEL = 1  # for what is content-coded already


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The first response record that holds an entity: what a revisit refers to. ``payload_digest`` is ``sha1:…``."""

    record_id: str
    url: str
    captured_at: datetime
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Digests:
    """Of one entity: sha1 in base32 with its prefix; sha256 of the entity and of the decoded body in hexadecimal."""

    payload: str | None = None
    entity: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """The records of one capture, packed; the last one stands for the capture."""

    members: tuple[bytes, ...]
    digests: Digests
    is_revisit: bool


def is_http(response: bytes) -> bool:
    """Whether it can be kept as a response; readers stumble over anything that does not begin like one."""
    return response[:5].upper() == b"HTTP/"


def compute_digests(exchange: Exchange, body: str | None = None) -> Digests:
    """The digests of what came over the wire, that of the body where it is not given; none when nothing came."""
    if not is_http(exchange.response):
        return Digests()
    body = body or hashlib.sha256(exchange.body).hexdigest()
    is_coded = exchange.body != exchange.entity
    entity = hashlib.sha256(exchange.entity).hexdigest() if is_coded else body
    return Digests(digest_sha1(exchange.entity), entity, body)


def compose_capture(
    exchange: Exchange,
    marks: Fields,
    *,
    original: Original | None,
    warcinfo_id: str,
    capture_id: str,
    take_id: Callable[[], str],
    body_digest: str | None = None,
) -> Composition:
    """All records of one capture, in the order in which they are to be written.

    With ``original`` it is a revisit when the entity has that digest or the answer was a 304; anything else, a
    truncated transfer and an empty entity included, is kept in full. ``body_digest`` is the body's sha256 where it is
    known already.
    """
    digests = compute_digests(exchange, body_digest)
    composer = _Composer(exchange, marks, warcinfo_id, capture_id, take_id)
    if not is_http(exchange.response):
        return Composition((*composer.pack_request(), composer.pack_failure()), digests, is_revisit=False)
    if original and exchange.status == NOT_MODIFIED and not exchange.truncated:
        members = (*composer.pack_sent_body(), composer.pack_head(), composer.pack_revisit(original, b""))
        return Composition(members, Digests(payload=original.payload_digest), is_revisit=True)
    if original and exchange.entity and not exchange.truncated and original.payload_digest == digests.payload:
        head = split_message(exchange.response)[0]
        return Composition(
            (*composer.pack_sent_body(), composer.pack_revisit(original, head)), digests, is_revisit=True
        )
    return Composition((*composer.pack_request(), composer.pack_response(digests)), digests, is_revisit=False)


def _format_second(moment: datetime) -> str:
    """A date as indexes know it, in whole seconds.

    ReplayWeb.page takes the first response that is not before this date: with a fraction, the original, which indexes
    name by its second, would be, and the page's next version would be shown in its stead.
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class _Composer:
    """Packs the records of one exchange, which share date, capture and warcinfo."""

    exchange: Exchange
    marks: Fields
    warcinfo_id: str
    capture_id: str
    take_id: Callable[[], str]

    def _begin_fields(self, kind: str, record_id: str) -> Fields:
        return (
            ("WARC-Type", kind),
            ("WARC-Record-ID", format_id(record_id)),
            ("WARC-Date", format_instant(self.exchange.started_at)),
        )

    def _describe_capture(self) -> Fields:
        address = self.exchange.ip_address
        return (
            ("WARC-Warcinfo-ID", format_id(self.warcinfo_id)),
            ("WARC-Target-URI", quote_url(self.exchange.url)),
            *((("WARC-IP-Address", address),) if address else ()),
        )

    def pack_request(self) -> tuple[bytes, ...]:
        """The request, if any of it was sent."""
        if not self.exchange.request:
            return ()
        fields = (
            *self._begin_fields("request", self.take_id()),
            ("WARC-Concurrent-To", format_id(self.capture_id)),
            *self._describe_capture(),
            ("WARC-Block-Digest", digest_sha1(self.exchange.request)),
            ("Content-Type", names.HTTP_REQUEST),
        )
        return (pack_record(fields, self.exchange.request, PLAIN_LEVEL),)

    def pack_sent_body(self) -> tuple[bytes, ...]:
        """The request of a revisit: only when it had a body, by which replay tells posted pages apart."""
        return self.pack_request() if split_message(self.exchange.request)[1] else ()

    def pack_failure(self) -> bytes:
        """What stands for a fetch without an HTTP answer: why there was none, or the bytes that were no HTTP."""
        reason = names.clean_value(self.exchange.error or "no answer")
        block = self.exchange.response or f"{names.FETCH_ERROR}: {reason}\r\n".encode()
        fields = (
            *self._begin_fields("metadata", self.capture_id),
            *self._describe_capture(),
            *self.marks,
            ("WARC-Block-Digest", digest_sha1(block)),
            ("Content-Type", names.OTHER_BYTES if self.exchange.response else names.WARC_FIELDS),
        )
        return pack_record(fields, block, PLAIN_LEVEL)

    def pack_head(self) -> bytes:
        """The head of a 304: in the revisit itself it would be replayed as an empty page.

        The record names no URL, so that no index takes it for a capture.
        """
        fields = (
            *self._begin_fields("metadata", self.take_id()),
            ("WARC-Refers-To", format_id(self.capture_id)),
            ("Content-Type", names.WARC_FIELDS),
        )
        return pack_record(fields, names.shorten_head(self.exchange.response), PLAIN_LEVEL)

    def pack_revisit(self, original: Original, head: bytes) -> bytes:
        """A reference to the original, with the head of this answer, if any."""
        fields = (
            *self._begin_fields("revisit", self.capture_id),
            *self._describe_capture(),
            ("WARC-Profile", names.IDENTICAL_DIGEST),
            ("WARC-Refers-To", format_id(original.record_id)),
            ("WARC-Refers-To-Target-URI", quote_url(original.url)),
            ("WARC-Refers-To-Date", _format_second(original.captured_at)),
            ("WARC-Payload-Digest", original.payload_digest),
            *self.marks,
            *((("WARC-Block-Digest", digest_sha1(head)), ("Content-Type", names.HTTP_RESPONSE)) if head else ()),
        )
        return pack_record(fields, head, PLAIN_LEVEL)

    def pack_response(self, digests: Digests) -> bytes:
        """The answer in full, as it came."""
        exchange = self.exchange
        fields = (
            *self._begin_fields("response", self.capture_id),
            *self._describe_capture(),
            ("WARC-Payload-Digest", digests.payload or ""),
            ("WARC-Block-Digest", digest_sha1(exchange.response)),
            *((("WARC-Truncated", exchange.truncated),) if exchange.truncated else ()),
            *self.marks,
            (names.ENTITY_DIGEST, digests.entity or ""),
            (names.BODY_DIGEST, digests.body or ""),
            ("Content-Type", names.HTTP_RESPONSE),
        )
        is_coded = exchange.body != exchange.entity
        return pack_record(fields, exchange.response, CODED_LEVEL if is_coded else PLAIN_LEVEL)
