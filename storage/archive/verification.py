"""The archive against its own digests and against the rows of a database."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, groupby
from pathlib import Path

from storage.archive.adoption import AdoptedCapture, Adopter
from storage.archive.damage import Damage, mend_damage, read_around
from storage.archive.digests import find_disagreements, has_payload
from storage.archive.errors import ArchiveError
from storage.archive.reader import ArchivedRecord, find_path
from storage.archive.segment import CLOSED_SUFFIX, OPEN_SUFFIX, Claims, NoClaims, close_file, lock_file
from storage.records import Place

BATCH = 500  # orphans that are adopted at a time
CAPTURE_TYPES = frozenset({"response", "revisit", "resource"})

Row = tuple[str, Place, str | None]


class FaultKind(StrEnum):
    """What can be wrong."""

    MISSING_FILE = "missing_file"  # rows name a file that is not there
    MISSING_RECORD = "missing_record"  # a row names a place at which its record does not lie
    MISMATCH = "mismatch"  # row and record disagree on the payload digest
    DIGEST = "digest"  # a record disagrees with its own digest
    TORN_TAIL = "torn_tail"  # the file ends within a record
    DAMAGE = "damage"  # bytes between good records that hold none
    ORPHAN = "orphan"  # a capture that no row knows
    UNCLOSED = "unclosed"  # left open by a process that died


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, ``is_mended`` when it was and a second look would not find it."""

    kind: FaultKind
    file: str
    offset: int | None = None
    record_id: str | None = None
    detail: str = ""
    is_mended: bool = False


def verify_archive(
    directory: Path,
    rows: Iterable[Row],
    *,
    is_repairing: bool = False,
    adopt: Callable[[Sequence[AdoptedCapture]], None] | None = None,
    advance: Callable[[int], None] | None = None,
    claims: Claims | None = None,
) -> Iterator[Fault]:
    """Read every record of every file and compare it with its digests and with the rows; yield faults as found.

    ``rows`` are (record id, place, payload digest), all rows of a file together and by rising offset, so that neither
    rows nor records need to be held in memory. When repairing, torn tails and damaged stretches move to side files,
    files that a dead process left open are closed, and ``adopt`` takes in captures that no row knows, a few hundred at
    a time; no good record is ever removed. ``advance`` is told the bytes that were looked at.

    Files that a living process writes, here or by ``claims`` elsewhere, are compared as far as the rows go.

    Raises:
        ValueError: the rows of a file do not come together, or not by rising offset.
        OSError: a file cannot be read, or cannot be repaired.
    """
    seen = set()
    task = _Task(
        directory, adopt if is_repairing else None, advance or (lambda _: None), is_repairing, claims or NoClaims()
    )
    for file, group in groupby(rows, key=lambda row: row[1].file):
        if file in seen:
            raise ValueError(f"the rows of {file} do not come together")
        seen.add(file)
        yield from task.verify_file(file, _check_order(group))
    for path in sorted(directory.glob(f"*{CLOSED_SUFFIX}*")):
        name = path.name.removesuffix(".open")
        if path.name.endswith((CLOSED_SUFFIX, OPEN_SUFFIX)) and name not in seen:
            seen.add(name)
            yield from task.verify_file(name, iter(()))


def verify_file(directory: Path, file: str, rows: Iterable[Row], claims: Claims | None = None) -> Iterator[Fault]:
    """The faults of one file, given its rows by rising offset.

    Raises:
        ValueError, OSError: as `verify_archive`.
    """
    task = _Task(directory, None, lambda _: None, is_repairing=False, claims=claims or NoClaims())
    yield from task.verify_file(file, _check_order(rows))


def _check_order(rows: Iterable[Row]) -> Iterator[Row]:
    last = 0
    for row in rows:
        if row[1].offset < last:
            raise ValueError(f"the rows of {row[1].file} do not come by rising offset")
        last = row[1].offset
        yield row


