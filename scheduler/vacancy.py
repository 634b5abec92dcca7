"""Which sites can be crawled now: those that no crawl is visiting already, here or on another machine."""

from dataclasses import dataclass

from crawler.locks import is_locked
from seeds.catalog import load_catalog
from storage.advisory import SharedLocks
from storage.configuration import Configuration
from storage.database import Database, share_engine


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Keys of sites: ``free`` ones, and those that are ``busy`` themselves or by one of their hosts."""

    free: tuple[str, ...]
    busy: tuple[str, ...]


def find_vacancy(configuration: Configuration) -> Vacancy:
    """Ask the locks of all sites and hosts; taking them is the crawl's own affair.

    Raises:
        CatalogError: a seed file is wrong.
        DatabaseError: the database is out of reach.
        OSError: the folder of the locks cannot be used.
    """
    folder = configuration.data_dir / "locks"
    sites = load_catalog(configuration.seeds_dir).sites
    database = Database(share_engine(configuration.database_url))
    try:
        shared = SharedLocks(database)
        hosts = {host.lower() for site in sites.values() for host in site.hosts}
        taken = {host for host in hosts if is_locked(folder, f"host-{host}", shared)}
        busy = [
            key
            for key, site in sites.items()
            if taken & {host.lower() for host in site.hosts} or is_locked(folder, f"site-{key}", shared)
        ]
    finally:
        database.close()
    return Vacancy(tuple(key for key in sites if key not in busy), tuple(busy))
