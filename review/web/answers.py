"""Answers that a reader who has them already need not be sent again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from fastapi.responses import Response

from review.web.desk import Desk
from storage.clock import format_instant


def answer_json(desk: Desk, value: Mapping[str, object]) -> Response:
    """JSON with an ETag, or 304 when the reader has it as it is."""
    text = json.dumps(value, ensure_ascii=False, default=show_value).encode("utf-8", "replace")
    return answer_tagged(desk, text, "application/json")


def show_value(value: object) -> object:
    """Times in UTC, names of enumerations, tuples as lists."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple | set | frozenset) else str(value)


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
