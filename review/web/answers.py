"""Answers that a reader who has them already need not be sent again."""

import hashlib
from collections.abc import Mapping

from fastapi.responses import Response

from review.web.desk import Desk


def answer_tagged(desk: Desk, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """The body with an ETag of its bytes, or 304 when the reader has it as it is; ``headers`` go with either."""
    tag = make_tag(body)
    kept = dict(headers or {}) | {"ETag": tag}
    if is_known(desk, tag):
        return Response(status_code=304, headers=kept)
    return Response(body, media_type=media_type, headers=kept)


def make_tag(data: bytes) -> str:
    """An ETag for what an answer says or depends on."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def is_known(desk: Desk, tag: str) -> bool:
    """Whether the request's If-None-Match names a tag, in a list or weakly (RFC 9110, 13.1.2)."""
    given = desk.request.headers.get("if-none-match", "")
    return tag in {one.strip().removeprefix("W/") for one in given.split(",")}
