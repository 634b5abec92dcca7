"""Which news of hosts a crawl has to write, and when: counts now and then, a rest that begins or ends at once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from storage.hosts import HostNews

SECONDS = 30.0  # how often counts are written


@dataclass(slots=True)
class HostLedger:
    """Asks ``describe`` for the hosts as this crawl knows them, and gives what is not written yet."""

    describe: Callable[[], Sequence[HostNews]] = field(default=lambda: ())
    _known: dict[str, HostNews] = field(default_factory=dict)
    _written_at: float = field(default_factory=time.monotonic)

    def take_news(self, *, is_last: bool = False) -> list[HostNews]:
        """What is to be written now; whoever takes it writes it, or ends the crawl."""
        found = self.describe()
        is_urgent = any(is_turned(one, self._known.get(one.host)) for one in found)
        if not (is_last or is_urgent or time.monotonic() - self._written_at > SECONDS):
            return []
        news = [subtract_known(one, self._known.get(one.host)) for one in found]
        self._known, self._written_at = {one.host: one for one in found}, time.monotonic()
        return [one for one in news if one.requests or is_last]


def is_turned(news: HostNews, known: HostNews | None) -> bool:
    """Whether a host has begun or ended to rest since it was written."""
    before = (known.trouble, known.openings) if known else ("", 0)
    return (news.trouble, news.openings) != before


def subtract_known(news: HostNews, known: HostNews | None) -> HostNews:
    """The news with the counts that are not written yet."""
    if known is None:
        return news
    return replace(
        news,
        requests=news.requests - known.requests,
        answers=news.answers - known.answers,
        seconds=news.seconds - known.seconds,
    )
