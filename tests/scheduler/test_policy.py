"""The policy: who changes more is asked more, nobody is forgotten, and the budget is kept."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.bursts import BURST_DAYS, find_burst, sweep_before
from scheduler.hazard import Hazard
from scheduler.knowledge import Knowledge
from scheduler.policy import AMPLE_PRICE, LONGEST, Sight, find_due, take_visit
from scheduler.pricing import (
    fill_demands,
    find_list_interval,
    find_price,
    find_rooms,
    price_site,
    stretch_sites,
    take_walk,
)
from storage.plan.clocks import ListClock, PageClock, SiteClock, SiteDemand

NOW = 20_000.0
TIMES = st.floats(0, 3000)
PRICES = st.floats(AMPLE_PRICE, 50)
PAGES = st.builds(
    PageClock,
    born=st.floats(NOW - 3000, NOW),
    seen=st.just(NOW),
    changed=st.none() | st.floats(NOW - 300, NOW),
    events=st.floats(0, 20),
    days=st.floats(0, 1000),
)


def make_site(price: float = 0.5) -> SiteClock:
    """A quiet site."""
    return SiteClock(price=price, common=price, round_days=20.0)


@given(PAGES, PRICES)
def test_nothing_is_due_in_the_past_or_later_than_the_longest_interval(page: PageClock, price: float) -> None:
    """Whatever is known of a page."""
    due = find_due(page, NOW, make_site(price), Knowledge())
    assert NOW <= due.at <= NOW + LONGEST


@given(PAGES, PRICES)
def test_the_same_row_is_due_at_the_same_time(page: PageClock, price: float) -> None:
    """No chance, no clock: equal values in, equal values out."""
    assert find_due(page, NOW, make_site(price), Knowledge()) == find_due(page, NOW, make_site(price), Knowledge())


@given(PAGES, PRICES, st.floats(0, 20))
def test_more_changes_are_visited_no_later(page: PageClock, price: float, more: float) -> None:
    """Of two pages that are alike, the one that changed more often is due first."""
    site, known = make_site(price), Knowledge()
    page = replace(page, days=max(page.days, 1.0))
    busier = replace(page, events=page.events + more)
    assert find_due(busier, NOW, site, known).at <= find_due(page, NOW, site, known).at + 1e-9


@given(PAGES, PRICES, st.floats(1, 10))
def test_a_higher_price_makes_nothing_due_earlier(page: PageClock, price: float, factor: float) -> None:
    """What asks for more than the budget waits longer."""
    known = Knowledge()
    cheap, dear = make_site(price), make_site(price * factor)
    later = find_due(page, NOW, dear, known).at
    assert later >= min(find_due(page, NOW, cheap, known).at, NOW + 0.9) - 1e-9 or price <= AMPLE_PRICE


@given(st.lists(st.tuples(st.floats(0.01, 90), st.sampled_from(list(Sight))), max_size=30))
def test_any_history_can_be_planned(history: list[tuple[float, Sight]]) -> None:
    """Numbers stay finite and due times sane through whatever a site answers."""
    page, site, known, now = PageClock(born=NOW - 50), make_site(), Knowledge(), NOW
    for wait, sight in history:
        now += wait
        page = take_visit(page, now, sight, site, known)
        known.refresh()
        due = find_due(page, now, site, known)
        assert now <= due.at <= now + LONGEST
        assert math.isfinite(page.events)
        assert page.seen is None or page.seen <= now


def test_a_page_never_seen_is_due_at_once() -> None:
    """New documents first."""
    assert find_due(PageClock(born=NOW), NOW, make_site(), Knowledge()).reason == "new"


def test_a_page_in_doubt_is_due_the_next_day_until_it_is_proven_gone() -> None:
    """Three gone answers, a day apart; then it is asked as often as gone pages come back."""
    page, site, known = PageClock(born=NOW - 900, seen=NOW - 20, days=300), make_site(), Knowledge()
    for day in range(2):
        page = take_visit(page, NOW + day, Sight.GONE, site, known)
        due = find_due(page, NOW + day, site, known)
        assert (due.reason, due.at) == ("doubtful", NOW + day + 1)
    page = take_visit(page, NOW + 2, Sight.GONE, site, known)
    due = find_due(page, NOW + 2, site, known)
    assert due.reason == "gone"
    assert due.at > NOW + 4


def test_what_is_gone_is_asked_less_and_less() -> None:
    """The longer it has been gone, the longer it may wait."""
    known, site = Knowledge(), make_site()
    waits = [
        find_due(PageClock(born=0, seen=NOW, gone=NOW - age, gone_tries=9), NOW, site, known).at - NOW
        for age in (5, 20, 50, 200)
    ]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_a_page_that_came_back_is_a_page_again() -> None:
    """A good answer ends the doubt."""
    page, site, known = PageClock(born=NOW - 900, seen=NOW - 20, days=300), make_site(), Knowledge()
    page = take_visit(page, NOW, Sight.GONE, site, known)
    page = take_visit(page, NOW + 1, Sight.SAME, site, known)
    assert page.gone is None
    assert page.changed == NOW + 1


def test_young_pages_are_visited_sooner_than_old_ones() -> None:
    """Corrections come soon after publication."""
    known, site = Knowledge(), make_site()
    dues = [find_due(PageClock(born=NOW - age, seen=NOW, days=1), NOW, site, known).at for age in (1, 10, 100)]
    assert dues == sorted(dues)
    assert dues[0] < dues[-1]


def test_the_server_says_when_it_changed() -> None:
    """Last-Modified within the interval is believed, the middle is a guess without it."""
    page, known = PageClock(born=NOW - 900, seen=NOW - 20, days=300), Knowledge()
    told = take_visit(page, NOW, Sight.CHANGED, make_site(), known, modified=NOW - 3)
    assert told.changed == NOW - 3
    assert take_visit(page, NOW, Sight.CHANGED, make_site(), known, modified=NOW - 50).changed == NOW - 10


def test_what_says_nothing_teaches_nothing() -> None:
    """A block or a time-out, or a capture older than what is known, leaves all as it was."""
    page, site, known = PageClock(born=NOW - 900, seen=NOW - 20, days=300), make_site(), Knowledge()
    assert take_visit(page, NOW, Sight.NOTHING, site, known) == page
    assert take_visit(page, NOW - 30, Sight.CHANGED, site, known) == page
    assert (site, known) == (make_site(), Knowledge())


def test_rates_follow_what_is_seen() -> None:
    """A hazard learns its bins from intervals that tell only whether anything happened."""
    hazard = Hazard((0.0, 10.0), (0.1, 0.1), 1.0)
    for _ in range(2000):
        hazard.learn(0, 10, 1 / (hazard.rates[0] * 10) * 0.3)  # three of ten intervals with an event
        hazard.learn(10, 20, 0.0)
        hazard.refresh()
    assert hazard.rate(5) == pytest.approx(0.03, rel=0.05)
    assert hazard.rate(15) < 0.001


def test_the_pooled_distribution_tells_editors_from_archives() -> None:
    """Among pages that hardly ever change, a single change makes one of the few that do."""
    known, site = Knowledge(), make_site()
    for number in range(500):
        page, now = PageClock(born=NOW - 2000, seen=NOW), NOW
        for visit in range(12):
            now += 15
            is_busy = number % 25 == 0 and visit % 2
            page = take_visit(page, now, Sight.CHANGED if is_busy else Sight.SAME, site, known)
        known.refresh()
    quiet = find_due(PageClock(born=NOW - 2000, seen=NOW, days=15), NOW, site, known)
    edited = find_due(PageClock(born=NOW - 2000, seen=NOW, events=1, days=15), NOW, site, known)
    assert edited.at - NOW < (quiet.at - NOW) / 3


def test_a_burst_is_found_and_makes_pages_due() -> None:
    """Many changes among few visits are no chance; pages seen before it are due at once, those seen after are not."""
    site, known = make_site(), Knowledge()
    known.by_age.rates = [1e-4] * len(known.by_age.edges)
    began = NOW
    for number in range(400):
        page = PageClock(born=NOW - 2000, seen=NOW - 20, days=300)
        take_visit(page, NOW + number / 100, Sight.SAME, site, known)
    assert find_burst(site, NOW + 4) is None
    for number in range(12):
        page = PageClock(born=NOW - 2000, seen=NOW - 20, days=300)
        take_visit(page, NOW + 4 + number / 100, Sight.CHANGED if number % 3 else Sight.SAME, site, known)
    now = NOW + 5
    burst = find_burst(site, now)
    assert burst is not None
    assert began < burst <= now
    assert find_burst(site, now) is None
    site.burst_at = now - BURST_DAYS
    assert sweep_before(site, now) < now
    due = find_due(PageClock(born=NOW - 2000, seen=now - 20, days=300), now, site, known)
    assert (due.at, due.reason) == (now, "burst")
    assert find_due(PageClock(born=NOW - 2000, seen=now, days=300), now, site, known).at > now + 1


@given(
    st.dictionaries(st.text(max_size=3), st.floats(0.01, 500), min_size=1, max_size=20),
    st.floats(10, 5000),
    st.floats(1, 500),
)
def test_the_price_keeps_all_budgets(demands: dict[str, float], budget: float, room: float) -> None:
    """All pages together ask for no more than the budget, and no site for more than its own."""
    rooms = dict.fromkeys(demands, room)
    price = find_price(demands, budget, rooms)
    asked = 0.0
    for demand in demands.values():
        site = SiteClock()
        price_site(site, 100, demand, price, room, 5.0)
        assert demand / site.price <= room * (1 + 1e-9)
        asked += demand / site.price
    assert asked <= budget * (1 + 1e-6) or price == AMPLE_PRICE
    assert price == AMPLE_PRICE or asked >= min(budget, room * len(demands)) * 0.99


def test_pages_not_known_yet_count_as_average_ones() -> None:
    """A price that forgot them would be too low, one that feared them too high."""
    filled = fill_demands({"a": SiteDemand(10, 10, 2.0), "b": SiteDemand(5, 0, 0.0)})
    assert filled == {"a": 2.0, "b": pytest.approx(1.0)}
    assert fill_demands({"a": SiteDemand(10, 0, 0.0)})["a"] > 0


def test_lists_with_news_are_walked_more_often_and_keep_their_share() -> None:
    """Between four hours and two days, unless the budget is too small for that."""
    site = make_site(1.0)
    quiet, busy = ListClock(seen=NOW), ListClock(seen=NOW)
    for day in range(1, 60):
        quiet, busy = take_walk(quiet, NOW + day, 0), take_walk(busy, NOW + day, 5)
    assert 1 / 6 <= find_list_interval(busy, site) < find_list_interval(quiet, site) == 2.0
    walks = stretch_sites({"a": [quiet] * 100}, {"a": site}, 40.0, {"a": 1000.0})
    assert walks == {"a": pytest.approx(10.0)}
    assert find_rooms({"a": 100.0}, walks) == {"a": pytest.approx(80.0)}


def test_a_list_of_many_pages_is_walked_less_often() -> None:
    """What a walk takes counts against the budgets, by its number of requests."""
    site = make_site(0.3)
    short, long = (take_walk(ListClock(), NOW, 0, pages) for pages in (1, 25))
    assert find_list_interval(long, site) == pytest.approx(5 * find_list_interval(short, site))
    walks = stretch_sites({"a": [long] * 10}, {"a": site}, 1000.0, {"a": 100.0})
    assert walks == {"a": pytest.approx(25.0)}
    assert take_walk(long, NOW + 1, 0, 1).cost == 19.0
