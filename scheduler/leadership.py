"""One leader among services on one database: a lease in the database, renewed while its owner lives.

Times are real ones: a lease must not obey a clock that tests or the demo move.
"""

import asyncio
import logging
import os
import socket
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from storage.database import Database, DatabaseError, open_database
from storage.leases import release_lease, take_lease

logger = logging.getLogger(__name__)

NAME = "service"
LENGTH = 30.0  # seconds that a lease holds
RENEWAL = 3  # times a length that it is renewed, so that one failure loses nothing


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

    async def acquire(self, stopped: asyncio.Event) -> bool:
        """Wait until the lease is ours; False when ``stopped`` was set before."""
        is_told = False
        while not stopped.is_set():
            if await asyncio.to_thread(self.take):
                self.lost.clear()
                self._renewing = asyncio.create_task(self.renew())
                return True
            if not is_told:
                logger.info("another service runs on this database; standing by")
                is_told = True
            await wait_for(stopped, self.length / RENEWAL)
        return False

    async def renew(self) -> None:
        """Renew until that fails for as long as the lease holds, or another has it; then say that it is lost."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while loop.time() - renewed < self.length:
            await asyncio.sleep(self.length / RENEWAL)
            began = loop.time()
            try:
                if not await asyncio.to_thread(self.take):
                    break
            except DatabaseError as error:
                logger.warning("the lease could not be renewed: %s", error)
                continue
            renewed = began
        self.lost.set()

    async def release(self) -> None:
        """Give the lease back, so that a standby takes over at once."""
        if self._renewing is None:
            return
        self._renewing.cancel()
        await asyncio.gather(self._renewing, return_exceptions=True)
        self._renewing = None
        try:
            await asyncio.to_thread(self.give_back)
        except DatabaseError as error:
            logger.warning("the lease could not be given back: %s", error)

    def take(self) -> bool:
        """Take or renew the lease; whether it is ours now.

        Raises:
            DatabaseError: the database is out of reach.
        """
        with closing(self.open()) as database:
            length = timedelta(seconds=self.length)
            return take_lease(database, NAME, self.owner, datetime.now(UTC), length) is not None

    def give_back(self) -> None:
        """Nobody's again, if it is ours."""
        with closing(self.open()) as database:
            release_lease(database, NAME, self.owner, datetime.now(UTC))

    def open(self) -> Database:
        """The database, for a moment."""
        return open_database(self.database_url)


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but not longer than so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
