"""What a robots.txt, or its absence, permits (RFC 9309)."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.fetching.rules import Kind, rule_on

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://www.example.gov.cn/zwgk/t1.html"


@pytest.mark.parametrize(
    ("status", "kind", "permits"),
    [
        (404, Kind.NONE, True),
        (410, Kind.NONE, True),
        (401, Kind.NONE, True),
        (403, Kind.NONE, True),
        (302, Kind.NONE, True),
        (429, Kind.UNREACHABLE, False),
        (500, Kind.UNREACHABLE, False),
        (521, Kind.UNREACHABLE, False),
        (None, Kind.UNREACHABLE, False),
    ],
)
def test_status_decides(status: int | None, kind: Kind, *, permits: bool) -> None:
    """4xx means no rules, 5xx and silence mean to wait."""
    ruling = rule_on(status, b"User-agent: *\nDisallow: /", NOW)
    assert (ruling.kind, ruling.permits(URL)) == (kind, permits)


def test_operator_may_take_401_and_403_as_a_refusal() -> None:
    """The stricter reading denies the whole origin; other 4xx stay open."""
    assert not rule_on(403, b"", NOW, unauthorized="deny").permits(URL)
    assert rule_on(401, b"", NOW, unauthorized="deny").reason == "robots.txt denied: status 401"
    assert rule_on(404, b"", NOW, unauthorized="deny").permits(URL)


def test_own_group_wins_over_everybodys() -> None:
    """The group of our product token counts, in whatever case, with its delay; the longest match decides."""
    everybody = b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n\n"
    text = everybody + b"User-Agent: ReplyWatch\nCrawl-delay: 7\nDisallow: /zwgk/\nAllow: /zwgk/t"
    ruling = rule_on(200, text, NOW)
    assert ruling.permits(URL)
    assert not ruling.permits("https://www.example.gov.cn/zwgk/other.html")
    assert ruling.crawl_delay == 7
    assert rule_on(200, b"User-agent: replywatcher\nDisallow: /", NOW).permits(URL)


def test_a_page_instead_of_rules_forbids_nothing() -> None:
    """Many sites answer every path with their front page."""
    ruling = rule_on(200, "<html><title>首页</title></html>".encode("gbk"), NOW)
    assert ruling.permits(URL)
    assert ruling.crawl_delay is None


def test_rulings_expire() -> None:
    """Rules count for a day; an unreachable robots.txt is asked for again soon."""
    assert rule_on(200, b"", NOW).expires_at == NOW + timedelta(hours=24)
    assert rule_on(503, b"", NOW).expires_at == NOW + timedelta(minutes=15)


def test_unreachable_says_so() -> None:
    """The reason begins with fixed words, then says what happened."""
    assert rule_on(None, b"", NOW, error="dns_error: no such name").reason == (
        "robots.txt unreachable: dns_error: no such name"
    )
