"""Which hosts and addresses may be visited at all. Pure.

Hosts come from the seeds' allow-lists. Addresses must be public, whatever name led to them: the special ranges are
those of the IANA registries (RFC 6890 and its successors), as Python's `ipaddress` knows them.
"""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def judge_address(text: str, *, allow_private: bool = False) -> str | None:
    """Why an address may not be connected to: one word or two; None when it may.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged as well.
    """
    if allow_private:
        return None
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unreadable"
    return next((reason for each in unfold_address(address) if (reason := name_range(each))), None)


def unfold_address(address: Address) -> list[Address]:
    """The address itself, or the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return [address.ipv4_mapped]
        if address.sixtofour:
            return [address.sixtofour]
        if address.teredo:
            return list(address.teredo)
        if address in NAT64:
            return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address]


def name_range(address: Address) -> str | None:
    """The special range that an address lies in; None for a public one."""
    signs = {
        "unspecified": address.is_unspecified,
        "loopback": address.is_loopback,
        "link-local": address.is_link_local,
        "multicast": address.is_multicast,
        "private": address.is_private,
        "reserved": address.is_reserved or not address.is_global,
    }
    return next((name for name, applies in signs.items() if applies), None)


class HostList:
    """An allow-list of ``host`` (its default ports) and ``host:port``."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(normalize_host(host) for host in hosts)

    def allows(self, url: str) -> bool:
        """The URL is http or https and its host, with its port, is on the list."""
        netloc = read_netloc(url)
        if netloc is None:
            return False
        host, port, is_default = netloc
        return f"{host}:{port}" in self._hosts or (is_default and host in self._hosts)


@lru_cache(maxsize=1024)  # every part of the fetching room asks for the same URL in turn
def read_netloc(url: str) -> tuple[str, int, bool] | None:
    """Host, port, and whether the port is the scheme's own; None for what cannot be fetched over http or https."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    default = DEFAULT_PORTS[parts.scheme]
    host = f"[{host}]" if ":" in host else normalize_host(host)
    return host, port or default, port in (None, default)


@lru_cache(maxsize=1024)
def host_key(url: str) -> str:
    """``host``, or ``host:port`` when the port is not the scheme's own: what is paced as one. Empty without a host."""
    netloc = read_netloc(url)
    if netloc is None:
        return ""
    host, port, is_default = netloc
    return host if is_default else f"{host}:{port}"


def normalize_host(host: str) -> str:
    """Lower case, without a final dot, in the ASCII form of IDNA; a port after a colon is left as it is."""
    host = host.strip().lower().rstrip(".")
    if host.isascii():
        return host
    name, colon, port = host.partition(":")
    try:
        return name.encode("idna").decode("ascii") + colon + port
    except UnicodeError:
        return host
