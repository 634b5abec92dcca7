"""TLS connections are verified, narrowed or weakened only as the seed says, and faults have names."""

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from crawler.fetching.tls import OP_LEGACY_SERVER_CONNECT, Profile, TlsPolicy, make_options
from tests.crawler.fetching.conftest import Authority, BareServer, Crawl, Script

PAGE: dict[str, Script] = {"/": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",)}


Found = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def fetch(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> Callable[..., Found]:
    """Fetches one page from each of the named servers, given as context, host and profile, in one crawl."""

    def run(servers: dict[str, tuple[ssl.SSLContext, str, str]], ca: str = "") -> Found:
        netlocs = [f"{host}:{start_server(PAGE, context).port}" for context, host, _ in servers.values()]
        seeds = [
            ([netloc], f'delay = 0.0\ntls = "{tls}"')
            for netloc, (_, _, tls) in zip(netlocs, servers.values(), strict=True)
        ]
        crawl = run_crawl(
            [{"url": f"https://{netloc}/"} for netloc in netlocs],
            hosts=seeds[0][0],
            seed=seeds[0][1],
            sites=seeds[1:],
            environment={"SSL_CERT_FILE": ca} if ca else {},
        )
        return dict(zip(servers, crawl.results, strict=True))

    return run


@pytest.fixture(scope="module")
def untrusted(fetch: Callable[..., Found], authority: Authority) -> Found:
    """Servers whose authority nobody told us to trust."""
    context = authority.make_context()
    return fetch({tls: (context, "127.0.0.1", tls) for tls in ("default", "p256", "insecure")})


@pytest.fixture(scope="module")
def trusted(fetch: Callable[..., Found], authority: Authority) -> Found:
    """Servers whose authority is trusted, with one curve each, and one that is called by a name it has no right to."""

    def limit_curve(curve: str) -> ssl.SSLContext:
        context = authority.make_context()
        context.set_ecdh_curve(curve)
        return context

    servers = {
        "other name": (authority.make_context(), "localhost", "default"),
        "expired": (authority.make_context(is_expired=True), "127.0.0.1", "default"),
        "P-384, any": (limit_curve("secp384r1"), "127.0.0.1", "default"),
        "P-384, P-256": (limit_curve("secp384r1"), "127.0.0.1", "p256"),
        "P-256, P-256": (limit_curve("prime256v1"), "127.0.0.1", "p256"),
    }
    return fetch(servers, str(authority.ca_file))


def test_unknown_authorities_are_refused(untrusted: Found) -> None:
    """Without the test's authority the certificate is not accepted; no request is kept, for none left."""
    found = untrusted["default"]
    assert found["error"] == "tls_error: issuer unknown or intermediate certificate missing"
    assert found["request"] == found["response"] == ""


def test_other_hosts_certificates_are_refused(trusted: Found) -> None:
    """A certificate of another name is named as such."""
    assert trusted["other name"]["error"] == "tls_error: certificate is for another host name"


def test_expired_certificates_are_refused(trusted: Found) -> None:
    """Of an authority that is trusted, for the right host, and a week too old."""
    assert trusted["expired"]["error"].startswith("tls_error: ")
    assert "expired" in trusted["expired"]["error"]
    assert trusted["expired"]["response"] == ""


def test_insecure_is_the_seeds_explicit_choice(untrusted: Found) -> None:
    """Only so is an unknown certificate accepted, and each fetch is stamped with it."""
    assert (untrusted["insecure"]["status"], untrusted["insecure"]["tls_profile"]) == (200, "insecure")


def test_p256_offers_that_curve_alone(trusted: Found) -> None:
    """With the profile only a server that takes P-256 is met."""
    assert trusted["P-384, any"]["status"] == trusted["P-256, P-256"]["status"] == 200
    assert trusted["P-384, P-256"]["error"].startswith("tls_error: ")
    assert trusted["P-256, P-256"]["tls_profile"] == "p256"


def test_p256_still_verifies(untrusted: Found) -> None:
    """Narrower is not weaker."""
    assert untrusted["p256"]["error"].startswith("tls_error: issuer unknown")


def test_profiles_are_chosen_by_host_and_port() -> None:
    """host:port wins over host; others get the default."""
    policy = TlsPolicy({"a.example": Profile.P256, "a.example:8443": Profile.LEGACY})
    assert policy.profile_of("a.example", 443) is Profile.P256
    assert policy.profile_of("a.example", 8443) is Profile.LEGACY
    assert policy.profile_of("b.example", 443) is Profile.DEFAULT


def test_legacy_renegotiation_only_where_asked_for() -> None:
    """Servers without secure renegotiation (RFC 5746) are met with the weaker profiles alone."""
    allowed = {
        each: bool(make_options(each).getContext().set_options(0) & OP_LEGACY_SERVER_CONNECT) for each in Profile
    }
    assert allowed == {
        Profile.DEFAULT: False,
        Profile.P256: False,
        Profile.LEGACY: True,
        Profile.INSECURE: True,
    }
