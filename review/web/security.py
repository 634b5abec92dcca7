"""What every answer carries and every request must meet: policy headers, known hosts, tokens on writes, a size limit.

A session is a random name in a cookie; its token is derived from it with the process's key, so nothing is stored.
"""

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response

SESSION_COOKIE = "session"
ASKING = 'Basic realm="replywatch", charset="UTF-8"'
LONGEST_NAME = 100
LARGEST_BODY = 1_000_000  # bytes of a form or a JSON body
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
Answering = Callable[[Request], Awaitable[Response]]


def protect(application: FastAPI) -> None:
    """Put the guard in front of all routes. A route may set a header itself; then its own stands."""
    key = secrets.token_bytes(32)

    @application.middleware("http")
    async def guard(request: Request, answer: Answering) -> Response:
        access: str = application.state.access
        if access:
            name = read_credentials(request.headers.get("authorization", ""), access)
            if name is None:
                return PlainTextResponse("Sign in with your name and the token.", 401, {"WWW-Authenticate": ASKING})
            request.state.reviewer = name
        elif not is_known_host(request.headers.get("host", ""), application.state.hosts):
            return PlainTextResponse("This name is not served here.", 421)
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            return PlainTextResponse("The request is too large.", 413)
        session = request.cookies.get(SESSION_COOKIE) or secrets.token_urlsafe(24)
        request.state.token = derive_token(key, session)
        response = await answer(request)
        if SESSION_COOKIE not in request.cookies:
            response.set_cookie(SESSION_COOKIE, session, httponly=True, samesite="lax")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def read_credentials(header: str, access: str) -> str | None:
    """The name with which somebody signs in who knows the access token; None for everybody else.

    A browser gives it as the password beside any name (RFC 7617), a program as a bearer token, without a name.
    """
    scheme, _, value = header.partition(" ")
    name, given = "", value.strip()
    if scheme.lower() == "basic":
        try:
            name, _, given = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return None
    elif scheme.lower() != "bearer":
        return None
    return name[:LONGEST_NAME] if hmac.compare_digest(given.encode(), access.encode()) else None


def derive_token(key: bytes, session: str) -> str:
    """The token that a session's forms carry."""
    return hmac.new(key, session.encode(), hashlib.sha256).hexdigest()


def is_known_host(header: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this server: a rebound name of another site does not.

    ``names`` are those that the operator bound or allowed; empty means loopback alone.
    """
    host = header.rpartition(":")[0] if header.rpartition(":")[2].isdecimal() else header
    host = host.strip("[]").lower()
    if host in names or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def check_token(request: Request) -> None:
    """Refuse a write without its session's token, in the form or in the header ``X-Token``.

    Raises:
        HTTPException: 403.
    """
    given = request.headers.get("x-token") or str((await request.form()).get("token", ""))
    if not hmac.compare_digest(given.encode(), str(request.state.token).encode()):
        raise HTTPException(403, "token")


WRITING = Depends(check_token)