@dataclass(frozen=True, slots=True)
class _Task:
    """What is the same for all files."""

    directory: Path
    adopt: Callable[[Sequence[AdoptedCapture]], None] | None
    advance: Callable[[int], None]
    is_repairing: bool
    claims: Claims

    def verify_file(self, file: str, rows: Iterator[Row]) -> Iterator[Fault]:
        """All faults of one file."""
        try:
            path = find_path(self.directory, file)
        except ArchiveError:
            count = sum(1 for _ in rows)
            yield Fault(kind=FaultKind.MISSING_FILE, file=file, detail=f"{count} captures lie in it")
            return
        if path.name.endswith(OPEN_SUFFIX):
            yield from self._verify_open(path, file, rows)
        else:
            yield from self._verify_records(path, rows, is_living=False)

    def _verify_open(self, path: Path, file: str, rows: Iterator[Row]) -> Iterator[Fault]:
        """A file without its final name: a living process has it locked, or a dead one has left it."""
        descriptor = os.open(path, os.O_RDONLY)
        is_claimed = self.claims.take(file)
        try:
            is_living = not is_claimed or not lock_file(descriptor)
            yield from self._verify_records(path, rows, is_living=is_living)
            if is_living:
                return
            if self.is_repairing:
                close_file(descriptor, self.directory, file, os.fstat(descriptor).st_size)
            yield Fault(kind=FaultKind.UNCLOSED, file=file, is_mended=self.is_repairing)
        finally:
            os.close(descriptor)
            if is_claimed:
                self.claims.release(file)

    def _verify_records(self, path: Path, rows: Iterator[Row], *, is_living: bool) -> Iterator[Fault]:
        """Walk records and rows side by side."""
        adopter, orphans = Adopter(), _Orphans(self.adopt)
        row = next(rows, None)
        for item in read_around(path):
            self.advance(item.length if isinstance(item, Damage) else item.place.length)
            if isinstance(item, Damage):
                if not is_living:
                    yield self._report_damage(path, item)
                continue
            capture = adopter.read_capture(item)
            while row and row[1].offset < item.place.offset:
                yield _report_missing(row)
                row = next(rows, None)
            if row and row[1].offset == item.place.offset and row[0] == item.record_id:
                yield from _check_row(item, row)
                row = next(rows, None)
            elif not is_living and (capture or item.type in CAPTURE_TYPES):
                yield from orphans.add_record(item, capture)
            for name, value in find_disagreements(item):
                yield _blame_record(item, FaultKind.DIGEST, f"{name} {value}")
        yield from orphans.flush()
        yield from map(_report_missing, filter(None, chain([row], rows)))

    def _report_damage(self, path: Path, damage: Damage) -> Fault:
        side = mend_damage(path, damage) if self.is_repairing else None
        return Fault(
            kind=FaultKind.TORN_TAIL if damage.is_tail else FaultKind.DAMAGE,
            file=damage.file,
            offset=damage.offset,
            detail=f"{damage.length} bytes" + (f" moved to {side.name}" if side else ""),
            is_mended=side is not None,
        )


class _Orphans:
    """Captures that no row knows: adopted when there are some hundreds, and reported after that."""

    def __init__(self, adopt: Callable[[Sequence[AdoptedCapture]], None] | None) -> None:
        self._adopt = adopt
        self._faults: list[Fault] = []
        self._captures: list[AdoptedCapture] = []

    def add_record(self, record: ArchivedRecord, capture: AdoptedCapture | None) -> Iterator[Fault]:
        """Note one; ``capture`` is None for records of others, which only an import can take in."""
        fault = _blame_record(record, FaultKind.ORPHAN, record.url or "")
        self._faults.append(replace(fault, is_mended=capture is not None and self._adopt is not None))
        self._captures.extend([capture] if capture else [])
        if len(self._faults) >= BATCH:
            yield from self.flush()

    def flush(self) -> Iterator[Fault]:
        """Adopt and report what has been noted."""
        if self._captures and self._adopt:
            self._adopt(self._captures)
        faults, self._faults, self._captures = self._faults, [], []
        yield from faults


def _check_row(record: ArchivedRecord, row: Row) -> Iterator[Fault]:
    if row[1].length != record.place.length:
        yield _blame_record(record, FaultKind.MISMATCH, f"{record.place.length} bytes, not {row[1].length}")
    if row[2] and not has_payload(record, row[2]):
        yield _blame_record(record, FaultKind.MISMATCH, f"the database has {row[2]}")


def _blame_record(record: ArchivedRecord, kind: FaultKind, detail: str) -> Fault:
    place = record.place
    return Fault(kind=kind, file=place.file, offset=place.offset, record_id=record.record_id, detail=detail)


def _report_missing(row: Row) -> Fault:
    record_id, place, _ = row
    return Fault(kind=FaultKind.MISSING_RECORD, file=place.file, offset=place.offset, record_id=record_id)
