"""What all pages taught together, and what is assumed before they did."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.hazard import Hazard, OwnRates

# Official documents: corrections soon after publication, then rarely, then seldom. As sure as three events each.
AGES = (0.0, 2.0, 7.0, 14.0, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0)
AGE_RATES = (0.015, 0.01, 0.006, 0.004, 0.002, 0.001, 0.0005, 0.0002, 0.0002, 0.0002)
AGE_WEIGHT = 3.0
# Who corrects a document often corrects it again within days. Believed firmly, for it looks much like a page that is
# edited all the time, and only the latter goes on.
SEQUEL_AGES = (0.0, 2.0, 4.0, 8.0)
SEQUEL_RATES = (0.05, 0.02, 0.008, 1e-7)
SEQUEL_WEIGHT = 30.0
# What is gone comes back soon or never.
RETURN_AGES = (0.0, 7.0, 14.0, 30.0, 60.0, 120.0)
RETURN_RATES = (0.005, 0.004, 0.003, 0.001, 0.0005, 0.0002)
RETURN_WEIGHT = 2.0
# Own rates from one change in 270 years to one a day, the rare ones a little more likely; worth 75 pages in all.
GRID = tuple(10 ** (step / 2 - 5) for step in range(11))
SHARES = tuple(20 * 10 ** (-step / 8) for step in range(11))


@dataclass(slots=True)
class Knowledge:
    """Rates by age, after a change, of coming back, and how pages differ."""

    by_age: Hazard = field(default_factory=lambda: Hazard(AGES, AGE_RATES, AGE_WEIGHT))
    sequel: Hazard = field(default_factory=lambda: Hazard(SEQUEL_AGES, SEQUEL_RATES, SEQUEL_WEIGHT))
    comeback: Hazard = field(default_factory=lambda: Hazard(RETURN_AGES, RETURN_RATES, RETURN_WEIGHT))
    own: OwnRates = field(default_factory=lambda: OwnRates(GRID, list(SHARES)))

    def refresh(self) -> None:
        """Let the rates follow what was learned."""
        for part in (self.by_age, self.sequel, self.comeback, self.own):
            part.refresh()

    def dump(self) -> dict[str, list[float]]:
        """The counts by name, to be kept."""
        return {
            "shares": list(self.own.shares),
            "age_events": list(self.by_age.events),
            "age_days": list(self.by_age.exposure),
            "sequel_events": list(self.sequel.events),
            "sequel_days": list(self.sequel.exposure),
            "return_events": list(self.comeback.events),
            "return_days": list(self.comeback.exposure),
        }

    @classmethod
    def load(cls, counts: Mapping[str, list[float]]) -> "Knowledge":
        """What `dump` gave; the assumptions when there is nothing yet, or when it was counted in other bins."""
        fresh = cls()
        if {name: len(values) for name, values in counts.items()} != {k: len(v) for k, v in fresh.dump().items()}:
            return fresh
        parts = {"age": (AGES, AGE_RATES, AGE_WEIGHT), "sequel": (SEQUEL_AGES, SEQUEL_RATES, SEQUEL_WEIGHT)}
        parts["return"] = (RETURN_AGES, RETURN_RATES, RETURN_WEIGHT)
        by_age, sequel, comeback = (
            Hazard(*values, list(counts[f"{name}_events"]), list(counts[f"{name}_days"]))
            for name, values in parts.items()
        )
        return cls(by_age, sequel, comeback, OwnRates(GRID, list(counts["shares"])))
