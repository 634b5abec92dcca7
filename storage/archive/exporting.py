"""Copying captures out of the archive, gzip member by gzip member, so that every byte of a record stays as it is."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from storage.archive.errors import ArchiveError
from storage.archive.fields import parse_id
from storage.archive.indexes import IndexedCapture
from storage.archive.reader import ArchivedRecord, find_path, iterate_records
from storage.records import Place


def copy_captures(
    directory: Path, file: str, wanted: Collection[str], write: Callable[[bytes], object], start: int = 0
) -> Iterator[tuple[str, int, int]]:
    """Copy records of one file: the warcinfo, the captures with these record ids, and what belongs to them.

    Yields record id, new offset (counted from ``start``) and length of each copied record.

    Raises:
        ArchiveError: there is no such file, or it is torn before the last wanted record.
    """
    path, missing, offset = find_path(directory, file), set(wanted), start
    with path.open("rb") as stream:
        for record in iterate_records(path):
            if _is_wanted(record, wanted):
                write(os.pread(stream.fileno(), record.place.length, record.place.offset))
                yield record.record_id, offset, record.place.length
                offset += record.place.length
                missing.discard(record.record_id)
                if not missing:
                    return  # what belongs to a capture lies before it
    if missing:
        raise ArchiveError(f"{len(missing)} captures are not in it, such as {min(missing)}", file=file)


def _is_wanted(record: ArchivedRecord, wanted: Collection[str]) -> bool:
    if record.type == "warcinfo" or record.record_id in wanted:
        return True
    links = (record.field("WARC-Concurrent-To"), record.field("WARC-Refers-To"))
    return record.type in ("request", "metadata") and any(parse_id(link) in wanted for link in links)


def export_warc(directory: Path, entries: Iterable[IndexedCapture], output: Path) -> int:
    """Copy captures into one WARC file; returns their number. ``entries`` come file by file.

    A revisit needs its original to be replayed: give both.

    Raises:
        ArchiveError: a capture is not where it should be.
        OSError: the output cannot be written.
    """
    count, end = 0, 0
    with replace_whole(output) as partial, partial.open("wb") as stream:
        for file, wanted in group_captures(entries):
            for _, offset, length in copy_captures(directory, file, wanted.keys(), stream.write, end):
                end = offset + length
            count += len(wanted)
    return count


@contextmanager
def replace_whole(output: Path) -> Iterator[Path]:
    """A file beside ``output`` that takes its name when all went well and disappears otherwise."""
    partial = output.with_name(f"{output.name}.part")
    try:
        yield partial
        partial.rename(output)
    finally:
        partial.unlink(missing_ok=True)


def group_captures(entries: Iterable[IndexedCapture]) -> Iterator[tuple[str, dict[str, IndexedCapture]]]:
    """Captures by file and record id; those that lie nowhere are left out.

    Raises:
        ValueError: the captures of a file do not come together.
    """
    placed, seen = (entry for entry in entries if entry.capture.place), set[str]()
    for file, group in groupby(placed, key=lambda entry: _place_of(entry).file):
        if file in seen:
            raise ValueError(f"the captures in {file} do not come together")
        seen.add(file)
        yield file, {entry.capture.record_id: entry for entry in group}


def _place_of(entry: IndexedCapture) -> Place:
    place = entry.capture.place
    if place is None:
        raise ValueError(f"{entry.capture.record_id} lies nowhere")
    return place
