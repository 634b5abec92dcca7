"""Why a request was not sent, or its answer not accepted. Each error knows the outcome that it amounts to."""

from scrapy.exceptions import IgnoreRequest

from crawler.fetching.rules import Kind, Ruling
from storage.records import Exchange, Outcome


class FetchRefusal(IgnoreRequest):
    """We refused to fetch, or to accept what came.

    Attributes:
        url: what was asked for.
        detail: a few words for a person, fit for `storage.records.Finding.detail`.
        outcome: what the fetch amounts to; None when nothing is known of the page, so that it stays due.
    """

    outcome: Outcome | None = None

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(f"{url}: {detail}")
        self.url = url
        self.detail = detail


class OffListHost(FetchRefusal):
    """The host stands on no seed's allow-list, or the scheme is neither http nor https."""

    outcome = Outcome.REDIRECTED_AWAY

    def __init__(self, url: str, host: str) -> None:
        super().__init__(url, f"{host or url} is not on the allow-list")
        self.host = host


class AddressRefused(FetchRefusal):
    """A host name led to an address that is not public; ``reason`` is loopback, private, link-local, reserved …."""

    outcome = Outcome.CONNECT_ERROR

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, f"{reason} address {address} refused")
        self.address = address
        self.reason = reason


class RobotsDenied(FetchRefusal):
    """robots.txt forbids the URL, or was ``is_unreachable``, which means to wait (RFC 9309, 2.3.1.4).

    ``exchange`` is the last one behind the ruling, None when there was none.
    """

    outcome = Outcome.ROBOTS_DENIED

    def __init__(self, url: str, ruling: Ruling, exchange: Exchange | None = None) -> None:
        super().__init__(url, ruling.reason)
        self.ruling = ruling
        self.is_unreachable = ruling.kind is Kind.UNREACHABLE
        self.exchange = exchange

    @property
    def cause(self) -> Outcome | None:
        """What kept robots.txt from being read, where that was no answer at all: ``dns_error``, ``tls_error`` …."""
        if not self.exchange or self.exchange.status is not None or not self.exchange.error:
            return None
        return Outcome(self.exchange.error.partition(":")[0])


class HostUnavailable(FetchRefusal):
    """The host's circuit is open: nothing is sent to it for ``seconds`` more, and nothing is said of the page."""

    def __init__(self, url: str, host: str, seconds: float) -> None:
        super().__init__(url, f"{host} rests for {seconds:.0f} s more")
        self.host = host
        self.seconds = seconds


class CrawlEnding(FetchRefusal):
    """The crawl is being stopped, so the request, which had not been sent yet, never will be; its page stays due."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "the crawl is ending")


class DecompressionBomb(FetchRefusal):
    """The body grew beyond the limit while it was decompressed."""

    outcome = Outcome.TOO_LARGE
