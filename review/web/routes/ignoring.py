"""Ignore rules: what one would have hidden so far, and keeping it."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from review.masking import mask_text
from review.web.change_pages import LONGEST_NOTE, read_word, render_shared
from review.web.desk import CurrentDesk
from review.web.limits import COSTLY
from review.web.listing import keep_filters
from review.web.security import WRITING
from review.words import word_field
from storage.comparison.rules import TEXT, RuleError, suggest_rule
from storage.ignoring import add_rule, read_titles, try_rule
from storage.inbox import read_reported
from storage.sites import read_site_names

router = APIRouter(include_in_schema=False)
MOST_TITLES = 20  # of changes that a rule would hide
NOT_FOUND, BAD = 404, 400


@router.get("/changes/{change_id}/ignore", dependencies=[COSTLY])
def try_ignoring(desk: CurrentDesk, change_id: str) -> Response:
    """The rule that would hide this change and its like, and what it would have hidden so far."""
    found = read_reported(desk.database, change_id)
    if found is None:
        raise HTTPException(NOT_FOUND)
    try:
        rule = suggest_rule(found[0].change)
    except RuleError:
        raise HTTPException(BAD) from None
    trial = try_rule(desk.database, rule)
    titles = read_titles(desk.database, trial.hidden[:MOST_TITLES])
    return render_shared(
        desk,
        "ignore.html",
        rule=rule,
        trial=trial,
        titles={one: mask_text(title) for one, title in titles.items()},
        site=read_site_names(desk.database).get(rule.site, rule.site),
        field=desk.read(word_field(rule.field)) if rule.field not in ("", TEXT) else desk.word("body_text"),
        change_id=change_id,
    )


@router.post("/changes/{change_id}/ignore", dependencies=[WRITING])
def keep_ignoring(desk: CurrentDesk, change_id: str, note: Annotated[str, Form()] = "") -> Response:
    """Keep the rule made from this change."""
    found = read_reported(desk.database, change_id)
    if found is None:
        raise HTTPException(NOT_FOUND)
    try:
        add_rule(desk.database, suggest_rule(found[0].change), read_word(note, LONGEST_NOTE), desk.now)
    except RuleError:
        raise HTTPException(BAD) from None
    filters = keep_filters(desk.request.query_params)
    return RedirectResponse(f"/?{filters}" if filters else "/", 303)
