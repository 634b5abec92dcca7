"""How often somebody may try to sign in: some tries are free, each further one costs twice the wait of the one before.

A try counts when it begins, so that many at once are no way around. Three limits stand beside each other: one for a
name from one address, a wider one for an address, the widest for a name, so that a stranger who knows a name can slow
its owner down a little and never keep them out.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MEMORY = 3600.0  # seconds after which a try is forgotten
MOST_KEPT = 20_000  # names and addresses; the oldest go first


@dataclass(frozen=True, slots=True)
class Limit:
    """Tries that are free, and the longest wait in seconds after more of them."""

    free: int
    longest: float


PAIR, ADDRESS, NAME = Limit(5, 900.0), Limit(20, 900.0), Limit(50, 30.0)


@dataclass(slots=True)
class Tries:
    """How many there were, and when the last one was."""

    count: int = 0
    last: float = 0.0


class Throttle:
    """Counts tries; ``now`` gives seconds that only ever grow."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: OrderedDict[tuple[str, str], Tries] = OrderedDict()

    def begin(self, name: str, address: str) -> float:
        """Count a try, and say 0; or the seconds to wait, and count nothing."""
        now = self._now()
        keys = list(list_keys(name, address))
        if (wait := max(self._find_wait(key, limit, now) for key, limit in keys)) > 0:
            return wait
        for key, _ in keys:
            tries = self._kept.pop(key, None) or Tries()
            if now - tries.last > MEMORY:
                tries.count = 0
            tries.count, tries.last = tries.count + 1, now
            self._kept[key] = tries
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return 0.0

    def forgive(self, name: str, address: str) -> None:
        """Forget the tries of a name from an address: it was let in. Elsewhere this one try is taken back."""
        pair, *others = list_keys(name, address)
        self._kept.pop(pair[0], None)
        for key, _ in others:
            if (tries := self._kept.get(key)) is not None:
                tries.count = max(0, tries.count - 1)

    def _find_wait(self, key: tuple[str, str], limit: Limit, now: float) -> float:
        tries = self._kept.get(key)
        if tries is None or tries.count < limit.free or now - tries.last > MEMORY:
            return 0.0
        pause = min(limit.longest, 2.0 ** min(tries.count - limit.free, 20))
        return max(0.0, tries.last + pause - now)


def list_keys(name: str, address: str) -> Iterator[tuple[tuple[str, str], Limit]]:
    """What a try is counted under; an IPv6 address by its network, of which one person has all."""
    place = find_network(address)
    yield (name, place), PAIR
    yield ("", place), ADDRESS
    yield (name, ""), NAME


def find_network(address: str) -> str:
    """The /64 of an IPv6 address; any other text as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address  # noqa: PLR2004 - IPv6
