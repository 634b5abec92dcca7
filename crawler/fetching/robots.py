"""The downloader middleware that asks robots.txt first: once an origin and day, through the ordinary downloader."""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from crawler.composition import configuration_of
from crawler.fetching.errors import AddressRefused, HostUnavailable, OffListHost, RobotsDenied
from crawler.fetching.hosts import host_key
from crawler.fetching.limits import ROBOTS_BYTES
from crawler.fetching.redirection import REDIRECTS, Hop, next_hop
from crawler.fetching.rules import LIFETIME, Kind, Ruling, rule_on
from crawler.fetching.signals import robots_ruled
from storage.clock import Clock
from storage.records import Exchange, Role

HOP_LIMIT = 5
"""RFC 9309, 2.3.1.2."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of an attempt to read a robots.txt: the ruling, and the exchanges behind it."""

    ruling: Ruling
    exchanges: tuple[Exchange, ...] = ()


class RobotsPolicy:
    """Refuses what robots.txt forbids, and everything of an origin whose robots.txt cannot be reached.

    Each ruling is sent with the signal `crawler.fetching.signals.robots_ruled`, with the exchanges behind it.
    """

    def __init__(self, crawler: Crawler, *, clock: Clock, unauthorized: str) -> None:
        self._crawler = crawler
        self._clock = clock
        self._unauthorized = unauthorized
        self._readings: dict[str, Reading] = {}
        self._waiting: dict[str, list[Deferred[Reading]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsPolicy":
        """Take the clock and the operator's choice for 401 and 403.

        Raises:
            NotConfigured: ``ROBOTSTXT_OBEY`` is false, as it is by Scrapy's default.
        """
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        configuration = configuration_of(crawler)
        return cls(crawler, clock=configuration.clock, unauthorized=configuration.robots_unauthorized)

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Let a request pass that may be made; waits only when robots.txt has to be read first.

        Raises:
            RobotsDenied: it may not, or not now.
            HostUnavailable, AddressRefused: robots.txt cannot be asked for, nor can the page.
        """
        if request.meta.get("role") == Role.ROBOTS:
            return None
        origin = f"{request.url.partition(':')[0]}://{host_key(request.url)}"
        reading = self._readings.get(origin)
        if reading is None or self._clock.now() >= reading.ruling.expires_at:
            return self._await_reading(request, origin)
        judge_reading(request, reading)
        return None

    async def _await_reading(self, request: Request, origin: str) -> None:
        judge_reading(request, await self._find_reading(origin))

    async def _find_reading(self, origin: str) -> Reading:
        """The reading in force, made now if there is none; whoever comes meanwhile waits for the same one."""
        reading = self._readings.get(origin)
        if reading and self._clock.now() < reading.ruling.expires_at:
            return reading
        if origin in self._waiting:
            waiter: Deferred[Reading] = Deferred()
            self._waiting[origin].append(waiter)
            return await maybe_deferred_to_future(waiter)
        self._waiting[origin] = []
        try:
            reading = await self._read_robots(origin)
        except BaseException as error:
            for waiter in self._waiting.pop(origin):
                waiter.errback(error if isinstance(error, Exception) else RuntimeError("robots.txt was given up"))
            raise
        self._readings[origin] = reading
        for waiter in self._waiting.pop(origin):
            waiter.callback(reading)
        return reading

    async def _read_robots(self, origin: str) -> Reading:
        """Fetch robots.txt, judge it, and tell everybody."""
        exchanges: list[Exchange] = []
        ruling = await self._fetch_ruling(f"{origin}/robots.txt", exchanges)
        reading = Reading(ruling, tuple(exchanges))
        await self._crawler.signals.send_catch_log_async(
            signal=robots_ruled, origin=origin, ruling=ruling, exchanges=reading.exchanges
        )
        return reading

    async def _fetch_ruling(self, url: str, exchanges: list[Exchange]) -> Ruling:
        """Follow redirects up to the limit and judge the last answer; ``exchanges`` grows by one a hop.

        Raises:
            HostUnavailable: the host rests, so nothing can be said.
            AddressRefused: the host is none that we may visit at all.
        """
        while True:
            answer = await self._ask_robots(url, exchanges)
            if isinstance(answer, Ruling):
                return answer
            visited = [exchange.url for exchange in exchanges]
            hop = next_hop(url, answer.headers.get("Location"), visited) if answer.status in REDIRECTS else None
            if not isinstance(hop, Hop) or len(exchanges) > HOP_LIMIT:
                error = exchanges[-1].error if exchanges else None
                now = self._clock.now()
                return rule_on(answer.status, answer.body, now, unauthorized=self._unauthorized, error=error)
            url = hop.url

    async def _ask_robots(self, url: str, exchanges: list[Exchange]) -> Response | Ruling:
        """One request; a ruling when there is no response to judge."""
        meta = {"role": Role.ROBOTS, "download_maxsize": ROBOTS_BYTES, "dont_redirect": True}
        request = Request(url, callback=NO_CALLBACK, meta=meta)
        try:
            response = await self._crawler.engine.download_async(request)
            request.meta["exchange"] = replace(request.meta["exchange"], body=response.body)
        except (HostUnavailable, AddressRefused):
            raise
        except OffListHost as error:
            return Ruling(Kind.NONE, self._clock.now() + LIFETIME, f"redirect elsewhere: {error.detail}")
        except Exception as error:  # noqa: BLE001 - whatever it was, robots.txt was not reached
            exchange: Exchange | None = request.meta.get("exchange")
            return rule_on(None, b"", self._clock.now(), error=exchange.error if exchange else str(error))
        else:
            return response
        finally:
            if "exchange" in request.meta:
                exchanges.append(request.meta["exchange"])


def judge_reading(request: Request, reading: Reading) -> None:
    """Raise RobotsDenied when the rules that are in force forbid the request."""
    if not reading.ruling.permits(request.url):
        raise RobotsDenied(request.url, reading.ruling, reading.exchanges[-1] if reading.exchanges else None)
