"""The archive's door: Memento time maps, time gate and mementos below ``/web``, and a CDX server.

Everything is read by places from the database; no path from a request reaches the file system. What an archived page
brings is shown under a policy that lets nothing run and nothing leave.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qs, unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse

from review.cdx import Query, QueryError, find_range, order_exact, read_query, write_lines
from review.memento import (
    Door,
    choose_memento,
    describe_timemap,
    encode_address,
    find_exact,
    format_http_date,
    link_memento,
    parse_http_date,
    parse_stamp,
    write_timemap,
)
from review.replay import POLICY
from review.web.exhibits import RAW, Exhibit
from storage.archive.errors import ArchiveError
from storage.database import Database
from storage.mementos import find_mementos, load_response, stream_range

LINK_FORMAT = "application/link-format"
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-DNS-Prefetch-Control": "off"}
MODIFIERS = (RAW, "im_", "cs_", "js_", "mp_", "if_", "fr_", "oe_", "bn_")


@dataclass(frozen=True, slots=True)
class ArchiveDoor:
    """What the routes need: the database, and where the WARC files lie."""

    database: Database
    directory: Path

    def answer_timemap(self, request: Request, form: str) -> Response:
        """All captures of a URL, in link format or as JSON."""
        url, door = read_target(request, f"timemap/{form}/"), open_door(request)
        holdings = find_mementos(self.database, url)
        if not holdings:
            return say_missing(url)
        if form == "json":
            return JSONResponse(describe_timemap(door, holdings, url), headers=SAFE)
        if form == "cdxj":
            return self.answer_cdx({"url": [url]})
        return PlainTextResponse(write_timemap(door, holdings, url), media_type=LINK_FORMAT, headers=SAFE)

    def answer_timegate(self, request: Request, url: str) -> Response:
        """The capture for the time that the client asks for, as a redirection."""
        asked = request.headers.get("accept-datetime")
        try:
            moment = parse_http_date(asked) if asked else None
        except ValueError:
            return PlainTextResponse(f"Accept-Datetime {asked}: no date of HTTP\n", status_code=400, headers=SAFE)
        holdings = find_mementos(self.database, url)
        if not holdings:
            return say_missing(url)
        door, chosen = open_door(request), choose_memento(holdings, moment, url)
        headers = {**SAFE, "Vary": "accept-datetime", "Link": link_memento(door, holdings, chosen, url)}
        return redirect(door.memento(chosen), headers)

    def answer_memento(self, request: Request, digits: str, modifier: str, url: str) -> Response:
        """A capture as it was; another second leads to the nearest capture."""
        try:
            moment = parse_stamp(digits)
        except ValueError as error:
            return PlainTextResponse(f"{error}\n", status_code=400, headers=SAFE)
        holdings, door = find_mementos(self.database, url), open_door(request)
        if not holdings:
            return say_missing(url)
        shown = find_exact(holdings, digits, url)
        if shown is None:
            return redirect(door.memento(choose_memento(holdings, moment, url), modifier), SAFE)
        try:
            response = load_response(self.database, self.directory, shown.capture)
        except (ArchiveError, LookupError) as error:
            return PlainTextResponse(f"the archive cannot give it out: {error}\n", status_code=502, headers=SAFE)
        headers = SAFE | {
            "Content-Security-Policy": POLICY,
            "X-Frame-Options": "SAMEORIGIN",
            "Memento-Datetime": format_http_date(shown.capture.captured_at),
            "Link": link_memento(door, holdings, shown, url),
        }
        return Exhibit(self.database, door, shown, response, modifier, headers).show()

    def answer_cdx(self, arguments: dict[str, list[str]]) -> Response:
        """The lines of an index, streamed."""
        try:
            query = read_query(arguments)
        except QueryError as error:
            return PlainTextResponse(f"{error}\n", status_code=400, headers=SAFE)
        lines = self.find_lines(query)
        first = next(lines, None)  # a fault of the query shows before the answer begins
        stream: Iterator[str] = chain([first], lines) if first is not None else iter(())
        return StreamingResponse(stream, media_type="text/x-cdxj; charset=utf-8", headers=SAFE)

    def find_lines(self, query: Query) -> Iterator[str]:
        """The captures that a query asks for as lines."""
        if query.is_exact:
            return write_lines(query, order_exact(query, find_mementos(self.database, query.url)))
        return write_lines(query, stream_range(self.database, *find_range(query)))


router = APIRouter(include_in_schema=False)


def find_archive(request: Request) -> ArchiveDoor:
    """The archive of the running application."""
    state = request.app.state
    return ArchiveDoor(state.database, state.configuration.archive_dir)


def answer_cdx(request: Request) -> Response:
    """Lines of the index."""
    return find_archive(request).answer_cdx(parse_qs(request.url.query, keep_blank_values=True, max_num_fields=50))


def answer_timemap(request: Request, form: str) -> Response:
    """A time map in one of its forms."""
    is_known = form in ("link", "json", "cdxj")
    return find_archive(request).answer_timemap(request, form) if is_known else say_missing(form)


def answer_timegate(request: Request) -> Response:
    """The time gate."""
    return find_archive(request).answer_timegate(request, read_target(request, "timegate/"))


def answer_web(request: Request) -> Response:
    """A memento, or the time gate when no time stands in the path."""
    door, (digits, modifier, url) = find_archive(request), split_target(read_target(request, "web/"))
    return door.answer_memento(request, digits, modifier, url) if digits else door.answer_timegate(request, url)


for prefix in ("", "/web"):
    router.add_api_route(f"{prefix}/cdx", answer_cdx, methods=["GET", "HEAD"])
    router.add_api_route(f"{prefix}/timemap/{{form}}/{{url:path}}", answer_timemap, methods=["GET", "HEAD"])
    router.add_api_route(f"{prefix}/timegate/{{url:path}}", answer_timegate, methods=["GET", "HEAD"])
router.add_api_route("/web/{url:path}", answer_web, methods=["GET", "HEAD"])


def read_target(request: Request, marker: str) -> str:
    """The URL behind a part of the path, as the client wrote it, with its query."""
    path = bytes(request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1")
    target = path.partition("?")[0].partition(marker)[2]
    query = bytes(request.scope.get("query_string", b"")).decode("latin-1")
    target = f"{target}?{query}" if query else target
    return mend_scheme(target)


def mend_scheme(target: str) -> str:
    """A URL that was quoted as a whole, lost one of its slashes or has no scheme, put right."""
    if "://" not in target and "%3a" in target.lower():
        target = unquote(target)
    for scheme in ("http", "https"):
        if target.startswith(f"{scheme}:/") and not target.startswith(f"{scheme}://"):
            return target.replace(":/", "://", 1)
    is_bare = "://" not in target and not target[:4].isdecimal()
    return f"http://{target}" if target and is_bare else target


def split_target(target: str) -> tuple[str, str, str]:
    """Time, modifier and URL of a path such as ``20260301080000id_/http://…``; no time for a URL alone."""
    head, slash, url = target.partition("/")
    modifier = next((one for one in MODIFIERS if head.endswith(one)), "")
    digits = head.removesuffix(modifier)
    if slash and digits.isascii() and digits.isdecimal():
        return digits, modifier, mend_scheme(url)
    return "", "", target


def open_door(request: Request) -> Door:
    """The address under which this very request reached the archive."""
    return Door(f"{str(request.base_url).rstrip('/')}/web")


def redirect(target: str, headers: dict[str, str]) -> Response:
    """Elsewhere in the archive."""
    return RedirectResponse(encode_address(target), status_code=302, headers=headers)


def say_missing(url: str) -> Response:
    """There is no capture."""
    return PlainTextResponse(f"no capture of {url}\n", status_code=404, headers=SAFE | {"Vary": "accept-datetime"})
