"""Verdicts of a reader."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from review.web.change_pages import (
    LONGEST_NAME,
    LONGEST_NOTE,
    REVIEWER_COOKIE,
    find_reviewer,
    find_selection,
    read_word,
)
from review.web.cookies import YEAR, set_cookie
from review.web.desk import CurrentDesk
from review.web.listing import keep_filters
from review.web.security import WRITING
from storage.inbox import find_members, find_neighbours
from storage.verdicts import Judgement, Verdict, record_judgement

router = APIRouter(include_in_schema=False)
MOST_AT_ONCE, MOST_OF_GROUPS = 500, 20_000
BAD = 400


class GivenForm(BaseModel):
    """A form of verdicts. ``goal`` is ``next`` on the page of a change; ``group`` names groups that are meant whole."""

    verdict: str
    change: list[str] = []
    group: list[str] = []
    note: str = ""
    reviewer: str = ""
    assignee: str = ""
    goal: str = ""


@router.post("/verdicts", dependencies=[WRITING])
def judge_changes(desk: CurrentDesk, given: Annotated[GivenForm, Form()]) -> Response:
    """Record a verdict on the chosen changes; after a single one the reader goes on to the next of the list.

    From the list, an empty ``assignee`` leaves who looks further as it is.
    """
    verdict, change = given.verdict, given.change
    if verdict not in {*Verdict, "unread"} or max(len(change), len(given.group)) > MOST_AT_ONCE:
        raise HTTPException(BAD)
    is_single = given.goal == "next" and bool(change)
    selection = find_selection(desk)
    after = find_neighbours(desk.database, selection, change[0])[1] if is_single else None
    name = desk.reviewer or read_word(given.reviewer, LONGEST_NAME) or find_reviewer(desk)
    judgement = Judgement(
        verdict=Verdict("" if verdict == "unread" else verdict),
        note=read_word(given.note, LONGEST_NOTE),
        reviewer=name,
        assignee=read_word(given.assignee, LONGEST_NAME),
        made_at=desk.now,
    )
    members = find_members(desk.database, selection, given.group, MOST_OF_GROUPS) if given.group else []
    keeps_assignee = not is_single and not judgement.assignee
    record_judgement(desk.database, [*change, *members], judgement, keeps_assignee=keeps_assignee)
    filters = keep_filters(desk.request.query_params, keeps_place=not is_single)
    target = f"/changes/{quote(after, safe='')}" if after else "/"
    if is_single and verdict == "unread":
        target = f"/changes/{quote(change[0], safe='')}"
    response = RedirectResponse(f"{target}?{filters}" if filters else target, 303)
    if given.reviewer.strip() and not desk.reviewer:
        set_cookie(desk.request, response, REVIEWER_COOKIE, quote(name), YEAR)
    return response
