"""What kept a response from coming, in the words of `storage.records.Outcome`. Pure: exceptions in, words out."""

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError
from service_identity import VerificationError
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionClosed, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.python.failure import Failure

from crawler.fetching.errors import FetchRefusal
from crawler.fetching.tape import Tape
from storage.records import Outcome

LOST = (ConnectionClosed, SSL.Error)
"""How a connection can end before its response does."""


def describe_failure(error: BaseException, tape: Tape) -> str:
    """Outcome, colon, detail, from what was raised and what had gone over the wire."""
    causes = list(walk_causes(error))
    named = next((words for cause in causes if (words := name_cause(cause, tape))), None)
    if named:
        return named
    received = len(tape.received)
    innermost = f"{type(causes[-1]).__name__}: {first_line(causes[-1])}"
    if received and not any(isinstance(cause, LOST) for cause in causes):
        return f"server_error: malformed response ({innermost})"
    if received:
        return f"truncated: connection closed after {received} bytes"
    if tape.is_handshaking:
        return f"tls_error: closed during the handshake ({innermost})"
    return f"connect_error: {innermost}"


def name_cause(cause: BaseException, tape: Tape) -> str | None:
    """What one cause means by itself, None when that depends on the others."""
    words: str | None = None
    match cause:
        case FetchRefusal(outcome=Outcome() as outcome):
            words = f"{outcome}: {cause.detail}"
        case DownloadTimeoutError() | ConnectTimeout():
            words = "timeout: " + ("the response took too long" if tape.received else "no answer in time")
        case CannotResolveHostError() | DNSLookupError():
            words = f"dns_error: {first_line(cause)}"
        case SSL.Error() | VerificationError() if not tape.received:
            words = f"tls_error: {name_handshake_fault(cause)}"
        case CancelledError() | DownloadCancelledError() if is_oversized(tape):
            words = f"too_large: more than {tape.size_limit} bytes"
        case CancelledError() | DownloadCancelledError():
            words = "truncated: cancelled" if tape.received else "connect_error: cancelled"
    return words


def is_oversized(tape: Tape) -> bool:
    """The entity is, or was announced to be, larger than its limit."""
    message = tape.read_message()
    announced = [
        int(value) for name, value in message.headers if name.lower() == "content-length" and value.isdecimal()
    ]
    return bool(tape.size_limit) and max([len(message.entity), *announced]) > tape.size_limit


def walk_causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and everything it wraps: causes, and the reasons of Twisted's wrappers; the innermost comes last."""
    yield error
    if error.__cause__ is not None:
        yield from walk_causes(error.__cause__)
    for reason in getattr(error, "reasons", ()):
        if isinstance(reason, Failure) and reason.value is not None:
            yield from walk_causes(reason.value)


def first_line(error: BaseException) -> str:
    """The message without further lines, at most 200 characters; the type when there is none."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def name_handshake_fault(error: BaseException) -> str:
    """What is wrong with the certificate, or OpenSSL's own words for what failed."""
    if isinstance(error, VerificationError):
        return str(error)
    entries = error.args[0] if error.args and isinstance(error.args[0], list) else []
    words = [str(entry[-1]) for entry in entries if entry and entry[-1]]
    return "; ".join(words) or "handshake failed"
