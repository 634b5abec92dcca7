"""HTTP messages as bytes: head and content, transfer and content coding. Tolerant, since archives hold what came."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import brotli  # type: ignore[import-untyped]  # it ships no types

Headers = tuple[tuple[str, str], ...]

_STEP = 4096  # bytes of a broken stream that are tried at once
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"HTTP/\d(?:\.\d)?\s+(\d{3})(?:\s|$)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[^\r\n]*\r?\n")


@dataclass(frozen=True)
class ArchivedResponse:
    """A response read back: ``head`` ends with its empty line, ``entity`` is free of chunks but still content-coded.

    ``status`` is None when the status line is none. Header values are decoded as Latin-1, which loses no byte.
    ``codings`` are the content codings of the entity in the order in which they were applied.
    """

    status: int | None
    headers: Headers
    head: bytes
    entity: bytes
    codings: tuple[str, ...] = ()

    @cached_property
    def body(self) -> bytes:
        """The decoded entity; as far as it can be decoded."""
        return decode_entity(self.entity, self.codings)


def split_message(block: bytes) -> tuple[bytes, bytes]:
    """Cut a message into its head, empty line included, and what follows. Bare line feeds end a head too."""
    found = _HEAD_END.search(block)
    return (block[: found.end()], block[found.end() :]) if found else (block, b"")


def parse_head(head: bytes) -> tuple[str, Headers]:
    """The start line and the headers in their order; folded lines are joined, lines without a colon left out."""
    lines = re.sub(r"\r?\n[ \t]+", " ", head.decode("latin-1")).splitlines()
    pairs = (line.partition(":") for line in lines[1:] if ":" in line)
    return (lines[0] if lines else ""), tuple((name.strip(), value.strip()) for name, _, value in pairs)


def parse_response(block: bytes) -> ArchivedResponse:
    """Read a response block; the block of a revisit has a head and no content."""
    head, content = split_message(block)
    start_line, headers = parse_head(head)
    found = _STATUS_LINE.match(start_line)
    entity = remove_chunks(content) if "chunked" in join_values(headers, "transfer-encoding") else content
    codings = tuple(join_values(headers, "content-encoding").split(","))
    return ArchivedResponse(int(found[1]) if found else None, headers, head, entity, codings)


def join_values(headers: Headers, name: str) -> str:
    """All values of a header, joined by commas, in lower case; ``name`` is in lower case too."""
    return ",".join(value.lower() for key, value in headers if key.lower() == name)


def remove_chunks(content: bytes) -> bytes:
    """Join the chunks of a chunked body; trailers are dropped, a cut transfer gives what came.

    Some archivers de-chunk and keep the header: content that does not begin with a chunk is returned as it is.
    """
    view, parts, position = memoryview(content), [], 0
    while found := _CHUNK_SIZE.match(content, position):
        size = int(found[1], 16)
        if size == 0:
            break
        parts.append(view[found.end() : found.end() + size])
        position = found.end() + size
        position += 2 if content[position : position + 2] == b"\r\n" else content[position : position + 1] == b"\n"
    return b"".join(parts) if position or _CHUNK_SIZE.match(content) else content


def decode_entity(entity: bytes, codings: Iterable[str]) -> bytes:
    """Undo the content codings, the last applied first (RFC 9110, 8.4).

    What cannot be decoded is returned as it is, as browsers do with pages that declare gzip and send plain text; of a
    stream that breaks off, what came before the break.
    """
    for coding in reversed([coding.strip().lower() for coding in codings]):
        decode = _DECODERS.get(coding)
        decoded = decode(entity) if decode and entity else None
        entity = entity if decoded is None else decoded
    return entity


def _expand_gzip(data: bytes) -> bytes | None:
    """Several members in a row make one body; what follows the last one is not part of it."""
    parts: list[bytes] = []
    while data:
        inflater = zlib.decompressobj(31)
        try:
            parts.append(inflater.decompress(data))
        except zlib.error:
            parts.append(_inflate_beginning(data))
            break
        data = inflater.unused_data
    return b"".join(parts) or (None if data else b"")


def _inflate_beginning(data: bytes) -> bytes:
    """What can be inflated before the stream breaks: byte by byte, since zlib gives nothing of a step that fails.

    A stream whose checksum alone is wrong is inflated to its end.
    """
    inflater, parts = zlib.decompressobj(31), []
    try:
        for start in range(0, len(data), _STEP):
            before = inflater.copy()
            parts.append(inflater.decompress(data[start : start + _STEP]))
    except zlib.error:
        parts.extend(_inflate_bytes(before, data[start : start + _STEP]))
    return b"".join(parts)


def _inflate_bytes(inflater: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    with suppress(zlib.error):
        for position in range(len(data)):
            yield inflater.decompress(data[position : position + 1])


def _expand_deflate(data: bytes) -> bytes | None:
    """Servers send zlib streams, as the RFC says, and raw ones."""
    for window in (15, -15):
        try:
            return zlib.decompressobj(window).decompress(data)
        except zlib.error:
            continue
    return None


def _expand_brotli(data: bytes) -> bytes | None:
    """We never ask for it; captures that browsers made hold it."""
    try:
        body: bytes = brotli.Decompressor().process(data)
    except brotli.error:
        return None
    return body


_DECODERS: dict[str, Callable[[bytes], bytes | None]] = {
    "gzip": _expand_gzip,
    "x-gzip": _expand_gzip,
    "deflate": _expand_deflate,
    "br": _expand_brotli,
}
