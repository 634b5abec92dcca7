"""The coarse jobs of the service beside its cycle: tell subscribers, ask outside archives, keep house.

Each opens the database for itself and lets no failure out: the next turn tries again.
"""

import logging
import random
from collections.abc import Callable
from contextlib import closing

from scheduler.digest import send_due
from scheduler.witness import ask_witness
from storage.archive.errors import ArchiveError
from storage.archive.verification import verify_file
from storage.captures import list_files, stream_places
from storage.configuration import Configuration
from storage.database import Database, DatabaseError, open_database

logger = logging.getLogger(__name__)


def tell_subscribers(configuration: Configuration) -> None:
    """Write and send the digests and alerts that are due."""
    if configuration.subscribers:
        with_database(configuration, lambda database: say("notices", send_due(configuration, database)))


def ask_archives(configuration: Configuration) -> None:
    """Ask the outside archive, when one is set, for copies of what changed."""
    if configuration.witness:

        def ask(database: Database) -> None:
            kept, failed = ask_witness(configuration, database, configuration.witness)
            say("witness", {"kept": kept, "failed": failed})

        with_database(configuration, ask)


def keep_house(configuration: Configuration) -> None:
    """Read one file of the archive again, another each time, and let the database look after itself."""

    def tend(database: Database) -> None:
        database.optimize()
        files = list_files(database)
        if not files:
            return
        file = random.choice(files)  # noqa: S311 - a sample, not a secret
        faults = list(verify_file(configuration.archive_dir, file, stream_places(database, file)))
        for fault in faults:
            logger.error("%s: %s at %s %s", fault.file, fault.kind, fault.offset, fault.detail)
        logger.info("read %s again: %d faults", file, len(faults))

    with_database(configuration, tend)


def with_database(configuration: Configuration, job: Callable[[Database], None]) -> None:
    """Run a job on an open database; what goes wrong is logged."""
    try:
        with closing(open_database(configuration.database_url)) as database:
            job(database)
    except (DatabaseError, ArchiveError, OSError) as error:
        logger.warning("%s", error)


def say(name: str, counts: dict[str, int]) -> None:
    """Log what was done, when anything was."""
    if any(counts.values()):
        logger.info("%s: %s", name, ", ".join(f"{key} {count}" for key, count in counts.items()))
