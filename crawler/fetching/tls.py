"""TLS profiles a host: how narrow or weak a connection may be. Certificates are always checked, but for ``insecure``.

Some government servers refuse OpenSSL's default curves and accept P-256 alone; others want legacy renegotiation. The
former narrows what we offer and keeps verification on; the latter and ``insecure`` weaken it and are an operator's
explicit choice in the seed.
"""

import os
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import partial

import certifi
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import CertificateOptions, platformTrust
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # zope ships no types

OP_LEGACY_SERVER_CONNECT = 0x4  # openssl/ssl.h; pyOpenSSL has no name for it

EXPIRED = 10
FAULTS = {
    9: "certificate not yet valid",
    EXPIRED: "certificate expired",
    18: "self-signed certificate",
    19: "self-signed certificate in the chain",
    20: "issuer unknown or intermediate certificate missing",
    21: "issuer unknown or intermediate certificate missing",
    23: "certificate revoked",
}
"""X509_V_ERR_… codes (openssl/x509_vfy.h) that occur, in words."""


HTTPS_PORT = 443
Note = Callable[[str, datetime, datetime], None]
"""Told a host (as in the seeds), and the first and last moment of the certificate that it showed."""


class Profile(StrEnum):
    """How a host is spoken to."""

    DEFAULT = "default"
    P256 = "p256"
    LEGACY = "legacy"
    INSECURE = "insecure"


class CertificateFaultError(VerificationError):
    """The peer's certificate was not accepted; ``kind`` says why."""

    def __init__(self, kind: str) -> None:
        super().__init__([])
        self.kind = kind

    def __str__(self) -> str:
        return self.kind


@implementer(IPolicyForHTTPS)
class TlsPolicy:
    """Gives each connection the profile of its host.

    ``profiles`` maps ``host`` or ``host:port`` to a profile; all other hosts get the default one. One context a profile
    is made, when it is first needed. ``note`` is told of certificates that are verified.
    """

    def __init__(self, profiles: Mapping[str, Profile], note: Note = lambda *_: None) -> None:
        self._profiles = dict(profiles)
        self._note = note
        self._options: dict[Profile, CertificateOptions] = {}

    def profile_of(self, host: str, port: int) -> Profile:
        """The profile for a host and port."""
        by_port = self._profiles.get(f"{host}:{port}")
        return by_port or self._profiles.get(host, Profile.DEFAULT)

    def creatorForNetloc(self, hostname: bytes, port: int) -> "HostConnections":  # noqa: N802 - Twisted's interface
        """What Twisted asks when it connects to ``hostname`` (ASCII)."""
        host = hostname.decode("ascii")
        profile = self.profile_of(host, port)
        if profile not in self._options:
            self._options[profile] = make_options(profile)
        name = host if port == HTTPS_PORT else f"{host}:{port}"
        note = partial(self._note, name)
        return HostConnections(self._options[profile], host, note, is_verified=profile is not Profile.INSECURE)


def make_options(profile: Profile) -> CertificateOptions:
    """The certificate options of a profile; their context is made here, before any connection uses it."""
    trust = platformTrust()  # type: ignore[no-untyped-call]  # Twisted has no types here
    options = CertificateOptions(trustRoot=trust, fixBrokenPeers=True)
    context = options.getContext()
    if not has_system_store():
        context.load_verify_locations(certifi.where())
    if profile is Profile.P256:
        context.set_tmp_ecdh(ec.SECP256R1())  # sets the list of groups that a client offers, too
    if profile in (Profile.LEGACY, Profile.INSECURE):
        context.set_options(OP_LEGACY_SERVER_CONNECT)
    return options


def has_system_store() -> bool:
    """The operating system or the environment (SSL_CERT_FILE, SSL_CERT_DIR) says whom to trust."""
    paths = ssl.get_default_verify_paths()
    return bool(os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or paths.cafile or paths.capath)


@implementer(IOpenSSLClientConnectionCreator)
class HostConnections:
    """Makes the TLS connections to one host: server name sent, certificate and host name checked."""

    def __init__(
        self, options: CertificateOptions, host: str, note: Callable[[datetime, datetime], None], *, is_verified: bool
    ) -> None:
        self._options = options
        self._note = note
        self._host = host
        self._is_verified = is_verified

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802, N803 - Twisted's interface
        """A connection for one protocol."""
        connection = self._options.clientConnectionForTLS(tlsProtocol)
        if not is_address(self._host):
            connection.set_tlsext_host_name(self._host.encode("ascii"))  # RFC 6066: no literal addresses
        if self._is_verified:
            mode = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
            connection.set_verify(mode, make_verifier(self._host, tlsProtocol, self._note))
        else:
            connection.set_verify(SSL.VERIFY_NONE)
        return connection


def make_verifier(
    host: str, protocol: TLSMemoryBIOProtocol, note: Callable[[datetime, datetime], None]
) -> Callable[[SSL.Connection, X509, int, int, int], bool]:
    """OpenSSL's callback for each certificate of the chain: fails the protocol with the fault found.

    ``note`` is told from when until when the host's own certificate is valid, unless it has another fault than its age.
    """
    identity = IPAddress_ID(host) if is_address(host) else DNS_ID(host)

    def verify_certificate(_connection: SSL.Connection, certificate: X509, code: int, depth: int, ok: int) -> bool:
        fault = None
        if not ok:
            fault = FAULTS.get(code, f"certificate not valid (X.509 error {code})")
        elif depth == 0 and not is_issued_to(certificate, identity):
            fault = "certificate is for another host name"
        if depth == 0 and (fault is None or code == EXPIRED):
            with suppress(ValueError):  # a date that cannot be read
                shown = certificate.to_cryptography()
                note(shown.not_valid_before_utc, shown.not_valid_after_utc)
        if fault:
            protocol.failVerification(Failure(CertificateFaultError(fault)))  # type: ignore[no-untyped-call]  # likewise
        return fault is None

    return verify_certificate


def is_issued_to(certificate: X509, identity: DNS_ID | IPAddress_ID) -> bool:
    """The certificate names the host (RFC 9525)."""
    try:
        return bool(verify_service_identity(extract_patterns(certificate), [identity], []))
    except (VerificationError, ValueError):  # ValueError: the certificate names nothing that can be read
        return False


def is_address(host: str) -> bool:
    """The host is a literal IPv4 or IPv6 address."""
    return isIPAddress(host) or isIPv6Address(host)
