"""CDXJ indexes, made from captures and not by reading the archive, sorted on disk, plain or in compressed blocks."""

import hashlib
import heapq
import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from storage.archive.fields import quote_url
from storage.archive.keys import make_key
from storage.records import Capture, Outcome, Place

RUN_LINES = 100_000  # lines that are sorted in memory at a time, about 40 MB
BLOCK_LINES = 300  # lines a compressed block, as replay tools make them
_INCOMPLETE = frozenset({Outcome.TRUNCATED, Outcome.TOO_LARGE})


@dataclass(frozen=True, slots=True)
class IndexedCapture:
    """A capture to be indexed or exported; ``is_revisit`` when its record is one."""

    capture: Capture
    is_revisit: bool = False


def is_replayable(capture: Capture) -> bool:
    """Whether replay can show it: an answer that came whole. Blocks and failures with an answer can be shown too."""
    return capture.place is not None and capture.status is not None and capture.outcome not in _INCOMPLETE


def format_line(entry: IndexedCapture, place: Place | None = None) -> str:
    """One CDXJ line with its line feed: key, time in 14 digits, and the fields as cdxj-indexer writes them.

    ``place`` stands instead of the capture's own when its record was copied elsewhere.

    Raises:
        ValueError: the capture has no place.
    """
    capture = entry.capture
    place = place or capture.place
    if place is None:
        raise ValueError(f"{capture.record_id} lies nowhere")
    url = quote_url(capture.url)
    mime = "warc/revisit" if entry.is_revisit else (capture.header("content-type") or "").partition(";")[0].strip()
    # The revisit of a 304 has no status of its own: what is shown is the original.
    status = None if capture.outcome is Outcome.NOT_MODIFIED and entry.is_revisit else capture.status
    values = {
        "url": url,
        "mime": mime.lower().split(" ")[0] or None,
        "status": str(status) if status else None,
        "digest": capture.payload_digest,
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": place.file,
    }
    fields = json.dumps({name: value for name, value in values.items() if value is not None})
    return f"{make_key(url)} {capture.captured_at:%Y%m%d%H%M%S} {fields}\n"


def write_cdxj(entries: Iterable[IndexedCapture], output: Path) -> int:
    """Write the sorted index of all replayable captures to a file; returns the number of lines.

    Raises:
        OSError: the file, or the temporary files beside it, cannot be written.
    """
    count = 0
    with output.open("w", encoding="utf-8", newline="\n") as stream:
        lines = (format_line(entry) for entry in entries if is_replayable(entry.capture))
        for line in sort_lines(lines, output.parent):
            stream.write(line)
            count += 1
    return count


def sort_lines(lines: Iterable[str], folder: Path) -> Iterator[str]:
    """The lines in order and without repetitions; more than fit into memory are sorted by way of ``folder``."""
    source = iter(lines)
    with ExitStack() as stack:
        runs: list[Iterable[str]] = []
        while run := sorted(islice(source, RUN_LINES)):
            if runs or len(run) == RUN_LINES:
                file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder))
                file.writelines(run)
                file.seek(0)
                runs.append(file)
            else:
                runs.append(run)
        for line, _ in groupby(heapq.merge(*runs)):
            yield line


def write_blocks(lines: Iterable[str], data: BinaryIO, index: TextIO, data_name: str) -> None:
    """Write sorted lines as gzip blocks, and the index of the blocks, so that a reader fetches one block for a URL."""
    index.write(f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': data_name})}\n")
    source, offset = iter(lines), 0
    while block := list(islice(source, BLOCK_LINES)):
        packed = zlib.compress("".join(block).encode(), 9, 31)
        prefix = block[0].partition("{")[0].strip()
        digest = f"sha256:{hashlib.sha256(packed).hexdigest()}"
        index.write(f"{prefix} {json.dumps({'offset': offset, 'length': len(packed), 'digest': digest})}\n")
        data.write(packed)
        offset += len(packed)
