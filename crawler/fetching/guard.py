"""The downloader middleware that lets only the seeds' hosts through. Addresses are checked by the connection itself."""

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.composition import catalog_of
from crawler.fetching.errors import OffListHost
from crawler.fetching.hosts import HostList, read_netloc


class HostGuard:
    """Refuses what is on no allow-list, before anything else is done for it; redirects that are followed included."""

    def __init__(self, hosts: HostList) -> None:
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "HostGuard":
        """Take the hosts of all seeds."""
        return cls(HostList(host for site in catalog_of(crawler).sites.values() for host in site.hosts))

    def process_request(self, request: Request) -> None:
        """Let a listed host pass.

        Raises:
            OffListHost: the host, with its port, is not listed, or the scheme is neither http nor https.
        """
        request.meta.pop("exchange", None)  # a redirect's request may have inherited the exchange before
        if not self._hosts.allows(request.url):
            netloc = read_netloc(request.url)
            raise OffListHost(request.url, netloc[0] if netloc else "")
