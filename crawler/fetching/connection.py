"""The connection that keeps what goes over it, and the reactor that refuses addresses.

Touches private API of Twisted 26 and Scrapy 2.19; `tests/crawler/fetching/test_wire.py` holds it to the byte.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener, IReactorPluggableNameResolver, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE
from twisted.web.client import _HTTP11ClientFactory
from twisted.web.http import _ChunkedTransferDecoder
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import IResponse
from zope.interface import implementer  # type: ignore[import-untyped]  # zope ships no types

from crawler.fetching.errors import AddressRefused
from crawler.fetching.tape import Tape

if TYPE_CHECKING:
    from twisted.internet.interfaces import IAddress
    from twisted.web.client import HTTPConnectionPool

LINE_LIMIT = 64 * 1024
"""Bytes of one header line; Twisted's own 16 KB are less than browsers take."""


class TapedTransport:
    """A transport that notes what is written; everything else is the transport's own business."""

    def __init__(self, transport: Any, tape: Tape) -> None:  # noqa: ANN401 - any of Twisted's transports
        self._transport = transport
        self._tape = tape

    def write(self, data: bytes) -> None:
        """Note and send."""
        self._tape.sent += data
        self._transport.write(data)

    def writeSequence(self, data: list[bytes]) -> None:  # noqa: N802 - Twisted's interface
        """Note and send."""
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a proxy
        return getattr(self._transport, name)


class TapedRequest:
    """Twisted's request with the tape it is to be noted on; goes to another connection when the first one was stale."""

    def __init__(self, request: Any, tape: Tape) -> None:  # noqa: ANN401 - Twisted's request is untyped
        self._request = request
        self.tape = tape
        self.persistent = request.persistent

    def writeTo(self, transport: Any) -> Deferred[None]:  # noqa: ANN401, N802 - Twisted's interface
        """Send, and note what was sent."""
        written: Deferred[None] = self._request.writeTo(TapedTransport(transport, self.tape))
        return written

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a proxy
        return getattr(self._request, name)


class TapedPool:
    """The pool, as seen by one exchange: whatever connection it gives notes the exchange on the tape."""

    def __init__(self, pool: "HTTPConnectionPool", tape: Tape) -> None:
        self._pool = pool
        self._tape = tape
        self.persistent = pool.persistent

    def getConnection(self, key: object, endpoint: Any) -> Deferred[Any]:  # noqa: ANN401, N802 - Twisted's interface
        """A connection of the pool, prepared for this exchange."""
        connected: Deferred[Any] = self._pool.getConnection(key, endpoint)
        return connected.addCallback(lambda connection: TapedConnection(connection, self._tape))


class TapedConnection:
    """A connection, or the pool's wrapper that replaces a stale one, for one exchange."""

    def __init__(self, connection: Any, tape: Tape) -> None:  # noqa: ANN401 - two unrelated classes of Twisted
        self._connection = connection
        self._tape = tape

    def request(self, request: Any) -> Deferred[IResponse]:  # noqa: ANN401 - Twisted's request is untyped
        """Send the request and give its response."""
        answered: Deferred[IResponse] = self._connection.request(TapedRequest(request, self._tape))
        return answered


class WireChunks(_ChunkedTransferDecoder):
    """Twisted's reader of chunks, which takes sizes padded with spaces as old servers send them, and any extension."""

    def _dataReceived_CHUNK_LENGTH(self) -> bool:  # noqa: N802 - Twisted's name
        """Free the size line of all but the size; the tape has the line as it came."""
        end = self._buffer.find(b"\r\n")
        if end >= 0:
            self._buffer[:end] = self._buffer[:end].partition(b";")[0].strip(b" \t")
            self._start = 0
        return super()._dataReceived_CHUNK_LENGTH()


