"""TLS connections are verified, narrowed or weakened only as the seed says, and faults have names."""

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from crawler.fetching.tls import Profile, TlsPolicy
from tests.crawler.fetching.conftest import Authority, BareServer, Crawl, Script

PAGE: dict[str, Script] = {"/": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",)}


@pytest.fixture
def fetch(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> Callable[..., dict[str, Any]]:
    """Fetches one page over TLS."""

    def run(context: ssl.SSLContext, *, host: str = "127.0.0.1", tls: str = "default", ca: str = "") -> dict[str, Any]:
        server = start_server(PAGE, context)
        crawl = run_crawl(
            [{"url": f"https://{host}:{server.port}/"}],
            hosts=[f"{host}:{server.port}"],
            seed=f'delay = 0.0\ntls = "{tls}"',
            environment={"SSL_CERT_FILE": ca} if ca else {},
        )
        return crawl.results[0]

    return run


def test_unknown_authorities_are_refused(fetch: Callable[..., dict[str, Any]], authority: Authority) -> None:
    """Without the test's authority the certificate is not accepted; no request is kept, for none left."""
    found = fetch(authority.make_context())
    assert found["error"] == "tls_error: issuer unknown or intermediate certificate missing"
    assert found["request"] == found["response"] == ""


def test_other_hosts_certificates_are_refused(fetch: Callable[..., dict[str, Any]], authority: Authority) -> None:
    """A certificate of another name is named as such."""
    found = fetch(authority.make_context(), host="localhost", ca=str(authority.ca_file))
    assert found["error"] == "tls_error: certificate is for another host name"


def test_insecure_is_the_seeds_explicit_choice(fetch: Callable[..., dict[str, Any]], authority: Authority) -> None:
    """Only so is an unknown certificate accepted, and each fetch is stamped with it."""
    found = fetch(authority.make_context(), tls="insecure")
    assert (found["status"], found["tls_profile"]) == (200, "insecure")


@pytest.mark.parametrize(
    ("curve", "tls", "is_met"),
    [
        ("secp384r1", "default", True),
        ("secp384r1", "p256", False),
        ("prime256v1", "p256", True),
    ],
)
def test_p256_offers_that_curve_alone(
    fetch: Callable[..., dict[str, Any]], authority: Authority, curve: str, tls: str, *, is_met: bool
) -> None:
    """With the profile only a server that takes P-256 is met, and verification stays on."""
    context = authority.make_context()
    context.set_ecdh_curve(curve)
    found = fetch(context, tls=tls, ca=str(authority.ca_file))
    assert (found.get("status") == 200) is is_met
    assert found["tls_profile"] == tls
    if not is_met:
        assert found["error"].startswith("tls_error: ")


def test_p256_still_verifies(fetch: Callable[..., dict[str, Any]], authority: Authority) -> None:
    """Narrower is not weaker."""
    assert fetch(authority.make_context(), tls="p256")["error"].startswith("tls_error: issuer unknown")


def test_profiles_are_chosen_by_host_and_port() -> None:
    """host:port wins over host; others get the default."""
    policy = TlsPolicy({"a.example": Profile.P256, "a.example:8443": Profile.LEGACY})
    assert policy.profile_of("a.example", 443) is Profile.P256
    assert policy.profile_of("a.example", 8443) is Profile.LEGACY
    assert policy.profile_of("b.example", 443) is Profile.DEFAULT
