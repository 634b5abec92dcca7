"""The download handler that keeps the bytes: after each download ``request.meta["exchange"]`` holds the exchange.

It is there whatever happened: a response, a failure, a time-out, a body too large, a cancellation. ``exchange.body`` is
empty; whoever decodes the body fills it. ``request.meta["tls_profile"]`` says how an https connection was made.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import ConnectionRefusedError as PortClosed
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeout

from crawler.composition import catalog_of, configuration_of
from crawler.fetching.connection import LOSSY, GuardedReactor, WireConnection
from crawler.fetching.failure import describe_failure
from crawler.fetching.hosts import judge_address
from crawler.fetching.limits import HEADER_SECONDS
from crawler.fetching.message import CHUNK_SIZE, HEAD_END, Framing, Message
from crawler.fetching.pool import Connections, Origin, read_origin
from crawler.fetching.signals import certificate_shown, exchange_ended
from crawler.fetching.tape import Tape, compose_exchange
from crawler.fetching.tls import Profile, TlsPolicy
from storage.clock import Clock

REPEATABLE = ("GET", "HEAD")
"""Methods of requests that may be sent again when the connection turned out to be stale (RFC 9110, 9.2.2)."""

TARGET = re.compile(r"[^/?]*//[^/?]*([^#]*)")
SENDABLE = re.compile(r"[!-~]+")


class WireDownloadHandler(BaseDownloadHandler):
    """``DOWNLOAD_HANDLERS`` for http and https.

    Settings: ``REPLYWATCH_HEADER_SECONDS`` (30) is how long a server may take for the header section, from our request
    on, connecting included; ``DOWNLOAD_TIMEOUT`` limits the whole; ``DOWNLOAD_MAXSIZE`` or
    ``request.meta["download_maxsize"]`` limits the entity. ``DOWNLOAD_FAIL_ON_DATALOSS = False`` lets a truncated
    response through, with the flag ``dataloss`` and with ``exchange.truncated`` set.
    """

    lazy = False

    def __init__(
        self, crawler: Crawler, *, clock: Clock, profiles: dict[str, Profile], allow_private_hosts: bool
    ) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier would install the wrong one

        settings = crawler.settings
        self._clock = clock
        self._policy = TlsPolicy(profiles, self._note_certificate)
        guarded = GuardedReactor(reactor, partial(judge_address, allow_private=allow_private_hosts))
        address = settings.get("DOWNLOAD_BIND_ADDRESS")
        self._connections = Connections(guarded, self._policy, (address, 0) if isinstance(address, str) else address)
        self._header_seconds = settings.getfloat("REPLYWATCH_HEADER_SECONDS", HEADER_SECONDS)
        self._total_seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._size_limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._is_strict = settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "WireDownloadHandler":
        """Wire up with the crawl's configuration and seeds."""
        configuration = configuration_of(crawler)
        sites = catalog_of(crawler).sites.values()
        return cls(
            crawler,
            clock=configuration.clock,
            profiles={host: Profile(site.tls) for site in sites for host in site.hosts},
            allow_private_hosts=configuration.allow_private_hosts,
        )

    async def download_request(self, request: Request) -> Response:
        """Fetch, and leave the exchange in ``request.meta``.

        Raises:
            FetchRefusal: an address was refused.
            Exception: what Scrapy's own handler raises.
        """
        started_at = self._clock.now()
        tape = Tape(method=request.method, size_limit=request.meta.get("download_maxsize", self._size_limit))
        self._stamp_profile(request)
        try:
            flags = await self._fetch(request, tape)
        except BaseException as error:
            verdict = tape.verdict or describe_failure(error, tape)
            self._finish(request, tape, started_at, error=verdict)
            raise
        message = self._finish(request, tape, started_at)
        return compose_response(request, message, flags)

    async def close(self) -> None:
        """Close the connections at rest."""
        self._connections.close()

    async def _fetch(self, request: Request, tape: Tape) -> list[str]:
        """Send the request, wait for the response to be on the tape; gives Scrapy's flags."""
        if request.meta.get("proxy"):
            raise NotSupported("proxies are not used: they would hide the peer and its address from the guard")
        parsed = urlparse_cached(request)
        origin = read_origin(parsed.scheme, parsed.netloc)
        message = write_request(request, origin)
        total = request.meta.get("download_timeout") or self._total_seconds
        started = asyncio.get_running_loop().time()
        try:
            with translate_errors():
                async with asyncio.timeout(min(total, self._header_seconds)) as limit:
                    note_head = partial(limit.reschedule, started + total)
                    flags = await self._exchange(origin, message, tape, note_head)
        except TimeoutError:
            if not tape.has_head and self._header_seconds < total:
                tape.verdict = f"timeout: no complete header section within {self._header_seconds:g} s"
            raise DownloadTimeoutError(f"{request.url} took longer than {total:g} seconds") from None
        if self._is_strict and LOSSY in flags:
            raise ResponseDataLossError
        return flags

    async def _exchange(self, origin: Origin, message: bytes, tape: Tape, note_head: Callable[[], None]) -> list[str]:
        """One exchange, on a connection at rest if there is one; on a new one if that turns out to be stale."""
        connection = self._connections.take(origin)
        if connection is not None:
            try:
                return await send_message(connection, message, tape, note_head)
            except DownloadFailedError:
                is_repeatable = tape.method in REPEATABLE and message.endswith(b"\r\n\r\n")
                if tape.received or not is_repeatable:
                    raise
        return await send_message(await self._connections.open(origin), message, tape, note_head)

    def _finish(self, request: Request, tape: Tape, started_at: datetime, *, error: str | None = None) -> Message:
        message = tape.take_message()
        exchange = compose_exchange(tape, message, urldefrag(request.url).url, started_at, error)
        request.meta["exchange"] = exchange
        self.crawler.signals.send_catch_log(
            signal=exchange_ended, request=request, exchange=exchange, spider=self.crawler.spider
        )
        return message

    def _note_certificate(self, host: str, since: datetime, until: datetime) -> None:
        self.crawler.signals.send_catch_log(
            signal=certificate_shown, host=host, since=since, until=until, spider=self.crawler.spider
        )

    def _stamp_profile(self, request: Request) -> None:
        parsed = urlparse_cached(request)
        if parsed.scheme == "https" and parsed.hostname:
            request.meta["tls_profile"] = str(self._policy.profile_of(parsed.hostname, parsed.port or 443))


