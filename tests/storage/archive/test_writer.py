"""What is written is what came over the wire, in records that another reader accepts."""

import base64
import errno
import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.archive.errors import ArchiveError
from storage.archive.members import digest_sha1
from storage.archive.reader import read_record
from storage.records import Finding, Outcome, Role
from tests.storage.archive.exchanges import PAGE, RESPONSES, Exchanges, Scribe, name_original

NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\n\r\n'

TYPICAL = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.20.1\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\n"
    b"Content-Type: text/html;charset=UTF-8\r\nLast-Modified: Tue, 24 Feb 2026 06:31:32 GMT\r\n"
    b'Connection: keep-alive\r\nETag: "5f8d7a3c-9c40"\r\n\r\n'
) + PAGE
TYPICAL_NOT_MODIFIED = (
    b"HTTP/1.1 304 Not Modified\r\nServer: nginx/1.20.1\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\n"
    b'Last-Modified: Tue, 24 Feb 2026 06:31:32 GMT\r\nConnection: keep-alive\r\nETag: "5f8d7a3c-9c40"\r\n\r\n'
)


def read_all(path: Path) -> list[tuple[Any, bytes]]:
    """All records as warcio sees them, with their raw blocks."""
    with path.open("rb") as stream:
        return [
            (record.rec_headers, record.raw_stream.read()) for record in ArchiveIterator(stream, no_record_parse=True)
        ]


@pytest.mark.parametrize("kind", RESPONSES)
def test_keeps_request_and_response_byte_for_byte(scribe: Scribe, exchanges: Exchanges, kind: str) -> None:
    """Whatever the response looks like, both blocks are the bytes of the wire, seen through warcio."""
    exchange = exchanges.make(RESPONSES[kind])
    scribe.write(exchange)
    scribe.writer.close()
    blocks = {headers.get("WARC-Type"): block for headers, block in read_all(scribe.paths[0])}
    assert blocks["request"] == exchange.request
    assert blocks["response"] == exchange.response


def test_links_the_records_of_a_capture(scribe: Scribe, exchanges: Exchanges) -> None:
    """Warcinfo comes first; request and response share date, warcinfo and address, and are linked."""
    exchange = exchanges.make()
    written = scribe.write(exchange)
    scribe.writer.close()
    warcinfo, request, response = (headers for headers, _ in read_all(scribe.paths[0]))
    assert [item.get("WARC-Type") for item in (warcinfo, request, response)] == ["warcinfo", "request", "response"]
    assert request.get("WARC-Concurrent-To") == response.get("WARC-Record-ID") == f"<{written.record_id}>"
    for headers in (request, response):
        assert headers.get("WARC-Date") == "2026-03-01T08:01:00.123456Z"
        assert headers.get("WARC-Warcinfo-ID") == warcinfo.get("WARC-Record-ID")
        assert headers.get("WARC-IP-Address") == "192.0.2.7"
        assert headers.get("WARC-Target-URI") == exchange.url
    assert response.protocol == "WARC/1.1"


def test_warcinfo_says_who_made_it(scribe: Scribe, exchanges: Exchanges) -> None:
    """The first record names software, contact, robots policy and format."""
    scribe.write(exchanges.make())
    scribe.writer.close()
    block = read_all(scribe.paths[0])[0][1].decode()
    for line in (
        "software: replywatch/0.1",
        "operator: editor@archive.example",
        "robots: obey",
        "format: WARC File Format 1.1",
    ):
        assert line in block.splitlines()


@pytest.mark.parametrize("kind", ["plain", "chunked", "gzip", "gzip-chunked", "deflate"])
def test_digests_are_those_of_block_entity_and_body(scribe: Scribe, exchanges: Exchanges, kind: str) -> None:
    """The payload digest is the entity's: without chunks, still content-coded; sha1 in base32."""
    exchange = exchanges.make(RESPONSES[kind])
    written = scribe.write(exchange)
    scribe.writer.close()
    headers = read_all(scribe.paths[0])[-1][0]
    expected = "sha1:" + base64.b32encode(hashlib.sha1(exchange.entity, usedforsecurity=False).digest()).decode()
    assert written.payload_digest == headers.get("WARC-Payload-Digest") == expected
    assert headers.get("WARC-Block-Digest") == digest_sha1(exchange.response)
    assert written.entity_digest == hashlib.sha256(exchange.entity).hexdigest()
    assert written.body_digest == hashlib.sha256(PAGE).hexdigest()
    assert not written.is_revisit


