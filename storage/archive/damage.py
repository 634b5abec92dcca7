"""Stretches of a file that hold no record, and how they are mended: moved to a side file, never thrown away."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from uuid import uuid4

from storage.archive.errors import TornRecordError
from storage.archive.fields import WARC_FIELDS, format_id
from storage.archive.members import find_member, pack_record
from storage.archive.reader import ArchivedRecord, build_record, iterate_records
from storage.archive.segment import sync_folder
from storage.clock import Clock, format_instant

_FLAGS_AT = 3  # the byte of a gzip header that says which optional parts follow
_HAS_COMMENT = 0x10
_HEADER_SIZE = 10


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of bytes without a whole record; ``is_tail`` when no good record lies behind it."""

    file: str
    offset: int
    length: int
    is_tail: bool


def read_around(path: Path) -> Iterator[ArchivedRecord | Damage]:
    """All good records of a file and, between them, the stretches that hold none."""
    name, start = path.name.removesuffix(".open"), 0
    while True:
        try:
            for record in iterate_records(path, start):
                start = record.place.offset + record.place.length
                yield record
        except TornRecordError:
            offset, start = start, find_record(path, name, start + 1)
            yield Damage(name, offset, start - offset, start == path.stat().st_size)
        if start >= path.stat().st_size:
            return


def find_record(path: Path, name: str, start: int) -> int:
    """The offset of the first whole record that begins at byte ``start`` or later; the file's size if there is none."""
    with path.open("rb") as stream:
        while member := find_member(stream, name, start):
            try:
                build_record(name, member)
            except ValueError:
                start = member.offset + 1
            else:
                return member.offset
    return path.stat().st_size


def mend_damage(path: Path, damage: Damage) -> Path | None:
    """Move a stretch to a side file, which is returned; cut a tail off, put a note of equal length in a gap.

    So the offsets of all good records stay. None when a gap is too small for a note; it is left as it is then.

    Raises:
        OSError: the folder cannot be written. The side file is durable before the archive is touched.
    """
    side = _name_side(path, damage)
    note = b"" if damage.is_tail else pack_note(damage, side.name)
    if not damage.is_tail and len(note) != damage.length:
        return None
    with path.open("r+b") as stream:
        stream.seek(damage.offset)
        _write_durably(side, stream.read(damage.length))
        if damage.is_tail:
            stream.truncate(damage.offset)
        else:
            stream.seek(damage.offset)
            stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    return side


def _name_side(path: Path, damage: Damage) -> Path:
    """A name that nobody has, since what was saved once must not be written over."""
    names = (
        path.with_name(f"{damage.file}.{damage.offset}{mark}.torn") for mark in chain([""], map("-{}".format, count(2)))
    )
    return next(name for name in names if not name.exists())


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(path.parent)


def pack_note(damage: Damage, side: str) -> bytes:
    """A gzip member of exactly the stretch's length with a metadata record about it, or a shorter one if it must be.

    The member is filled up with a comment in its gzip header (RFC 1952), which all readers skip.
    """
    text = f"damaged: {damage.length} bytes at {damage.offset} moved to {side}\r\n"
    fields = (
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", format_id(f"urn:uuid:{uuid4()}")),
        ("WARC-Date", format_instant(Clock().now())),
        ("Content-Type", WARC_FIELDS),
    )
    member = pack_record(fields, text.encode(), level=9)
    padding = damage.length - len(member) - 1
    if padding < 0:
        return member
    header = bytearray(member[:_HEADER_SIZE])
    header[_FLAGS_AT] |= _HAS_COMMENT
    return bytes(header) + b" " * padding + b"\0" + member[_HEADER_SIZE:]
