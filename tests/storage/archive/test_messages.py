"""Bodies are freed of their codings as browsers do it, and broken ones give what they hold."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive.messages import decode_entity, parse_head, parse_response, remove_chunks, split_message
from tests.storage.archive.exchanges import PAGE, RESPONSES, chunk_body

WHOLE = set(RESPONSES) - {"empty", "no-content", "redirect", "not-found", "binary", "blank-lines"}


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_body_is_decoded(kind: str) -> None:
    """Chunked, gzip, deflate with and without zlib header, and pages that only claim to be compressed."""
    assert parse_response(RESPONSES[kind]).body == PAGE


@given(st.binary(max_size=5000), st.integers(1, 900))
def test_chunks_are_joined(body: bytes, size: int) -> None:
    """Chunking and joining gives the body back, trailers and extensions aside."""
    assert remove_chunks(chunk_body(body, size, b"X-Trailer: yes\r\n")) == body


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 900), st.data())
def test_cut_chunks_give_what_came(body: bytes, size: int, data: st.DataObject) -> None:
    """A transfer that breaks off gives a beginning of the body, never anything else."""
    whole = chunk_body(body, size)
    part = whole[: data.draw(st.integers(12, len(whole)))]
    assert body.startswith(remove_chunks(part))


@given(st.binary(max_size=2000))
def test_reading_never_fails(block: bytes) -> None:
    """Whatever the bytes are, there is an answer, and head and content are all of them."""
    head, content = split_message(block)
    assert head + content == block
    parse_response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip, br\r\n\r\n" + block)


def test_dechunked_body_with_a_chunked_header_stays() -> None:
    """Some archivers remove the chunks and keep the header."""
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>no chunk</html>"
    assert parse_response(block).entity == b"<html>no chunk</html>"


def test_codings_are_undone_from_the_last() -> None:
    """RFC 9110 lists codings in the order in which they were applied."""
    twice = gzip.compress(zlib.compress(PAGE))
    assert decode_entity(twice, ["deflate", "gzip"]) == PAGE


def test_broken_gzip_gives_its_beginning() -> None:
    """A stream that breaks off, or goes wrong in the middle, gives what came before; two members are one body."""
    packed = gzip.compress(bytes(range(256)) * 400, mtime=0)
    assert decode_entity(packed[:-300], ["gzip"])
    spoilt = packed[:400] + b"\xff" * 400
    assert bytes(range(256)).startswith(decode_entity(spoilt, ["gzip"])[:256])
    wrong_checksum = packed[:-8] + b"\0" * 8
    assert decode_entity(wrong_checksum, ["gzip"]) == bytes(range(256)) * 400
    assert decode_entity(gzip.compress(b"one ") + gzip.compress(b"two"), ["gzip"]) == b"one two"


def test_unknown_codings_are_left_alone() -> None:
    """What nobody can decode is kept as it came."""
    assert decode_entity(b"abc", ["identity", "compress", ""]) == b"abc"


def test_head_keeps_order_and_duplicates() -> None:
    """Names and values are those of the wire, bytes above 127 as Latin-1, folded lines joined."""
    line, headers = parse_head(b"HTTP/1.1 200 OK\nX-B: 1\nx-b: 2\nX-A:\xb8\nX-F: a\n b\nno colon\n\n")
    assert line == "HTTP/1.1 200 OK"
    assert headers == (("X-B", "1"), ("x-b", "2"), ("X-A", "\xb8"), ("X-F", "a b"))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.1 200 OK", 200),
        ("HTTP/2 404", 404),
        ("http/1.0 301 Moved", 301),
        ("HTTP/1.1 abc", None),
        ("200 OK", None),
    ],
)
def test_status_of_any_version(line: str, status: int | None) -> None:
    """Status lines of HTTP/2 are written by browsers' archivers; what is no status line has no status."""
    assert parse_response(f"{line}\r\n\r\n".encode()).status == status
