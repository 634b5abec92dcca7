"""Copying captures out of the archive, gzip member by gzip member, so that every byte of a record stays as it is."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from storage.archive.errors import ArchiveError
from storage.archive.fields import parse_id
from storage.archive.indexes import IndexedCapture
from storage.archive.reader import ArchivedRecord, find_path, iterate_records
from storage.records import Place


def export_warc(directory: Path, entries: Iterable[IndexedCapture], output: Path) -> int:
    """Copy captures into one WARC file; returns their number.

    ``entries`` come file by file and by rising offset. A revisit needs its original to be replayed: give both.

    Raises:
        ArchiveError: a capture is not where it should be.
        ValueError: the captures of a file do not come together.
        OSError: the output cannot be written.
    """
    count = 0
    with replace_whole(output) as partial, partial.open("wb") as stream:
        for file, wanted in group_captures(entries):
            for _ in copy_captures(directory, file, wanted, stream.write):
                count += 1
    return count


def copy_captures(
    directory: Path, file: str, entries: Iterable[IndexedCapture], write: Callable[[bytes], object]
) -> Iterator[tuple[IndexedCapture, Place]]:
    """Copy from one file its warcinfo records, captures by rising offset, and what belongs to them.

    Yields each capture with its place among all that was written.

    Raises:
        ArchiveError: there is no such file, or a capture is not where it should be.
    """
    path, waiting, copier = find_path(directory, file), iter(entries), _Copier(file, write)
    entry = next(waiting, None)
    with path.open("rb") as stream:
        for record in iterate_records(path):
            if entry is None:
                return
            if record.record_id == entry.capture.record_id:
                yield entry, copier.copy_capture(record, stream.fileno())
                entry = next(waiting, None)
            else:
                copier.pass_record(record, stream.fileno())
    if entry:
        raise ArchiveError(f"{entry.capture.record_id} is not in it, or not in its turn", file=file)


class _Copier:
    """Copies records; requests and metadata wait for the capture to which they belong, which stands behind them."""

    def __init__(self, file: str, write: Callable[[bytes], object]) -> None:
        self._file = file
        self._write = write
        self._end = 0
        self._waiting: list[ArchivedRecord] = []

    def _copy_record(self, record: ArchivedRecord, descriptor: int) -> Place:
        self._write(os.pread(descriptor, record.place.length, record.place.offset))
        place = Place(self._file, self._end, record.place.length)
        self._end += record.place.length
        return place

    def pass_record(self, record: ArchivedRecord, descriptor: int) -> None:
        """Deal with a record that is no capture that is wanted."""
        if record.type == "warcinfo":
            self._copy_record(record, descriptor)
        elif record.type in ("request", "metadata"):
            self._waiting.append(record)
        else:
            self._waiting.clear()

    def copy_capture(self, record: ArchivedRecord, descriptor: int) -> Place:
        """Copy a capture and what belongs to it."""
        for companion in self._waiting:
            if _is_linked(companion, record):
                self._copy_record(companion, descriptor)
        self._waiting.clear()
        return self._copy_record(record, descriptor)


def _is_linked(companion: ArchivedRecord, record: ArchivedRecord) -> bool:
    """Whether one of the two names the other; archivers differ in which does."""
    links = (companion.field("WARC-Concurrent-To"), companion.field("WARC-Refers-To"))
    is_named = record.record_id in map(parse_id, links)
    return is_named or parse_id(record.field("WARC-Concurrent-To")) == companion.record_id


@contextmanager
def replace_whole(output: Path) -> Iterator[Path]:
    """A file beside ``output`` that takes its name when all went well and disappears otherwise."""
    partial = output.with_name(f"{output.name}.part")
    try:
        yield partial
        partial.rename(output)
    finally:
        partial.unlink(missing_ok=True)


def group_captures(entries: Iterable[IndexedCapture]) -> Iterator[tuple[str, Iterator[IndexedCapture]]]:
    """Captures file by file, each group to be used up before the next; those that lie nowhere are left out.

    Raises:
        ValueError: the captures of a file do not come together.
    """
    seen = set[str]()
    placed = ((entry.capture.place.file, entry) for entry in entries if entry.capture.place)
    for file, group in groupby(placed, key=lambda pair: pair[0]):
        if file in seen:
            raise ValueError(f"the captures in {file} do not come together")
        seen.add(file)
        yield file, (entry for _, entry in group)
