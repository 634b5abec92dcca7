"""The JSON API: what the reading room shows, for programs. Read only; keys are those of ``report --format json``.

Lists come a page at a time: ``next`` is the cursor for ``?after=``, null at the end. Every answer has an ETag.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from review.masking import mask_change
from review.report_json import show_change, show_incident
from review.web.answers import answer_tagged
from review.web.desk import CurrentDesk, Desk, PageId
from review.web.listing import ANY, read_selection
from storage.clock import format_instant
from storage.inbox import describe_entries, read_inbox, read_reported
from storage.incidents import read_open_incidents
from storage.overview import read_site_states
from storage.records import ReportedChange
from storage.reporting import read_page_changes
from storage.verdicts import read_judgements

router = APIRouter(prefix="/api/v1", tags=["replywatch"])
NOT_FOUND, BAD = 404, 422
PROBLEM: dict[int | str, dict[str, Any]] = {
    NOT_FOUND: {"description": "There is no such thing, or it is kept out of public views."},
    BAD: {"description": "A value is not understood."},
}
MOST = 200
Limit = Annotated[int, Query(ge=1, le=MOST)]


@router.get("/changes", responses=PROBLEM)
def list_changes(  # noqa: PLR0913, PLR0917 - the filters of the inbox, each by its name for the documentation
    desk: CurrentDesk,
    site: str = "",
    region: str = "",
    kind: str = "",
    verdict: str = ANY,
    assignee: str = "",
    least: str = "",
    since: str = "",
    until: str = "",
    order: str = "time",
    after: str = "",
    limit: Limit = 50,
) -> Response:
    """Changes, the latest first or (``order=rank``) by score; filters as in the inbox."""
    given = {"site": site, "region": region, "kind": kind, "verdict": verdict, "assignee": assignee, "least": least}
    given |= {"since": since, "until": until, "order": order}
    try:
        page = read_inbox(desk.database, read_selection(given, desk.configuration.zone), after, limit)
    except ValueError as error:
        raise HTTPException(BAD, "after: none of our cursors") from error
    found = zip(describe_entries(desk.database, page.entries), page.entries, strict=True)
    changes = [present(reported) | {"verdict": entry.verdict.value or None} for reported, entry in found]
    return answer(desk, {"changes": changes, "next": page.next_cursor or None})


@router.get("/changes/{change_id}", responses=PROBLEM)
def show_one(desk: CurrentDesk, change_id: str) -> Response:
    """One change with everything that was said of it."""
    found = read_reported(desk.database, change_id)
    if found is None:
        raise HTTPException(NOT_FOUND)
    judgements = [asdict(one) for one in read_judgements(desk.database, change_id)]
    return answer(desk, present(found[0]) | {"verdict": found[1].verdict.value or None, "verdicts": judgements})


@router.get("/pages/{page_id}/changes", responses=PROBLEM)
def list_page_changes(desk: CurrentDesk, page_id: PageId, limit: Limit = 50) -> Response:
    """The latest changes of a page."""
    return answer(desk, {"changes": [present(one) for one in read_page_changes(desk.database, page_id, limit)]})


@router.get("/sites")
def list_sites(desk: CurrentDesk) -> Response:
    """All sites with their figures."""
    return answer(desk, {"sites": [asdict(site) for site in read_site_states(desk.database, desk.now)]})


@router.get("/incidents")
def list_incidents(desk: CurrentDesk) -> Response:
    """What keeps us from seeing at present."""
    return answer(desk, {"incidents": [show_incident(one) for one in read_open_incidents(desk.database)]})


def present(reported: ReportedChange) -> dict[str, object]:
    """A change as ``report --format json`` gives it, personal data covered."""
    return show_change(mask_change(reported), reported)


def answer(desk: Desk, value: Mapping[str, object]) -> Response:
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
