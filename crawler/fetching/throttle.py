"""The downloader middleware that keeps each host's pace: steers Scrapy's slots, refuses what an open circuit bars.

Nothing waits here: a slot waits as Scrapy's slots do, and a refused request is gone, its page still due.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler.composition import catalog_of, configuration_of
from crawler.fetching.circuit import REST_SECONDS, THRESHOLD, Limits, State, open_circuit
from crawler.fetching.errors import CrawlEnding, HostUnavailable
from crawler.fetching.hosts import host_key
from crawler.fetching.pace import Pace, admit, blame, observe
from crawler.fetching.rules import Ruling
from crawler.fetching.signals import exchange_ended, outcome_judged, robots_ruled
from storage.clock import Clock, format_instant, parse_instant
from storage.records import Exchange, Outcome

SLOT = Downloader.DOWNLOAD_SLOT
JITTER = 0.2
STRETCH = 1 / (1 - JITTER)
"""A slot's delay varies by JITTER both ways; stretched so, the shortest is the gap itself and the longest half more."""

WATCH_SECONDS = 0.5
LEAST_DELAY = 0.001
"""With a delay of 0, Scrapy 2.19 starts all queued requests at once, whatever the slot's concurrency."""

BLAMED = (Outcome.BLOCKED, Outcome.THROTTLED, Outcome.GEO_SUSPECT)


