"""WARC records as gzip members: one member a record, so that each can be read, checked and copied by itself.

Records are put together here rather than by warcio's writer, which re-serialises HTTP headers (the block must be the
bytes of the wire) and goes through two temporary files a record. Header blocks are parsed by warcio.
"""

import base64
import hashlib
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from storage.archive.errors import TornRecordError
from storage.archive.fields import Fields

SMALL_BLOCK = 4096  # bytes; below it the best compression costs nothing that can be measured
READ_SIZE = 1 << 16
_GZIP_WINDOW = 31  # zlib's way of asking for a gzip member
_SMALL_WINDOW, _SMALL_MEMORY = 28, 5  # likewise, of 4 KB; clearing memory takes longer than packing a small record
_GZIP_MAGIC = b"\x1f\x8b\x08"
PARSER = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"])


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member: where it lies in the file, what it holds, and itself as it is in the file."""

    offset: int
    packed: bytes
    data: bytes

    @property
    def length(self) -> int:
        """Its length in the file, in bytes."""
        return len(self.packed)

    @property
    def end(self) -> int:
        """The byte after the member."""
        return self.offset + self.length


def digest_sha1(data: bytes) -> str:
    """A digest as archives write it: ``sha1:`` and base32, so that it compares with the CDX of national archives."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def pack_record(fields: Fields, block: bytes, level: int) -> bytes:
    """A whole WARC/1.1 record in one gzip member; Content-Length is added. ``level`` is zlib's, 1 to 9."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*fields, ("Content-Length", str(len(block)))))
    return compress_record(f"WARC/1.1\r\n{lines}\r\n".encode(), block, level)


def compress_record(head: bytes, block: bytes, level: int = 6) -> bytes:
    """A record in one gzip member; ``head`` ends with its empty line."""
    if len(head) + len(block) < SMALL_BLOCK:
        packer = zlib.compressobj(9, zlib.DEFLATED, _SMALL_WINDOW, _SMALL_MEMORY)
    else:
        packer = zlib.compressobj(9 if len(block) < SMALL_BLOCK else level, zlib.DEFLATED, _GZIP_WINDOW)
    return b"".join((packer.compress(head), packer.compress(block), packer.compress(b"\r\n\r\n"), packer.flush()))


def parse_record(data: bytes) -> tuple[Fields, bytes]:
    """Cut the content of a member into WARC fields and block.

    Raises:
        ValueError: it is no WARC record, or its length is not what it says.
    """
    stream = BytesIO(data)
    try:
        parsed = PARSER.parse(stream)
    except (StatusAndHeadersParserException, EOFError) as error:
        raise ValueError("no WARC header") from error
    fields = tuple((name, value) for name, value in parsed.headers)
    declared = next((value for name, value in fields if name.lower() == "content-length"), "")
    start = stream.tell()
    if not declared.isdecimal() or start + int(declared) > len(data):
        raise ValueError("the block is shorter than its Content-Length")
    end = start + int(declared)
    if data[end:].strip(b"\r\n"):
        raise ValueError("the block is longer than its Content-Length")
    return fields, data[start:end]


def expand_member(data: bytes) -> bytes:
    """What exactly one gzip member holds.

    Raises:
        ValueError: it is not whole, fails its CRC, or something follows it.
    """
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = inflater.decompress(data)
    except zlib.error as error:
        raise ValueError(f"no gzip member ({error})") from error
    if not inflater.eof or inflater.unused_data:
        raise ValueError("no gzip member of this length")
    return content


def walk_members(stream: IO[bytes], name: str, start: int = 0, *, limit: int = sys.maxsize) -> Iterator[Member]:
    """Every whole member from byte ``start`` on, each checked against its CRC.

    Of a member that holds more than ``limit`` bytes only about so many are kept.

    Raises:
        TornRecordError: what follows the last whole member is none; its offset says where that begins.
    """
    stream.seek(start)
    offset, pending = start, b""
    while pending or (pending := stream.read(READ_SIZE)):
        data, packed, pending = _read_member(stream, pending, _Spot(name, offset, limit))
        member = Member(offset, packed, data)
        yield member
        offset += member.length


@dataclass(frozen=True, slots=True)
class _Spot:
    name: str
    offset: int
    limit: int


def _read_member(stream: IO[bytes], pending: bytes, spot: _Spot) -> tuple[bytes, bytes, bytes]:
    """The member's content, the member itself, and the bytes read beyond it."""
    inflater, parts, packed, size = zlib.decompressobj(_GZIP_WINDOW), [], [], 0
    while not inflater.eof:
        if not pending:
            raise TornRecordError("the file ends within a record", file=spot.name, offset=spot.offset)
        try:
            part = inflater.decompress(pending)
        except zlib.error as error:
            raise TornRecordError(f"no gzip member ({error})", file=spot.name, offset=spot.offset) from error
        if size < spot.limit:
            parts.append(part)
            size += len(part)
        packed.append(pending)
        pending = inflater.unused_data or stream.read(READ_SIZE)
    if inflater.unused_data:
        packed[-1] = packed[-1][: -len(inflater.unused_data)]
    return b"".join(parts), b"".join(packed), pending


def find_member(stream: IO[bytes], name: str, start: int) -> Member | None:
    """The first whole gzip member that begins at byte ``start`` or later, wherever that may be."""
    position, tail = start, b""
    stream.seek(start)
    while data := stream.read(READ_SIZE):
        window, base = tail + data, position - len(tail)
        found = window.find(_GZIP_MAGIC)
        while found >= 0:
            try:
                return next(walk_members(stream, name, base + found))
            except (TornRecordError, StopIteration):
                found = window.find(_GZIP_MAGIC, found + 1)
        position += len(data)
        tail = window[-len(_GZIP_MAGIC) + 1 :]
        stream.seek(position)
    return None
