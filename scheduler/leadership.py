"""One leader among services on one database: a lease in the database, renewed while its owner lives.

Times are real ones: a lease must not obey a clock that tests or the demo move.

Why two never lead at once. A lease of length L is renewed every L/6. No look at the database takes longer than L/5,
whatever locks it: SQLite's usual patience of a minute is longer than a lease. A leader that has not seen the lease to
be its own for 0.8 L gives up, and ends its crawl within another 0.1 L. Whoever takes a lease that was not given back
waits for one more L before it works. So the former leader is always through before the next one begins.

Why a long write does not cost the lease. While somebody holds SQLite's write lock (the service's own comparison, a
crawl's large commit, a VACUUM), the lease cannot be renewed, but nobody else can take it either, since that is a write,
too. Reading is never locked out (WAL): a leader that cannot write reads, and as long as the row bears its name it leads
on, even with an expired row. If another one is quicker when the lock falls, the next look tells, after L/6 + L/5 at
most, and the other one is still waiting for its L. PostgreSQL locks single rows, and nobody holds this one for long.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from storage.database import DatabaseBusyError, DatabaseError, open_database
from storage.leases import Lease, read_lease, release_lease, take_lease

logger = logging.getLogger(__name__)

T = TypeVar("T")

NAME = "service"
LENGTH = 30.0  # seconds that a lease holds
# Parts of a lease; see above.
RENEWAL = 1 / 6  # from one renewal to the next
PATIENCE = 1 / 5  # the longest that one look at the database may take
SURRENDER = 0.8  # without a look that went well
GRACE = 0.1  # that a crawl gets to end by itself when the lease is lost


def name_owner() -> str:
    """This process among all that might want the lease."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


@dataclass(slots=True)
class Leadership:
    """The lease as one service sees it. ``lost`` is set once another one may have it; ``length`` is in seconds."""

    database_url: str
    length: float = LENGTH
    owner: str = field(default_factory=name_owner)
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    _renewing: asyncio.Task[None] | None = None
    # A thread of its own: those that jobs share may all be busy with a mail server that does not answer.
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "lease"))

    async def acquire(self, stopped: asyncio.Event) -> bool:
        """Wait until the lease is ours and nobody else works any more; False when ``stopped`` was set before."""
        told = ""
        while not stopped.is_set():
            began = asyncio.get_running_loop().time()
            lease, reason = await self._try_to_take()
            if lease:
                self.lost.clear()
                self._renewing = asyncio.create_task(self.renew(began))
                if not lease.predecessor or await self._outwait(lease.predecessor, stopped):
                    return True
                await self.release()
            elif reason != told:  # once, and not every few seconds for as long as a database is away
                logger.warning("%s; standing by", reason)
                told = reason
            await wait_for(stopped, self.length * RENEWAL)
        return False

    async def _try_to_take(self) -> tuple[Lease | None, str]:
        """The lease, or why it cannot be had; a database that is out of reach may come back."""
        try:
            return await self._ask(self.take), "another service runs on this database"
        except (DatabaseError, TimeoutError) as error:
            return None, f"the lease cannot be asked for: {str(error) or 'no answer'}"

    async def _outwait(self, predecessor: str, stopped: asyncio.Event) -> bool:
        """Give the owner before us the time to find out; whether we may work then."""
        logger.info("taking over from %s in %.0f seconds", predecessor, self.length)
        await wait_for_any((stopped, self.lost), self.length)
        return not stopped.is_set() and not self.lost.is_set()

    async def renew(self, seen: float) -> None:
        """Renew until another one has the lease or may soon have it; then say that it is lost.

        ``seen`` is the loop's time when we began to ask and it was ours.
        """
        loop = asyncio.get_running_loop()
        try:
            while (left := seen + self.length * SURRENDER - loop.time()) > 0:
                await asyncio.sleep(min(self.length * RENEWAL, left))
                began = loop.time()
                try:
                    async with asyncio.timeout_at(seen + self.length * SURRENDER):
                        if not await self._ask(self.hold):
                            return
                except (DatabaseError, TimeoutError) as error:
                    logger.warning("the lease could not be renewed: %s", str(error) or "no answer")
                    continue
                seen = began
        finally:
            self.lost.set()

    async def release(self) -> None:
        """Give the lease back, so that a standby takes over at once."""
        if self._renewing is None:
            return
        self._renewing.cancel()
        await asyncio.gather(self._renewing, return_exceptions=True)
        self._renewing = None
        try:
            await self._ask(self.give_back)
        except (DatabaseError, TimeoutError) as error:
            logger.warning("the lease could not be given back: %s", str(error) or "no answer")

    async def _ask(self, question: Callable[[], T]) -> T:
        """Ask the database something, but do not wait for longer than a lease can bear.

        Raises:
            DatabaseError: it is out of reach.
            TimeoutError: it does not say.
        """
        async with asyncio.timeout(self.length * PATIENCE):
            return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    def hold(self) -> bool:
        """Renew the lease; whether it is ours, which another one's long write does not alter.

        Raises:
            DatabaseError: the database is out of reach.
        """
        try:
            return self.take() is not None
        except DatabaseBusyError:
            with closing(open_database(self.database_url, self.length * PATIENCE / 2)) as database:
                lease = read_lease(database, NAME)
            return lease is not None and lease.owner == self.owner

    def take(self) -> Lease | None:
        """Take or renew the lease; None when another one has it.

        Raises:
            DatabaseError: the database is out of reach.
        """
        with closing(open_database(self.database_url, self.length * PATIENCE / 2)) as database:
            return take_lease(database, NAME, self.owner, datetime.now(UTC), timedelta(seconds=self.length))

    def give_back(self) -> None:
        """Nobody's again, if it is ours."""
        with closing(open_database(self.database_url, self.length * PATIENCE / 2)) as database:
            release_lease(database, NAME, self.owner, datetime.now(UTC))


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but not longer than so long."""
    await wait_for_any((event,), seconds)


async def wait_for_any(events: tuple[asyncio.Event, ...], seconds: float | None = None) -> None:
    """Wait until one of the events is set, but not longer than so long."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
