"""How many requests wait for each site, so that due pages are read from the database as fast as they are fetched."""

import asyncio
from collections import Counter


class Backlog:
    """Counts requests under way a site. ``depth`` is how many may wait for one site at a time.

    Small enough that a million due pages never sit in memory, large enough that no host waits for the database.
    """

    def __init__(self, depth: int = 16) -> None:
        self._depth = depth
        self._pending: Counter[str] = Counter()
        self._walks: Counter[str] = Counter()
        self._changed = asyncio.Event()

    def add(self, site: str) -> None:
        """A request was handed out."""
        self._pending[site] += 1

    def release(self, site: str) -> None:
        """A request came back, whatever became of it."""
        self._pending[site] -= 1
        self._changed.set()

    def begin_walk(self, site: str) -> None:
        """A list walk begins; due pages of the site wait until it is over, for new rows go first."""
        self._walks[site] += 1

    def end_walk(self, site: str) -> None:
        """A list walk is over."""
        self._walks[site] -= 1
        self._changed.set()

    def room(self, site: str) -> int:
        """How many more requests the site takes now."""
        return 0 if self._walks[site] > 0 else max(0, self._depth - self._pending[site])

    @property
    def is_walking(self) -> bool:
        """Whether any list walk is under way."""
        return any(count > 0 for count in self._walks.values())

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way that will come back."""
        return self.is_walking or any(count > 0 for count in self._pending.values())

    async def wait(self, seconds: float) -> bool:
        """Wait until a request came back or a walk ended; False when ``seconds`` passed first."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return False
        self._changed.clear()
        return True
