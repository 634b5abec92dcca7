"""The bytes of a response are taken apart without losing or adding one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.message import Framing, read_response
from storage.archive.messages import parse_response

HEAD = b"HTTP/1.1 200 OK\r\n"


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20), st.binary(max_size=20))
def test_chunks_join_to_the_body(body: bytes, sizes: list[int], rest: bytes) -> None:
    """However a body is cut into chunks, the entity is the body and what follows is left over."""
    pieces, position = [], 0
    for size in [*sizes, len(body) or 1]:
        if piece := body[position : position + size]:
            pieces.append(b"%x\r\n%b\r\n" % (len(piece), piece))
        position += size
    pieces += [b"%x\r\n%b\r\n" % (len(body[position:]), body[position:])] if body[position:] else []
    block = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(pieces) + b"0\r\n\r\n"
    message = read_response(block + rest)
    assert (message.entity, message.block, message.rest) == (body, block, len(rest))
    assert message.is_complete


@given(st.binary(max_size=200), st.integers(0, 300))
def test_a_cut_response_is_a_prefix(body: bytes, cut: int) -> None:
    """A response cut anywhere is kept up to the cut and never called complete."""
    block = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    message = read_response(block[:cut])
    assert message.block == block[:cut]
    assert message.is_complete == (cut >= len(block))
    assert body.startswith(message.entity)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    """No input fails, and the block is never more than the input."""
    for given_data in (data, HEAD + data, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + data):
        message = read_response(given_data)
        assert message.block in given_data
        assert len(message.block) + message.rest <= len(given_data)


def test_informational_responses_are_left_out() -> None:
    """1xx heads in front belong to no block; a final response does."""
    data = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n" + HEAD + b"Content-Length: 0\r\n\r\n"
    assert read_response(data).block == HEAD + b"Content-Length: 0\r\n\r\n"


def test_headers_keep_order_case_and_bytes() -> None:
    """Headers are as sent; Latin-1 gives back the bytes."""
    message = read_response(HEAD + b"b: 1\r\nA:2 \r\nb:\r\n 3\r\nX: \xe5\x8f\xb7\r\nnonsense\r\n\r\n")
    assert message.headers == (("b", "1"), ("A", "2"), ("b", "3"), ("X", "å\x8f·"))
    assert message.headers[3][1].encode("latin-1").decode() == "号"
    assert message.framing is Framing.CLOSE


def test_bodiless_responses_end_with_the_head() -> None:
    """204, 304 and answers to HEAD have no entity, whatever they announce."""
    head = b"\r\nContent-Length: 5\r\n\r\n"
    assert read_response(b"HTTP/1.1 304 Not Modified" + head + b"12345").rest == 5
    assert read_response(b"HTTP/1.1 204 No Content" + head).is_complete
    assert read_response(b"HTTP/1.1 200 OK" + head, "HEAD").entity == b""


@pytest.mark.parametrize("content", [b"zz\r\nabc\r\n", b"9", b"<html>not chunked</html>"])
def test_content_without_a_chunk_is_what_the_archive_will_say(content: bytes) -> None:
    """A broken chunked body has one entity, whether it is read from the wire or from the archive."""
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + content
    assert read_response(block).entity == parse_response(block).entity == content
