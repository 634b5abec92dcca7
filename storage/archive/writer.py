"""Writing captures to WARC files that this process alone appends to."""

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from storage.archive.composition import Composition, Original, compose_capture
from storage.archive.fields import RUN, WARC_FIELDS, IdSeries, clean_value, format_id, format_marks, format_run
from storage.archive.importing import ImportedCapture
from storage.archive.members import digest_sha1, pack_record
from storage.archive.segment import CLOSED_SUFFIX, Claims, NoClaims, Segment
from storage.clock import Clock, format_instant
from storage.records import Exchange, Finding, Place, Role

__all__ = ["ArchiveWriter", "Original", "Written"]

_STANDARD = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written for one capture.

    ``record_id`` and ``place`` are those of its response, revisit or metadata record. ``entity_digest`` and
    ``body_digest`` are sha256 in hexadecimal, None when no entity came over the wire (a 304, a failed fetch);
    ``payload_digest`` of a 304 is its original's.
    """

    record_id: str
    place: Place
    payload_digest: str | None
    entity_digest: str | None
    body_digest: str | None
    is_revisit: bool


class ArchiveWriter:
    """Writes captures to WARC files in one folder; for one thread of one process.

    A file is created with the first capture and is called ``….warc.gz.open`` while it grows. Once it has ``roll_at``
    bytes it is closed with the first capture after a `sync`: by then the database has committed what the file holds, so
    that a crash leaves unknown records in open files only, where recovery looks. ``software`` and ``contact`` go into
    the warcinfo record. ``claims`` keep other machines off a file that is open.
    """

    def __init__(
        self,
        directory: Path,
        *,
        software: str,
        contact: str,
        clock: Clock,
        roll_at: int = 10**9,
        robots: str = "obey",
        claims: Claims | None = None,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._roll_at = roll_at
        self._about = {"software": software, "operator": contact, "robots": robots}
        self._ids = IdSeries()
        self._warcinfo_id = ""
        self._copied_warcinfo = b""
        self._file_run = ""
        self._segment: Segment | None = None
        self._files = 0
        self._claims = claims or NoClaims()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write_capture(
        self,
        exchange: Exchange,
        *,
        role: Role,
        finding: Finding,
        run_id: str | int,
        original: Original | None = None,
        body_digest: str | None = None,
    ) -> Written:
        """Write all records of one fetch, the one that stands for it last, so that it is whole when that one is.

        With ``original`` the capture becomes a revisit if its entity has that digest or it is a 304; anything else is
        written in full. It is durable after `sync`. ``body_digest`` is the body's sha256 where it is known already.

        Raises:
            ArchiveError: the disk did not take it. Nothing of the capture is in the archive then.
        """
        segment, run = self._open_segment(), format_run(run_id)
        if not segment.end:
            self._file_run = run
        capture_id = self._ids.take_next()
        composition = compose_capture(
            exchange,
            format_marks(role, finding, None if run == self._file_run else run),
            original=original,
            body_digest=body_digest,
            warcinfo_id=self._warcinfo_id,
            capture_id=capture_id,
            take_id=self._ids.take_next,
        )
        preface = b"" if segment.end else self._pack_warcinfo(segment.name)
        place = _append_members(segment, preface, composition.members)
        return _report_written(capture_id, place, composition)

    def copy_capture(self, capture: ImportedCapture) -> Place:
        """Copy the records of a capture that others made, unchanged; returns where the one that stands for it lies.

        Their warcinfo record goes before them, once a file. Imports should have a writer of their own, since a warcinfo
        record speaks for all records behind it.

        Raises:
            ArchiveError: as for `write_capture`.
        """
        segment = self._open_segment()
        if not segment.end:
            self._file_run = ""
        preface = b"" if segment.end else self._pack_warcinfo(segment.name)
        warcinfo = b"" if capture.warcinfo == self._copied_warcinfo and segment.end else capture.warcinfo
        place = _append_members(segment, preface + warcinfo, capture.packed)
        self._copied_warcinfo = capture.warcinfo
        return place

    def sync(self) -> None:
        """Make every capture written so far durable, before the database says that it exists.

        Raises:
            ArchiveError: the disk did not take it; what was written since the last sync may be lost.
        """
        if self._segment:
            self._segment.sync()

    def close(self) -> None:
        """Close the current file, if any, durably and under its final name. Writing again opens another.

        To be called after the database has committed.

        Raises:
            ArchiveError: it could not be closed; its content since the last sync may be lost, the rest will be found
                by recovery.
        """
        segment, self._segment = self._segment, None
        if segment:
            segment.close()
            self._claims.release(segment.name)

    def _open_segment(self) -> Segment:
        current = self._segment
        if current and (not current.is_usable or (current.end >= self._roll_at and current.is_synced)):
            self.close()
        if not self._segment:
            self._segment = self._create_segment()
            self._warcinfo_id = self._ids.take_next()
        return self._segment

    def _create_segment(self) -> Segment:
        """A file of a name that nobody has: time, host, process and a counter tell writers apart."""
        host = re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname()) or "host"
        while True:
            moment = self._clock.now().strftime("%Y%m%d%H%M%S%f")[:17]
            name = f"replywatch-{moment}-{host}-{os.getpid()}-{self._files:05d}{CLOSED_SUFFIX}"
            self._files += 1
            if not self._claims.take(name):
                continue
            if segment := Segment.create(self._directory, name):
                return segment
            self._claims.release(name)

    def _pack_warcinfo(self, name: str) -> bytes:
        about = {**self._about, "format": "WARC File Format 1.1", "conformsTo": _STANDARD}
        block = "".join(f"{key}: {clean_value(value)}\r\n" for key, value in about.items() if value).encode()
        fields = (
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", format_id(self._warcinfo_id)),
            ("WARC-Date", format_instant(self._clock.now())),
            ("WARC-Filename", name),
            *(((RUN, self._file_run),) if self._file_run else ()),
            ("WARC-Block-Digest", digest_sha1(block)),
            ("Content-Type", WARC_FIELDS),
        )
        return pack_record(fields, block, level=9)


def _append_members(segment: Segment, preface: bytes, members: tuple[bytes, ...]) -> Place:
    """Append in one write, behind the warcinfo in a new file; the place is the last member's."""
    data = b"".join((preface, *members))
    length = len(members[-1])
    return Place(segment.name, segment.append(data) + len(data) - length, length)


def _report_written(record_id: str, place: Place, composition: Composition) -> Written:
    digests = composition.digests
    return Written(
        record_id=record_id,
        place=place,
        payload_digest=digests.payload,
        entity_digest=digests.entity,
        body_digest=digests.body,
        is_revisit=composition.is_revisit,
    )
