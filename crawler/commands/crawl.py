"""``scrapy crawl``, with the arguments and the configuration checked first: one clear line and exit code 2."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from typing import NoReturn

from scrapy.commands import crawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.arguments import ArgumentError, CrawlArguments, parse_arguments
from crawler.composition import read_configuration
from crawler.contact import demand_contact
from crawler.ending import STORAGE_FAILED
from crawler.locks import Locks, SiteBusyError
from seeds.catalog import CatalogError, load_catalog
from storage.advisory import share_locks
from storage.archive.errors import ArchiveError
from storage.configuration import Configuration, ConfigurationError
from storage.database import DatabaseError, open_database

logger = logging.getLogger(__name__)

NOT_KEPT, WRONG_USE = 1, 2  # exit codes: archive or database failed; nothing was begun
REPLIES, PROBE = "replies", "probe"  # not imported: every scrapy command would load all that they need
MISTAKES = (ArgumentError, ConfigurationError, CatalogError, DatabaseError, ArchiveError, SiteBusyError)


class Command(crawl.Command):
    """Scrapy's own command behind a check, with an exit code for a crawl that could not keep what it fetched."""

    _failure: BaseException | None = None  # what kept the crawl from beginning
    _locks: Locks | None = None  # held until the process ends

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; 1 when archive or database failed, on the way or between the check and the beginning."""
        if len(args) != 1 or not isinstance(self.crawler_process, AsyncCrawlerProcess):
            super().run(args, opts)  # which says what is wrong
            return
        crawler = self._create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs).add_done_callback(self._note_failure)
        self.crawler_process.start()
        if isinstance(self._failure, MISTAKES):
            sys.stderr.write(f"scrapy crawl: {self._failure}\n")
        elif self._failure is not None:
            logger.critical("the crawl could not begin", exc_info=self._failure)
        has_begun = not self.crawler_process.bootstrap_failed and self._failure is None
        if not has_begun or crawler.stats.get_value(STORAGE_FAILED):
            self.exitcode = NOT_KEPT

    def _note_failure(self, crawl: asyncio.Future[None]) -> None:
        """Take the error in, which would be logged with all that stands behind it."""
        if not crawl.cancelled():
            self._failure = crawl.exception()

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check what our spiders are given, before anything is logged."""
        super().process_options(args, opts)
        if not args or self.settings is None:
            return
        if opts.output or opts.overwrite_output:
            fail_with("-o, -O: what is seen goes to the archive and the database; replywatch export gives it as a file")
        if args[0] not in (REPLIES, PROBE):
            check_name(args[0], self.settings)
            return
        try:
            configuration = read_configuration(self.settings)
            if args[0] == PROBE:
                check_seeds(configuration, [key for key in opts.spargs.get("site", "").split(",") if key])
            else:
                self._locks = prepare_crawl(configuration, parse_arguments(opts.spargs))
        except MISTAKES as error:
            fail_with(str(error))


def check_name(name: str, settings: BaseSettings) -> None:
    """Refuse a spider that there is not, before Scrapy does so with a traceback."""
    known = get_spider_loader(settings).list()
    if name not in known:
        fail_with(f"there is no spider {name}; there are {', '.join(sorted(known))}")


def prepare_crawl(configuration: Configuration, arguments: CrawlArguments) -> Locks:
    """Refuse to start without what a crawl needs: good seeds, a contact, a database, an archive, sites of its own.

    Raises:
        ConfigurationError: no contact is set.
        CatalogError: a seed file is wrong, or there is no such site.
        DatabaseError, ArchiveError: what is found cannot be kept.
        SiteBusyError: another crawl visits one of the sites.
    """
    keys = check_seeds(configuration, arguments.sites)
    open_database(configuration.database_url).close()
    locks = Locks(configuration.data_dir / "locks", share_locks(configuration.database_url))
    sites = load_catalog(configuration.seeds_dir).pick_sites(keys).sites.values()
    try:
        configuration.archive_dir.mkdir(parents=True, exist_ok=True)
        locks.take_sites(keys, [host.lower() for site in sites for host in site.hosts])
    except OSError as error:
        raise ArchiveError(f"cannot be written: {error.strerror}", file=str(error.filename)) from error
    return locks


def check_seeds(configuration: Configuration, keys: Sequence[str]) -> list[str]:
    """The keys of the sites to be visited, all when none is named.

    Raises:
        ConfigurationError: no contact is set.
        CatalogError: a seed file is wrong, or there is no such site.
    """
    catalog = load_catalog(configuration.seeds_dir)
    sites = catalog.choose_sites(keys).sites
    demand_contact(configuration, [host for site in sites.values() for host in site.hosts])
    return list(sites)


def fail_with(message: str) -> NoReturn:
    """End with one line and exit code 2."""
    sys.stderr.write(f"scrapy crawl: {message}\n")
    raise SystemExit(WRONG_USE)
