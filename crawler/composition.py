"""The crawl's composition root: configuration, seeds and session, made once a crawler and handed on as values."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.session import CrawlSession, open_session
from seeds.catalog import Catalog, load_catalog
from storage.configuration import KEYS, PREFIX, Configuration, load_configuration

_configurations: WeakKeyDictionary[Crawler, Configuration] = WeakKeyDictionary()
_catalogs: WeakKeyDictionary[Crawler, Catalog] = WeakKeyDictionary()
_sessions: WeakKeyDictionary[Crawler, CrawlSession] = WeakKeyDictionary()


def read_configuration(settings: BaseSettings) -> Configuration:
    """The configuration of a crawl: file, environment, then ``-s REPLYWATCH_…``.

    Raises:
        ConfigurationError: a setting is wrong.
    """
    given = {key: settings[PREFIX + key.upper()] for key in KEYS if settings.get(PREFIX + key.upper()) is not None}
    return load_configuration(overrides=given)


def configuration_of(crawler: Crawler) -> Configuration:
    """The configuration of this crawl.

    Raises:
        ConfigurationError: a setting is wrong.
    """
    if crawler not in _configurations:
        _configurations[crawler] = read_configuration(crawler.settings)
    return _configurations[crawler]


def catalog_of(crawler: Crawler) -> Catalog:
    """The seeds of this crawl.

    Raises:
        CatalogError: a seed file is wrong.
    """
    if crawler not in _catalogs:
        _catalogs[crawler] = load_catalog(configuration_of(crawler).seeds_dir)
    return _catalogs[crawler]


def session_of(crawler: Crawler, arguments: Mapping[str, object] | None = None) -> CrawlSession:
    """The database, archive and run of this crawl; opened by the spider, which gives its arguments.

    Raises:
        DatabaseError, ArchiveError: one of them cannot be used.
    """
    if crawler not in _sessions:
        _sessions[crawler] = open_session(configuration_of(crawler), arguments or {})
    return _sessions[crawler]