class WireParser(_LenientHTTPClientParser):
    """The response parser, without the limits and faults that keep real responses from us."""

    MAX_LENGTH = LINE_LIMIT
    _transferDecoders = {b"chunked": WireChunks}  # noqa: N815, RUF012 - Twisted's name and way

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Take a header, but none that Twisted would fail on: ``Transfer-Encoding: identity``, odd names."""
        if name.strip().lower() == b"transfer-encoding" and value.strip().lower() == b"identity":
            return
        with suppress(InvalidHeaderName):
            super().headerReceived(name.strip(), value)  # type: ignore[no-untyped-call]  # Twisted has none


@implementer(IHandshakeListener)
class WireProtocol(_LenientHTTP11ClientProtocol):
    """An HTTP/1.1 client connection that notes every byte of the exchange under way on that exchange's tape."""

    _tape: Tape | None = None
    _has_handshake = False

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's interface
        """The TLS handshake is done, so from now on what is written does leave."""
        self._has_handshake = True
        if self._tape:
            self._tape.is_handshaking = False

    def request(self, request: Any) -> Deferred[IResponse]:  # noqa: ANN401 - Twisted's request is untyped
        """Begin an exchange."""
        tape: Tape = request.tape
        transport: Any = self.transport
        tape.begin_request(transport.getPeer().host)
        tape.is_handshaking = ISSLTransport.providedBy(transport) and not self._has_handshake
        self._tape = tape
        answered = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = WireParser  # Twisted builds the parser itself and offers no way to say which
        return answered

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Note, judge the size, and let Twisted parse."""
        tape = self._tape
        if tape is not None:
            tape.received += data
            has_head = self._parser is not None and self._parser.state in (BODY, DONE)
            if verdict := tape.find_excess(has_head=has_head):
                tape.verdict = verdict
                self.transport.abortConnection()  # type: ignore[union-attr]  # there is one while data comes
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted has no types here

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's interface
        """End the exchange; a connection with surplus bytes on it would spoil the next one, so it is not used again."""
        self._tape = None
        if self._currentRequest is not None and (rest or self._wants_close()):
            self._currentRequest.persistent = False
        super()._finishResponse(rest)

    def _wants_close(self) -> bool:
        """The server said, in whatever case, that it will close (RFC 9112, 9.6), or speaks HTTP/1.0."""
        if self._parser is None:
            return False
        values = self._parser.connHeaders.getRawHeaders(b"Connection", ())
        words = {word.strip().lower() for value in values for word in value.split(b",")}
        return b"close" in words or (self._parser.response.version[2] == 0 and b"keep-alive" not in words)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's interface
        """Note how the connection ended; over TLS a missing close_notify is too common to mean anything."""
        if self._tape is not None and not ISSLTransport.providedBy(self.transport):
            self._tape.is_broken = not isinstance(reason.value, ConnectionDone)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]  # Twisted has no types here


class WireFactory(_HTTP11ClientFactory):
    """Builds `WireProtocol` for the connection pool."""

    noisy = False

    def buildProtocol(self, _addr: "IAddress | None") -> WireProtocol:  # noqa: N802 - Twisted's interface
        """A protocol that goes back to the pool when its exchange is over."""
        return WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted has no types here


@implementer(IReactorPluggableNameResolver)
class GuardedReactor:
    """The reactor, with a check of every address in front of every TCP connection.

    Names are resolved before, so a name that leads to a private address, now or only the second time, gets nowhere.
    """

    def __init__(self, reactor: Any, judge_address: Callable[[str], str | None]) -> None:  # noqa: ANN401 - untyped
        self._reactor = reactor
        self._judge_address = judge_address

    def connectTCP(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, N802 - a proxy
        """Connect to an address.

        Raises:
            AddressRefused: the address is no address of the public internet, or no address at all.
        """
        is_address = isIPAddress(host) or isIPv6Address(host.partition("%")[0])
        reason = self._judge_address(host) if is_address else "unresolved"
        if reason:
            raise AddressRefused(host, reason)
        return self._reactor.connectTCP(host, port, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a proxy
        return getattr(self._reactor, name)
