"""The downloader middleware that keeps an ordinary cookie jar a host: some sites redirect to themselves until it fits.

Scrapy's own looks cookie domains up in the public suffix list, which it fetches from the web at its first start. A jar
a host needs no such list: a site's cookies go back to the host that set them, and nowhere else.
"""

from collections import defaultdict

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from crawler.fetching.hosts import host_key


class HostCookies:
    """Sends back to each host the cookies that it set in this crawl."""

    def __init__(self) -> None:
        self._jars: dict[str, CookieJar] = defaultdict(CookieJar)

    def process_request(self, request: Request) -> None:
        """Add the host's cookies."""
        if jar := self._jars.get(host_key(request.url)):
            request.headers.pop("Cookie", None)
            jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep what the host sets."""
        if b"Set-Cookie" in response.headers:
            self._jars[host_key(request.url)].extract_cookies(response, request)
        return response
