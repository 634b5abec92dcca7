"""What a robots.txt, or its absence, means for us (RFC 9309). Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from protego import Protego

TOKEN = "replywatch"  # noqa: S105 - the product token of RFC 9309, no secret
READ_BYTES = 512 * 1024
"""RFC 9309, 2.5: at least 500 KiB have to be read."""

LIFETIME = timedelta(hours=24)
"""RFC 9309, 2.4."""

RETRY = timedelta(minutes=15)
"""After so long an unreachable robots.txt is asked for again."""


class Kind(StrEnum):
    """What stands behind a ruling."""

    RULES = "rules"
    NONE = "no rules"
    DENIED = "robots.txt denied"
    UNREACHABLE = "robots.txt unreachable"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What we may do on one origin until ``expires_at``."""

    kind: Kind
    expires_at: datetime
    detail: str = ""
    rules: Protego | None = field(default=None, repr=False, compare=False)

    def permits(self, url: str) -> bool:
        """The URL may be fetched now."""
        if self.rules is not None:
            return self.rules.can_fetch(url, TOKEN)
        return self.kind in (Kind.RULES, Kind.NONE)

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between requests that the site asks us, or everybody, to keep."""
        delay = self.rules.crawl_delay(TOKEN) if self.rules is not None else None
        return None if delay is None else max(0.0, float(delay))

    @property
    def reason(self) -> str:
        """Why a URL is denied, for a capture's detail."""
        if self.kind is Kind.RULES:
            return "forbidden by robots.txt"
        return f"{self.kind}: {self.detail}" if self.detail else str(self.kind)


def rule_on(
    status: int | None, body: bytes, now: datetime, *, unauthorized: str = "allow", error: str | None = None
) -> Ruling:
    """Judge the answer to ``/robots.txt``, redirects followed.

    ``status`` is None when there was none, and ``error`` says why. ``unauthorized`` is the operator's choice for 401
    and 403: ``allow`` as RFC 9309 has it (2.3.1.3: unavailable means no rules), or ``deny`` as a stricter reading has
    it. 429 means to come back later, so it is taken like the 5xx, although the RFC would count it as unavailable.
    """
    if status is None or error:
        return Ruling(Kind.UNREACHABLE, now + RETRY, error or "no answer")
    if status >= 500 or status == 429:  # noqa: PLR2004 - HTTP's own numbers
        return Ruling(Kind.UNREACHABLE, now + RETRY, f"status {status}")
    if status in (401, 403) and unauthorized == "deny":
        return Ruling(Kind.DENIED, now + LIFETIME, f"status {status}")
    if status >= 300:  # noqa: PLR2004 - likewise
        return Ruling(Kind.NONE, now + LIFETIME, f"status {status}")
    text = body[:READ_BYTES].decode("utf-8-sig", errors="replace")
    return Ruling(Kind.RULES, now + LIFETIME, f"status {status}", Protego.parse(text))
