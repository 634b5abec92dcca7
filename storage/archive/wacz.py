"""WACZ 1.1.1: captures, their index and a list of pages in one ZIP file that ReplayWeb.page opens.

Everything is streamed: WARC data go straight into the ZIP, index and pages by way of temporary files.
"""

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from storage.archive.exporting import copy_captures, group_captures, replace_whole
from storage.archive.indexes import IndexedCapture, format_line, is_replayable, sort_lines, write_blocks
from storage.archive.reader import find_path
from storage.clock import format_instant

WACZ_VERSION = "1.1.1"
LARGE_FILE = 1 << 30  # bytes; from 2 GiB on a file in a ZIP needs the longer header, which must be asked for beforehand

# ReplayWeb.page believes that a file without extra fields in the ZIP's directory has none in its own header either. The
# longer header is a field in one of the two only, so an empty one (0xCAFE) is put in both, which makes it look.
_EMPTY_FIELD = b"\xfe\xca\0\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page that a reader is offered to begin with."""

    url: str
    captured_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a WACZ says of itself; ``created`` is the time of the export."""

    title: str
    description: str
    software: str
    created: datetime


def pack_wacz(
    output: Path, *, directory: Path, entries: Iterable[IndexedCapture], pages: Iterable[ListedPage], package: Package
) -> int:
    """Write a WACZ file with these captures; returns their number.

    ``entries`` come file by file and by rising offset. A revisit needs its original to be replayed: give both.

    Raises:
        ArchiveError: a capture is not where it should be.
        OSError: the output, or temporary files beside it, cannot be written.
    """
    with (
        replace_whole(output) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=output.parent) as lines,
    ):
        packer = _Packer(archive, package)
        count = sum(packer.add_captures(directory, entries, lines))
        lines.seek(0)
        packer.add_index(lines, output.parent)
        packer.add_pages(pages, output.parent)
        packer.add_description()
    return count


class _HashingWriter(io.RawIOBase):
    """Passes bytes on and remembers how many they were and their sha256."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(data)  # type: ignore[call-overload]  # RawIOBase allows any buffer
        self._target.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)
        return len(chunk)

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class _Packer:
    """Adds files to the ZIP and keeps the list of resources that its description needs."""

    def __init__(self, archive: zipfile.ZipFile, package: Package) -> None:
        self._archive = archive
        self._package = package
        self._resources: list[dict[str, object]] = []

    def _copy_stream(self, path: str, source: IO[bytes], *, is_deflated: bool = False) -> None:
        """Add a file from a stream."""
        with self._archive.open(self._describe_file(path, is_deflated=is_deflated), "w") as target:
            writer = _HashingWriter(target)
            shutil.copyfileobj(source, writer)
        self._list_resource(path, writer)

    def _describe_file(self, path: str, *, is_deflated: bool = False) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._package.created.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if is_deflated else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        return info

    def _list_resource(self, path: str, writer: _HashingWriter) -> None:
        # Names of resources are lower case by the Data Package rules; paths may be anything.
        name = path.rpartition("/")[2].lower()
        self._resources.append({"name": name, "path": path, "hash": writer.digest, "bytes": writer.size})

    def add_captures(self, directory: Path, entries: Iterable[IndexedCapture], lines: IO[str]) -> Iterator[int]:
        """Copy the captures of each WARC file into one of the same name; write index lines for where they lie now."""
        for file, wanted in group_captures(entries):
            path = f"archive/{file}"
            info = self._describe_file(path)
            is_large = find_path(directory, file).stat().st_size > LARGE_FILE
            if is_large:
                info.extra = _EMPTY_FIELD
            with self._archive.open(info, "w", force_zip64=is_large) as target:
                writer, count = _HashingWriter(target), 0
                for entry, place in copy_captures(directory, file, wanted, writer.write):
                    count += 1
                    if is_replayable(entry.capture):
                        lines.write(format_line(entry, place))
            self._list_resource(path, writer)
            yield count

    def add_index(self, lines: Iterable[str], folder: Path) -> None:
        """The index in compressed blocks, and the index of the blocks."""
        with (
            tempfile.TemporaryFile(dir=folder) as data,
            tempfile.TemporaryFile(dir=folder) as blocks,
            io.TextIOWrapper(blocks, "utf-8", newline="\n", write_through=True) as text,
        ):
            write_blocks(sort_lines(lines, folder), data, text, "index.cdx.gz")
            self._copy_whole("indexes/index.cdx.gz", data)
            self._copy_whole("indexes/index.idx", blocks)

    def add_pages(self, pages: Iterable[ListedPage], folder: Path) -> None:
        """The list of pages, one JSON object a line behind a header."""
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(_format_json({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}))
            for page in pages:
                moment = format_instant(page.captured_at)
                page_id = hashlib.sha256(f"{moment} {page.url}".encode()).hexdigest()[:20]
                stream.write(_format_json({"id": page_id, "url": page.url, "ts": moment, "title": page.title}))
            self._copy_whole("pages/pages.jsonl", stream, is_deflated=True)

    def _copy_whole(self, path: str, stream: BinaryIO | IO[bytes], *, is_deflated: bool = False) -> None:
        stream.seek(0)
        self._copy_stream(path, stream, is_deflated=is_deflated)

    def add_description(self) -> None:
        """The package's description with the digests of all files, and the digest of the description."""
        package = self._package
        description = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "title": package.title,
            "description": package.description,
            "software": package.software,
            "created": format_instant(package.created),
            "resources": self._resources,
        }
        data = json.dumps(description, indent=2, ensure_ascii=False).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        self._archive.writestr(self._describe_file("datapackage.json", is_deflated=True), data)
        self._archive.writestr(
            self._describe_file("datapackage-digest.json", is_deflated=True), json.dumps(digest, indent=2)
        )


def _format_json(value: dict[str, str]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
