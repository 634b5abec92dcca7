"""How often one client may ask for what costs much: a bucket of tokens each, which fills again with time."""

from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil
from threading import Lock

MOST_CLIENTS = 10_000  # that are remembered; who was forgotten begins with a full bucket


@dataclass(slots=True)
class Limiter:
    """``burst`` requests at once, then ``rate`` a second. Times are real ones, in seconds, handed in by the caller."""

    burst: int
    rate: float
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take_token(self, client: str, now: float) -> int:
        """Seconds until the client may ask; 0 when it may now, which takes a token."""
        with self._lock:
            tokens, then = self._buckets.pop(client, (float(self.burst), now))
            tokens = min(self.burst, tokens + max(now - then, 0) * self.rate)
            is_let_in = tokens >= 1
            self._buckets[client] = (tokens - is_let_in, now)
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return 0 if is_let_in else ceil((1 - tokens) / self.rate)
