"""Atom feeds: everything, a site, a page, or what a filter of the inbox lets through."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from review.feeds import MEDIA_TYPE, MOST_ENTRIES, render_feed
from review.masking import mask_text
from review.report import Report
from review.web.answers import answer_tagged
from review.web.desk import CurrentDesk, Desk, PageId
from review.web.listing import ANY, read_selection
from storage.inbox import describe_entries, read_inbox
from storage.records import ReportedChange
from storage.reporting import read_page_changes
from storage.sites import read_site_names

router = APIRouter(prefix="/feeds", include_in_schema=False)
NOT_FOUND = 404


@router.get("/all.atom")
@router.get("/changes.atom")
def feed_changes(desk: CurrentDesk) -> Response:
    """All changes, or those that the inbox's filters in the query let through; judged ones count as well."""
    given = desk.request.query_params
    query = desk.request.url.query
    feed_id = f"urn:replywatch:changes:{query}" if query else "urn:replywatch:all"
    return answer(desk, find_latest(desk, dict(given)), feed_id, "")


@router.get("/sites/{key}.atom")
def feed_site(desk: CurrentDesk, key: str) -> Response:
    """The changes of a site."""
    names = read_site_names(desk.database)
    if key not in names:
        raise HTTPException(NOT_FOUND)
    return answer(desk, find_latest(desk, {"site": key}), f"urn:replywatch:site:{key}", names[key])


@router.get("/pages/{page_id}.atom")
def feed_page(desk: CurrentDesk, page_id: PageId) -> Response:
    """The changes of a page."""
    found = read_page_changes(desk.database, page_id, MOST_ENTRIES)
    if not found:
        raise HTTPException(NOT_FOUND)
    return answer(desk, found, f"urn:replywatch:page:{page_id}", mask_text(found[0].change.title))


def find_latest(desk: Desk, filters: dict[str, str]) -> tuple[ReportedChange, ...]:
    """The latest changes that filters let through, judged ones as well unless the filters say otherwise."""
    selection = read_selection({"verdict": ANY} | filters | {"order": "time"}, desk.configuration.zone)
    return describe_entries(desk.database, read_inbox(desk.database, selection, limit=MOST_ENTRIES).entries)


def answer(desk: Desk, changes: tuple[ReportedChange, ...], feed_id: str, title: str) -> Response:
    """A feed, or 304 when the reader has it as it is."""
    report = Report(generated_at=desk.now, changes=changes, timezone=desk.configuration.timezone)
    text = render_feed(
        report,
        feed_id=feed_id,
        title=title,
        link=str(desk.request.url),
        language=desk.language,
    )
    return answer_tagged(desk, text.encode(), MEDIA_TYPE, {"Vary": "Accept-Language, Cookie"})
