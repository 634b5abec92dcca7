"""How often one client may ask for what costs much: a bucket of tokens each, which fills again with time.

A route that costs much has ``dependencies=[COSTLY]``; the search, which says so on its own page, asks `find_wait`.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil
from threading import Lock

from fastapi import Depends, HTTPException, Request

BURST, RATE = 20, 1.0  # costly requests of one reader at once, and a second from then on
TOO_OFTEN = 429  # HTTP's status
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


def find_wait(limiter: Limiter, request: Request) -> int:
    """Seconds until whoever asks may do so again; 0 when it is let in, which counts."""
    return limiter.take_token(name_client(request), time.monotonic())


def name_client(request: Request) -> str:
    """Who asks: the signed-in name, else the machine."""
    if request.app.state.access.users is not None and request.state.reviewer:
        return f"name {request.state.reviewer}"
    return f"host {request.client.host}" if request.client else ""


def take_turn(request: Request) -> None:
    """Let a costly request in, or turn it away.

    Raises:
        HTTPException: 429, with the time to wait.
    """
    if wait := find_wait(request.app.state.costly_limit, request):
        raise HTTPException(TOO_OFTEN, "too often", {"Retry-After": str(wait)})


COSTLY = Depends(take_turn)
