"""Raw records from WARC files and WACZ packages of any maker: plain, one gzip member a record, or one for all."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.statusandheaders import StatusAndHeadersParserException

from storage.archive.errors import ArchiveError, TornRecordError
from storage.archive.fields import Fields, find_field
from storage.archive.members import PARSER, compress_record, walk_members

MAX_RECORD = 1 << 28  # bytes; pages and attachments are far smaller, and larger records (films) are passed over
PROBED = 1 << 20  # bytes of the first record by which a file with one gzip member for all records is recognised
_GZIP_BEGINNING = b"\x1f\x8b"
_END_OF_HEAD = (b"\r\n", b"\n", b"")
_Stream = IO[bytes] | gzip.GzipFile


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record as somebody else wrote it.

    ``packed`` is a gzip member with the record, header bytes unchanged: the very member of the file where it had one.
    ``offset`` counts in the file, for messages.
    """

    file: str
    offset: int
    fields: Fields
    block: bytes
    packed: bytes

    def field(self, name: str) -> str | None:
        """The first value of a field, whatever its case."""
        return find_field(self.fields, name)


def iterate_foreign(path: Path, limit: int = MAX_RECORD) -> Iterator[ForeignRecord]:
    """Every record of a WARC file, or of all WARC files in a WACZ package, in their order.

    Records of ``limit`` bytes and more are passed over.

    Raises:
        ArchiveError: it is neither, or broken; file and offset say where. Good records before that have been yielded.
    """
    try:
        if zipfile.is_zipfile(path):
            yield from _iterate_package(path, limit)
        else:
            with path.open("rb") as stream:
                yield from _iterate_stream(stream, path.name, limit)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        raise ArchiveError(f"cannot be read: {error}", file=path.name) from error


def _iterate_package(path: Path, limit: int) -> Iterator[ForeignRecord]:
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.endswith((".warc", ".warc.gz"))]
        if not names:
            raise ArchiveError("a ZIP file without WARC files in it", file=path.name)
        for name in names:
            with package.open(name) as stream:
                yield from _iterate_stream(stream, f"{path.name}/{name}", limit)


def _iterate_stream(stream: IO[bytes], name: str, limit: int) -> Iterator[ForeignRecord]:
    beginning = stream.read(PROBED)
    stream.seek(0)
    if not beginning.startswith(_GZIP_BEGINNING):
        yield from _iterate_plain(stream, name, limit)
    elif _has_short_member(beginning):
        yield from _iterate_members(stream, name, limit)
    else:
        with gzip.open(stream) as plain:
            yield from _iterate_plain(plain, name, limit)


def _has_short_member(beginning: bytes) -> bool:
    """Whether the first gzip member ends soon; otherwise one member may hold all records."""
    inflater = zlib.decompressobj(31)
    try:
        inflater.decompress(beginning, PROBED)
    except zlib.error:
        return True  # a broken beginning is reported by whoever reads the members
    return inflater.eof


def _iterate_members(stream: IO[bytes], name: str, limit: int) -> Iterator[ForeignRecord]:
    for member in walk_members(stream, name, limit=limit):
        if len(member.data) >= limit:
            continue
        found = list(_read_records(BytesIO(member.data), name, limit, member.offset))
        for record in found:
            is_alone = len(found) == 1
            yield ForeignRecord(
                name, member.offset, record.fields, record.block, member.packed if is_alone else record.pack()
            )


def _iterate_plain(stream: _Stream, name: str, limit: int) -> Iterator[ForeignRecord]:
    for record in _read_records(stream, name, limit):
        yield ForeignRecord(name, record.offset, record.fields, record.block, record.pack())


@dataclass(frozen=True, slots=True)
class _RawRecord:
    offset: int
    head: bytes
    fields: Fields
    block: bytes

    def pack(self) -> bytes:
        return compress_record(self.head, self.block)


def _read_records(stream: _Stream, name: str, limit: int, offset: int | None = None) -> Iterator[_RawRecord]:
    """Records one after the other; ``offset`` is where the gzip member begins that holds them all, if one does."""
    while True:
        start = stream.tell()
        line = stream.readline()
        if not line:
            return
        if line in _END_OF_HEAD:
            continue
        where = start if offset is None else offset
        head, fields, length = _read_head(stream, line, name, where)
        if length >= limit:
            if not _pass_over(stream, length):
                raise TornRecordError("the file ends within a record", file=name, offset=where)
            continue
        block = stream.read(length)
        if len(block) < length:
            raise TornRecordError("the file ends within a record", file=name, offset=where)
        yield _RawRecord(where, head, fields, block)


def _read_head(stream: _Stream, line: bytes, name: str, offset: int) -> tuple[bytes, Fields, int]:
    lines = [line]
    while lines[-1] not in _END_OF_HEAD:
        lines.append(stream.readline(1 << 16))
        if len(lines) > 1000:  # noqa: PLR2004  no record has so many fields; it is something else
            break
    head = b"".join(lines)
    if not lines[-1] and head.startswith(b"WARC/"):
        raise TornRecordError("the file ends within a record", file=name, offset=offset)
    try:
        fields = tuple((key, value) for key, value in PARSER.parse(BytesIO(head)).headers)
    except (StatusAndHeadersParserException, ValueError, EOFError) as error:
        raise ArchiveError("no WARC record", file=name, offset=offset) from error
    length = find_field(fields, "Content-Length") or ""
    if not length.isdecimal():
        raise ArchiveError("a record without Content-Length", file=name, offset=offset)
    return head, fields, int(length)


def _pass_over(stream: _Stream, length: int) -> bool:
    """Read on without keeping anything; False when there was not as much."""
    while length > 0 and (data := stream.read(min(length, 1 << 20))):
        length -= len(data)
    return length == 0
