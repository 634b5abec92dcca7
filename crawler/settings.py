"""Scrapy's settings for this project. The configuration is read here, so that a wrong one ends any command early.

What has to do with one site (delay, TLS profile) stands in its seed; what an operator sets, in the README's chapter on
operation. Middlewares and extensions of Scrapy that do nothing here are left out: each costs time at every request.
"""

import sys
from importlib.util import find_spec

from crawler.fetching.limits import PAGE_BYTES, TOTAL_SECONDS
from storage.configuration import ConfigurationError, load_configuration

try:
    load_configuration()
except ConfigurationError as error:
    sys.stderr.write(f"replywatch: {error}\n")
    raise SystemExit(2) from None

BOT_NAME = "replywatch"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
ADDONS = {"crawler.addon.ReplywatchAddon": 0}

# Fetching: a polite guest who keeps every byte.
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetching.wire.WireDownloadHandler",
    "https": "crawler.fetching.wire.WireDownloadHandler",
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}  # a component that is switched off by name is imported all the same
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.fetching.guard.HostGuard": 50,
    "crawler.fetching.robots.RobotsPolicy": 100,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "crawler.fetching.compression.BoundedCompression": 590,
    "crawler.fetching.cookies.HostCookies": 700,
    "crawler.fetching.throttle.HostPace": 900,
}
# Left out of Scrapy's: those that ours replace (offsite, robots.txt, compression, cookies), redirects (each hop is a
# capture; the spider follows), retry (each try is a capture of its own, on another day), authentication, proxies, and
# statistics that nobody reads.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}  # an error page is evidence, too
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 32  # hosts at a time
DOWNLOAD_DELAY = 2.0  # seconds; a seed's own delay and robots.txt come before it
DOWNLOAD_MAXSIZE = PAGE_BYTES
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = TOTAL_SECONDS
DNS_TIMEOUT = 10
DOWNLOAD_FAIL_ON_DATALOSS = False  # a truncated answer is kept as evidence
DOWNLOADER = "crawler.fetching.downloader.HostDownloader"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the spider knows what it asked for

# From a fetch to the database.
ITEM_PIPELINES = {
    "crawler.pipelines.ArchivePipeline": 100,
    "crawler.pipelines.ExtractPipeline": 200,
    "crawler.pipelines.RecordPipeline": 300,
}
CONCURRENT_ITEMS = 1  # of one response, which has one that may make a pipeline wait; more cost time at each
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 300 * 1024 * 1024  # bytes of responses in work; one attachment may have a third of it

# What it costs.
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads and parses the source of a callback at every response
STATS_CLASS = "crawler.fetching.quiet.QuickStats"
LOG_FORMATTER = "crawler.fetching.quiet.QuietFormatter"

# What is seen of a crawl.
LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
TELNETCONSOLE_ENABLED = False
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "crawler.fetching.progress.Progress": 0,
    "crawler.lifeline.Lifeline": 0,
}
