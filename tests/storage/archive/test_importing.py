"""Archives made by others are read whatever their habits, and their records are copied unchanged."""

import gzip
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.archive.errors import ArchiveError, TornRecordError
from storage.archive.importing import ImportedCapture, read_captures
from storage.archive.members import digest_sha1
from storage.archive.reader import iterate_records, read_record, read_response
from storage.archive.verification import Row, verify_archive
from tests.storage.archive.exchanges import PAGE, RESPONSES, Exchanges, Scribe, chunk_body, name_original

URL = "http://www.city.example/a/1.html"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def make_record(kind: str, number: int, block: bytes, *fields: str, version: str = "WARC/1.0", url: str = URL) -> bytes:
    """A record as other tools write it, with fields in their order."""
    lines = [
        version,
        f"WARC-Type: {kind}",
        *([f"WARC-Target-URI: {url}"] if kind != "warcinfo" else []),
        "WARC-Date: 2019-05-06T07:08:09Z",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        *fields,
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def name_id(number: int) -> str:
    """The identifier that `make_record` gives."""
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


WARCINFO = make_record("warcinfo", 0, b"software: Wget/1.21\r\nhostname: crawler.example\r\n")
REQUEST = make_record("request", 1, b"GET /a/1.html HTTP/1.1\r\n\r\n", "Content-Type: application/http;msgtype=request")


@dataclass
class Foreign:
    """Writes archives as others lay them out."""

    folder: Path

    def write(self, *records: bytes, layout: str = "members") -> Path:
        """A file with these records."""
        path = self.folder / f"foreign.{'warc' if layout == 'plain' else 'warc.gz'}"
        if layout == "plain":
            path.write_bytes(b"".join(records))
        elif layout == "one member":
            path.write_bytes(gzip.compress(b"".join(records), mtime=0))
        else:
            path.write_bytes(b"".join(gzip.compress(record, mtime=0) for record in records))
        return path


@pytest.fixture
def foreign_archive(tmp_path: Path) -> Foreign:
    """A folder in which foreign archives are written."""
    return Foreign(tmp_path)


@pytest.mark.parametrize("layout", ["members", "plain", "one member"])
def test_capture_of_wget(foreign_archive: Foreign, layout: str) -> None:
    """The request before the response, WARC/1.0, no payload digest; plain, a member a record, one member for all."""
    response = make_record(
        "response", 2, HTML + PAGE, "WARC-IP-Address: 192.0.2.7", f"WARC-Concurrent-To: <{name_id(1)}>"
    )
    (capture,) = read_captures(foreign_archive.write(WARCINFO, REQUEST, response, layout=layout))
    assert (capture.url, capture.record_id, capture.status) == (URL, name_id(2), 200)
    assert capture.captured_at == datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert capture.headers == (("Content-Type", "text/html"),)
    assert capture.entity == capture.body == PAGE
    assert capture.payload_digest == digest_sha1(PAGE)
    assert capture.body_digest == hashlib.sha256(PAGE).hexdigest()
    assert capture.ip_address == "192.0.2.7"
    assert dict(capture.crawl) == {"software": "Wget/1.21", "hostname": "crawler.example"}
    assert [gzip.decompress(member) for member in capture.packed] == [REQUEST, response]


def test_companions_behind_the_response_belong_to_it(foreign_archive: Foreign) -> None:
    """Heritrix and browsers write request and metadata after the response; each goes with its own capture."""
    records = [WARCINFO]
    for number in (10, 20):
        link = f"WARC-Concurrent-To: <{name_id(number)}>"
        records += [
            make_record("response", number, HTML + PAGE),
            make_record("request", number + 1, b"GET / HTTP/1.1\r\n\r\n", link),
            make_record("metadata", number + 2, b"fetchTimeMs: 5\r\n", link),
        ]
    captures = list(read_captures(foreign_archive.write(*records)))
    assert [capture.record_id for capture in captures] == [name_id(10), name_id(20)]
    for position, capture in enumerate(captures):
        first = 1 + 3 * position
        expected = [records[first + 1], records[first + 2], records[first]]
        assert [gzip.decompress(member) for member in capture.packed] == expected


@pytest.mark.parametrize("kind", sorted(RESPONSES))
def test_any_response_is_decoded(foreign_archive: Foreign, kind: str) -> None:
    """Chunks and content codings, as our own."""
    (capture,) = read_captures(foreign_archive.write(make_record("response", 2, RESPONSES[kind])))
    assert capture.body == PAGE or kind in ("empty", "no-content", "redirect", "not-found", "binary", "blank-lines")


def test_capture_of_a_browser(foreign_archive: Foreign) -> None:
    """HTTP/2, de-chunked and decoded bodies with headers that say otherwise, and records that are no web captures."""
    head = b"HTTP/2 200\r\ncontent-encoding: br\r\ntransfer-encoding: chunked\r\ncontent-type: text/html\r\n\r\n"
    records = [
        make_record("resource", 3, b"{}", "Content-Type: application/json", url="urn:pageinfo:x"),
        make_record("response", 4, b"192.0.2.7\n", "Content-Type: text/dns", url="dns:city.example"),
        make_record("response", 5, head + PAGE, version="WARC/1.1"),
        make_record("resource", 6, b"%PDF", "Content-Type: application/pdf", url="https://city.example/b.pdf"),
    ]
    page, file = read_captures(foreign_archive.write(*records))
    assert (page.status, page.body) == (200, PAGE)
    assert (file.status, file.headers, file.body) == (200, (("content-type", "application/pdf"),), b"%PDF")


def test_revisits_name_their_original(foreign_archive: Foreign) -> None:
    """Digests in lower case, hexadecimal or sha256 are brought to one form."""
    digest = hashlib.sha1(PAGE, usedforsecurity=False).hexdigest()
    revisit = make_record(
        "revisit",
        7,
        HTML,
        f"WARC-Refers-To: <{name_id(2)}>",
        "WARC-Refers-To-Date: 2018-01-02T03:04:05Z",
        f"WARC-Payload-Digest: SHA-1:{digest}",
        "WARC-Truncated: length",
    )
    (capture,) = read_captures(foreign_archive.write(revisit))
    assert capture.is_revisit
    assert capture.original
    assert (capture.original.record_id, capture.original.url) == (name_id(2), URL)
    assert capture.original.captured_at == datetime(2018, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (capture.payload_digest, capture.entity_digest, capture.truncated) == (digest_sha1(PAGE), None, None)


def test_truncated_records_say_so(foreign_archive: Foreign) -> None:
    """What is not whole must not be compared as if it were."""
    (capture,) = read_captures(foreign_archive.write(make_record("response", 2, HTML + PAGE, "WARC-Truncated: length")))
    assert capture.truncated == "length"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_package_is_read_through(tmp_path: Path, compression: int) -> None:
    """All WARC files of a WACZ, one after the other."""
    path = tmp_path / "crawl.wacz"
    with zipfile.ZipFile(path, "w", compression) as package:
        package.writestr("datapackage.json", "{}")
        for number in (1, 2):
            record = make_record("response", number, HTML + PAGE)
            package.writestr(
                f"archive/{number}.warc.gz", gzip.compress(WARCINFO, mtime=0) + gzip.compress(record, mtime=0)
            )
        package.writestr("archive/3.warc", make_record("response", 3, HTML + PAGE))
    captures = list(read_captures(path))
    assert [capture.record_id for capture in captures] == [name_id(1), name_id(2), name_id(3)]
    assert captures[0].file == "crawl.wacz/archive/1.warc.gz"


def test_our_own_archive_can_be_imported(scribe: Scribe, exchanges: Exchanges) -> None:
    """Including the 304, whose head goes with it."""
    first = exchanges.make()
    written = scribe.write(first)
    spared = exchanges.make(b"HTTP/1.1 304 Not Modified\r\n\r\n", url=first.url)
    scribe.write(spared, original=name_original(first, written))
    scribe.writer.close()
    one, two = read_captures(scribe.paths[0])
    assert (one.record_id, one.body, len(one.packed)) == (written.record_id, PAGE, 2)
    assert (two.is_revisit, two.payload_digest, len(two.packed)) == (True, written.payload_digest, 2)


def test_copied_records_are_unchanged(make_scribe: Callable[..., Scribe], foreign_archive: Foreign) -> None:
    """Gzip members go over as they are, with one warcinfo a file, and can be read and verified like ours."""
    responses = [make_record("response", number, HTML + b"%d" % number + PAGE) for number in (2, 3)]
    path = foreign_archive.write(WARCINFO, *responses)
    scribe = make_scribe()
    captures = list(read_captures(path))
    places = [scribe.writer.copy_capture(capture) for capture in captures]
    scribe.writer.close()
    data = scribe.paths[0].read_bytes()
    for place, response in zip(places, responses, strict=True):
        assert data[place.offset :][: place.length] == gzip.compress(response, mtime=0)
        assert read_response(scribe.directory, place).status == 200
    types = [record.type for record in iterate_records(scribe.paths[0])]
    assert types == ["warcinfo", "warcinfo", "response", "response"]
    rows: list[Row] = [(one.record_id, place, one.payload_digest) for one, place in zip(captures, places, strict=True)]
    assert list(verify_archive(scribe.directory, rows)) == []
    assert read_record(scribe.directory, places[0]).record_id == name_id(2)


def test_digests_over_chunks_are_accepted(make_scribe: Callable[..., Scribe], foreign_archive: Foreign) -> None:
    """Some tools digest the body as it came; that is their way and no fault."""
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk_body(PAGE)
    digest = digest_sha1(chunk_body(PAGE)).replace("sha1:", "sha1:").lower()
    path = foreign_archive.write(make_record("response", 2, block, f"WARC-Payload-Digest: {digest}"))
    scribe = make_scribe()
    (capture,) = read_captures(path)
    place = scribe.writer.copy_capture(capture)
    scribe.writer.close()
    row: Row = (capture.record_id, place, capture.payload_digest)
    assert list(verify_archive(scribe.directory, [row])) == []


def test_huge_records_are_passed_over(foreign_archive: Foreign) -> None:
    """A film of gigabytes must not fill the memory; what stands behind it is read."""
    records = [make_record("response", 2, HTML + bytes(5000)), make_record("response", 3, HTML + b"small")]
    for layout in ("members", "plain"):
        path = foreign_archive.write(*records, layout=layout)
        assert [one.record_id for one in read_captures(path, limit=2000)] == [name_id(3)]


def read_until_error(path: Path) -> tuple[list[ImportedCapture], ArchiveError | None]:
    """What is read before the error, and the error."""
    captures: list[ImportedCapture] = []
    try:
        for capture in read_captures(path):
            captures.append(capture)  # noqa: PERF402  an error must keep what came before
    except ArchiveError as error:
        return captures, error
    return captures, None


def test_torn_file_gives_what_is_whole(foreign_archive: Foreign) -> None:
    """Good captures first, then one error with file and offset."""
    records = [make_record("response", number, HTML + PAGE) for number in (2, 3, 4)]
    for layout in ("members", "plain"):
        path = foreign_archive.write(*records, layout=layout)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3 + 20])
        captures, error = read_until_error(path)
        assert isinstance(error, TornRecordError)
        assert error.file == path.name
        assert error.offset
        assert [capture.record_id for capture in captures] == [name_id(2), name_id(3)]


