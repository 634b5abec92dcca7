"""Reading the bytes of an HTTP/1 response: where its block begins and ends, and what its entity is. Pure.

Follows RFC 9112: framing in section 6, chunked coding in 7.1, and is as lenient about line ends and broken header lines
as browsers are. Informational responses (1xx) in front are skipped: they are no part of the block.
"""

import re
from dataclasses import dataclass
from enum import Enum

Headers = tuple[tuple[str, str], ...]

HEAD_END = re.compile(rb"\n\r?\n")
STATUS_LINE = re.compile(rb"[^ \r\n]+/\d+\.\d+ +(\d{3})(?: [^\r\n]*)?\r?\n")
CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r?\n")
LENGTH = re.compile(r"[ \t]*[0-9]{1,18}[ \t]*")
BODILESS = (204, 304)


class Framing(Enum):
    """What ends the body."""

    EMPTY = "empty"
    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A response as far as it came.

    ``block`` are its bytes on the wire, ``entity`` the body freed of chunks and still content-coded. ``status`` is None
    when the bytes are no HTTP. ``is_complete`` is False when more was announced than came; a body that only the end of
    the connection ends is always complete in this sense. ``rest`` counts the bytes behind the message.
    """

    block: bytes
    status: int | None = None
    headers: Headers = ()
    framing: Framing | None = None
    entity: bytes = b""
    is_complete: bool = False
    rest: int = 0

    @property
    def has_head(self) -> bool:
        """The whole header section came."""
        return self.framing is not None


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the header section of a response that came whole.

    ``start`` and ``stop`` are its offsets in what came, 1xx responses being in front of it. ``length`` is that of the
    body where the framing is `Framing.LENGTH`, else 0.
    """

    start: int
    stop: int
    status: int
    headers: Headers
    framing: Framing
    length: int


def read_response(data: bytes, method: str = "GET", head: Head | None = None) -> Message:
    """Read what a server sent in answer to one request; ``head`` is given when it was read before.

    Header names and values are decoded as Latin-1, so that encoding them again gives the bytes on the wire.
    """
    head = head or read_head(data, method)
    if head is None:
        block = data[skip_informational(data) :]
        return Message(block=block, status=read_status(block))
    entity, stop = read_entity(data, head.stop, head.framing, head.length)
    return Message(
        block=data[head.start : stop],
        status=head.status,
        headers=head.headers,
        framing=head.framing,
        entity=entity,
        is_complete=stop is not None,
        rest=0 if stop is None else len(data) - stop,
    )


def read_head(data: bytes | bytearray, method: str = "GET") -> Head | None:
    """The head of a response; None when it did not come whole, or is none."""
    start = skip_informational(data)
    line, end = STATUS_LINE.match(data, start), HEAD_END.search(data, start)
    if line is None or end is None:
        return None
    status = int(line[1])
    headers = read_headers(bytes(data[line.end() : end.start() + 1]))
    framing, length = find_framing(method, status, headers)
    return Head(start, end.end(), status, headers, framing, length)


def skip_informational(data: bytes | bytearray) -> int:
    """The offset behind all complete 1xx heads at the front."""
    start = 0
    while (line := STATUS_LINE.match(data, start)) and line[1].startswith(b"1"):
        end = HEAD_END.search(data, start)
        if end is None:
            break
        start = end.end()
    return start


def read_status(data: bytes) -> int | None:
    """The status code, or None when the first line is no status line (or did not come whole)."""
    line = STATUS_LINE.match(data)
    return int(line[1]) if line else None


def read_headers(section: bytes) -> Headers:
    """Name and value of each header line, in order; folded lines are joined, lines without a colon are left out."""
    lines: list[bytes] = []
    for line in section.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b" " + line.strip()
        elif line:
            lines.append(line)
    pairs = (line.split(b":", 1) for line in lines if b":" in line)
    return tuple((name.strip().decode("latin-1"), value.strip().decode("latin-1")) for name, value in pairs)


def find_framing(method: str, status: int, headers: Headers) -> tuple[Framing, int]:
    """What ends the body, and its length where that is known (RFC 9112, 6.3)."""
    if method == "HEAD" or status in BODILESS:
        return Framing.EMPTY, 0
    codings = [value.lower() for name, value in headers if name.lower() == "transfer-encoding"]
    if any(coding.endswith("chunked") for coding in codings):
        return Framing.CHUNKED, 0
    values = ",".join(value for name, value in headers if name.lower() == "content-length")
    lengths = {int(part) if LENGTH.fullmatch(part) else -1 for part in values.split(",")}
    length = lengths.pop()
    return (Framing.CLOSE, 0) if lengths or length < 0 else (Framing.LENGTH, length)


def read_entity(data: bytes, start: int, framing: Framing, length: int) -> tuple[bytes, int | None]:
    """The entity that begins at ``start``, and the offset behind the message; None when it is not complete."""
    match framing:
        case Framing.EMPTY:
            return b"", start
        case Framing.LENGTH:
            stop = start + length
            return data[start:stop], stop if len(data) >= stop else None
        case Framing.CHUNKED:
            return join_chunks(data, start)
        case Framing.CLOSE:
            return data[start:], len(data)


def join_chunks(data: bytes, start: int) -> tuple[bytes, int | None]:
    """The chunks' content, and the offset behind the trailers; None when the last chunk or the trailers are missing.

    What does not begin with a chunk is the content itself, as whoever reads the archive will take it.
    """
    if not CHUNK_SIZE.match(data, start):
        return data[start:], None
    chunks: list[memoryview] = []  # copied once, when they are joined
    view, position = memoryview(data), start
    while line := CHUNK_SIZE.match(data, position):
        size = int(line[1], 16)
        if size == 0:
            return b"".join(chunks), find_trailer_end(data, line.end())
        chunks.append(view[line.end() : line.end() + size])
        position = line.end() + size
        position += 2 if data.startswith(b"\r\n", position) else 1
    return b"".join(chunks), None


def find_trailer_end(data: bytes, start: int) -> int | None:
    """The offset behind the empty line that ends the trailers, None when it did not come."""
    end = re.compile(rb"\r?\n").match(data, start) or HEAD_END.search(data, start)
    return end.end() if end else None
