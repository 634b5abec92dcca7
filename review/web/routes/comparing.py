"""Any two versions of a page side by side."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from review.difference import report_difference
from review.masking import mask_text
from review.presentation import present_change
from review.web.change_pages import find_unchanged, frame_report, render_shared
from review.web.desk import CurrentDesk, PageId
from review.web.limits import COSTLY
from storage.catalogue import list_versions
from storage.comparison.document_diff import compare_documents
from storage.inbox import read_pair

router = APIRouter(include_in_schema=False)
MOST_COMPARED = 500_000  # characters of two versions that are compared while a reader waits
MOST_VERSIONS = 1_000  # offered to be compared
NOT_FOUND, BAD = 404, 400


@router.get("/pages/{page_id}/compare", dependencies=[COSTLY])
def compare_versions(desk: CurrentDesk, request: Request, page_id: PageId) -> Response:
    """Any two versions of a page, compared as documents."""
    numbers = [request.query_params.get(name, "") for name in ("from", "to")]
    if not all(number.isascii() and number.isdecimal() and len(number) < 9 for number in numbers):  # noqa: PLR2004 - digits
        raise HTTPException(BAD)
    pair = read_pair(desk.database, page_id, int(numbers[0]), int(numbers[1]))
    if pair is None:
        raise HTTPException(NOT_FOUND)
    url, old, new = pair
    is_cut = max(len(old.text), len(new.text)) > MOST_COMPARED
    if is_cut:
        old, new = (replace(one, text=one.text[:MOST_COMPARED]) for one in (old, new))
    difference = compare_documents(old, new, desk.configuration.weights)
    report = report_difference(old, new, difference, desk.now, url)
    views = [present_change(one, frame_report(desk), is_brief=True) for one in report.changes]
    return render_shared(
        desk,
        "compare.html",
        views=[(view, find_unchanged(view)) for view in views],
        title=mask_text(new.title or url),
        compared=MOST_COMPARED if is_cut else 0,
        page_id=page_id,
        old=int(numbers[0]),
        new=int(numbers[1]),
        versions=list_versions(desk.database, page_id, limit=MOST_VERSIONS).items,
    )
