"""A response that comes in pieces is complete at its last byte, neither before nor after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.message import read_response
from crawler.fetching.reading import (
    BrokenChunkError,
    MalformedResponseError,
    OversizedBodyError,
    Reading,
    keeps_alive,
)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = [
    OK + b"Content-Length: 3\r\n\r\nabc",
    OK + b"Content-Length: 0\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\nabc",
    CHUNKED + b"0\r\n\r\n",
    CHUNKED + b"2;a=b\r\nab\r\n0\r\nX: y\r\n\r\n",
    CHUNKED + b"2 \nab\n1\nc\n0\n\n",
    OK + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
]


def feed(reading: Reading, data: bytes) -> bool:
    """Byte by byte; whether it is complete at the end, and not before."""
    received = bytearray()
    for place in range(len(data)):
        received.append(data[place])
        if reading.advance(received):
            return place == len(data) - 1
    return False


@pytest.mark.parametrize("data", WHOLE)
def test_complete_at_the_last_byte(data: bytes) -> None:
    """However it is cut."""
    assert feed(Reading(), data)
    reading = Reading()
    assert reading.advance(bytearray(data + b"surplus"))
    assert reading.stop == len(data)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(1, 60))
def test_chunks_end_where_the_reader_of_whole_responses_says(pieces: list[bytes], step: int) -> None:
    """Any chunks, cut anywhere."""
    data = CHUNKED + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    reading, received = Reading(), bytearray()
    ends = []
    for start in range(0, len(data), step):
        received += data[start : start + step]
        ends.append(reading.advance(received))
    assert ends == [False] * (len(ends) - 1) + [True]
    assert read_response(data, head=reading.head).entity == b"".join(pieces)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n",
        OK + b"Content-Length: 3\x1e\r\n\r\nabc",
        OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nabc",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\n",
    ],
)
def test_what_cannot_be_read_is_said_at_once(data: bytes) -> None:
    """No status line, lengths that differ or are none, a coding that nobody can undo."""
    with pytest.raises(MalformedResponseError):
        Reading().advance(bytearray(data))


@pytest.mark.parametrize("data", [CHUNKED + b"zz\r\n", CHUNKED + b"1\r\na\r\n!\r\n", CHUNKED + b"1" * 2000])
def test_broken_chunks(data: bytes) -> None:
    """Where a chunk should begin is none."""
    with pytest.raises(BrokenChunkError):
        Reading().advance(bytearray(data))


@pytest.mark.parametrize(
    "data",
    [OK + b"Content-Length: 9\r\n\r\n", CHUNKED + b"5\r\nabcde\r\n4\r\nfghi", OK + b"\r\n" + b"x" * 9],
)
def test_too_large(data: bytes) -> None:
    """As soon as it is announced, or has come, in one piece or in many."""
    reading = Reading(size_limit=8)
    with pytest.raises(OversizedBodyError):
        reading.advance(bytearray(data))
    assert not Reading("HEAD", size_limit=8).advance(bytearray(OK))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"HTTP/1.1 204 No\r\n\r\n", True),
        (b"HTTP/1.1 204 No\r\nConnection: Keep-Alive, CLOSE\r\n\r\n", False),
        (b"HTTP/1.0 204 No\r\n\r\n", False),
        (b"HTTP/1.0 204 No\r\nConnection: Keep-Alive\r\n\r\n", True),
        (OK + b"\r\n", False),
    ],
)
def test_which_connections_go_on(head: bytes, expected: bool) -> None:  # noqa: FBT001 - a value of the table
    """As RFC 9112 has it, whatever the case of the words."""
    reading = Reading()
    reading.advance(bytearray(head))
    assert reading.head is not None
    assert keeps_alive(reading.head, bytearray(head)) is expected
