"""Atom feeds: everything, a site, a page, or what a filter of the inbox lets through."""

import hashlib

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from review.feeds import MEDIA_TYPE, MOST_ENTRIES, render_feed
from review.report import Report
from review.web.desk import CurrentDesk, Desk, PageId, is_known
from review.web.listing import ANY, read_selection
from storage.inbox import read_inbox, read_reported, read_site_names
from storage.records import ReportedChange
from storage.reporting import read_page_changes

router = APIRouter(prefix="/feeds", include_in_schema=False)
NOT_FOUND = 404
LATEST = {"order": "time"}


@router.get("/all.atom")
@router.get("/changes.atom")
def feed_changes(desk: CurrentDesk) -> Response:
    """All changes, or those that the inbox's filters in the query let through; judged ones count as well."""
    given = desk.request.query_params
    selection = read_selection({"verdict": ANY} | dict(given) | LATEST, desk.configuration.zone)
    page = read_inbox(desk.database, selection, limit=MOST_ENTRIES)
    found = [read_reported(desk.database, entry.change.id) for entry in page.entries]
    query = desk.request.url.query
    return answer(desk, [one[0] for one in found if one], f"urn:replywatch:changes:{query}" if query else None, "")


@router.get("/sites/{key}.atom")
def feed_site(desk: CurrentDesk, key: str) -> Response:
    """The changes of a site."""
    names = read_site_names(desk.database)
    if key not in names:
        raise HTTPException(NOT_FOUND)
    selection = read_selection({"verdict": ANY, "site": key} | LATEST, desk.configuration.zone)
    page = read_inbox(desk.database, selection, limit=MOST_ENTRIES)
    found = [read_reported(desk.database, entry.change.id) for entry in page.entries]
    return answer(desk, [one[0] for one in found if one], f"urn:replywatch:site:{key}", names[key])


@router.get("/pages/{page_id}.atom")
def feed_page(desk: CurrentDesk, page_id: PageId) -> Response:
    """The changes of a page."""
    found = read_page_changes(desk.database, page_id, MOST_ENTRIES)
    if not found:
        raise HTTPException(NOT_FOUND)
    return answer(desk, list(found), f"urn:replywatch:page:{page_id}", found[0].change.title)


def answer(desk: Desk, changes: list[ReportedChange], feed_id: str | None, title: str) -> Response:
    """A feed, or 304 when the reader has it as it is."""
    report = Report(generated_at=desk.now, changes=tuple(changes), timezone=desk.configuration.timezone)
    text = render_feed(
        report,
        feed_id=feed_id or "urn:replywatch:all",
        title=title,
        link=str(desk.request.url),
        language=desk.language,
    )
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Vary": "Accept-Language, Cookie"}
    if is_known(desk.request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=MEDIA_TYPE, headers=headers)
