"""After a crash: files left open are read on from what the database knows, cut behind the last good record, closed."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from storage.archive.adoption import AdoptedCapture, Adopter
from storage.archive.damage import find_record
from storage.archive.errors import TornRecordError, report_disk_errors
from storage.archive.reader import ArchivedRecord, iterate_records
from storage.archive.segment import OPEN_SUFFIX, Claims, NoClaims, close_file, is_same_file, lock_file


@dataclass(frozen=True, slots=True)
class Tear:
    """A stretch of a file, in bytes, that holds no whole record."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was done. ``file`` names are final ones.

    ``closed`` and ``removed`` (nothing was in them) were left open by a process that died; ``busy`` belong to living
    ones. ``cut`` are torn tails that were cut off; ``damaged`` stretches that were left in place because good records
    lie behind them, or that the database knows and the disk has lost.
    """

    closed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    adopted: tuple[AdoptedCapture, ...] = ()
    cut: tuple[Tear, ...] = ()
    damaged: tuple[Tear, ...] = ()


@dataclass(slots=True)
class _Findings:
    """A recovery that is being put together."""

    closed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    adopted: list[AdoptedCapture] = field(default_factory=list)
    cut: list[Tear] = field(default_factory=list)
    damaged: list[Tear] = field(default_factory=list)

    def freeze(self) -> Recovery:
        return Recovery(
            closed=tuple(self.closed),
            removed=tuple(self.removed),
            busy=tuple(self.busy),
            adopted=tuple(self.adopted),
            cut=tuple(self.cut),
            damaged=tuple(self.damaged),
        )


def recover_archive(
    directory: Path,
    known_ends: Mapping[str, int],
    adopt: Callable[[Sequence[AdoptedCapture]], None] | None = None,
    claims: Claims | None = None,
) -> Recovery:
    """Close every file that a dead process left open.

    ``known_ends`` maps final file names to the end (offset + length) of the last record that the database knows; a file
    that is not in it is read from its beginning. ``adopt`` gets the captures behind that end, file by file, and must
    have committed them when it returns: the file is closed only afterwards, so that a crash in between loses nothing.
    A second recovery finds nothing to do. ``claims`` tell which files a process on another machine holds.

    Raises:
        ArchiveError: a file could not be read, cut or closed. It is left as it is.
    """
    findings, claims = _Findings(), claims or NoClaims()
    for path in sorted(directory.glob(f"*{OPEN_SUFFIX}")):
        name = path.name.removesuffix(".open")
        if not claims.take(name):
            findings.busy.append(name)
            continue
        try:
            _recover_path(path, known_ends.get(name, 0), adopt, findings)
        finally:
            claims.release(name)
    return findings.freeze()


def _recover_path(
    path: Path, known_end: int, adopt: Callable[[Sequence[AdoptedCapture]], None] | None, findings: _Findings
) -> None:
    """Recover one file, unless a living process holds it or has just closed it."""
    name = path.name.removesuffix(".open")
    with report_disk_errors("cannot open it", name):
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return
    try:
        if lock_file(descriptor):
            if is_same_file(descriptor, path):
                _recover_file(descriptor, path, known_end, adopt, findings)
        else:
            findings.busy.append(name)
    finally:
        os.close(descriptor)


def _recover_file(
    descriptor: int,
    path: Path,
    known_end: int,
    adopt: Callable[[Sequence[AdoptedCapture]], None] | None,
    findings: _Findings,
) -> None:
    name = path.name.removesuffix(".open")
    with report_disk_errors("cannot recover it", name):
        end, adopted = _read_on(descriptor, path, known_end, findings)
    if adopted and adopt:
        adopt(adopted)
    findings.adopted.extend(adopted)
    with report_disk_errors("cannot close it", name):
        if end:
            close_file(descriptor, path.parent, name, end)
        else:
            path.unlink()
    (findings.closed if end else findings.removed).append(name)


def _read_on(descriptor: int, path: Path, known_end: int, findings: _Findings) -> tuple[int, list[AdoptedCapture]]:
    """Read what the database does not know and cut off a torn tail; returns the end and the captures to adopt."""
    name, size = path.name.removesuffix(".open"), os.fstat(descriptor).st_size
    if known_end > size:
        findings.damaged.append(Tear(name, size, known_end - size))
    walk = _Walk(path, known_end if known_end <= size else 0)
    adopter = Adopter()
    for first in islice(_Walk(path, 0), 1):
        adopter.read_capture(first)
    adopted = list(filter(None, map(adopter.read_capture, walk)))
    end = walk.end
    if end < size and find_record(path, name, end + 1) < size:
        findings.damaged.append(Tear(name, end, size - end))
        end = size
    elif end < size:
        findings.cut.append(Tear(name, end, size - end))
        os.ftruncate(descriptor, end)
    os.fsync(descriptor)
    return end, adopted


class _Walk:
    """Iterates over the good records from an offset on and remembers where they end."""

    def __init__(self, path: Path, start: int) -> None:
        self._path = path
        self.end = start

    def __iter__(self) -> Iterator[ArchivedRecord]:
        try:
            for record in iterate_records(self._path, self.end):
                self.end = record.place.offset + record.place.length
                yield record
        except TornRecordError:
            return
