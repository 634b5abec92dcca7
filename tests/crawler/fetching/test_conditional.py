"""Validators are sent back as they came."""

from crawler.fetching.conditional import conditional_headers


def test_both_validators_are_sent_back() -> None:
    """ETag and Last-Modified become the two conditions, weak ones included."""
    assert conditional_headers('W/"a-1"', "Tue, 24 Nov 2026 06:00:00 GMT") == {
        "If-None-Match": 'W/"a-1"',
        "If-Modified-Since": "Tue, 24 Nov 2026 06:00:00 GMT",
    }


def test_without_validators_the_page_is_fetched_in_full() -> None:
    """Nothing known, or nothing that can stand in a header, means no condition."""
    assert conditional_headers(None, "") == {}
    assert conditional_headers('"a"\r\nX: y', None) == {}
    assert conditional_headers('"答"', "x") == {"If-Modified-Since": "x"}
