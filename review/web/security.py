"""What every answer carries and every request must meet: policy headers, known hosts, tokens on writes, a size limit.

What a browser's forms carry is derived from a random name in a cookie with the process's key, so nothing is stored.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException as StarletteException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.web.access import SIGN_IN, Access, is_open_path
from review.web.cookies import FORMS, SIGNED_IN, is_loopback, read_cookie, read_host, set_cookie

ASKING = 'Basic realm="replywatch", charset="UTF-8"'
UNSEEN = frozenset({"/verdicts", "/dossier", "/sign-out"})  # where forms go that no page stands behind
NUL = re.compile(rb"%00|\0")
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
        access: Access = application.state.access
        hosts: frozenset[str] | None = application.state.hosts
        if hosts is not None and not is_known_host(request.headers.get("host", ""), hosts):
            return PlainTextResponse("This name is not served here.", 421)
        name = access.admit(request)
        if name is None and not (access.users and is_open_path(request.url.path)):
            return turn_away(request, access)
        request.state.reviewer = name or ""
        given = read_cookie(request, FORMS)
        secret = given or secrets.token_urlsafe(24)
        request.state.token = derive_token(key, f"{secret} {read_cookie(request, SIGNED_IN)}")
        fault = find_nul(request)
        response = refuse_nul(request, *fault) if fault else await answer(request)
        if not given:
            set_cookie(request, response, FORMS, secret)
        for header, value in HEADERS.items():
            response.headers.setdefault(header, value)
        if access.users:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    application.add_middleware(BodyLimit)


def turn_away(request: Request, access: Access) -> Response:
    """Ask who is not let in to sign in: on a page of ours, or with the token."""
    if access.users is None:
        return PlainTextResponse("Sign in with your name and the token.", 401, {"WWW-Authenticate": ASKING})
    if request.method in ("GET", "POST") and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{SIGN_IN}?{urlencode(describe_way(request))}", 303, {"Cache-Control": "no-store"})
    return PlainTextResponse("Sign in first.", 401, {"WWW-Authenticate": 'Bearer realm="replywatch"'})


def describe_way(request: Request) -> dict[str, str]:
    """Where to go after signing in. Who sent a form is told that it was not taken, and led to where its page begins.

    There ``draft`` tells the page's script to put back the note that it kept.
    """
    path, query = request.url.path, request.url.query
    if request.method == "GET":
        return {"to": f"{path}?{query}" if query else path}
    page = "/" if path in UNSEEN else path
    return {"to": f"{page}?{query}&draft=1" if query else f"{page}?draft=1", "expired": "1"}


def find_nul(request: Request) -> tuple[int, str] | None:
    """Where an address holds the character that no text of a database can: HTTP's status for it, and the name."""
    if "\0" in request.scope["path"]:
        return 404, "path"
    if not NUL.search(request.scope["query_string"]):
        return None
    name = next((name for name, value in request.query_params.multi_items() if "\0" in value), "query")
    return 422 if is_api(request) else 400, name


def refuse_nul(request: Request, status: int, name: str) -> Response:
    """Say so: one place, so that no route hands such a word to a database."""
    said = f"{name}: holds the character NUL"
    return JSONResponse({"detail": said}, status) if is_api(request) else PlainTextResponse(said, status)


def is_api(request: Request) -> bool:
    """Whether a program asks, which is answered in JSON."""
    return str(request.scope["path"]).startswith("/api/")


class BodyLimit:
    """Refuses bodies that are too large, by what they declare, and, chunked ones, by what has come."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its body as it is read."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        refusal = PlainTextResponse("The request is too large.", 413)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > LARGEST_BODY:
            await refusal(scope, receive, send)
            return
        counted, is_begun, is_refused = 0, False, False

        async def receive_counted() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > LARGEST_BODY:
                raise StarletteException(413, "too large")
            return message

        async def send_checked(message: Message) -> None:
            nonlocal is_begun, is_refused
            if is_refused:
                return
            if counted > LARGEST_BODY and not is_begun:  # whatever was made of half a body
                is_refused = True
                await refusal(scope, receive, send)
                return
            is_begun = True
            await send(message)

        await self._application(scope, receive_counted, send_checked)


def derive_token(key: bytes, secret: str) -> str:
    """The token that a browser's forms carry."""
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def is_known_host(header: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this server: a rebound name of another site does not.

    ``names`` are those that the operator bound or allowed; empty means loopback alone.
    """
    host = read_host(header)
    return host in names or is_loopback(host)


def is_local(target: str) -> bool:
    """Whether a redirect stays here: a path of ours, and nothing that a browser takes for another host."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()


def is_program(request: Request) -> bool:
    """Whether a bearer token let the request in, which no page of another site can send."""
    access: Access = request.app.state.access
    is_bearer = request.headers.get("authorization", "").lower().startswith("bearer ")
    return is_bearer and bool(access.token) and access.users is None


async def check_token(request: Request) -> None:
    """Refuse a write without its session's token, in the form or in the header ``X-Token``.

    Raises:
        HTTPException: 403; 400 for a form that holds the character NUL, which no text of a database can.
    """
    form = await request.form()
    if any("\0" in value for value in form.values() if isinstance(value, str)):
        raise HTTPException(400, "NUL")
    if is_program(request):
        return
    given = request.headers.get("x-token") or str(form.get("token", ""))
    if not hmac.compare_digest(given.encode(), str(request.state.token).encode()):
        raise HTTPException(403, "token")


WRITING = Depends(check_token)
