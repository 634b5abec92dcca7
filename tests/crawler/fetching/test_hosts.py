"""Only listed hosts and public addresses may be visited."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.hosts import HostList, host_key, judge_address

SPECIAL = {
    "127.0.0.1": "loopback",
    "127.8.9.10": "loopback",
    "::1": "loopback",
    "0.0.0.0": "unspecified",  # noqa: S104 - an address to refuse, not to bind
    "::": "unspecified",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "192.168.1.1": "private",
    "fc00::1": "private",
    "169.254.169.254": "link-local",
    "fe80::1%eth0": "link-local",
    "100.64.0.1": "reserved",
    "240.0.0.1": "private",
    "255.255.255.255": "private",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "198.18.0.1": "private",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:10.0.0.1": "private",
    "2002:7f00:1::": "loopback",
    "64:ff9b::192.168.0.1": "private",
    "not an address": "unreadable",
}


@pytest.mark.parametrize(("address", "reason"), SPECIAL.items())
def test_special_addresses_are_refused_unless_allowed(address: str, reason: str) -> None:
    """Each special range has its word, IPv4 inside IPv6 included; the operator's setting lets all of them pass."""
    assert judge_address(address) == reason
    assert judge_address(address, allow_private=True) is None


@pytest.mark.parametrize("address", ["1.1.1.1", "218.28.2.3", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_pass(address: str) -> None:
    """What the public internet routes may be connected to."""
    assert judge_address(address) is None


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_that_is_not_global_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Whatever the address, only a globally reachable one passes."""
    if judge_address(str(address)) is None:
        assert address.is_global or getattr(address, "sixtofour", None) or str(address).startswith("64:ff9b::")


HOSTS = HostList(["www.example.gov.cn", "127.0.0.1:8080", "Öffentlich.example", "[::1]:81"])


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.gov.cn/",
        "https://WWW.example.gov.cn./a?b",
        "https://www.example.gov.cn:443/",
        "http://127.0.0.1:8080/x",
        "http://öffentlich.example/",
        "http://xn--ffentlich-z7a.example/",
        "http://[::1]:81/",
    ],
)
def test_listed_hosts_pass(url: str) -> None:
    """A host stands for its default ports, host:port for that port; case, final dot and IDNA do not matter."""
    assert HOSTS.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.gov.cn/",
        "http://www.example.gov.cn.evil.example/",
        "http://www.example.gov.cn@evil.example/",
        "http://www.example.gov.cn:8080/",
        "http://127.0.0.1/",
        "ftp://www.example.gov.cn/",
        "file:///etc/passwd",
        "http:///x",
        "http://[::1/",
        "http://www.example.gov.cn:99999/",
    ],
)
def test_all_else_is_refused(url: str) -> None:
    """Other hosts, ports and schemes, and what is no URL at all, do not pass."""
    assert not HOSTS.allows(url)


def test_key_of_a_host() -> None:
    """The key is what the seeds call the host."""
    assert host_key("https://A.example/x") == "a.example"
    assert host_key("http://a.example:8080/x") == "a.example:8080"
    assert host_key("about:blank") == ""
