"""A dossier as one ZIP file: pages, values for programs, a manifest of digests; the same bytes for the same input.

Changes come in batches and go straight into the file; what is kept meanwhile is one line a change.
"""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from review.dossier import (
    Frame,
    Line,
    build_line,
    name_page,
    name_plainly,
    render_change,
    render_index,
    render_readme,
    show_chosen,
)
from review.report_json import write_json
from storage.archive.exporting import replace_whole
from storage.archive.indexes import IndexedCapture
from storage.archive.wacz import ListedPage, Package, pack_wacz
from storage.clock import format_instant
from storage.database import Database
from storage.dossiers import ChosenChange, read_chosen, stream_proof
from storage.records import Outcome

BATCH = 20  # changes read at a time; each comes with both texts and every visit of its page
MANIFEST = "manifest-sha256.txt"
_PIECE = 1 << 20  # bytes copied at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where the archived pages come from, when they are wanted. They are as they were published: nothing is covered."""

    directory: Path
    software: str


@dataclass(frozen=True, slots=True)
class PublishedRoot:
    """The file of a root digest, and what makes the files that prove records to be in it, by record id."""

    data: bytes
    prove: Callable[[Collection[str]], Mapping[str, bytes]]


def write_dossier(
    output: Path,
    database: Database,
    ids: Sequence[str],
    frame: Frame,
    *,
    archive: Archive | None = None,
    root: PublishedRoot | None = None,
) -> Iterator[int]:
    """Write a dossier of these changes in this order; yields how many are done, for a bar.

    The file takes its name when all went well. With ``root`` go the proofs of the captures that are in it.

    Raises:
        ArchiveError: a capture is not where it should be.
        OSError: the output, or temporary files beside it, cannot be written.
    """
    with (
        replace_whole(output) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as package,
        tempfile.TemporaryDirectory(dir=output.parent, prefix=".dossier-") as folder,
    ):
        dossier = _Dossier(package, frame, Path(folder))
        yield from dossier.add_changes(stream_chosen(database, ids))
        if archive is not None:
            dossier.add_archive(database, archive)
        if root is not None:
            dossier.add_root(root)
        dossier.finish()


def stream_chosen(database: Database, ids: Sequence[str]) -> Iterator[ChosenChange]:
    """The changes, a batch at a time."""
    for start in range(0, len(ids), BATCH):
        yield from read_chosen(database, ids[start : start + BATCH])


class _Dossier:
    """The file while it is being written."""

    def __init__(self, package: zipfile.ZipFile, frame: Frame, folder: Path) -> None:
        self._package = package
        self._frame = frame
        self._folder = folder
        self._digests: dict[str, str] = {}
        self._lines: list[Line] = []
        self._pages: list[ListedPage] = []
        self._records: set[str] = set()
        self._files: set[str] = set()

    def add_changes(self, chosen: Iterable[ChosenChange]) -> Iterator[int]:
        """A page a change, and all of them as values."""
        values = self._folder / "changes.json"
        with values.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(self._begin_values())
            for number, (before, one, after) in enumerate(list_neighbours(chosen), 1):
                page = render_change(
                    number,
                    one,
                    self._frame,
                    name_page(number - 1, before.reported.change.id) if before else "",
                    name_page(number + 1, after.reported.change.id) if after else "",
                )
                self.add_bytes(name_page(number, one.reported.change.id), page.encode())
                stream.write((",\n" if before else "\n") + write_json(show_chosen(one, self._frame)))
                self._note_change(number, one)
                yield number
            stream.write("\n]}\n")
        self.add_file("changes.json", values)

    def _begin_values(self) -> str:
        frame = self._frame
        head: dict[str, object] = {
            "generated_at": format_instant(frame.made_at),
            "since": dict(frame.selection).get("since"),
            "selection": dict(frame.selection),
            "masked": frame.is_masked,
            "hidden": frame.hidden,
            "incidents": [],
        }
        return write_json(head).rstrip("}\n") + ',\n "changes": ['

    def _note_change(self, number: int, chosen: ChosenChange) -> None:
        line, reported = build_line(number, chosen, self._frame), chosen.reported
        self._lines.append(line)
        for capture in (reported.old, reported.new):
            if capture is not None and capture.record_id not in self._records:
                self._records.add(capture.record_id)
                if capture.outcome is Outcome.OK:
                    self._pages.append(ListedPage(url=capture.url, captured_at=capture.captured_at, title=line.title))
        self._files |= {one.digest for one in (*reported.old_attachments, *reported.new_attachments) if one.digest}

    def add_archive(self, database: Database, archive: Archive) -> None:
        """The captures that the changes rest on, as a WACZ."""
        path = self._folder / "archive.wacz"
        package = Package(
            title="replywatch",
            description=f"dossier of {len(self._lines)} changes",
            software=archive.software,
            created=self._frame.made_at,
        )
        proof = list(stream_proof(database, self._records, self._files))
        held = {one.capture.record_id for one in proof}
        pack_wacz(path, directory=archive.directory, entries=proof, pages=self._list_pages(proof), package=package)
        if held:
            self.add_file("archive.wacz", path, is_stored=True)

    def add_root(self, root: PublishedRoot) -> None:
        """The root as it is, and a proof a capture."""
        self.add_bytes("root.json", root.data)
        for record_id, proof in sorted(root.prove(self._records).items()):
            self.add_bytes(f"proofs/{name_plainly(record_id.rpartition(':')[2])}.json", proof)

    def _list_pages(self, proof: Iterable[IndexedCapture]) -> Iterator[ListedPage]:
        """The pages of the changes that are really in the archive's part."""
        held = {(one.capture.url, one.capture.captured_at) for one in proof}
        return (page for page in self._pages if (page.url, page.captured_at) in held)

    def finish(self) -> None:
        """The list, the README, and the digests of all that is there."""
        contents = ["index.html", *(["changes/"] if self._lines else []), "changes.json"]
        contents += [name for name in ("archive.wacz", "root.json") if name in self._digests]
        contents += ["proofs/"] if any(name.startswith("proofs/") for name in self._digests) else []
        contents += ["README.txt", MANIFEST]
        self.add_bytes("index.html", render_index(self._lines, self._frame, contents).encode())
        self.add_bytes("README.txt", render_readme(self._frame, contents).encode())
        manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._digests.items()))
        self._package.writestr(self._describe(MANIFEST), manifest)

    def add_bytes(self, name: str, data: bytes) -> None:
        """A file that is at hand."""
        self._digests[name] = hashlib.sha256(data).hexdigest()
        self._package.writestr(self._describe(name), data)

    def add_file(self, name: str, path: Path, *, is_stored: bool = False) -> None:
        """A file from the disk; ``is_stored`` where it is compressed already."""
        info = self._describe(name)
        if is_stored:
            info.compress_type = zipfile.ZIP_STORED
        with path.open("rb") as source:
            self._digests[name] = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            with self._package.open(info, "w", force_zip64=True) as target:
                copy_stream(source, target)
        path.unlink()

    def _describe(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._frame.made_at.astimezone(self._frame.report.zone).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.create_system = 3  # the same on every system
        return info


def copy_stream(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy piece by piece."""
    shutil.copyfileobj(source, target, _PIECE)


def list_neighbours(
    chosen: Iterable[ChosenChange],
) -> Iterator[tuple[ChosenChange | None, ChosenChange, ChosenChange | None]]:
    """Each change with those before and after it."""
    before: ChosenChange | None = None
    current: ChosenChange | None = None
    for one in chosen:
        if current is not None:
            yield before, current, one
        before, current = current, one
    if current is not None:
        yield before, current, None
