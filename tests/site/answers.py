"""What goes over the wire: requests as values, and the answers that any family can give."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in. ``path`` has no query; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer before it is written. ``delay`` is the seconds to wait before the first byte."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request that was answered; times are seconds of the monotonic clock."""

    method: str
    target: str
    headers: Mapping[str, str]
    started: float
    finished: float
    status: int


def answer_html(text: str, status: int = HTTPStatus.OK, **headers: str) -> Answer:
    """A page in UTF-8; an underscore in a header's name stands for a hyphen."""
    extra = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status=status, body=text.encode(), headers=(("Content-Type", HTML), *extra))


def answer_json(value: object) -> Answer:
    """A JSON document."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(body=body, headers=(("Content-Type", "application/json; charset=utf-8"),))


def answer_text(text: str) -> Answer:
    """Plain text, such as robots.txt."""
    return Answer(body=text.encode(), headers=(("Content-Type", "text/plain; charset=utf-8"),))


def redirect_to(target: str, status: int = HTTPStatus.FOUND) -> Answer:
    """A redirect with the usual few words for a body."""
    return answer_html(f'<a href="{target}">{status}</a>', status, Location=target)


def report_missing() -> Answer:
    """An honest 404."""
    return answer_html(
        "<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>", HTTPStatus.NOT_FOUND
    )


def fail_inside() -> Answer:
    """The server's own trouble: 500."""
    return answer_html(
        "<html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>",
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def block_visitor(tick: int) -> Answer:
    """A script gate as Knownsec sets it: 521, a cookie, and one script (domain: access states)."""
    gate = f"('_')+('_')+('jsl_clearance_s=17{tick:08d}.1|-1|x')"
    script = f"<script>document.cookie={gate};location.href=location.pathname</script>"
    cookie = (
        f"__jsluid_s={hashlib.md5(str(tick).encode(), usedforsecurity=False).hexdigest()}; max-age=31536000; path=/"
    )
    return answer_html(script, 521, Set_Cookie=cookie)


def add_validators(answer: Answer, identity: str, modified: str) -> Answer:
    """The answer with an ETag made from ``identity`` and a Last-Modified date (as HTTP writes it)."""
    tag = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return replace(answer, headers=(*answer.headers, ("ETag", f'"{tag}"'), ("Last-Modified", modified)))


def meet_condition(request: Request, answer: Answer) -> Answer:
    """304 without a body when the request's condition says that the visitor has this answer already (RFC 9110, 13)."""
    known = dict(answer.headers)
    tags = request.headers.get("if-none-match")
    if tags is not None:
        is_same = known.get("ETag", "-") in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    else:
        is_same = request.headers.get("if-modified-since", "-") == known.get("Last-Modified")
    if answer.status != HTTPStatus.OK or not is_same:
        return answer
    kept = tuple((name, value) for name, value in answer.headers if name in ("ETag", "Last-Modified"))
    return Answer(status=HTTPStatus.NOT_MODIFIED, headers=kept)


def compress_body(request: Request, answer: Answer) -> Answer:
    """The answer in gzip when the visitor takes it; small bodies stay as they are."""
    if "gzip" not in request.headers.get("accept-encoding", "") or len(answer.body) < 200:
        return answer
    headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return replace(answer, body=gzip.compress(answer.body, mtime=0), headers=headers)
