"""When a page is due: one page's row in, its due time out. Pure but for what `take_visit` adds to what is known.

The wait for news is to be short at a given number of requests. At a rate λ of news and a price of a visit, the best
interval is price / √λ (Cho & Garcia-Molina, TODS 2003), and with the price known each page is decided by itself (Olston
& Pandey, WWW 2008). As rates fall with age, the clock of a page runs at √λ(t), and it is due when it has run for the
price. News that is known to wait (a burst of its site) makes it due at once.

A page's rate is the sum of a lasting one of its own, one of its age, a sequel to its last change, and a burst of its
site. What is gone waits for its return. Removals and returns count as changes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from scheduler.bursts import BURST_DAYS, BURST_RATE, expect_burst, feel_heat
from scheduler.hazard import Hazard
from scheduler.knowledge import Knowledge
from storage.plan.clocks import PageClock, SiteClock

LONGEST = 60.0  # days; costs next to nothing, and bounds the time until a removal is noticed
SHORTEST = 1 / 24  # days between two visits of a page
AMPLE_PRICE = 0.05  # at this price the budget is ample, and then once a day is enough for any page
SHORTEST_AMPLE = 0.9  # so that a run at the same time of the next day finds it due
FIRST_RATE = 0.0005  # changes a day that pages are priced at before any was seen twice
DOUBTFUL_TRIES = 3  # gone answers until a removal is told (domain rule), each on a day of its own
LEAST_WAITING = 0.03  # news known to wait that is worth a visit out of turn
FALSE_ALARMS = (0.2, 100.0)  # expected before anything is known, of so many looks
FIRST_ROUND_AGE = 365.0  # days from which on a page seen once waits for its round
RECENT = 30.0  # days in which a change is called recent, or a page young
BURST = Hazard((0.0, BURST_DAYS), (BURST_RATE, 1e-9), 1.0)


class Sight(StrEnum):
    """What a visit said of a page."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    NOTHING = "nothing"  # hindered: it says nothing of the page


@dataclass(frozen=True, slots=True)
class Due:
    """When a page is due (days) and why; ``demand`` is what it asks of the budget: visits a day times the price."""

    at: float
    reason: str
    demand: float | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected between two visits, by cause."""

    own: float
    age: float
    sequel: float
    burst: float

    @property
    def total(self) -> float:
        """All causes together."""
        return self.own + self.age + self.sequel + self.burst


def own_rate(page: PageClock, known: Knowledge) -> float:
    """Changes a day that are the page's own."""
    return known.own.expect(page.events, page.days)


def expect_changes(page: PageClock, seen: float, now: float, site: SiteClock, known: Knowledge) -> Expectation:
    """What a page that is there was likely to do between two times."""
    sequel = 0.0 if page.changed is None else known.sequel.expect(seen - page.changed, now - page.changed)
    return Expectation(
        own=own_rate(page, known) * (now - seen),
        age=known.by_age.expect(seen - page.born, now - page.born),
        sequel=sequel,
        burst=expect_burst(site, seen, now),
    )


def take_visit(
    page: PageClock, now: float, sight: Sight, site: SiteClock, known: Knowledge, modified: float | None = None
) -> PageClock:
    """The page after a visit; ``site`` and ``known`` learn from it. ``modified`` is what the server says (days)."""
    if sight is Sight.NOTHING or (page.seen is not None and now <= page.seen):
        return page
    if page.seen is None:
        gone = sight is Sight.GONE
        return replace(page, seen=now, gone=now if gone else None, gone_tries=int(gone))
    if page.gone is not None:
        return take_return(page, page.seen - page.gone, now, sight, known)
    expected = expect_changes(page, page.seen, now, site, known)
    is_hit = sight is not Sight.SAME
    false_alarm = (FALSE_ALARMS[0] + site.alarms) / (FALSE_ALARMS[1] + site.looks) if sight is not Sight.GONE else 0.0
    chance = 1 - (1 - false_alarm) * math.exp(-expected.total)
    scale = 1 / max(chance, 1e-9) if is_hit else 0.0  # events for each expected one, given that there was one
    site.looks += 1
    site.alarms += false_alarm * scale
    feel_heat(site, now, 1 - (1 - false_alarm) * math.exp(expected.burst - expected.total), is_hit=is_hit)
    events, days = page.events + expected.own * scale, page.days + now - page.seen
    learn_changes(page, page.seen, now, known, scale)
    before = known.own.weigh(page.events, page.days) if page.days > 0 else None
    known.own.learn(before, known.own.weigh(events, days))
    page_now = replace(page, seen=now, events=events, days=days)
    if not is_hit:
        return page_now
    middle = (page.seen + now) / 2
    if sight is Sight.GONE:
        return replace(page_now, changed=middle, gone=middle, gone_tries=1)
    is_telling = modified is not None and page.seen < modified <= now
    return replace(page_now, changed=modified if is_telling else middle)


