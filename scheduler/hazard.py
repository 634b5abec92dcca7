"""How likely a change is, day by day: rates that hold for all pages alike, and how pages differ in a rate of their own.

Times are days (float), rates events a day. All is learned from censored observations: a visit says only whether
anything happened since the one before. What happened is shared out among its possible causes in proportion to what each
was expected to bring, which is one step of expectation-maximisation a visit.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Hazard:
    """A rate that is constant between ``edges`` (ages in days, the first is 0) and learned bin by bin.

    Every bin begins with its rate of ``prior``, as sure as if ``weight`` events had been seen. What is learned enters
    ``rates`` with the next `refresh`, so that a batch of visits is planned with the same rates throughout.
    """

    edges: tuple[float, ...]
    prior: tuple[float, ...]
    weight: float
    events: list[float] = field(default_factory=list)
    exposure: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.events = self.events or [0.0] * len(self.edges)
        self.exposure = self.exposure or [0.0] * len(self.edges)
        self.refresh()

    def refresh(self) -> None:
        """Let the rates follow what was learned."""
        self.rates = [
            (self.weight + events) / (self.weight / prior + days)
            for prior, events, days in zip(self.prior, self.events, self.exposure, strict=True)
        ]

    def rate(self, age: float) -> float:
        """Events a day at an age."""
        return self.rates[max(bisect_right(self.edges, age) - 1, 0)]

    def spans(self, begin: float, end: float) -> Iterator[tuple[int, float]]:
        """The bins that an interval of ages touches, and for how many days each."""
        index = max(bisect_right(self.edges, begin) - 1, 0)
        while index + 1 < len(self.edges) and self.edges[index + 1] < end:
            yield index, self.edges[index + 1] - begin
            begin, index = self.edges[index + 1], index + 1
        if begin < end:
            yield index, end - begin

    def expect(self, begin: float, end: float) -> float:
        """Expected events between two ages."""
        return sum(self.rates[index] * days for index, days in self.spans(begin, end))

    def learn(self, begin: float, end: float, scale: float) -> None:
        """Take in an interval: ``scale`` is how many events there were for each expected one, 0 for none."""
        for index, days in self.spans(begin, end):
            self.events[index] += scale * self.rates[index] * days
            self.exposure[index] += days


@dataclass(slots=True)
class OwnRates:
    """How many pages have which lasting rate of their own: ``shares`` pages at each rate of ``grid``.

    A page's rate is its expectation given its events and days (Poisson) and how all pages are distributed (empirical
    Bayes): one seen once to change stands out in a crowd that never does.
    """

    grid: tuple[float, ...]
    shares: list[float]
    _log_grid: list[float] = field(default_factory=list)
    _log_shares: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._log_grid = [math.log(rate) for rate in self.grid]
        self.refresh()

    def refresh(self) -> None:
        """Let the distribution follow what was learned."""
        self._log_shares = [math.log(share) for share in self.shares]

    def weigh(self, events: float, days: float) -> list[float]:
        """The probability of each rate of the grid for a page."""
        logs = [
            share + events * log_rate - rate * days
            for share, log_rate, rate in zip(self._log_shares, self._log_grid, self.grid, strict=True)
        ]
        top = max(logs)
        weights = [math.exp(value - top) for value in logs]
        total = sum(weights)
        return [weight / total for weight in weights]

    def expect(self, events: float, days: float) -> float:
        """The rate a day that a page is taken to have."""
        return sum(p * rate for p, rate in zip(self.weigh(events, days), self.grid, strict=True))

    def learn(self, before: Sequence[float] | None, after: Sequence[float]) -> None:
        """A page is known better now: its old weights (None when it had none) give way to the new ones."""
        for index, weight in enumerate(after):
            known = before[index] if before else 0.0
            self.shares[index] = max(self.shares[index] + weight - known, 1e-3)
