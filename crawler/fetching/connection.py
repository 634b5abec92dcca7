"""The connection that keeps what goes over it, and the reactor that refuses addresses.

HTTP/1.1 as a client needs it who keeps every byte: a request is sent, and what comes back is noted until
`crawler.fetching.reading` says that it is complete. `tests/crawler/fetching/test_wire.py` holds it to the byte.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener, IReactorPluggableNameResolver, ISSLTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]  # zope ships no types

from crawler.fetching.errors import AddressRefused
from crawler.fetching.message import Framing
from crawler.fetching.reading import BrokenChunkError, MalformedResponseError, OversizedBodyError, keeps_alive
from crawler.fetching.tape import Tape

PARTIAL, LOSSY = "partial", "dataloss"
"""Scrapy's flags: only the end of the connection ended the body; less of it came than was announced."""


@implementer(IHandshakeListener)
class WireConnection(Protocol):
    """One connection: one exchange at a time, each noted on its tape."""

    def __init__(self, release: "Callable[[WireConnection], None]") -> None:
        self._release = release
        self._has_handshake = False
        self._is_behind = False  # something may wait to be sent, and nothing may overtake it
        self._tape: Tape | None = None
        self._answer: asyncio.Future[list[str]] | None = None
        self._note_head: Callable[[], None] | None = None
        self._reason: Failure | None = None
        self.is_lost = False
        self.resting_since = 0.0

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's interface
        """The TLS handshake is done, so from now on what is written does leave."""
        self._has_handshake = True
        if self._tape:
            self._tape.is_handshaking = False

    def exchange(self, message: bytes, tape: Tape, note_head: Callable[[], None]) -> "asyncio.Future[list[str]]":
        """Send a request; gives Scrapy's flags once the response is on the tape.

        ``note_head`` is called when the head has come and more is to come. The future fails with DownloadFailedError
        when the connection ends before the head has come, DownloadCancelledError when the body is too large, and
        MalformedResponseError.
        """
        transport: Any = self.transport
        tape.begin_request(transport.getPeer().host)
        tape.is_handshaking = not self._has_handshake and ISSLTransport.providedBy(transport)
        self._tape, self._note_head = tape, note_head
        answer = self._answer = asyncio.get_running_loop().create_future()
        if self._reason is not None:  # lost since it was made
            self.connectionLost(self._reason)
            return answer
        tape.sent += message
        self._send(transport, message)
        return answer

    def _send(self, transport: Any, message: bytes) -> None:  # noqa: ANN401 - Twisted's interfaces are no types
        """Send a request, at once where nothing is in its way: a turn of the reactor costs as much as the request."""
        if not (self._is_behind or ISSLTransport.providedBy(transport)):
            sent = transport.writeSomeData(message)
            message = message[sent:] if isinstance(sent, int) else message  # an error comes again from the reactor
            self._is_behind = bool(message)
        if message:
            transport.write(message)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Note it, and see whether the response is complete."""
        tape = self._tape
        if tape is None:  # nobody asked: it would be taken for the next response
            self.abort()
            return
        tape.received += data
        try:
            is_complete = tape.advance()
        except OversizedBodyError:
            self._fail(DownloadCancelledError(f"more than {tape.size_limit} bytes"))
        except MalformedResponseError as error:
            self._fail(error)
        except BrokenChunkError:
            self._finish([LOSSY])
        else:
            if is_complete:
                self._finish([])
            elif tape.verdict:
                self._fail(DownloadCancelledError(tape.verdict))
            elif tape.has_head and self._note_head:
                note_head, self._note_head = self._note_head, None
                note_head()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's interface
        """End what is under way; over TLS a missing close_notify is too common to mean anything."""
        self.is_lost, self._reason = True, reason
        tape = self._tape
        if tape is None:
            return
        if not ISSLTransport.providedBy(self.transport):
            tape.is_broken = not isinstance(reason.value, ConnectionDone)
        head = tape.reading.head
        if head is None:
            error = DownloadFailedError(str(reason.value))
            error.__cause__ = reason.value
            self._fail(error)
        else:
            self._finish([PARTIAL if head.framing is Framing.CLOSE else LOSSY])

    def abort(self) -> None:
        """Break the connection off; whoever waits waits no more."""
        self.is_lost, self._tape = True, None
        transport: Any = self.transport
        transport.abortConnection()

    def close(self) -> None:
        """End the connection properly."""
        self.is_lost = True
        transport: Any = self.transport
        transport.loseConnection()

    def _fail(self, error: Exception) -> None:
        answer = self._answer
        self.abort()
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def _finish(self, flags: list[str]) -> None:
        """Give the answer; a connection with surplus bytes on it would spoil the next one, so it is not used again."""
        tape, answer = self._tape, self._answer
        assert tape is not None  # an exchange is under way
        assert tape.reading.head is not None
        self._tape = None
        if flags or tape.reading.stop != len(tape.received) or not keeps_alive(tape.reading.head, tape.received):
            self.close()
        else:
            self._release(self)
        if answer is not None and not answer.done():
            answer.set_result(flags)


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
