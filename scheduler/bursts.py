"""A redesign or a clean-up goes through a site: many pages change or vanish within days. Found early, by few visits.

The heat of a site is a cumulative sum (Page, Biometrika 1954) of how much better each visit is explained by a burst
than by what was expected anyway. It costs one number a site, and the time when it was last zero is about when it began.
"""

import math

from storage.plan.clocks import SiteClock

BURST_DAYS = 3.0
BURST_RATE = 0.05  # changes a day and page while it lasts
SHARE = 0.12  # of the pages that a visit finds hit, seen over the whole of a burst
ALARM = 14.0  # the odds against chance are e to this
SWEEP_SHARE = 0.5  # of the budget, so that a large site's burst does not hold up all others
DOUBT = 2.0  # times what was expected: the expectation errs, too
REST = 5.0  # days from one burst to the next


def feel_heat(site: SiteClock, now: float, chance: float, *, is_hit: bool) -> None:
    """Take in a visit that found something or not, ``chance`` being how likely that was without a burst."""
    chance = min(max(DOUBT * chance, 1e-9), 0.9)
    burst = min(chance + SHARE * (1 - chance), 0.99)
    site.heat = max(0.0, site.heat + (math.log(burst / chance) if is_hit else math.log((1 - burst) / (1 - chance))))
    if site.heat == 0.0:
        site.heat_since = now


def find_burst(site: SiteClock, now: float) -> float | None:
    """When a burst began, at the moment when it is found; None when there is none, or it is known."""
    if site.heat <= ALARM or now <= site.burst_at + REST:
        return None
    site.burst_at = min(now, max(site.heat_since, now - BURST_DAYS))
    site.heat = 0.0
    return site.burst_at


def sweep_before(site: SiteClock, now: float) -> float:
    """Pages last seen before this day have most of the burst behind them unseen; the others' clocks know of it."""
    return min(now, site.burst_at + BURST_DAYS) - 0.6


def expect_burst(site: SiteClock, begin: float, end: float) -> float:
    """How many changes the site's last burst brings to a page between two times."""
    days = min(end, site.burst_at + BURST_DAYS) - max(begin, site.burst_at)
    return BURST_RATE * max(days, 0.0)
