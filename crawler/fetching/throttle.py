"""The downloader middleware that keeps each host's pace: steers Scrapy's slots, refuses what an open circuit bars.

Nothing waits here: a slot waits as Scrapy's slots do, and a refused request is gone, its page still due.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler.composition import catalog_of, configuration_of
from crawler.fetching.circuit import REST_SECONDS, THRESHOLD, Limits, State
from crawler.fetching.errors import CrawlEnding, HostUnavailable
from crawler.fetching.hosts import host_key
from crawler.fetching.pace import Pace, admit, blame, name_state, observe, restore_rest
from crawler.fetching.rules import Ruling
from crawler.fetching.signals import certificate_shown, exchange_ended, outcome_judged, robots_ruled
from storage.clock import Clock
from storage.hosts import HostNews, Rest
from storage.records import Exchange, Outcome

SLOT = Downloader.DOWNLOAD_SLOT
JITTER = 0.2
STRETCH = 1 / (1 - JITTER)
"""A slot's delay varies by JITTER both ways; stretched so, the shortest is the gap itself and the longest half more."""

WATCH_SECONDS = 0.5

UNKNOWN = (None, None)
BLAMED = (Outcome.BLOCKED, Outcome.THROTTLED, Outcome.GEO_SUSPECT)


class HostPace:
    """One request at a time a host, with the pace that `crawler.fetching.pace` decides.

    Hosts are told apart as in the seeds: ``host``, or ``host:port``. A seed's ``delay`` counts for all its hosts,
    ``DOWNLOAD_DELAY`` for others. A delay of 0 leaves no gap, backs off in no time, and still keeps Retry-After and the
    circuit.
    """

    def __init__(
        self,
        crawler: Crawler,
        *,
        clock: Clock,
        delay: float,
        delays: Mapping[str, float],
        sites: Mapping[str, str],
        limits: Limits,
    ) -> None:
        self._crawler = crawler
        self._clock = clock
        self._delay = delay
        self._delays = delays
        self._limits = limits
        self._sites = sites
        self._paces: dict[str, Pace] = {}
        self._asked: dict[str, datetime] = {}
        self._certificates: dict[str, tuple[datetime, datetime]] = {}
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
            sites={host: site.key for site in sites for host in site.hosts},
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
        crawler.signals.connect(pace.take_certificate, certificate_shown)
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
        taken = (self._clock.now() - exchange.started_at).total_seconds()
        self._paces[host] = observe(self._pace(host), exchange, monotonic(), self._limits, taken)
        self._asked[host] = exchange.started_at
        self._steer_slot(host, is_finished=True)

    def take_ruling(self, origin: str, ruling: Ruling) -> None:
        """Keep a site's Crawl-delay."""
        host = host_key(origin)
        self._paces[host] = replace(self._pace(host), crawl_delay=ruling.crawl_delay)
        self._steer_slot(host)

    def take_judgement(self, url: str, outcome: Outcome) -> None:
        """Count a block page that came with a good status."""
        host = host_key(url)
        self._paces[host] = replace(self._pace(host), last_outcome=outcome)
        if outcome in BLAMED:
            self._paces[host] = blame(self._pace(host), outcome, monotonic(), self._limits)
            self._steer_slot(host)

    def take_certificate(self, host: str, since: datetime, until: datetime) -> None:
        """Keep when a host's certificate begins and ends: of several servers behind one name, that which ends first."""
        known = self._certificates.get(host)
        if known is None or until < known[1]:
            self._certificates[host] = since, until

    def is_available(self, url: str) -> bool:
        """A request for the URL would not be refused now; for a spider that need not make it."""
        return self._pace(host_key(url)).circuit.rest_left(monotonic()) == 0

    def describe_hosts(self) -> list[HostNews]:
        """What there is to be kept of every host that was asked for; counts are those of this crawl."""
        now, clock = monotonic(), self._clock
        return [
            replace(
                describe_pace(host, self._pace(host), now, clock, seen_at),
                site=self._sites.get(host, ""),
                certificate_since=self._certificates.get(host, UNKNOWN)[0],
                certificate_until=self._certificates.get(host, UNKNOWN)[1],
            )
            for host, seen_at in sorted(self._asked.items())
        ]

    def restore_hosts(self, rests: Iterable[Rest]) -> None:
        """Go on with what earlier crawls left: hosts that still have to rest, rest."""
        for rest in rests:
            seconds = (rest.available_at - self._clock.now()).total_seconds()
            if seconds > 0:
                self._paces[rest.host] = restore_rest(
                    self._pace(rest.host),
                    monotonic(),
                    seconds,
                    failures=rest.failures,
                    openings=rest.openings,
                    error=rest.last_error,
                )

    def _pace(self, host: str) -> Pace:
        return self._paces.get(host) or Pace(self._delays.get(host, self._delay))

    def _steer_slot(self, host: str, *, is_finished: bool = False) -> None:
        """Set the slot's delay; ``is_finished`` counts the gap from now, the end of an exchange, on."""
        downloader = self._crawler.engine.downloader
        delay = self._pace(host).gap * STRETCH
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


def describe_pace(host: str, pace: Pace, now: float, clock: Clock, seen_at: datetime) -> HostNews:
    """One host as it is kept."""
    rest = pace.circuit.rest_left(now)
    return HostNews(
        host=host,
        site="",
        trouble=name_state(pace, now),
        available_at=clock.now() + timedelta(seconds=rest) if rest else None,
        failures=pace.circuit.failures,
        openings=pace.circuit.openings,
        last_outcome=pace.last_outcome[:20],
        last_error=pace.last_error,
        requests=pace.exchanges,
        answers=pace.answers,
        seconds=pace.seconds,
        seen_at=seen_at,
    )
