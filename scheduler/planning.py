"""Plan the pages that were visited since the last plan, and price visits anew once a day.

The only place where the policy meets the database. A batch is one transaction; interrupted, the next plan goes on.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.bursts import SWEEP_SHARE, find_burst, sweep_before
from scheduler.knowledge import Knowledge
from scheduler.policy import AMPLE_PRICE, Due, Sight, find_due, take_visit
from scheduler.pricing import (
    LEAST_PAGES,
    fill_demands,
    find_list_interval,
    find_price,
    find_rooms,
    price_site,
    stretch_sites,
    take_walk,
)
from storage.configuration import Configuration
from storage.database import Database
from storage.plan import lists, planning
from storage.plan.clocks import ListClock, PlanState, SiteClock, to_days
from storage.plan.due import count_due, count_requests
from storage.plan.planning import PlannedPage, Transaction
from storage.plan.visited import SeenPage, load_visits
from storage.records import Outcome

logger = logging.getLogger(__name__)

BATCH = 1000  # captures a transaction
PRICE_INTERVAL = 1.0  # days
HINDERED_SHARE, LONGEST_HINDERED = (
    0.5,
    14.0,
)  # a page out of reach is asked again after half the time that it has been so
LEAST_TRUST = 0.02  # a site whose lists say less than that of its pages is not listened to
TRUST = (1.5, 3.0)  # before anything is known: so many true of so many hints
FILL_WITHIN = timedelta(days=2)
NEXT_DAY = (0.75, 1.1)  # days after the visit
GONE = frozenset({Outcome.GONE, Outcome.GONE_SOFT, Outcome.MOVED, Outcome.REDIRECTED_HOME})


@dataclass(slots=True)
class Planner:
    """One plan under way: state and knowledge in memory, rows in and out of one session at a time."""

    daily_budget: float
    host_budget: float
    state: PlanState = field(default_factory=PlanState)
    known: Knowledge = field(default_factory=Knowledge)
    sites: dict[str, SiteClock] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def load(self, session: Transaction) -> None:
        """Read what was kept."""
        self.state = planning.load_state(session)
        self.known = Knowledge.load(self.state.counts)
        self.sites = planning.load_sites(session)

    def store(self, session: Transaction) -> None:
        """Keep what was learned."""
        self.state.counts = self.known.dump()
        planning.store_state(session, self.state)
        planning.store_sites(session, {key: self.sites[key] for key in sorted(self.touched)})
        self.touched.clear()

    def site(self, key: str) -> SiteClock:
        """A site's clock, at the common price as long as it has none of its own."""
        self.touched.add(key)
        return self.sites.setdefault(key, SiteClock(price=self.state.price, common=self.state.price))

    def find_caps(self, sites: Iterable[str]) -> dict[str, float]:
        """How many requests a day each site is to have at most."""
        return dict.fromkeys(sites, self.host_budget)

    def reprice(self, session: Transaction, now: float, lists: Mapping[str, Sequence[ListClock]]) -> None:
        """Find the price of a visit, given the clocks of each site's lists; it holds for a day."""
        sums = planning.sum_demands(session)
        demands = fill_demands(sums)
        caps = self.find_caps(demands)
        lists = {key: clocks for key, clocks in lists.items() if key in demands}
        sites = {key: self.site(key) for key in demands}
        walks = stretch_sites(lists, sites, self.daily_budget, caps)
        rooms = find_rooms(caps, walks)
        left = max(self.daily_budget - sum(walks.values()), LEAST_PAGES * self.daily_budget)
        self.state.price, self.state.priced = find_price(demands, left, rooms), now
        self.state.pages = sum(site.pages for site in sums.values())
        for key, demand in demands.items():
            round_days = self.state.pages / self.daily_budget
            price_site(self.site(key), sums[key].pages, demand, self.state.price, rooms[key], round_days)

    def take_lists(self, session: Transaction, now: datetime) -> None:
        """Learn how often lists bring news, and look at the pages of which they say something."""
        hints = lists.find_hints(session, self.state.walk_id)
        walks, self.state.walk_id = lists.load_walks(session, self.state.walk_id)
        for walk in walks:
            clock = walk.clock if walk.news is None else take_walk(walk.clock, walk.at, walk.news, walk.pages)
            interval = find_list_interval(clock, self.site(walk.site))
            lists.store_list(session, walk.column_id, clock, walk.at + interval)
        for key, pages in hints.items():
            site = self.site(key)
            if (TRUST[0] + site.hits) / (TRUST[1] + site.hints) >= LEAST_TRUST:
                planning.hint_pages(session, pages, now)

    def take_batch(self, session: Transaction, now: datetime) -> int:
        """Plan what the next captures visited; returns how many captures there were not to be missed."""
        visits, last = load_visits(session, self.state.capture_id, BATCH)
        plans: dict[int, PlannedPage] = {}
        vanished = set()
        for visit in visits:
            plan = plans[visit.page_id] = self.plan_visit(visit, plans.get(visit.page_id))
            if visit.clock.gone is None and plan.clock.gone is not None:
                vanished.add(visit.page_id)
        planning.store_plans(session, list(plans.values()))
        lost = {visit.page_id for visit in visits if visit.is_lost}
        lists.settle_lost(session, lost, self.state.capture_id, last)
        lists.hasten_lists(session, vanished, now)
        for key in {visit.site for visit in visits}:
            if find_burst(self.site(key), to_days(now)) is not None:
                count = planning.sweep_site(
                    session, key, sweep_before(self.site(key), to_days(now)), now, self.find_step(key)
                )
                logger.info("%s: many changes at once; %d pages are looked at out of turn", key, count)
        is_done, self.state.capture_id = last == self.state.capture_id, last
        return 0 if is_done else max(len(visits), 1)

    def find_step(self, site: str) -> timedelta:
        """The time from one page of a sweep to the next."""
        return timedelta(days=1 / (SWEEP_SHARE * min(self.find_caps([site])[site], self.daily_budget)))

    def plan_visit(self, visit: SeenPage, before: PlannedPage | None) -> PlannedPage:
        """Take in one visit; a page in doubt, or out of reach for the first time, keeps its provisional due time."""
        clock = before.clock if before else visit.clock
        site, sight = self.site(visit.site), read_sight(visit)
        if visit.reason == planning.HINT and sight is not Sight.NOTHING:
            site.hints += 1
            site.hits += sight is not Sight.SAME
        clock = take_visit(clock, visit.at, sight, site, self.known, visit.modified)
        if sight is Sight.NOTHING:
            hindered = visit.at - (clock.seen if clock.seen is not None else visit.at)
            wait = min(HINDERED_SHARE * hindered, LONGEST_HINDERED)
            due_at = visit.at + wait if wait > 1 else None
            return PlannedPage(visit.page_id, clock, visit.version, "hindered", due_at, visit.demand)
        due = find_due(clock, visit.at, site, self.known)
        due_at = None if is_provisional(due, visit.at) else due.at
        return PlannedPage(visit.page_id, clock, visit.version, due.reason, due_at, due.demand)