def test_each_record_is_one_gzip_member(scribe: Scribe, exchanges: Exchanges) -> None:
    """The bytes at a capture's place are a gzip file of their own."""
    exchange = exchanges.make()
    place = scribe.write(exchange).place
    scribe.write(exchanges.make())
    scribe.writer.close()
    data = scribe.paths[0].read_bytes()[place.offset : place.offset + place.length]
    assert gzip.decompress(data).endswith(exchange.response + b"\r\n\r\n")


def test_equal_entity_becomes_a_revisit(scribe: Scribe, exchanges: Exchanges) -> None:
    """The revisit names the original by id, URL and second, has its digest and the head that was sent this time."""
    first = exchanges.make()
    original = name_original(first, scribe.write(first))
    again = exchanges.make(first.response.replace(b"200 OK\r\n", b"200 OK\r\nX-Served: twice\r\n"), url=first.url)
    written = scribe.write(again, original=original)
    scribe.writer.close()
    headers, block = read_all(scribe.paths[0])[-1]
    assert written.is_revisit
    assert headers.get("WARC-Type") == "revisit"
    assert headers.get("WARC-Profile").endswith("/revisit/identical-payload-digest")
    assert headers.get("WARC-Refers-To") == f"<{original.record_id}>"
    assert headers.get("WARC-Refers-To-Target-URI") == first.url
    assert headers.get("WARC-Refers-To-Date") == "2026-03-01T08:01:00Z"
    assert headers.get("WARC-Payload-Digest") == original.payload_digest
    assert block == again.response.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def test_not_modified_becomes_an_empty_revisit(scribe: Scribe, exchanges: Exchanges) -> None:
    """Its head goes to a metadata record of named fields, since a head in the revisit replays as an empty page."""
    first = exchanges.make()
    original = name_original(first, scribe.write(first))
    written = scribe.write(
        exchanges.make(NOT_MODIFIED, url=first.url), original=original, finding=Finding(Outcome.NOT_MODIFIED)
    )
    scribe.writer.close()
    (metadata, head), (revisit, block) = read_all(scribe.paths[0])[-2:]
    assert (revisit.get("WARC-Type"), revisit.get("Content-Length"), block) == ("revisit", "0", b"")
    assert revisit.get("WARC-Payload-Digest") == written.payload_digest == original.payload_digest
    assert (metadata.get("WARC-Type"), metadata.get("Content-Type")) == ("metadata", "application/warc-fields")
    assert metadata.get("WARC-Refers-To") == f"<{written.record_id}>"
    assert head == NOT_MODIFIED.removeprefix(b"HTTP/1.1 304 Not Modified\r\n")
    assert (written.entity_digest, written.body_digest) == (None, None)


@pytest.mark.parametrize("response", [TYPICAL, TYPICAL_NOT_MODIFIED], ids=["equal entity", "304"])
def test_unchanged_visit_takes_at_most_700_bytes(scribe: Scribe, exchanges: Exchanges, response: bytes) -> None:
    """All that one visit of an unchanged page adds to the file."""
    url = "https://public.city.example/D1102X/2026/9123456.jhtml"
    first = exchanges.make(TYPICAL, url=url)
    written = scribe.write(first, run_id="20260301T080000Z-5f8d7a3c")
    original = replace(name_original(first, written), record_id=f"urn:uuid:{uuid4()}")  # of an earlier crawl
    again = scribe.write(exchanges.make(response, url=url), original=original, run_id="20260301T080000Z-5f8d7a3c")
    assert again.is_revisit
    assert again.place.offset + again.place.length - written.place.offset - written.place.length <= 700


def test_changed_truncated_and_empty_entities_are_written_in_full(scribe: Scribe, exchanges: Exchanges) -> None:
    """An original at hand does not make a revisit of what is not whole or not the same."""
    first, empty = exchanges.make(), exchanges.make(RESPONSES["empty"])
    original = name_original(first, scribe.write(first))
    nothing = name_original(empty, scribe.write(empty))
    assert not scribe.write(exchanges.make(RESPONSES["not-found"]), original=original).is_revisit
    assert not scribe.write(exchanges.make(truncated="disconnect"), original=original).is_revisit
    assert not scribe.write(exchanges.make(RESPONSES["empty"]), original=nothing).is_revisit


