"""The JSON API, part one: changes and what reviewers say of them. Keys are those of ``report --format json``.

Lists come a page at a time: ``next`` is the cursor for ``?after=``, null at the end. Every answer has an ETag.
A verdict is recorded with an access token as bearer, or with ``X-Token`` from ``session`` and that session's cookie.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from review.masking import mask_change
from review.report_json import show_change, show_incident
from review.web.answers import answer_json
from review.web.api_models import (
    ChangeList,
    Filters,
    GivenVerdict,
    IncidentList,
    OneChange,
    Problem,
    Recorded,
    Session,
    VerdictList,
)
from review.web.desk import CurrentDesk, PageId
from review.web.listing import place_day
from review.web.security import WRITING
from storage.catalogue import list_judgements
from storage.inbox import Entry, Selection, describe_entries, read_inbox, read_reported
from storage.incidents.standing import read_present
from storage.records import ReportedChange
from storage.verdicts import Judgement, Verdict, read_judgements, record_judgement

NOT_FOUND, BAD, REFUSED, UNCHANGED = 404, 422, 403, 304
PROBLEM: dict[int | str, dict[str, Any]] = {
    UNCHANGED: {"description": "It is as the reader has it, by If-None-Match."},
    400: {"description": "The request cannot be read.", "model": Problem},
    NOT_FOUND: {"description": "There is no such thing, or it is kept out of public views.", "model": Problem},
    BAD: {"description": "A value is not understood.", "model": Problem},
}
WRITTEN: dict[int | str, dict[str, Any]] = {
    one: {"description": what, "model": Problem}
    for one, what in (
        (400, "The request cannot be read."),
        (REFUSED, "The token is missing or not this session's."),
        (NOT_FOUND, "None of these changes is known."),
        (BAD, "A value is not understood."),
    )
}
MOST = 200
Limit = Annotated[int, Query(ge=1, le=MOST)]
After = Annotated[int, Query(ge=0, lt=2**63)]
Name = Annotated[str, Path(max_length=200)]
router = APIRouter(prefix="/api/v1", tags=["replywatch"], responses=PROBLEM)


@router.get("/changes", response_model=ChangeList)
def list_changes(
    desk: CurrentDesk, filters: Annotated[Filters, Query()], after: str = "", limit: Limit = 50
) -> Response:
    """Changes, the latest first or (``order=rank``) by score; filters as in the inbox."""
    return answer_changes(desk, make_selection(desk, filters), after, limit)


@router.get("/pages/{page_id}/changes", response_model=ChangeList)
def list_page_changes(desk: CurrentDesk, page_id: PageId, after: str = "", limit: Limit = 50) -> Response:
    """The changes of a page, the latest first."""
    return answer_changes(desk, Selection(verdict=None, page_id=page_id, is_by_time=True), after, limit)


def make_selection(desk: CurrentDesk, filters: Filters) -> Selection:
    """The filters of a query as the database takes them."""
    words = {"any": None, "unread": Verdict.UNREAD}
    zone = desk.configuration.zone
    return Selection(
        verdict=words[filters.verdict] if filters.verdict in words else Verdict(filters.verdict),
        site=filters.site,
        region=filters.region,
        kind=filters.kind or "",
        assignee=filters.assignee,
        min_score=filters.min_score,
        since=place_day(filters.since, zone) if filters.since else None,
        until=place_day(filters.until, zone, days=1) if filters.until else None,
        is_by_time=filters.order == "time",
    )


def answer_changes(desk: CurrentDesk, selection: Selection, after: str, limit: int) -> Response:
    """Some changes of a selection behind a cursor."""
    try:
        page = read_inbox(desk.database, selection, after, limit)
    except ValueError as error:
        raise HTTPException(BAD, "after: none of our cursors") from error
    found = zip(describe_entries(desk.database, page.entries), page.entries, strict=True)
    changes = [present(reported, entry) for reported, entry in found]
    return answer_json(desk, {"changes": changes, "next": page.next_cursor or None})


@router.get("/changes/{change_id}", response_model=OneChange)
def show_one(desk: CurrentDesk, change_id: Name) -> Response:
    """One change with everything that was said of it."""
    found = read_reported(desk.database, change_id)
    if found is None:
        raise HTTPException(NOT_FOUND, "no such change")
    judgements = [asdict(one) for one in read_judgements(desk.database, change_id)]
    return answer_json(desk, present(*found) | {"verdicts": judgements})


def present(reported: ReportedChange, entry: Entry) -> dict[str, object]:
    """A change as ``report --format json`` gives it, personal data covered, with where it stands in the inbox."""
    said = {"page": entry.page_id, "verdict": entry.verdict.value or None, "assignee": entry.assignee}
    return show_change(mask_change(reported, is_brief=True), reported) | said


@router.get("/verdicts", response_model=VerdictList)
def list_verdicts(desk: CurrentDesk, after: After = 0, limit: Limit = 50) -> Response:
    """What reviewers said, in the order in which they said it."""
    found = list_judgements(desk.database, after=after, limit=limit)
    verdicts = [asdict(one.judgement) | {"change": one.change_id} for _, one in found.items]
    return answer_json(desk, {"verdicts": verdicts, "next": found.following})


@router.post("/verdicts", status_code=201, response_model=Recorded, responses=WRITTEN, dependencies=[WRITING])
def give_verdict(
    desk: CurrentDesk,
    given: GivenVerdict,
    x_token: Annotated[str, Header()] = "",  # noqa: ARG001 - for the description; the guard reads it
) -> Response:
    """Record a verdict of some changes. Needs an access token as bearer, or ``X-Token`` and the session's cookie."""
    judgement = Judgement(
        verdict=Verdict("" if given.verdict == "unread" else given.verdict),
        note=given.note.strip(),
        reviewer=desk.reviewer or given.reviewer.strip(),
        assignee=(given.assignee or "").strip(),
        made_at=desk.now,
    )
    recorded = record_judgement(desk.database, given.changes, judgement, keeps_assignee=given.assignee is None)
    if not recorded:
        raise HTTPException(NOT_FOUND, "none of these changes is known")
    return JSONResponse({"recorded": recorded}, 201)


@router.get("/session", response_model=Session)
def show_session(desk: CurrentDesk) -> Response:
    """The token that writes of this session carry; another site's page cannot read it."""
    return JSONResponse({"token": desk.token, "reviewer": desk.reviewer}, headers={"Cache-Control": "no-store"})


@router.get("/incidents", response_model=IncidentList)
def list_incidents(desk: CurrentDesk) -> Response:
    """What keeps us from seeing at present."""
    return answer_json(
        desk, {"incidents": [show_incident(one) for one in read_present(desk.configuration, desk.database)]}
    )
