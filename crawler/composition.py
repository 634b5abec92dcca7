"""Where Scrapy's components get the configuration and the seeds from: read once a crawler, handed on as values."""

from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler

from seeds.catalog import Catalog, load_catalog
from storage.configuration import KEYS, PREFIX, Configuration, load_configuration

_configurations: WeakKeyDictionary[Crawler, Configuration] = WeakKeyDictionary()
_catalogs: WeakKeyDictionary[Crawler, Catalog] = WeakKeyDictionary()


def configuration_of(crawler: Crawler) -> Configuration:
    """The configuration of this crawl: file, environment, then ``-s REPLYWATCH_…``.

    Raises:
        ConfigurationError: a setting is wrong.
    """
    if crawler not in _configurations:
        settings = crawler.settings
        given = {key: settings[PREFIX + key.upper()] for key in KEYS if settings.get(PREFIX + key.upper()) is not None}
        _configurations[crawler] = load_configuration(overrides=given)
    return _configurations[crawler]


def catalog_of(crawler: Crawler) -> Catalog:
    """The seeds of this crawl.

    Raises:
        CatalogError: a seed file is wrong.
    """
    if crawler not in _catalogs:
        _catalogs[crawler] = load_catalog(configuration_of(crawler).seeds_dir)
    return _catalogs[crawler]