def is_provisional(due: Due, visited: float) -> bool:
    """Whether a page is to be asked on the next day: then its provisional due time, a day from the run's start, is it.

    A run that begins at the same time every day finds it due, however late in the run it was visited.
    """
    return due.reason == "doubtful" or NEXT_DAY[0] <= due.at - visited <= NEXT_DAY[1]


def read_sight(visit: SeenPage) -> Sight:
    """What a visit says of its page."""
    if visit.outcome in GONE:
        return Sight.GONE
    if not visit.outcome.is_good:
        return Sight.NOTHING
    return Sight.CHANGED if visit.has_changed else Sight.SAME


def plan_pages(
    configuration: Configuration, database: Database, report: Callable[[int], object] = lambda _: None
) -> int:
    """Plan what was visited since the last plan; returns how many visits that were. ``report`` hears of each batch."""
    now = configuration.clock.now()
    planner = Planner(configuration.daily_budget, configuration.host_budget)
    total = 0
    while True:
        with database.write() as session:
            planner.load(session)
            if not total and to_days(now) - planner.state.priced >= PRICE_INTERVAL:
                planner.reprice(session, to_days(now), lists.load_lists(session))
            count = planner.take_batch(session, now)
            if not count:
                planner.take_lists(session, now)
            planner.store(session)
        if not count:
            return total
        total += count
        report(count)


def fill_budget(configuration: Configuration, database: Database, share: float) -> int:
    """Give what the budget leaves in a ``share`` of a day to the pages due next; returns how many are due earlier now.

    Only where the budget is short: with plenty of it, nobody is asked more often than the plan says.
    """
    now = configuration.clock.now()
    with database.write() as session:
        if planning.load_state(session).price <= AMPLE_PRICE:
            return 0
        wanted = int(configuration.daily_budget * share)
        spare = wanted - count_due(session, now, wanted)
        return planning.pull_forward(session, now, spare, FILL_WITHIN) if spare > 0 else 0


def find_allowance(configuration: Configuration, database: Database) -> int:
    """How many articles may be fetched now; 0 when the daily budget is spent.

    That is what the budget leaves after the requests of the last 24 hours, less what the lists that are due will take;
    for these at most half is set aside, so that they never keep all pages waiting.
    """
    now = configuration.clock.now()
    left = max(configuration.daily_budget - count_requests(database, now - timedelta(days=1)), 0)
    with database.read() as session:
        walks = lists.estimate_walks(session, now)
    return left - min(round(walks), left // 2)