@pytest.mark.parametrize(
    "data",
    [
        b"hello",
        b"\x1f\x8b\x08junk",
        b"PK\x03\x04junk",
        gzip.compress(b"hello\r\n\r\n", mtime=0),
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\0" * 99,
    ],
    ids=["text", "gzip head", "zip head", "gzip of text", "http", "zeros"],
)
def test_other_files_are_one_clear_error(foreign_archive: Foreign, data: bytes) -> None:
    """The name of the file, and where it stops making sense."""
    path = foreign_archive.folder / "x.warc.gz"
    path.write_bytes(data)
    _, error = read_until_error(path)
    assert error
    assert error.file == "x.warc.gz"


@pytest.mark.parametrize("length", ["-5", "many", "", "99999999999999999999"])
def test_wrong_lengths_are_one_clear_error(foreign_archive: Foreign, length: str) -> None:
    """A length that cannot be, or that the file does not have."""
    record = make_record("response", 2, HTML).replace(b"Content-Length: 44", f"Content-Length: {length}".encode())
    _, error = read_until_error(foreign_archive.write(record, layout="plain"))
    assert error
    assert error.offset == 0


def test_package_without_archives_is_one_clear_error(tmp_path: Path) -> None:
    """A ZIP file of something else."""
    with zipfile.ZipFile(tmp_path / "x.wacz", "w") as package:
        package.writestr("a.txt", "a")
    with pytest.raises(ArchiveError, match="without WARC files"):
        list(read_captures(tmp_path / "x.wacz"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_broken_files_never_crash(foreign_archive: Foreign, data: st.DataObject) -> None:
    """Whatever bytes rot or are missing, there is either a capture or an archive error."""
    layout = data.draw(st.sampled_from(["members", "plain", "one member"]))
    path = foreign_archive.write(WARCINFO, REQUEST, make_record("response", 2, HTML + b"text"), layout=layout)
    spoilt = bytearray(path.read_bytes())
    for position in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=4)):
        spoilt[position] = data.draw(st.integers(0, 255))
    path.write_bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))])
    captures, _ = read_until_error(path)
    assert len(captures) <= 1
