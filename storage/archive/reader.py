"""Reading records back: one at a place, or all of a file."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from storage.archive.errors import ArchiveError, MissingOriginalError, TornRecordError
from storage.archive.fields import Fields, find_field, parse_id, parse_marks, restore_head
from storage.archive.members import Member, expand_member, parse_record, walk_members
from storage.archive.messages import ArchivedResponse, parse_response
from storage.clock import parse_instant
from storage.records import Place

MAX_HOPS = 8  # revisits of revisits exist in archives of others; a ring of them must end


@dataclass(frozen=True, slots=True)
class Reference:
    """What a revisit refers to; what it does not say is None."""

    record_id: str | None
    url: str | None
    captured_at: datetime | None


@dataclass(frozen=True)
class ArchivedRecord:
    """One WARC record: its fields in their order and its block, byte for byte.

    ``type`` is WARC-Type, ``record_id`` has no angle brackets, ``date`` is UTC.
    """

    place: Place
    type: str
    record_id: str
    date: datetime
    fields: Fields
    block: bytes

    def field(self, name: str) -> str | None:
        """The first value of a WARC field, whatever its case."""
        return find_field(self.fields, name)

    @property
    def url(self) -> str | None:
        """WARC-Target-URI; some archivers put it in angle brackets."""
        return parse_id(self.field("WARC-Target-URI"))

    @property
    def refers_to(self) -> Reference:
        """What a revisit refers to."""
        date = self.field("WARC-Refers-To-Date")
        url = parse_id(self.field("WARC-Refers-To-Target-URI"))
        return Reference(parse_id(self.field("WARC-Refers-To")), url, parse_date(date) if date else None)

    @property
    def _is_head(self) -> bool:
        """Whether it is the metadata record with the head of a 304, which names what it belongs to and nothing else."""
        is_ours = self.type == "metadata" and self.url is None and parse_marks(self.fields) is None
        return is_ours and self.refers_to.record_id is not None

    @cached_property
    def response(self) -> ArchivedResponse | None:
        """The HTTP response in the block: of a response or revisit record, or the 304 kept in a metadata record.

        Of a revisit it has the head only; `read_response` adds the original's body.
        """
        if self._is_head:
            return parse_response(restore_head(self.block))
        is_response = self.type in ("response", "revisit") and self.block[:5].upper() == b"HTTP/"
        return parse_response(self.block) if is_response else None


def parse_date(text: str) -> datetime:
    """A WARC-Date in UTC.

    Old archives also write it without zone, and with 14 digits.

    Raises:
        ValueError: it is no date.
    """
    if text.isdecimal() and len(text) == 14:  # noqa: PLR2004  YYYYMMDDhhmmss
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else parse_instant(text)


def build_record(file: str, member: Member) -> ArchivedRecord:
    """The record in a member.

    Raises:
        ValueError: the member holds no whole WARC record, or one without type, identifier or date.
    """
    fields, block = parse_record(member.data)
    kind, record_id, date = (find_field(fields, name) for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date"))
    if not (kind and record_id and date):
        raise ValueError("a record without type, identifier or date")
    place = Place(file, member.offset, member.length)
    return ArchivedRecord(place, kind, parse_id(record_id) or "", parse_date(date), fields, block)


def find_path(directory: Path, file: str) -> Path:
    """The file of this name, which may still be open; names that lead out of the archive are refused.

    Raises:
        ArchiveError: there is no such file.
    """
    if file == Path(file).name:
        for path in (directory / file, directory / f"{file}.open", directory / file):
            if path.exists():
                return path
    raise ArchiveError("there is no such file in the archive", file=file)


def read_record(directory: Path, place: Place) -> ArchivedRecord:
    """The record at a place.

    Raises:
        ArchiveError: there is no such file.
        TornRecordError: there is no whole record of this length at this place.
    """
    return _read_member(directory, place)[1]


def read_packed(directory: Path, place: Place) -> bytes:
    """The record at a place as it lies there: one gzip member, which by itself is a WARC file of one record.

    Raises:
        ArchiveError: there is no such file.
        TornRecordError: there is no whole record of this length at this place.
    """
    return _read_member(directory, place)[0]


def _read_member(directory: Path, place: Place) -> tuple[bytes, ArchivedRecord]:
    try:
        data = _read_bytes(find_path(directory, place.file), place)
        return data, build_record(place.file, Member(place.offset, data, expand_member(data)))
    except ValueError as error:
        raise TornRecordError(str(error), file=place.file, offset=place.offset) from error


def _read_bytes(path: Path, place: Place) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, place.length, place.offset)
    finally:
        os.close(descriptor)


def read_response(
    directory: Path, place: Place, find_original: Callable[[Reference], Place | None] | None = None
) -> ArchivedResponse:
    """The response of a capture: what a visitor got then.

    For a revisit ``find_original`` tells where its original lies; entity and body are the original's, and so are
    status and headers when the revisit has no head of its own (a 304).

    Raises:
        MissingOriginalError: it is a revisit and its original is not known.
        ArchiveError: the record is missing, torn, or no response.
    """
    record = read_record(directory, place)
    head = record.response
    for _ in range(MAX_HOPS):
        if record.type != "revisit":
            break
        original = find_original(record.refers_to) if find_original else None
        if original is None:
            raise MissingOriginalError(record.refers_to.record_id or "", file=place.file, offset=place.offset)
        record = read_record(directory, original)
        head = head or record.response
    if head is None or record.response is None or record.type != "response":
        raise ArchiveError(f"a record of type {record.type} holds no response", file=place.file, offset=place.offset)
    return replace(record.response, status=head.status, headers=head.headers, head=head.head)


def iterate_records(path: Path, start: int = 0) -> Iterator[ArchivedRecord]:
    """Every record of one of our files, from byte ``start`` on; places bear the file's final name.

    Raises:
        TornRecordError: after the last good record, when something else follows; its offset is where that begins.
    """
    name = path.name.removesuffix(".open")
    with path.open("rb") as stream:
        for member in walk_members(stream, name, start):
            try:
                record = build_record(name, member)
            except ValueError as error:
                raise TornRecordError(str(error), file=name, offset=member.offset) from error
            yield record
