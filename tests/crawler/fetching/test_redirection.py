"""Where a redirect leads, and when it is not followed."""

import pytest

from crawler.fetching.redirection import HOP_LIMIT, Hop, Refusal, next_hop

PAGE = "http://www.example.gov.cn/a/b.html?x=1"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("c.html", "http://www.example.gov.cn/a/c.html"),
        ("/c d.html#top", "http://www.example.gov.cn/c%20d.html"),
        ("?page=2", "http://www.example.gov.cn/a/b.html?page=2"),
        ("//other.example/x", "http://other.example/x"),
        (" https://www.example.gov.cn/ ", "https://www.example.gov.cn/"),
        ("/%E7%AD%94?a=%2F", "http://www.example.gov.cn/%E7%AD%94?a=%2F"),
        ("/答".encode(), "http://www.example.gov.cn/%E7%AD%94"),
        ("/答".encode("gbk"), "http://www.example.gov.cn/%B4%F0"),
        ("/答".encode().decode("latin-1"), "http://www.example.gov.cn/%E7%AD%94"),
        ("/答", "http://www.example.gov.cn/%E7%AD%94"),
    ],
)
def test_location_becomes_absolute(location: bytes | str, url: str) -> None:
    """Relative addresses, fragments, spaces and raw bytes are resolved as the server means them."""
    assert next_hop(PAGE, location) == Hop(url)


@pytest.mark.parametrize(
    ("location", "refusal"),
    [
        (None, Refusal.NO_LOCATION),
        ("  ", Refusal.NO_LOCATION),
        ("javascript:alert(1)", Refusal.BAD_LOCATION),
        ("ftp://example.org/", Refusal.BAD_LOCATION),
        ("http://[::1/", Refusal.BAD_LOCATION),
    ],
)
def test_what_is_no_address_is_refused(location: str | None, refusal: Refusal) -> None:
    """No location, other schemes and broken addresses lead nowhere."""
    assert next_hop(PAGE, location) is refusal


def test_a_page_may_redirect_to_itself_once() -> None:
    """A gate that sets a cookie and sends back to the same URL is passed; the second time it is a loop."""
    assert next_hop(PAGE, PAGE, [PAGE]) == Hop(PAGE)
    assert next_hop(PAGE, PAGE, [PAGE, PAGE]) is Refusal.LOOP


def test_a_long_chain_ends() -> None:
    """After ten hops no more are followed."""
    chain = [f"http://www.example.gov.cn/{number}" for number in range(HOP_LIMIT + 1)]
    assert next_hop(chain[-2], "/next", chain[:-1]) == Hop("http://www.example.gov.cn/next")
    assert next_hop(chain[-1], "/next", chain) is Refusal.TOO_MANY
