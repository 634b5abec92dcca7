"""One cycle of the background service: crawl what is due in a child process, then compare."""

import asyncio
import logging
import signal
import sys
from dataclasses import dataclass, field

from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import open_database

logger = logging.getLogger(__name__)

GRACE = 60.0  # seconds that a crawl gets to end cleanly before it is killed


@dataclass(slots=True)
class Cycle:
    """Runs crawls as children, so that a crash or a leak in one cannot take the service down."""

    configuration: Configuration
    _child: asyncio.subprocess.Process | None = field(default=None)

    async def run(self) -> None:
        """Crawl, then compare."""
        code = await self.crawl()
        if code:
            logger.error("the crawl ended with exit code %d", code)
        changes = await asyncio.to_thread(self.compare)
        logger.info("compared: %d changes", changes)

    async def crawl(self) -> int:
        """``scrapy crawl replies`` for what is due; returns its exit code."""
        environment = self.configuration.child_environment() | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scrapy", "crawl", "replies", env=environment
        )
        try:
            return await self._child.wait()
        finally:
            self._child = None

    def compare(self) -> int:
        """Derive what is not yet derived; returns the number of new or altered changes."""
        database = open_database(self.configuration.database_url)
        try:
            return sum(step.changes for step in derive_changes(database, self.configuration.zone))
        finally:
            database.close()

    async def stop(self) -> None:
        """End a running crawl cleanly, as Ctrl-C would; kill it after `GRACE`."""
        child = self._child
        if child is None or child.returncode is not None:
            return
        child.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(child.wait(), GRACE)
        except TimeoutError:
            child.kill()
