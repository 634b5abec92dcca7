"""What a crawl writes of hosts adds up to what it saw, and a rest is written at once."""

from dataclasses import replace
from datetime import UTC, datetime

from crawler.ledger import HostLedger
from storage.hosts import HostNews

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NEWS = HostNews(
    host="a.example",
    site="jia",
    trouble="",
    available_at=None,
    failures=0,
    openings=0,
    last_outcome="ok",
    last_error="",
    requests=3,
    answers=2,
    seconds=1.0,
    seen_at=NOW,
)


def test_counts_are_written_once() -> None:
    """Nothing while nothing turns; with a rest at once; at the end the rest, so that the sum is what was counted."""
    found = [NEWS]
    ledger = HostLedger(lambda: found)
    assert ledger.take_news() == []
    found[0] = replace(NEWS, requests=5, answers=3, trouble="down", openings=1)
    assert ledger.take_news() == found
    found[0] = replace(found[0], requests=6, seconds=2.5)
    assert ledger.take_news() == []
    (last,) = ledger.take_news(is_last=True)
    assert (last.requests, last.answers, last.seconds) == (1, 0, 1.5)
