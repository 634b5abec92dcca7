"""Whether and where a redirect is followed. Pure; the spider follows, one hop at a time, each hop a capture."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urldefrag, urljoin, urlsplit

HOP_LIMIT = 10
VISIT_LIMIT = 2
"""A URL may redirect to itself once: gates that only set a cookie do so, and an ordinary cookie jar passes them."""

REDIRECTS = (301, 302, 303, 307, 308)
AS_THEY_ARE = "%/:?#[]@!$&'()*+,;=-._~"


class Refusal(StrEnum):
    """Why a redirect is not followed."""

    NO_LOCATION = "no location"
    BAD_LOCATION = "bad location"
    LOOP = "redirect loop"
    TOO_MANY = "too many redirects"


@dataclass(frozen=True, slots=True)
class Hop:
    """The absolute URL to go to next; whether its host may be visited is the host guard's business."""

    url: str


def next_hop(request_url: str, location: bytes | str | None, chain: Sequence[str] = ()) -> Hop | Refusal:
    """Where a redirect leads.

    ``chain`` are the URLs visited so far, without or with ``request_url`` at its end. ``location`` is the header's
    value as it came (text is taken for Latin-1, as in `storage.records.Exchange`); bytes that are no ASCII are
    percent-encoded one by one.
    """
    if not location or not location.strip():
        return Refusal.NO_LOCATION
    visited = list(chain) if chain and chain[-1] == request_url else [*chain, request_url]
    try:
        url = urldefrag(urljoin(request_url, quote(to_wire(location).strip(), safe=AS_THEY_ARE))).url
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        return Refusal.BAD_LOCATION
    if visited.count(url) >= VISIT_LIMIT:
        return Refusal.LOOP
    return Refusal.TOO_MANY if len(visited) > HOP_LIMIT else Hop(url)


def to_wire(location: bytes | str) -> bytes:
    """The header's value as bytes."""
    if isinstance(location, bytes):
        return location
    try:
        return location.encode("latin-1")
    except UnicodeEncodeError:
        return location.encode()
