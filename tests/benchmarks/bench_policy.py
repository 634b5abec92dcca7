"""How long news waits: the policy against a simulated web, beside visiting all pages equally.

The simulator is no part of the project: it is looked for at ``../shared/recrawl/sim.py``, and without it (or numpy)
nothing is measured. ``--sql`` plans with the service's own planner through its SQL, on SQLite: at 1,000 requests a
day some eight minutes of processor time a seed, at 4,000 half an hour; otherwise the same functions plan in memory.
Prints a table; exit code 1 when at 1,000 requests a day the mean delay is above 5.5 days, or less than .78 of the
events are seen within 7 days.
"""

import heapq
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scheduler.bursts import SWEEP_SHARE, find_burst, sweep_before
from scheduler.knowledge import Knowledge
from scheduler.policy import Sight, find_due, take_visit
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
from storage.plan.clocks import ListClock, PageClock, SiteClock, SiteDemand
from tests.benchmarks.database_plan import DatabasePlan
from tests.benchmarks.measurement import make_parser, save_figures

SIMULATOR = Path(__file__).parents[3] / "shared" / "recrawl" / "sim.py"
COLUMNS = ("mean", "median", "p95", "w1", "w7", "w30", "rem_mean", "missed", "req_day", "list_day", "secs")
# Published with the simulator (five seeds, 1,000 requests a day): mean delay, share within a day, 7 and 30 days.
PUBLISHED = {
    "hazard clock": "5.20 mean, .33 / .80 / .98",
    "oracle: true rates": "4.61 mean, .34 / .84 / .97",
    "oracle, hints, redesigns": "3.28 mean, .42 / .89 / .99",
}
GONE = (404, 410)
UNDATED_AGE = 365.0  # days; a page of unknown age that was there at the start


class MemoryPlan:
    """The service's plan with dictionaries for tables and a heap for the index on due times."""

    def reset(self, info: dict[str, Any]) -> None:
        """Begin with an empty world; ``info`` tells budget and hosts."""
        self.budget, self.caps = info["budget"], info["host_cap"]
        self.known = Knowledge()
        self.sites = [SiteClock() for _ in self.caps]
        self.pages: dict[int, PageClock] = {}
        self.lists: dict[int, ListClock] = {}
        self.host: dict[int, int] = {}
        self.members: list[set[int]] = [set() for _ in self.caps]
        self.due_at: dict[int, float] = {}
        self.demand: dict[int, float] = {}
        self.heap: list[tuple[float, int]] = []
        self.day, self.price, self.fresh, self.fresh_rate = -1, 0.0, 0, 0.0

    def put(self, page: int, due: float) -> None:
        """Set a due time."""
        self.due_at[page] = due
        heapq.heappush(self.heap, (due, page))

    def discover(
        self, page: int, host: int, kind: str, published: float | None, last_fetch: float | None, now: float
    ) -> None:
        """A page or list is known from now on; with ``last_fetch`` it was there, and seen, before the start."""
        self.host[page] = host
        if kind == "list":
            self.lists[page] = ListClock(seen=last_fetch)
            self.put(page, now)
            return
        age = UNDATED_AGE if last_fetch is not None else 0.0
        born = published if published is not None else (now if last_fetch is None else last_fetch) - age
        self.pages[page] = PageClock(born=born, seen=last_fetch)
        self.members[host].add(page)
        self.fresh += last_fetch is None
        self.put(page, now)

    def tick(self, now: float) -> None:
        """Once a day, price anew."""
        if int(now) == self.day:
            return
        is_first, self.day = self.day < 0, int(now)
        self.fresh_rate += 0.1 * (self.fresh - self.fresh_rate)
        self.fresh = 0
        self.known.refresh()
        sums = [0.0] * len(self.caps)
        counts = [0] * len(self.caps)
        for page, demand in self.demand.items():
            sums[self.host[page]] += demand
            counts[self.host[page]] += 1
        demands = fill_demands(
            {str(host): SiteDemand(len(self.members[host]), counts[host], sums[host]) for host in range(len(self.caps))}
        )
        caps = {str(host): float(cap) * 24 for host, cap in enumerate(self.caps)}
        lists: dict[str, list[ListClock]] = {}
        for page, walked in self.lists.items() if self.price else ():
            lists.setdefault(str(self.host[page]), []).append(walked)
        sites = {str(host): site for host, site in enumerate(self.sites)}
        walks = stretch_sites(lists, sites, self.budget, caps)
        rooms = find_rooms(caps, walks)
        left = max(self.budget - sum(walks.values()) - self.fresh_rate, LEAST_PAGES * self.budget)
        self.price = find_price(demands, left, rooms)
        for host, site in enumerate(self.sites):
            pages, key = len(self.members[host]), str(host)
            price_site(site, pages, demands[key], self.price, rooms[key], len(self.pages) / self.budget)
        if is_first:
            for page, clock in self.pages.items():
                self.plan(page, now if clock.seen is None else clock.seen)

    def plan(self, page: int, now: float) -> None:
        """Set a page's due time and demand."""
        due = find_due(self.pages[page], now, self.sites[self.host[page]], self.known)
        if due.demand is not None:
            self.demand[page] = due.demand
        self.put(page, due.at)

    def due(self, now: float, limit: int, host_left: list[int]) -> list[int]:
        """What is due, the longest due first; what the budget leaves goes to the pages that are due next."""
        chosen: list[int] = []
        kept: list[tuple[float, int]] = []
        while self.heap and len(chosen) < limit:
            due, page = heapq.heappop(self.heap)
            if self.due_at.get(page) != due:
                continue
            host = self.host[page]
            if host_left[host] <= 0 or (due > now and page in self.lists):
                kept.append((due, page))
                continue
            host_left[host] -= 1
            del self.due_at[page]
            chosen.append(page)
        for item in kept:
            heapq.heappush(self.heap, item)
        return chosen

    def result(
        self,
        page: int,
        now: float,
        status: int,
        is_changed: bool,  # noqa: FBT001 - the simulator's signature
        modified: float | None,
        news: int,
    ) -> None:
        """A page or list was fetched."""
        if page in self.lists:
            self.lists[page] = take_walk(self.lists[page], now, news)
            self.put(page, now + find_list_interval(self.lists[page], self.sites[self.host[page]]))
            return
        site = self.sites[self.host[page]]
        sight = Sight.GONE if status in GONE else Sight.CHANGED if is_changed else Sight.SAME
        self.pages[page] = take_visit(self.pages[page], now, sight, site, self.known, modified)
        self.plan(page, now)
        if find_burst(site, now) is not None:
            before, host = sweep_before(site, now), self.host[page]
            step = 1 / (SWEEP_SHARE * min(self.caps[host] * 24, self.budget))
            swept = [
                (self.due_at[member], member)
                for member in self.members[host]
                if self.due_at.get(member, now) > now and is_swept(self.pages[member], before)
            ]
            for place, (due, member) in enumerate(sorted(swept)):
                if now + place * step < due:
                    self.put(member, now + place * step)

    def hint(self, page: int, now: float, kind: str) -> None:  # noqa: ARG002 - the simulator's signature
        """A list showed that a page changed or vanished."""
        if page in self.pages:
            self.put(page, now - 1.0)


