"""Exports hold the records unchanged, and packages say truthfully what is in them."""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.archive.errors import ArchiveError
from storage.archive.exporting import export_warc
from storage.archive.indexes import IndexedCapture
from storage.archive.members import parse_record
from storage.archive.wacz import ListedPage, Package, pack_wacz
from storage.records import Capture, Outcome, Place, Role
from tests.storage.archive.exchanges import Exchanges, Scribe, name_original

NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
PACKAGE = Package(
    title="答复", description="Replies", software="replywatch/0.1", created=datetime(2026, 3, 2, tzinfo=UTC)
)


def fill_archive(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> tuple[Scribe, list[IndexedCapture]]:
    """Two files with a page each: found, found not modified, and one fetch that failed."""
    entries = []
    for _ in range(2):
        scribe = make_scribe()
        first = exchanges.make()
        written = scribe.write(first)
        spared = exchanges.make(NOT_MODIFIED, url=first.url)
        revisit = scribe.write(spared, original=name_original(first, written))
        failed = exchanges.make(b"", error="timeout")
        failure = scribe.write(failed)
        for exchange, item, outcome in (
            (first, written, Outcome.OK),
            (spared, revisit, Outcome.NOT_MODIFIED),
            (failed, failure, Outcome.TIMEOUT),
        ):
            capture = Capture(
                record_id=item.record_id,
                url=exchange.url,
                role=Role.PAGE,
                captured_at=exchange.started_at,
                outcome=outcome,
                status=exchange.status,
                payload_digest=item.payload_digest,
                place=item.place,
            )
            entries.append(IndexedCapture(capture, item.is_revisit))
        scribe.writer.close()
    return scribe, entries


def list_types(data: bytes) -> list[str]:
    """Types of records as warcio sees them."""
    return [record.rec_type for record in ArchiveIterator(BytesIO(data))]


def pack(scribe: Scribe, entries: list[IndexedCapture], output: Path) -> int:
    """A package with all pages."""
    pages = [ListedPage(url=one.capture.url, captured_at=one.capture.captured_at, title="标题") for one in entries]
    return pack_wacz(output, directory=scribe.directory, entries=entries, pages=pages, package=PACKAGE)


def test_package_describes_what_is_in_it(
    make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path
) -> None:
    """Every file is listed with size and sha256, the description has a digest, WARC files are stored."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    output = tmp_path / "out.wacz"
    assert pack(scribe, entries, output) == 6
    with zipfile.ZipFile(output) as package:
        description = package.read("datapackage.json")
        digest = json.loads(package.read("datapackage-digest.json"))
        assert digest == {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(description).hexdigest()}"}
        parsed = json.loads(description)
        assert (parsed["profile"], parsed["wacz_version"], parsed["title"]) == ("data-package", "1.1.1", "答复")
        listed = {item["path"]: (item["bytes"], item["hash"]) for item in parsed["resources"]}
        for name in set(package.namelist()) - {"datapackage.json", "datapackage-digest.json"}:
            data = package.read(name)
            assert listed.pop(name) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
            if name.startswith(("archive/", "indexes/")):
                assert package.getinfo(name).compress_type == zipfile.ZIP_STORED
        assert listed == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "out.wacz"]


def test_index_of_a_package_leads_to_the_records(
    make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path
) -> None:
    """Each line's offset and length are those of a gzip member with a record of that URL."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    pack(scribe, entries, tmp_path / "out.wacz")
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
        assert len(lines) == 4
        for line in lines:
            entry = json.loads(line.split(" ", 2)[2])
            data = package.read(f"archive/{entry['filename']}")[int(entry["offset"]) :][: int(entry["length"])]
            fields = dict(parse_record(gzip.decompress(data))[0])
            assert fields["WARC-Target-URI"] == entry["url"]
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
    assert pages[0] == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    assert (pages[1]["url"], pages[1]["ts"]) == (entries[0].capture.url, "2026-03-01T08:01:00.123456Z")


def test_selected_captures_bring_what_belongs_to_them(
    make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path
) -> None:
    """Warcinfo, the request of a response, the head of a 304; nothing of the captures that were not asked for."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    output = tmp_path / "out.warc.gz"
    assert export_warc(scribe.directory, entries[1:2], output) == 1
    assert list_types(output.read_bytes()) == ["warcinfo", "metadata", "revisit"]
    assert export_warc(scribe.directory, [entries[0], entries[5]], output) == 2
    types = ["warcinfo", "request", "response", "warcinfo", "request", "metadata"]
    assert list_types(output.read_bytes()) == types


def test_whole_export_is_the_archive(make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path) -> None:
    """Records are copied as they are, byte for byte."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    export_warc(scribe.directory, entries, tmp_path / "out.warc.gz")
    assert (tmp_path / "out.warc.gz").read_bytes() == b"".join(path.read_bytes() for path in scribe.paths)


def test_captures_must_come_file_by_file(
    make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path
) -> None:
    """A file is read once; the output is not left half made under its name."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    with pytest.raises(ValueError, match="do not come together"):
        export_warc(scribe.directory, [entries[0], entries[3], entries[1]], tmp_path / "out.warc.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_captures_must_come_by_offset(make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path) -> None:
    """Captures and records are walked side by side, so that millions of them need no memory."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    with pytest.raises(ArchiveError, match="not in its turn"):
        export_warc(scribe.directory, entries[1::-1], tmp_path / "out.warc.gz")


def test_capture_that_is_not_there_is_an_error(
    make_scribe: Callable[..., Scribe], exchanges: Exchanges, tmp_path: Path
) -> None:
    """An export is never silently short."""
    scribe, entries = fill_archive(make_scribe, exchanges)
    capture = entries[0].capture
    file = capture.place.file if capture.place else ""
    lost = Capture(
        record_id="urn:uuid:lost",
        url=capture.url,
        role=Role.PAGE,
        captured_at=capture.captured_at,
        outcome=Outcome.OK,
        place=Place(file, 0, 1),
    )
    with pytest.raises(ArchiveError, match="urn:uuid:lost"):
        pack(scribe, [IndexedCapture(lost)], tmp_path / "out.wacz")
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]
