"""Send what is in the outbox by Apprise. Addresses are secrets: no message, log or error shows one."""

import difflib
import logging
import warnings
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

import apprise
from apprise import NotifyBase, NotifyFormat

from seeds.catalog import load_catalog
from storage.clock import Clock
from storage.configuration import Configuration, ConfigurationError
from storage.database import Database
from storage.outbox import Letter, claim_letter, mark_failed, mark_sent
from storage.subscriptions import Subscriber

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports imghdr, where there still is one
    from apprise.plugins.email import NotifyEmail

logger = logging.getLogger(__name__)
logging.getLogger("apprise").propagate = False  # it writes addresses of receivers

PLAIN_LIMIT = 20_000  # bytes of a plain text, where the service allows more
LEAST_SECRET = 4  # characters; shorter pieces of an address are words that anything may hold


def open_address(url: str) -> NotifyBase | None:
    """The way to an address; None when Apprise does not know such a one."""
    found = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    return found if isinstance(found, NotifyBase) else None


def check_subscribers(configuration: Configuration) -> None:
    """Refuse an address that Apprise cannot use, and a site that no seed file describes.

    Raises:
        ConfigurationError: it names the subscriber, and does not show the address.
        CatalogError: a site is named, and a seed file is wrong.
    """
    check_sites(configuration)
    for subscriber in configuration.subscribers:
        for number, url in enumerate(subscriber.urls, 1):
            if open_address(url) is None:
                scheme = url.partition("://")[0]
                raise ConfigurationError(
                    f"replywatch.toml: subscribers.{subscriber.name}.url: Apprise cannot use "
                    f"address {number} ({scheme}://…)"
                )


def check_sites(configuration: Configuration) -> None:
    """Refuse a site that no seed file describes; the seeds are only read when a subscriber names one.

    Raises:
        ConfigurationError: it names the subscriber and the site, and the nearest site that there is.
        CatalogError: a seed file is wrong.
    """
    wanted = [(one.name, site) for one in configuration.subscribers for site in sorted(one.sites)]
    known = sorted(load_catalog(configuration.seeds_dir).sites) if wanted else []
    for name, site in wanted:
        if site not in known:
            near = difflib.get_close_matches(site, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "use the name of a seed file without .toml"
            raise ConfigurationError(f"replywatch.toml: subscribers.{name}.sites: {site} is no site; {hint}")


def takes_html(url: str) -> bool:
    """Whether the address is a mailbox."""
    return isinstance(open_address(url), NotifyEmail)


def find_limit(url: str) -> int:
    """How many bytes a message to this address may have. Some services count bytes, so all are taken to do so."""
    way = open_address(url)
    return min(way.body_maxlen, PLAIN_LIMIT) if way is not None else PLAIN_LIMIT


def deliver_waiting(configuration: Configuration, database: Database) -> dict[str, int]:
    """Send each message whose time has come; returns how many were sent and how many failed for now."""
    counts = {"sent": 0, "failed": 0}
    subscribers = {one.name: one for one in configuration.subscribers}
    while letter := claim_letter(database, read_time()):
        error = send_letter(letter, subscribers.get(letter.subscriber))
        if error is None:
            mark_sent(database, letter, read_time())
            counts["sent"] += 1
        else:
            mark_failed(database, letter, read_time(), error)
            counts["failed"] += 1
            logger.warning("%s: message %s not sent: %s", letter.subscriber, letter.message.reference, error)
    return counts


def read_time() -> datetime:
    """Real time, by which claims and attempts go."""
    return Clock().now()


def send_letter(letter: Letter, subscriber: Subscriber | None) -> str | None:
    """Send one message; None when the server took it, else what is known of why not, without secrets."""
    message = letter.message
    if subscriber is None or message.target >= len(subscriber.urls):
        return "the configuration has no such subscriber or address any more"
    url = subscriber.urls[message.target]
    way = open_address(url)
    if way is None:
        return "Apprise cannot use the address"
    if isinstance(way, NotifyEmail):
        way.headers["X-Replywatch-Reference"] = message.reference
    form = NotifyFormat.HTML if message.is_html else NotifyFormat.TEXT
    with apprise.LogCapture(level=logging.WARNING) as captured:  # type: ignore[no-untyped-call] # it ships no types
        is_sent = way.notify(body=message.body, title=message.subject, body_format=form)
        said = captured.getvalue()
    return None if is_sent else mask_secrets(" ".join(said.split()), url)[-300:] or "the server did not take it"


def mask_secrets(text: str, url: str) -> str:
    """The text with every piece of an address covered."""
    parts = urlsplit(url)
    pieces = {url, parts.netloc, parts.username or "", parts.password or "", parts.query, parts.path}
    pieces |= {*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))}
    pieces |= {unquote(piece) for piece in pieces}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= LEAST_SECRET:
            text = text.replace(piece, "***")
    return text