def is_swept(page: PageClock, before: float) -> bool:
    """Whether a page belongs to a sweep of its site."""
    return page.gone is None and page.seen is not None and page.seen < before


def load_simulator() -> Any:  # noqa: ANN401 - a module from elsewhere
    """The simulator's module; None when it is not there."""
    if not SIMULATOR.exists() or importlib.util.find_spec("numpy") is None:
        return None
    spec = importlib.util.spec_from_file_location("sim", SIMULATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sim"] = module
    spec.loader.exec_module(module)
    return module


def show_row(name: str, figures: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Print the means of some runs as a line, and return them."""
    runs = list(figures)
    means = {column: sum(run[column] for run in runs) / len(runs) for column in COLUMNS}
    sys.stdout.write(f"{name:<28}" + "".join(f"{means[column]:>9.3g}" for column in COLUMNS) + "\n")
    sys.stdout.flush()
    return means


def main() -> int:
    """Measure and print; the exit code."""
    parser = make_parser("bench_policy", __doc__, quick="one seed, one budget", runs=1, quick_runs=1)
    parser.add_argument("--seeds", default="", help="worlds (default 1,2,3,4,5, with --quick 1)")
    parser.add_argument("--budgets", default="", help="requests a day (default 1000,200,4000, with --quick 1000)")
    parser.add_argument("--sql", action="store_true", help="through the service's planner and a real database")
    parser.add_argument("--every", type=int, default=1, help="with --sql, hours from one plan to the next (default 1)")
    parser.add_argument("--baseline", action="store_true", help="round-robin and the like, too")
    chosen = parser.read_options()
    figures: dict[str, object] = {}
    sim = load_simulator()
    if sim is None:
        sys.stdout.write(f"skipped: no simulator at {SIMULATOR}, or no numpy\n")
        return 0
    seeds = [int(seed) for seed in (chosen.seeds or ("1" if chosen.quick else "1,2,3,4,5")).split(",")]
    is_good = True
    for budget in (
        float(value) for value in (chosen.budgets or ("1000" if chosen.quick else "1000,200,4000")).split(",")
    ):
        sys.stdout.write(f"{budget:g} requests a day".ljust(28) + "".join(f"{name:>9}" for name in COLUMNS) + "\n")
        worlds = [sim.Config(seed=seed, budget=budget) for seed in seeds]
        runs = []
        for world in worlds:
            plan = DatabasePlan(chosen.every) if chosen.sql else MemoryPlan()
            runs.append(sim.run(sim.World(world), sim.ExternalScheduler(plan, "policy")))
            show_row(f"  policy, seed {world.seed}", runs[-1:])
        means = show_row("policy", runs)
        figures[f"{budget:g} requests a day"] = means
        if chosen.baseline:
            show_row("round-robin", [sim.run(sim.World(world), sim.RoundRobin()) for world in worlds])
        if budget == 1000:
            for name, words in PUBLISHED.items():
                sys.stdout.write(f"{name:<28}{words} within 1, 7, 30 days (published)\n")
            is_good = means["mean"] <= 5.5 and means["w7"] >= 0.78
    save_figures(chosen, figures)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