class HostPace:
    """One request at a time a host, with the pace that `crawler.fetching.pace` decides.

    Hosts are told apart as in the seeds: ``host``, or ``host:port``. A seed's ``delay`` counts for all its hosts,
    ``DOWNLOAD_DELAY`` for others. A delay of 0 leaves no gap, backs off in no time, and still keeps Retry-After and the
    circuit.
    """

    def __init__(
        self, crawler: Crawler, *, clock: Clock, delay: float, delays: Mapping[str, float], limits: Limits
    ) -> None:
        self._crawler = crawler
        self._clock = clock
        self._delay = delay
        self._delays = delays
        self._limits = limits
        self._paces: dict[str, Pace] = {}
        self._watch = create_looping_call(self._end_waiting)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "HostPace":
        """Take delays from the seeds; listen to exchanges, robots.txt and judgements."""
        sites = catalog_of(crawler).sites.values()
        settings = crawler.settings
        pace = cls(
            crawler,
            clock=configuration_of(crawler).clock,
            delay=settings.getfloat("DOWNLOAD_DELAY"),
            delays={host: site.delay for site in sites for host in site.hosts if site.delay is not None},
            limits=Limits(
                threshold=settings.getint("REPLYWATCH_CIRCUIT_FAILURES", THRESHOLD),
                rest=settings.getfloat("REPLYWATCH_CIRCUIT_SECONDS", REST_SECONDS),
            ),
        )
        crawler.signals.connect(pace.open_spider, signals.spider_opened)
        crawler.signals.connect(pace.close_spider, signals.spider_closed)
        crawler.signals.connect(pace.assign_slot, signals.request_scheduled)
        crawler.signals.connect(pace.take_exchange, exchange_ended)
        crawler.signals.connect(pace.take_ruling, robots_ruled)
        crawler.signals.connect(pace.take_judgement, outcome_judged)
        return pace

    def open_spider(self) -> None:
        """Begin to watch for the end."""
        self._watch.start(WATCH_SECONDS, now=False)

    def close_spider(self) -> None:
        """Watch no more."""
        if self._watch.running:
            self._watch.stop()

    def assign_slot(self, request: Request) -> None:
        """Tell the scheduler which host a request belongs to, so that it mixes hosts well."""
        request.meta[SLOT] = host_key(request.url)

    def process_request(self, request: Request) -> None:
        """Let a request pass to its slot.

        Raises:
            HostUnavailable: the host's circuit is open, or its probe is out.
            CrawlEnding: somebody wants the crawl to stop.
        """
        if not self._crawler.crawling:
            raise CrawlEnding(request.url)
        host = host_key(request.url)
        self._paces[host], seconds = admit(self._pace(host), monotonic(), self._limits)
        if seconds:
            raise HostUnavailable(request.url, host, seconds)
        request.meta[SLOT] = host
        self._steer_slot(host)

    def take_exchange(self, request: Request, exchange: Exchange) -> None:
        """Learn from an exchange before the slot's next request may start."""
        host = request.meta.get(SLOT) or host_key(request.url)
        self._paces[host] = observe(self._pace(host), exchange, monotonic(), self._limits)
        self._steer_slot(host, is_finished=True)

    def take_ruling(self, origin: str, ruling: Ruling) -> None:
        """Keep a site's Crawl-delay."""
        host = host_key(origin)
        self._paces[host] = replace(self._pace(host), crawl_delay=ruling.crawl_delay)
        self._steer_slot(host)

    def take_judgement(self, url: str, outcome: Outcome) -> None:
        """Count a block page that came with a good status."""
        if outcome in BLAMED:
            host = host_key(url)
            self._paces[host] = blame(self._pace(host), outcome, monotonic(), self._limits)
            self._steer_slot(host)

    def is_available(self, url: str) -> bool:
        """A request for the URL would not be refused now; for a spider that need not make it."""
        return self._pace(host_key(url)).circuit.rest_left(monotonic()) == 0

    def describe_hosts(self) -> list[dict[str, Any]]:
        """The state of every host that was asked for, in plain values fit for JSON."""
        return [describe_pace(host, pace, monotonic(), self._clock) for host, pace in sorted(self._paces.items())]

    def restore_hosts(self, described: Iterable[Mapping[str, Any]]) -> None:
        """Go on with what `describe_hosts` said in an earlier crawl: hosts that still have to rest, rest."""
        for state in described:
            if not state["available_at"]:
                continue
            seconds = (parse_instant(state["available_at"]) - self._clock.now()).total_seconds()
            if seconds > 0:
                pace = self._pace(state["host"])
                circuit = open_circuit(replace(pace.circuit, failures=state["failures"]), monotonic(), seconds)
                self._paces[state["host"]] = replace(pace, circuit=circuit, last_error=state["last_error"])

    def _pace(self, host: str) -> Pace:
        return self._paces.get(host) or Pace(self._delays.get(host, self._delay))

    def _steer_slot(self, host: str, *, is_finished: bool = False) -> None:
        """Set the slot's delay; ``is_finished`` counts the gap from now, the end of an exchange, on."""
        downloader = self._crawler.engine.downloader
        delay = max(self._pace(host).gap * STRETCH, LEAST_DELAY)
        downloader.per_slot_settings[host] = {"concurrency": 1, "delay": delay, "jitter": JITTER}
        slot = downloader.slots.get(host)
        if slot is None:
            return
        slot.concurrency, slot.delay, slot.jitter = 1, delay, JITTER
        if is_finished:
            slot.lastseen = monotonic()
            slot.close()  # ends a wait that was reckoned with the delay before; Scrapy looks at the queue next
        if self._pace(host).circuit.state is State.OPEN:
            self._refuse_queue(host, slot)

    def _refuse_queue(self, host: str, slot: Slot) -> None:
        """What was let into the slot before the circuit opened is refused after all."""
        seconds = self._pace(host).circuit.rest_left(monotonic())
        self._paces[host] = replace(self._pace(host), refused=self._pace(host).refused + len(slot.queue))
        while slot.queue:
            request, waiting = slot.queue.popleft()
            waiting.errback(HostUnavailable(request.url, host, seconds))

    def _end_waiting(self) -> None:
        """When the crawl was told to stop, let nobody wait out a gap: Scrapy would still send all that is queued."""
        if self._crawler.crawling:
            return
        for slot in self._crawler.engine.downloader.slots.values():
            while slot.queue:
                request, waiting = slot.queue.popleft()
                waiting.errback(CrawlEnding(request.url))


def describe_pace(host: str, pace: Pace, now: float, clock: Clock) -> dict[str, Any]:
    """One host in plain values: state, failures in a row, gap in seconds, when it may be asked again, last trouble."""
    rest = pace.circuit.rest_left(now)
    return {
        "host": host,
        "state": str(pace.circuit.state),
        "failures": pace.circuit.failures,
        "gap": round(pace.gap, 3),
        "crawl_delay": pace.crawl_delay,
        "available_at": format_instant(clock.now() + timedelta(seconds=rest)) if rest else None,
        "exchanges": pace.exchanges,
        "refused": pace.refused,
        "last_error": pace.last_error,
    }