def test_posted_revisit_keeps_its_request(scribe: Scribe, exchanges: Exchanges) -> None:
    """Replay tells posted pages apart by the request's body; a request without one is left out of a revisit."""
    posted = b"POST /list HTTP/1.1\r\nHost: www.city.example\r\nContent-Length: 6\r\n\r\npage=2"
    first = exchanges.make(url="http://www.city.example/list", request=posted)
    original = name_original(first, scribe.write(first))
    scribe.write(exchanges.make(url=first.url, request=posted), original=original)
    scribe.write(exchanges.make(url=first.url), original=original)
    scribe.writer.close()
    types = [headers.get("WARC-Type") for headers, _ in read_all(scribe.paths[0])]
    assert types == ["warcinfo", "request", "response", "request", "revisit", "revisit"]


def test_truncated_transfer_is_marked(scribe: Scribe, exchanges: Exchanges) -> None:
    """It says why it ends early."""
    written = scribe.write(exchanges.make(RESPONSES["plain"][:500], truncated="time"))
    assert read_record(scribe.directory, written.place).field("WARC-Truncated") == "time"


@pytest.mark.parametrize("request_bytes", [b"", b"GET / HTTP/1.1\r\n\r\n"], ids=["nothing sent", "request sent"])
def test_fetch_without_answer_gets_a_metadata_record(
    scribe: Scribe, exchanges: Exchanges, request_bytes: bytes
) -> None:
    """A request is kept if any of it was sent; there are no digests of what never came."""
    exchange = exchanges.make(b"", request=request_bytes, error="timeout: no answer in 30 s")
    written = scribe.write(exchange, finding=Finding(Outcome.TIMEOUT))
    record = read_record(scribe.directory, written.place)
    assert record.type == "metadata"
    assert record.block == b"Fetch-Error: timeout: no answer in 30 s\r\n"
    assert (written.payload_digest, written.entity_digest, written.body_digest) == (None, None, None)
    scribe.writer.close()
    assert len(read_all(scribe.paths[0])) == (3 if request_bytes else 2)


def test_bytes_that_are_no_http_are_kept_as_such(scribe: Scribe, exchanges: Exchanges) -> None:
    """Readers stumble over a response record without a status line, so these are kept in a metadata record."""
    written = scribe.write(exchanges.make(b"SSH-2.0-OpenSSH\r\n", error="connect_error: no HTTP"))
    record = read_record(scribe.directory, written.place)
    assert (record.type, record.block) == ("metadata", b"SSH-2.0-OpenSSH\r\n")
    assert record.field("Content-Type") == "application/octet-stream"


def test_capture_says_what_it_was(scribe: Scribe, exchanges: Exchanges) -> None:
    """Outcome, role, vendor and detail stand in the record; detail stays on its line."""
    finding = Finding(Outcome.BLOCKED, "gate\r\nWARC-Type: warcinfo 加速乐", "knownsec")
    record = read_record(scribe.directory, scribe.write(exchanges.make(), finding=finding, role=Role.LIST).place)
    assert record.field("Replywatch") == "blocked list"
    assert record.field("Replywatch-Vendor") == "knownsec"
    assert record.field("Replywatch-Detail") == "gate WARC-Type: warcinfo 加速乐"
    assert record.type == "response"


def test_run_is_named_once_a_file(scribe: Scribe, exchanges: Exchanges) -> None:
    """The warcinfo names the run of the file; a capture of another run names its own."""
    own, other = scribe.write(exchanges.make(), run_id="a b"), scribe.write(exchanges.make(), run_id=8)
    assert read_record(scribe.directory, own.place).field("Replywatch") == "ok page"
    assert read_record(scribe.directory, other.place).field("Replywatch") == "ok page 8"
    scribe.writer.close()
    assert read_all(scribe.paths[0])[0][0].get("Replywatch-Run") == "a%20b"


