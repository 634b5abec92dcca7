"""The room's cookies: read and set in one place, so that each is as closed as the way allows on which it travels.

Over https a cookie is called ``__Host-…`` and marked ``Secure``: no plain connection gets it, and neither plain http
nor a neighbour's subdomain can plant one (RFC 6265bis). A browser on this very machine that asks over plain http gets
the plain name, also where a proxy with TLS leads others here.
"""

import ipaddress

from fastapi import Request
from fastapi.responses import Response

HOST_PREFIX = "__Host-"
SIGNED_IN, FORMS = "signed-in", "csrf"  # who signed in; what the tokens of forms are derived from
YEAR = 365 * 24 * 3600
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")


def is_encrypted(request: Request) -> bool:
    """Whether the browser came by https: by the scheme, or because that is the only way from outside, as was set.

    A proxy that does not say how the browser came is believed to use TLS when the public address does.
    """
    if request.url.scheme == "https":
        return True
    return bool(request.app.state.access.is_secure) and not is_near(request)


def is_near(request: Request) -> bool:
    """Whether a program on this machine asks by loopback, and no proxy between."""
    is_forwarded = any(name in request.headers for name in FORWARDED)
    client = request.client.host if request.client else ""
    return not is_forwarded and is_loopback(client) and is_loopback(read_host(request.headers.get("host", "")))


def name_cookie(request: Request, name: str) -> str:
    """What a cookie is called on the way of this request."""
    return f"{HOST_PREFIX}{name}" if is_encrypted(request) else name


def read_cookie(request: Request, name: str) -> str:
    """A cookie's value; empty when there is none."""
    return request.cookies.get(name_cookie(request, name), "")


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Keep a value with the browser, for so long or until it is closed. No script reads it."""
    response.set_cookie(
        name_cookie(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Have the browser forget a value."""
    response.delete_cookie(
        name_cookie(request, name), path="/", secure=is_encrypted(request), httponly=True, samesite="lax"
    )


def read_host(header: str) -> str:
    """The name in a ``Host`` header, without port and brackets, in lower case."""
    host = header.rpartition(":")[0] if header.rpartition(":")[2].isdecimal() else header
    return host.strip("[]").lower()


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
