"""The coarse jobs of the service beside its cycle: tell subscribers, ask outside archives, keep house.

Each opens the database for itself and lets no failure out: the next turn tries again.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial

import click

from crawler.adoption import recover_captures
from scheduler.cycle import Cycle
from scheduler.digest import send_due
from scheduler.notify import read_time
from scheduler.roots import keep_root
from scheduler.witness import ask_witness
from storage.advisory import SharedLocks
from storage.archive.errors import ArchiveError
from storage.archive.verification import verify_file
from storage.captures import list_files, stream_places
from storage.configuration import Configuration
from storage.database import Database, DatabaseError, open_database
from storage.incidents.derivation import update_incidents
from storage.incidents.standing import note_standing
from storage.outbox import forget_sent
from storage.upkeep import compact_database

logger = logging.getLogger(__name__)

KEPT_LETTERS = timedelta(days=90)  # messages that went out


def tell_subscribers(configuration: Configuration) -> None:
    """See what keeps us from seeing; write and send the digests and alerts that are due."""

    def tell(database: Database) -> None:
        note_standing(configuration, database)
        update_incidents(database)
        if configuration.subscribers:
            say("notices", send_due(configuration, database))

    with_database(configuration, tell)


def ask_archives(configuration: Configuration) -> None:
    """Ask the outside archive, when one is set, for copies of what changed."""
    if configuration.witness:

        def ask(database: Database) -> None:
            kept, failed = ask_witness(configuration, database, configuration.witness)
            say("witness", {"kept": kept, "failed": failed})

        with_database(configuration, ask)


async def keep_house(cycle: Cycle) -> None:
    """See to archive and database, also while a crawl is under way; what would hold up a crawl, only in between."""
    await asyncio.to_thread(tend_archive, cycle.configuration)
    await asyncio.to_thread(take_daily_root, cycle.configuration)
    await cycle.run_between(partial(tend_database, cycle.configuration))


def tend_archive(configuration: Configuration) -> None:
    """Close what writers that are dead left open, and read one file again, another each time."""

    def tend(database: Database) -> None:
        claims = SharedLocks(database)
        recover_captures(database, configuration.archive_dir, claims)
        files = list_files(database)
        if not files:
            return
        file = random.choice(files)  # noqa: S311 - a sample, not a secret
        faults = list(verify_file(configuration.archive_dir, file, stream_places(database, file), claims))
        for fault in faults:
            logger.error("%s: %s at %s %s", fault.file, fault.kind, fault.offset, fault.detail)
        logger.info("read %s again: %d faults", file, len(faults))

    with_database(configuration, tend)


def take_daily_root(configuration: Configuration) -> None:
    """Write one digest over all captures, where the operator wants one a day."""

    def take(database: Database) -> None:
        try:
            if path := keep_root(configuration, database):
                logger.info("a root over all captures: %s", path)
        except click.UsageError as error:
            logger.error("no root today: %s", error.message)  # noqa: TRY400 - one line says it all

    if configuration.daily_root:
        with_database(configuration, take)


def tend_database(configuration: Configuration) -> None:
    """Forget messages that went out long ago; let the database renew its statistics and give back room."""

    def tend(database: Database) -> None:
        forget_sent(database, read_time() - KEPT_LETTERS)
        database.optimize()
        if given_back := compact_database(database):
            logger.info("the database gave back %.0f MB", given_back / 1e6)

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
