"""Connections to origins: made when there is none, kept at rest for the next request, given up after a while."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from time import monotonic
from typing import Any

from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory

from crawler.fetching.connection import GuardedReactor, WireConnection
from crawler.fetching.hosts import DEFAULT_PORTS
from crawler.fetching.limits import CONNECT_SECONDS, IDLE_SECONDS
from crawler.fetching.tls import TlsPolicy


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection leads; ``name`` is what the Host header says."""

    scheme: str
    host: str
    port: int
    name: str


@lru_cache(maxsize=1024)
def read_origin(scheme: str, netloc: str) -> Origin:
    """The origin of a URL that was found to be listed."""
    name = netloc.rpartition("@")[2]
    host, _, port = name.rpartition(":") if name.rpartition(":")[2].isdecimal() else (name, "", "")
    number = int(port or DEFAULT_PORTS[scheme])
    return Origin(scheme, host.strip("[]"), number, host if number == DEFAULT_PORTS[scheme] else name)


class WireFactory(Factory):
    """Builds connections to one origin; ``release`` takes them when they are at rest."""

    noisy = False

    def __init__(self, release: Callable[[WireConnection], None]) -> None:
        self._release = release

    def buildProtocol(self, _addr: IAddress | None) -> WireConnection:  # noqa: N802 - Twisted's interface
        """A connection."""
        return WireConnection(self._release)


class Connections:
    """Connections to origins, those at rest kept for another request."""

    def __init__(self, reactor: GuardedReactor, policy: TlsPolicy, bind_address: tuple[str, int] | None) -> None:
        self._reactor = reactor
        self._policy = policy
        self._bind_address = bind_address
        self._endpoints: dict[Origin, Any] = {}  # Twisted's interfaces are no types
        self._resting: dict[Origin, list[WireConnection]] = defaultdict(list)
        self._swept_at = monotonic()

    def take(self, origin: Origin) -> WireConnection | None:
        """The connection that rested last, None when there is none."""
        resting = self._resting[origin]
        while resting:
            connection = resting.pop()
            if not connection.is_lost:
                return connection
        return None

    async def open(self, origin: Origin) -> WireConnection:
        """A new connection.

        Raises:
            Exception: what Twisted raises when it cannot resolve or connect, and AddressRefused.
        """
        if origin not in self._endpoints:
            self._endpoints[origin] = self._make_endpoint(origin)
        factory = WireFactory(partial(self._keep, origin))
        connected = self._endpoints[origin].connect(factory)
        connection = await maybe_deferred_to_future(connected)
        assert isinstance(connection, WireConnection)
        return connection

    def close(self) -> None:
        """Close what rests."""
        for resting in self._resting.values():
            for connection in resting:
                connection.close()
            resting.clear()

    def _keep(self, origin: Origin, connection: WireConnection) -> None:
        now = monotonic()
        connection.resting_since = now
        self._resting[origin].append(connection)
        if now - self._swept_at > IDLE_SECONDS / 2:
            self._swept_at = now
            self._sweep(now - IDLE_SECONDS)

    def _sweep(self, since: float) -> None:
        """Close what has rested for too long: of the server's patience we know nothing."""
        for resting in self._resting.values():
            for connection in [each for each in resting if each.is_lost or each.resting_since < since]:
                resting.remove(connection)
                connection.close()

    def _make_endpoint(self, origin: Origin) -> Any:  # noqa: ANN401 - an endpoint of Twisted
        """Where connections to an origin lead; holds no state of a connection, and takes long to make."""
        endpoint: Any = HostnameEndpoint(
            self._reactor, origin.host, origin.port, timeout=CONNECT_SECONDS, bindAddress=self._bind_address
        )
        if origin.scheme == "https":
            creator: Any = self._policy.creatorForNetloc(origin.host.encode("ascii"), origin.port)
            return wrapClientTLS(creator, endpoint)
        return endpoint