async def send_message(
    connection: WireConnection, message: bytes, tape: Tape, note_head: Callable[[], None]
) -> list[str]:
    """Send a request and wait for its response; whoever gives up waiting breaks the connection off."""
    try:
        return await connection.exchange(message, tape, note_head)
    except asyncio.CancelledError:
        connection.abort()
        raise


@contextmanager
def translate_errors() -> Iterator[None]:
    """Twisted's errors of a connection that was not made, as Scrapy's."""
    try:
        yield
    except PortClosed as error:
        raise DownloadConnectionRefusedError(str(error)) from error
    except DNSLookupError as error:
        raise CannotResolveHostError(str(error)) from error
    except ConnectTimeout as error:
        raise DownloadTimeoutError(str(error)) from error


def write_request(request: Request, origin: Origin) -> bytes:
    """The bytes of a request.

    Raises:
        ValueError: the URL has characters that no request line may hold.
    """
    found = TARGET.match(request.url)
    target = found[1] if found else ""
    target = target if target.startswith("/") else f"/{target}"
    if not SENDABLE.fullmatch(target):
        raise ValueError(f"{request.url} cannot be asked for")
    lines = [f"{request.method} {target} HTTP/1.1".encode("ascii")]
    if request.body or request.method in ("POST", "PUT"):
        lines.append(b"Content-Length: %d" % len(request.body))
    for name, values in request.headers.items():
        lines += [name + b": " + b" ".join(value.splitlines()) for value in values]
    lines += [b"Host: " + origin.name.encode("ascii"), b"", request.body]
    return b"\r\n".join(lines)


def compose_response(request: Request, message: Message, flags: list[str]) -> Response:
    """Scrapy's response to a message that came. Its body is what could be freed of chunks."""
    body = message.entity
    if flags and message.framing is Framing.CHUNKED and not starts_with_chunk(message.block):
        body = b""
    headers = Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in message.headers])
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return kind(url=urldefrag(request.url).url, status=message.status or 0, headers=headers, body=body, flags=flags)


def starts_with_chunk(block: bytes) -> bool:
    """Whether the body in a chunked coding begins with a chunk."""
    head = HEAD_END.search(block)
    return head is not None and CHUNK_SIZE.match(block, head.end()) is not None
