"""The record of one exchange while it runs: bytes sent, bytes received, and what was noticed on the way."""

from dataclasses import dataclass, field
from datetime import datetime

from crawler.fetching.message import Framing, Message, read_response
from crawler.fetching.reading import Reading
from storage.records import Exchange

HEAD_LIMIT = 256 * 1024
"""Bytes of header section, 1xx responses included, that we are willing to read."""


@dataclass(slots=True)
class Tape:
    """Filled by the connection, read when the exchange is over.

    ``size_limit`` is the largest entity in bytes (0: any); the wire may carry twice as much, for chunk sizes and the
    like. ``is_broken``: the connection was reset. ``is_handshaking``: TLS is not established yet, nothing has left.
    ``verdict`` is set by whoever breaks the exchange off: outcome, colon, detail.
    """

    method: str = "GET"
    size_limit: int = 0
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    peer: str | None = None
    is_broken: bool = False
    is_handshaking: bool = False
    verdict: str | None = None
    reading: Reading = field(default_factory=Reading)

    def begin_request(self, peer: str | None) -> None:
        """Start anew on this connection: what a stale connection was given before did not count."""
        self.sent.clear()
        self.received.clear()
        self.reading = Reading(self.method, self.size_limit)
        self.peer = peer
        self.is_broken = False

    def advance(self) -> bool:
        """Look at what has come; gives whether the response is complete, and sets the verdict when it is too much.

        Raises:
            MalformedResponseError, OversizedBodyError, BrokenChunkError: as `crawler.fetching.reading` has it.
        """
        is_complete = self.reading.advance(self.received)
        if not is_complete:
            self.verdict = self.find_excess() or self.verdict
        return is_complete

    def find_excess(self) -> str | None:
        """The verdict on a response that is larger than we want to read, None while it is not."""
        if not self.has_head and len(self.received) > HEAD_LIMIT:
            return f"too_large: more than {HEAD_LIMIT} bytes of headers"
        if self.size_limit and len(self.received) > 2 * self.size_limit + HEAD_LIMIT:
            return f"too_large: more than {2 * self.size_limit} bytes on the wire"
        return None

    @property
    def has_head(self) -> bool:
        """The header section of the response has come."""
        return self.reading.head is not None

    def read_message(self) -> Message:
        """What came, taken apart."""
        return read_response(bytes(self.received), self.method, self.reading.head)

    def take_message(self) -> Message:
        """What came, taken apart and off the tape: an attachment's bytes are not held twice."""
        data = bytes(self.received)
        self.received.clear()
        return read_response(data, self.method, self.reading.head)


def compose_exchange(tape: Tape, message: Message, url: str, started_at: datetime, error: str | None) -> Exchange:
    """The finished record. ``error`` is what failed, None when a response was delivered."""
    error = error or find_damage(tape, message)
    if tape.is_handshaking:
        tape.sent.clear()  # the request waited for the handshake and never left
    return Exchange(
        url=url,
        started_at=started_at,
        request=bytes(tape.sent),
        response=message.block,
        status=message.status,
        headers=message.headers,
        entity=message.entity,
        ip_address=tape.peer,
        truncated=name_truncation(error) if message.block and error else None,
        error=error,
    )


def find_damage(tape: Tape, message: Message) -> str | None:
    """What is wrong with a response that was delivered all the same."""
    if message.has_head and not message.is_complete:
        return f"truncated: connection closed after {len(message.entity)} bytes of the body"
    if message.framing is Framing.CLOSE and tape.is_broken:
        return f"truncated: connection broken after {len(message.entity)} bytes of the body"
    return None


def name_truncation(error: str) -> str | None:
    """The value of WARC-Truncated for what ended the exchange (WARC 1.1, section 5.13)."""
    kinds = {"timeout": "time", "too_large": "length", "truncated": "disconnect"}
    return kinds.get(error.partition(":")[0], "unspecified")
