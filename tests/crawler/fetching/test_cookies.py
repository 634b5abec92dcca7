"""Cookies go back to the host that set them."""

from scrapy import Request
from scrapy.http import Response

from crawler.fetching.cookies import HostCookies


def test_cookies_go_back_to_their_host_alone() -> None:
    """A cookie set on one host, for whatever domain, is sent to that host again and to no other."""
    cookies = HostCookies()
    first = Request("http://a.example.gov.cn/")
    headers = {"Set-Cookie": ["gate=1; path=/", "wide=2; domain=example.gov.cn"]}
    cookies.process_response(first, Response(first.url, status=302, headers=headers))
    again, other = Request("https://a.example.gov.cn/x"), Request("http://b.example.gov.cn/")
    cookies.process_request(again)
    cookies.process_request(other)
    assert b"gate=1" in (again.headers.get("Cookie") or b"")
    assert "Cookie" not in other.headers
