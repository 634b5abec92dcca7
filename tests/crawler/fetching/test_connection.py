"""Every TCP connection goes to an address that was judged, however its name was resolved."""

import asyncio
from functools import partial
from typing import Any

import pytest
from scrapy.exceptions import DownloadFailedError
from twisted.internet.error import ConnectionLost
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from crawler.fetching.connection import GuardedReactor, WireConnection
from crawler.fetching.errors import AddressRefused
from crawler.fetching.hosts import judge_address
from crawler.fetching.tape import Tape


class FakeReactor:
    """Notes what is connected to."""

    def __init__(self) -> None:
        self.connected: list[tuple[str, int]] = []

    def connectTCP(self, host: str, port: int, _factory: object, timeout: float = 30) -> float:  # noqa: N802 - Twisted's name
        """Note it."""
        self.connected.append((host, port))
        return timeout

    def seconds(self) -> float:
        """Some other member."""
        return 5.0


@pytest.mark.parametrize(
    ("address", "reason"),
    [("127.0.0.1", "loopback"), ("10.0.0.8", "private"), ("fe80::1%2", "link-local"), ("a.example", "unresolved")],
)
def test_refused_addresses_are_not_connected_to(address: str, reason: str) -> None:
    """Whatever the name was, now or the second time it was resolved: the address decides."""
    reactor = FakeReactor()
    with pytest.raises(AddressRefused) as caught:
        GuardedReactor(reactor, judge_address).connectTCP(address, 80, None)
    assert (caught.value.address, caught.value.reason) == (address, reason)
    assert reactor.connected == []


def test_public_addresses_and_all_else_pass() -> None:
    """The guard is the reactor in everything but the check."""
    reactor = FakeReactor()
    guarded = GuardedReactor(reactor, judge_address)
    assert guarded.connectTCP("1.1.1.1", 443, None, timeout=7) == 7
    assert GuardedReactor(reactor, partial(judge_address, allow_private=True)).connectTCP("127.0.0.1", 80, None) == 30
    assert reactor.connected == [("1.1.1.1", 443), ("127.0.0.1", 80)]
    assert guarded.seconds() == 5.0


def test_a_connection_lost_before_its_first_request_is_said_to_be_lost() -> None:
    """A server that accepts and hangs up at once is not waited for."""

    async def ask() -> Any:  # noqa: ANN401 - it raises
        connection = WireConnection(lambda _: None)
        connection.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        connection.connectionLost(Failure(ConnectionLost()))  # type: ignore[no-untyped-call]
        return await asyncio.wait_for(connection.exchange(b"GET / HTTP/1.1\r\n\r\n", Tape(), lambda: None), 60)

    with pytest.raises(DownloadFailedError):
        asyncio.run(ask())
