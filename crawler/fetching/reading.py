"""Reading a response while it comes: when it is complete, and when it is broken or too large. Pure.

Looks only for the ends of things; what the whole says is read once, by `crawler.fetching.message`.
"""

import re
from dataclasses import dataclass

from crawler.fetching.message import CHUNK_SIZE, HEAD_END, STATUS_LINE, Framing, Head, read_head, skip_informational

CHUNK_LINE_LIMIT = 1024
"""Bytes of the line that says how large a chunk is."""

EMPTY_LINE = re.compile(rb"\r?\n")


class MalformedResponseError(ValueError):
    """What came is no HTTP response, or says contradictory things about its length."""


class OversizedBodyError(ValueError):
    """The entity is, or is announced to be, larger than we want to read."""


class BrokenChunkError(ValueError):
    """What came where a chunk should begin is none."""


@dataclass(slots=True)
class Reading:
    """One response under way. ``size_limit`` is the largest entity in bytes (0: any).

    ``head`` is None until the header section has come whole. ``stop`` is the offset behind the message once it is
    complete.
    """

    method: str = "GET"
    size_limit: int = 0
    head: Head | None = None
    stop: int = 0
    _chunk: int = 0  # where the next chunk begins
    _entity: int = 0  # bytes of the chunks before it
    _has_last: bool = False

    def advance(self, data: bytearray) -> bool:
        """Look at all that has come so far; gives whether the message is complete.

        Raises:
            MalformedResponseError, OversizedBodyError: nothing more is to be expected of it.
            BrokenChunkError: the body ends before this chunk.
        """
        head = self.head
        if head is None:
            head = read_head(data, self.method)
            if head is None:
                check_beginning(data)
                return False
            check_framing(head)
            self.head, self._chunk = head, head.stop
        match head.framing:
            case Framing.EMPTY:
                self.stop = head.stop
            case Framing.LENGTH:
                self._check_size(head.length)
                self.stop = head.stop + head.length if len(data) >= head.stop + head.length else 0
            case Framing.CHUNKED:
                self.stop = self._pass_chunks(data)
            case Framing.CLOSE:
                self._check_size(len(data) - head.stop)
        return self.stop > 0

    def _pass_chunks(self, data: bytearray) -> int:
        """The offset behind the trailers; 0 while it is not known."""
        while not self._has_last:
            line = CHUNK_SIZE.match(data, self._chunk)
            if line is None:
                if len(data) - self._chunk > CHUNK_LINE_LIMIT or b"\n" in data[self._chunk :]:
                    raise BrokenChunkError
                return 0
            size, behind = int(line[1], 16), line.end()
            self._check_size(self._entity + min(size, len(data) - behind))
            self._has_last = size == 0
            if not self._has_last and len(data) < behind + size + 2:
                return 0
            self._entity += size
            self._chunk = behind + size
            if not self._has_last:
                self._chunk += 2 if data.startswith(b"\r\n", self._chunk) else 1
        end = EMPTY_LINE.match(data, self._chunk) or HEAD_END.search(data, self._chunk)
        return end.end() if end else 0

    def _check_size(self, size: int) -> None:
        if self.size_limit and size > self.size_limit:
            raise OversizedBodyError


def check_beginning(data: bytearray) -> None:
    """Raise MalformedResponseError when the first line has come and is no status line."""
    start = skip_informational(data)
    if b"\n" in data[start:] and not STATUS_LINE.match(data, start):
        raise MalformedResponseError("no status line")


def check_framing(head: Head) -> None:
    """Raise MalformedResponseError for a coding that nobody can undo, and for lengths that are none or differ."""
    if head.framing is Framing.EMPTY:
        return
    values = [value.lower() for name, value in head.headers if name.lower() == "transfer-encoding"]
    codings = [value for value in values if value != "identity"]
    if codings and codings[0] != "chunked":
        raise MalformedResponseError(f"unknown transfer coding {codings[0][:40]}")
    if head.framing is Framing.CLOSE and any(name.lower() == "content-length" for name, _ in head.headers):
        raise MalformedResponseError("no length that can be read, or two of them")


def keeps_alive(head: Head, data: bytearray) -> bool:
    """Whether the connection may be used again: nobody said that it closes (RFC 9112, 9.6)."""
    if head.framing is Framing.CLOSE:
        return False
    words = {
        word.strip().lower()
        for name, value in head.headers
        if name.lower() == "connection"
        for word in value.split(",")
    }
    is_old = data[head.start : data.index(b" ", head.start)].endswith(b".0")
    return "close" not in words and (not is_old or "keep-alive" in words)
