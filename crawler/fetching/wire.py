"""The download handler that keeps the bytes: after each download ``request.meta["exchange"]`` holds the exchange.

It is there whatever happened: a response, a failure, a time-out, a body too large, a cancellation. ``exchange.body`` is
empty; whoever decodes the body fills it. ``request.meta["tls_profile"]`` says how an https connection was made.
"""

import asyncio
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _BindAddressAgent,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import NotSupported
from scrapy.http import Response
from scrapy.utils._download_handlers import normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI, Agent

from crawler.composition import catalog_of, configuration_of
from crawler.fetching.connection import GuardedReactor, TapedPool, WireFactory
from crawler.fetching.failure import describe_failure
from crawler.fetching.hosts import judge_address
from crawler.fetching.limits import CONNECT_SECONDS, HEADER_SECONDS, IDLE_SECONDS
from crawler.fetching.signals import certificate_shown, exchange_ended
from crawler.fetching.tape import Tape, compose_exchange
from crawler.fetching.tls import Profile, TlsPolicy
from storage.clock import Clock

Endpoints = dict[tuple[bytes, bytes, int], IStreamClientEndpoint]
"""Scheme, host and port to where they lead."""


class WireDownloadHandler(HTTP11DownloadHandler):
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

        self._clock = clock
        self._policy = TlsPolicy(profiles, self._note_certificate)
        self._reactor = GuardedReactor(reactor, partial(judge_address, allow_private=allow_private_hosts))
        self._endpoints: Endpoints = {}
        self._header_seconds = crawler.settings.getfloat("REPLYWATCH_HEADER_SECONDS", HEADER_SECONDS)
        self._pool._factory = WireFactory  # noqa: SLF001 - as Scrapy does
        self._pool.cachedConnectionTimeout = IDLE_SECONDS  # of the server's patience we know nothing

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
        limit = request.meta.get("download_maxsize", self._default_maxsize)
        tape = Tape(method=request.method, size_limit=limit)
        self._stamp_profile(request)
        try:
            response = await self._fetch(request, tape)
        except BaseException as error:
            verdict = tape.verdict or describe_failure(error, tape)
            self._finish(request, tape, started_at, error=verdict)
            raise
        self._finish(request, tape, started_at, body=response.body)
        return response

    async def _fetch(self, request: Request, tape: Tape) -> Response:
        if request.meta.get("proxy"):
            raise NotSupported("proxies are not used: they would hide the peer and its address from the guard")
        agent = WireAgent(
            reactor=self._reactor,
            tape=tape,
            endpoints=self._endpoints,
            contextFactory=self._policy,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        with wrap_twisted_exceptions():
            answered = agent.download_request(request)
            timer = asyncio.get_running_loop().call_later(self._header_seconds, self._check_head, tape, answered)
            try:
                return await maybe_deferred_to_future(answered)
            finally:
                timer.cancel()

    def _check_head(self, tape: Tape, answered: Deferred[Response]) -> None:
        """Break off when the header section has not come by now."""
        if not tape.has_head():
            tape.verdict = f"timeout: no complete header section within {self._header_seconds:g} s"
            answered.cancel()

    def _finish(
        self, request: Request, tape: Tape, started_at: datetime, *, error: str | None = None, body: bytes = b""
    ) -> None:
        exchange = compose_exchange(tape, urldefrag(request.url).url, started_at, error, body)
        request.meta["exchange"] = exchange
        self._crawler.signals.send_catch_log(
            signal=exchange_ended, request=request, exchange=exchange, spider=self._crawler.spider
        )

    def _note_certificate(self, host: str, since: datetime, until: datetime) -> None:
        self._crawler.signals.send_catch_log(
            signal=certificate_shown, host=host, since=since, until=until, spider=self._crawler.spider
        )

    def _stamp_profile(self, request: Request) -> None:
        parsed = urlparse_cached(request)
        if parsed.scheme == "https" and parsed.hostname:
            request.meta["tls_profile"] = str(self._policy.profile_of(parsed.hostname, parsed.port or 443))


class WireAgent(_ScrapyAgent):
    """Scrapy's agent for one request, on our reactor and noted on the tape."""

    def __init__(self, *, reactor: GuardedReactor, tape: Tape, endpoints: Endpoints, **options: Any) -> None:  # noqa: ANN401 - Scrapy's own
        super().__init__(**options)
        self._endpoints = endpoints
        self._reactor = reactor
        self._tape = tape

    def _get_agent(self, _request: Request, timeout: float) -> Agent:
        return WireTwistedAgent(
            reactor=self._reactor,  # type: ignore[arg-type]  # a proxy of the reactor
            contextFactory=self._contextFactory,
            connectTimeout=min(timeout, CONNECT_SECONDS),
            bindAddress=normalize_bind_address(self._bindAddress),
            pool=TapedPool(self._pool, self._tape),  # type: ignore[arg-type]  # the two members that Agent uses
        ).share_endpoints(self._endpoints)


class WireTwistedAgent(_BindAddressAgent):
    """Twisted's agent, which takes the endpoint of a host from those that were made before: to make one takes long."""

    _endpoints: Endpoints

    def share_endpoints(self, endpoints: Endpoints) -> "WireTwistedAgent":
        """Take endpoints from here, and put new ones here."""
        self._endpoints = endpoints
        return self

    def _getEndpoint(self, uri: URI) -> IStreamClientEndpoint:  # noqa: N802 - Twisted's name
        """The endpoint of a host; it holds no state of a connection."""
        key = (uri.scheme, uri.host, uri.port)
        if key not in self._endpoints:
            self._endpoints[key] = super()._getEndpoint(uri)  # type: ignore[no-untyped-call]  # Twisted has no types here
        return self._endpoints[key]