def learn_changes(page: PageClock, seen: float, now: float, known: Knowledge, scale: float) -> None:
    """Let the pooled rates learn from one interval of a page."""
    known.by_age.learn(seen - page.born, now - page.born, scale)
    if page.changed is not None:
        known.sequel.learn(seen - page.changed, now - page.changed, scale)


def take_return(page: PageClock, begin: float, now: float, sight: Sight, known: Knowledge) -> PageClock:
    """A page that was gone, ``begin`` days after it went, is asked again."""
    assert page.gone is not None
    begin, end = max(begin, 0.0), now - page.gone
    if sight is Sight.GONE:
        known.comeback.learn(begin, end, 0.0)
        return replace(page, seen=now, gone_tries=page.gone_tries + 1)
    known.comeback.learn(begin, end, 1 / max(1 - math.exp(-known.comeback.expect(begin, end)), 1e-9))
    return replace(page, seen=now, changed=now, gone=None, gone_tries=0)


def find_due(page: PageClock, now: float, site: SiteClock, known: Knowledge) -> Due:
    """When a page is due, seen last at ``page.seen`` (``now``, or before when the plan is made anew).

    Never before ``now``, never later than the site's longest interval after it; deterministic. A page in doubt is due
    after a day. An old page seen once is due after a round of all pages: the first pass is uniform, for until the
    second one nobody knows which pages change.
    """
    if page.seen is None:
        return Due(now, "new")
    if page.gone is not None and page.gone_tries < DOUBTFUL_TRIES:
        return Due(now + 1.0, "doubtful")
    if page.gone is None and page.days == 0 and now - page.born > FIRST_ROUND_AGE:
        first = page.seen + max(site.round_days, SHORTEST_AMPLE)
        return Due(max(now, min(first, now + site.longest)), "seen once")
    base = own_rate(page, known) if page.gone is None else 0.0
    hazards = list(list_hazards(page, now, site, known))
    waiting = 0.0
    if page.gone is None and page.seen < now:
        waiting = expect_changes(page, page.seen, now, site, known).total
    at, ran = run_clock(base, hazards, now, now + site.longest, site.price, waiting)
    shortest = SHORTEST_AMPLE if site.price <= AMPLE_PRICE else SHORTEST
    at = min(max(at, page.seen + shortest, now), now + site.longest)
    demand = ran / max(at - now, SHORTEST) if page.days > 0 else None
    return Due(at, give_reason(page, base, now, at >= now + site.longest, waiting), demand)


def list_hazards(page: PageClock, now: float, site: SiteClock, known: Knowledge) -> Iterator[tuple[Hazard, float]]:
    """The pooled rates that hold for a page, each with the time from which its age counts."""
    if page.gone is not None:
        yield known.comeback, page.gone
        return
    yield known.by_age, page.born
    if page.changed is not None and now - page.changed < known.sequel.edges[-1]:
        yield known.sequel, page.changed
    if now < site.burst_at + BURST_DAYS:
        yield BURST, site.burst_at


def run_clock(
    base: float, hazards: list[tuple[Hazard, float]], now: float, end: float, price: float, waiting: float
) -> tuple[float, float]:
    """When the clock has run for ``price``, at most ``end``, and how far it ran."""
    cuts = {origin + edge for hazard, origin in hazards for edge in hazard.edges}
    at, ran = now, 0.0
    for stop in [*sorted(cut for cut in cuts if now < cut < end), end]:
        rate = base + sum(hazard.rate((at + stop) / 2 - origin) for hazard, origin in hazards)
        speed = math.sqrt(rate)
        if waiting >= max(price * speed, LEAST_WAITING):
            break
        wait = (price - ran) / speed
        if at + wait <= stop:
            return at + wait, price
        ran += speed * (stop - at)
        at = stop
    return at, ran


def give_reason(page: PageClock, base: float, now: float, is_longest: bool, waiting: float) -> str:  # noqa: FBT001 - all by place, one caller
    """Why a page is due when it is, in words for a person."""
    if page.gone is not None:
        return "gone"
    if waiting >= LEAST_WAITING:
        return "burst"
    if is_longest:
        return "longest interval"
    if page.changed is not None and now - page.changed < RECENT:
        return "changed recently"
    if now - page.born < RECENT:
        return "young"
    return "changes often" if base * 365 > 1 else "routine"