def test_url_cannot_break_the_record(scribe: Scribe, exchanges: Exchanges) -> None:
    """White space and other scripts in a URL are percent-encoded."""
    written = scribe.write(exchanges.make(url="http://www.city.example/答复 1\r\nX: y"))
    record = read_record(scribe.directory, written.place)
    assert record.url == "http://www.city.example/%E7%AD%94%E5%A4%8D%201%0D%0AX:%20y"


def test_no_file_without_captures(scribe: Scribe) -> None:
    """A run that archives nothing leaves nothing."""
    scribe.writer.sync()
    scribe.writer.close()
    assert scribe.paths == []


def test_file_is_open_until_closed(scribe: Scribe, exchanges: Exchanges) -> None:
    """The name tells; places bear the final name from the beginning."""
    place = scribe.write(exchanges.make()).place
    assert [path.name for path in scribe.paths] == [f"{place.file}.open"]
    scribe.writer.close()
    assert [path.name for path in scribe.paths] == [place.file]


def test_full_file_is_rolled_after_a_sync(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """A file that is large enough is closed with the first capture after a sync: by then its records are known."""
    scribe = make_scribe(roll_at=1)
    files = [scribe.write(exchanges.make()).place.file, scribe.write(exchanges.make()).place.file]
    scribe.writer.sync()
    files.append(scribe.write(exchanges.make()).place.file)
    assert files[0] == files[1] != files[2]
    assert [path.name for path in scribe.paths] == [files[0], f"{files[2]}.open"]


def test_writers_of_one_moment_take_different_files(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """Two writers in one folder never share a file, not even of one process in one millisecond."""
    files = {make_scribe().write(exchanges.make()).place.file for _ in range(5)}
    assert len(files) == 5


def test_identifiers_are_unique(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """Within a writer and between writers."""
    ids = [scribe.write(exchanges.make()).record_id for scribe in (make_scribe(), make_scribe()) for _ in range(50)]
    assert len(set(ids)) == 100


def test_read_only_folder_is_one_clear_error(tmp_path: Path, exchanges: Exchanges) -> None:
    """A folder that cannot be made says so."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match="cannot create the folder"):
        Scribe(tmp_path / "file" / "archive").write(exchanges.make())


def test_file_that_cannot_be_mended_is_not_used_again(scribe: Scribe, exchanges: Exchanges) -> None:
    """When not even the torn half can be cut off, the file is left to recovery and the next capture opens another."""
    first = scribe.write(exchanges.make())
    segment = scribe.writer._segment
    assert segment
    broken = os.open(scribe.paths[0], os.O_RDONLY)
    os.dup2(broken, segment._descriptor)
    os.close(broken)
    with pytest.raises(ArchiveError, match="cannot write"):
        scribe.write(exchanges.make())
    with pytest.raises(ArchiveError, match="unusable"):
        segment.append(b"more")
    second = scribe.write(exchanges.make())
    assert second.place.file != first.place.file
    assert [path.name for path in scribe.paths] == [f"{first.place.file}.open", f"{second.place.file}.open"]


FULL_DISK = """
import resource, sys, signal
from pathlib import Path
from storage.archive.errors import ArchiveError
from tests.storage.archive.exchanges import Exchanges, Scribe
import os

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
scribe, exchanges = Scribe(Path(sys.argv[1])), Exchanges()
body = os.urandom(20_000)
response = b"HTTP/1.1 200 OK\\r\\n\\r\\n" + body
scribe.write(exchanges.make(response))
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))
try:
    scribe.write(exchanges.make(response))
except ArchiveError as error:
    print(error.reason, error.offset)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
print(scribe.write(exchanges.make(response)).place.offset)
scribe.writer.close()
"""


def test_failed_write_leaves_no_torn_record(tmp_path: Path) -> None:
    """When the disk takes only half of a record, that half is cut off again and the next record stands in its place."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "archive")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    reason, offset = done.stdout.splitlines()
    assert reason.startswith(f"cannot write: {os.strerror(errno.EFBIG)} ")
    assert int(offset) > int(reason.rpartition(" ")[2])  # the request comes before the response
    (path,) = (tmp_path / "archive").iterdir()
    assert [headers.get("WARC-Type") for headers, _ in read_all(path)].count("response") == 2
