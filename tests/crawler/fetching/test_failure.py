"""What was raised is told in the words of an outcome."""

import pytest
from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed

from crawler.fetching.errors import AddressRefused
from crawler.fetching.failure import describe_failure
from crawler.fetching.tape import Tape
from crawler.fetching.tls import CertificateFaultError
from storage.records import Outcome

ANNOUNCED = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
MALFORMED = ParseError("odd", b"x")  # type: ignore[no-untyped-call]  # Twisted has no types here


def wrap_reason(reason: BaseException) -> DownloadFailedError:
    """As Twisted and Scrapy wrap what ended a connection."""
    error = DownloadFailedError("wrapped")
    error.__cause__ = ResponseFailed([Failure(reason)])  # type: ignore[no-untyped-call]  # Twisted has no types here
    return error


@pytest.mark.parametrize(
    ("error", "received", "words"),
    [
        (CannotResolveHostError("DNS lookup failed"), b"", "dns_error: DNS lookup failed"),
        (DownloadTimeoutError("took longer"), b"", "timeout: no answer in time"),
        (DownloadTimeoutError("took longer"), b"HTTP/1.1", "timeout: the response took too long"),
        (DownloadConnectionRefusedError("refused"), b"", "connect_error: DownloadConnectionRefusedError: refused"),
        (AddressRefused("10.0.0.1", "private"), b"", "connect_error: private address 10.0.0.1 refused"),
        (wrap_reason(CertificateFaultError("certificate expired")), b"", "tls_error: certificate expired"),
        (wrap_reason(SSL.Error([("SSL routines", "", "bad ecpoint")])), b"", "tls_error: bad ecpoint"),
        (
            wrap_reason(SSL.Error([("SSL routines", "", "bad mac")])),
            b"HTTP",
            "truncated: connection closed after 4 bytes",
        ),
        (wrap_reason(ConnectionDone()), b"HTTP", "truncated: connection closed after 4 bytes"),
        (
            wrap_reason(ConnectionLost("gone")),
            b"",
            "connect_error: ConnectionLost: Connection to the other",
        ),
        (wrap_reason(MALFORMED), b"SSH", "server_error: malformed response (ParseError: "),
        (DownloadCancelledError("stop"), b"", "connect_error: cancelled"),
        (DownloadCancelledError("stop"), b"HTTP/1.1 200 OK\r\n\r\nab", "truncated: cancelled"),
        (
            DownloadCancelledError("stop"),
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            "too_large: more than 8 bytes",
        ),
        (RuntimeError(), b"", "connect_error: RuntimeError: RuntimeError"),
    ],
)
def test_words(error: BaseException, received: bytes, words: str) -> None:
    """Each begins with an outcome's word and a colon."""
    described = describe_failure(error, Tape(size_limit=8, received=bytearray(received)))
    assert described.startswith(words)
    assert Outcome(described.partition(":")[0])


def test_a_handshake_that_is_cut_off_is_a_tls_error() -> None:
    """A server that hangs up during the handshake, without an alert, is not merely unreachable."""
    tape = Tape(is_handshaking=True)
    assert describe_failure(wrap_reason(ConnectionLost()), tape).startswith("tls_error: closed during the handshake")
