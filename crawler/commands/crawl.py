"""``scrapy crawl``, with the arguments and the configuration checked first: one clear line and exit code 2."""

import argparse
import ipaddress
import sys
from collections.abc import Iterable
from typing import NoReturn

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.crawler import Crawler

from crawler.arguments import ArgumentError, CrawlArguments, parse_arguments
from crawler.composition import read_configuration
from seeds.catalog import CatalogError, Site, load_catalog
from storage.configuration import Configuration, ConfigurationError
from storage.database import DatabaseError, open_database

WRONG_USE = 2
STORAGE_FAILED = "storage_failed"  # the reason with which the pipelines close a crawl that nothing can be kept of
SPIDER = "replies"  # not imported: every scrapy command would load it with all that it needs


class Command(crawl.Command):
    """Scrapy's own command behind a check, with an exit code for a crawl that could not keep what it fetched."""

    _made: Crawler | None = None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; 1 when archive or database failed on the way."""
        super().run(args, opts)
        stats = self._made.stats if self._made else None
        if stats is not None and stats.get_value("finish_reason") == STORAGE_FAILED:
            self.exitcode = 1

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._made = super()._create_crawler(spidercls)
        return self._made

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check what the ``replies`` spider is given, before anything is logged."""
        super().process_options(args, opts)
        if args == [SPIDER] and self.settings is not None:
            try:
                check_configuration(read_configuration(self.settings), parse_arguments(opts.spargs))
            except (ArgumentError, ConfigurationError, CatalogError, DatabaseError) as error:
                fail_with(str(error))


def check_configuration(configuration: Configuration, arguments: CrawlArguments) -> None:
    """Refuse to start without what a crawl needs: good seeds, a contact for public hosts, a database.

    Raises:
        ConfigurationError: no contact is set.
        CatalogError: a seed file is wrong, or there is no such site.
        DatabaseError: the database cannot be opened.
    """
    catalog = load_catalog(configuration.seeds_dir)
    sites = (catalog.pick_sites(arguments.sites) if arguments.sites else catalog).sites.values()
    if not configuration.contact and has_public_host(sites):
        raise ConfigurationError(
            "no contact is set: the sites' operators must be able to reach you. Set REPLYWATCH_CONTACT to a mail "
            'address or a web page, or contact = "…" in replywatch.toml'
        )
    open_database(configuration.database_url).close()


def has_public_host(sites: Iterable[Site]) -> bool:
    """Whether any host of the sites may belong to somebody else."""
    return any(not is_local(host) for site in sites for host in site.hosts)


def is_local(host: str) -> bool:
    """Whether an entry of an allow-list names this machine."""
    name = host.rsplit(":", 1)[0].strip("[]") if host.count(":") == 1 or host.startswith("[") else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def fail_with(message: str) -> NoReturn:
    """End with one line and exit code 2."""
    sys.stderr.write(f"scrapy crawl: {message}\n")
    raise SystemExit(WRONG_USE)
