"""The price of a visit: such that all pages together ask for the budget, and no site for more than its own.

At price c a page of demand d = √λ is visited d / c times a day. Only sums by site are needed, never the pages.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from scheduler.policy import AMPLE_PRICE, FIRST_RATE, LONGEST
from storage.plan.clocks import ListClock, SiteClock, SiteDemand

HOST_SHARE = 0.9  # of a site's budget; the rest is for what comes up
LEAST_PAGES = 0.3  # of the budget, whatever lists and new documents take
HIGHEST_PRICE = 1e6
LONG_PASS = 3.0  # a budget that cannot keep the longest interval for all may stretch it to so many rounds of all pages
LIST_SHARE = 0.25  # of the budget, at most
LIST_WEIGHT = 1.0  # of news in a list against news on a page
SHORTEST_LIST, LONGEST_LIST = 1 / 6, 2.0  # days
HALF_LIFE = 60.0  # days, of what a list brought
COST_SHARE = 0.25  # of the last walk in what a walk is taken to cost


def fill_demands(sites: Mapping[str, SiteDemand]) -> dict[str, float]:
    """The demand of each site, pages that are not known yet taken for average ones."""
    known = sum(site.known for site in sites.values())
    mean = sum(site.demand for site in sites.values()) / known if known else math.sqrt(FIRST_RATE)
    return {key: site.demand + mean * (site.pages - site.known) for key, site in sites.items()}


def find_rooms(caps: Mapping[str, float], walks: Mapping[str, float]) -> dict[str, float]:
    """How many pages of each site may be visited a day: its budget but for its lists, which take ``walks`` a day."""
    return {key: max(HOST_SHARE * cap - walks.get(key, 0.0), LEAST_PAGES * cap) for key, cap in caps.items()}


def find_price(demands: Mapping[str, float], budget: float, rooms: Mapping[str, float]) -> float:
    """The price at which all sites together ask for ``budget`` visits a day, none for more than its own of ``rooms``.

    The visits asked for fall as the price rises, so it is found by bisection on a logarithmic scale. Not below
    `AMPLE_PRICE`: a budget need not be spent.
    """

    def count_asked(price: float) -> float:
        return sum(min(demand / price, rooms[key]) for key, demand in demands.items())

    if count_asked(AMPLE_PRICE) <= budget:
        return AMPLE_PRICE
    low, high = AMPLE_PRICE, HIGHEST_PRICE
    for _ in range(60):
        price = math.sqrt(low * high)
        low, high = (price, high) if count_asked(price) > budget else (low, price)
    return high


def price_site(site: SiteClock, pages: int, demand: float, price: float, room: float, round_days: float) -> None:
    """Set a site's price: the common one, or what keeps it within its own budget; its round and longest interval.

    ``round_days`` is what a visit of the pages of all sites takes. The longest interval is `LONGEST`, unless a budget
    is too small for so many pages.
    """
    site.price, site.common = max(price, demand / room), price
    site.round_days = max(round_days, pages / room)
    site.longest = max(LONGEST, LONG_PASS * site.round_days)


def take_walk(clock: ListClock, now: float, news: int, pages: int = 1) -> ListClock:
    """A list after a walk over so many list ``pages`` that brought ``news``; what is long past fades."""
    days = max(now - clock.seen, 0.0) if clock.seen is not None else 0.0
    keep = 0.5 ** (days / HALF_LIFE)
    cost = pages if clock.seen is None else clock.cost + (pages - clock.cost) * COST_SHARE
    return ListClock(clock.news * keep + news, clock.days * keep + days, now, max(cost, 1.0))


def find_list_interval(clock: ListClock, site: SiteClock) -> float:
    """After how many days to walk a list again, by how often it brings news and how many requests that takes.

    At the common price: what a list says saves visits of pages, most of all where these are dear.
    """
    wanted = site.common * math.sqrt(clock.cost) / math.sqrt(LIST_WEIGHT * clock.news / clock.days)
    return min(max(wanted, SHORTEST_LIST), LONGEST_LIST) * site.stretch


def count_requests(clocks: Iterable[ListClock], site: SiteClock) -> float:
    """How many requests a day the walks of a site's lists take."""
    return sum(clock.cost / find_list_interval(clock, site) for clock in clocks)


def stretch_lists(requests: float, budget: float) -> float:
    """By what to multiply the intervals of lists so that they keep within their share of a budget; 1 or more."""
    return max(1.0, requests / (LIST_SHARE * budget))


def stretch_sites(
    lists: Mapping[str, Sequence[ListClock]], sites: Mapping[str, SiteClock], budget: float, cap: Mapping[str, float]
) -> dict[str, float]:
    """Set how far the lists of each site are stretched, by its budget and the common one; their requests a day."""
    for key, clocks in lists.items():
        sites[key].stretch = 1.0
        sites[key].stretch = stretch_lists(count_requests(clocks, sites[key]), cap[key])
    common = stretch_lists(sum(count_requests(clocks, sites[key]) for key, clocks in lists.items()), budget)
    for key in lists:
        sites[key].stretch *= common
    return {key: count_requests(clocks, sites[key]) for key, clocks in lists.items()}
