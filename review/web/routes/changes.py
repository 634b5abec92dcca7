"""The inbox, a change with its evidence, verdicts, ignore rules, and any two versions side by side."""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from review.difference import report_difference
from review.masking import mask_text
from review.presentation import ChangeView, judge_link, present_change
from review.report import Report
from review.report_html import read_style
from review.unchanged import Kept, find_kept
from review.web.cookies import YEAR, read_cookie, set_cookie
from review.web.desk import CurrentDesk, Desk, PageId
from review.web.listing import build_line, gather_lines, keep_filters, read_selection
from review.web.routes.pages import name_capture, name_memento
from review.web.security import WRITING
from review.words import INTERFACE, word_field
from storage.catalogue import list_versions
from storage.clock import format_instant
from storage.comparison.attachment_diff import find_tail
from storage.comparison.document_diff import compare_documents
from storage.comparison.rules import TEXT, RuleError, suggest_rule
from storage.ignoring import add_rule, read_rules, read_titles, try_rule
from storage.inbox import (
    MOST_COUNTED,
    Selection,
    count_selected,
    find_members,
    find_neighbours,
    read_pair,
    read_regions,
    read_reported,
)
from storage.records import ChangeKind
from storage.sites import read_site_names
from storage.verdicts import Judgement, Verdict, read_assignees, read_judgements, record_judgement

router = APIRouter(include_in_schema=False)
REVIEWER_COOKIE = "reviewer"
MOST_COMPARED = 500_000  # characters of two versions that are compared while a reader waits
MOST_VERSIONS = 1_000  # offered to be compared
MOST_TITLES = 20  # of changes that a rule would hide
LONGEST_NAME, LONGEST_NOTE, MOST_AT_ONCE, MOST_OF_GROUPS = 100, 4_000, 500, 20_000
NOT_FOUND, BAD = 404, 400


def render_shared(desk: Desk, template: str, **values: Any) -> Response:  # noqa: ANN401 - values of a template
    """A page that uses the report's own templates."""
    return desk.render(
        template,
        words=INTERFACE,
        judge_link=judge_link,
        format_instant=format_instant,
        find_tail=find_tail,
        verdicts=[one for one in Verdict if one],
        reviewer=find_reviewer(desk),
        name_capture=name_capture,
        name_memento=name_memento,
        filters=keep_filters(desk.request.query_params),
        **values,
    )


def find_reviewer(desk: Desk) -> str:
    """Who reviews: the signed-in name, or what was last written in the form."""
    return desk.reviewer or read_word(unquote(read_cookie(desk.request, REVIEWER_COOKIE)), LONGEST_NAME)


def find_selection(desk: Desk) -> Selection:
    """The list that the reader works through."""
    return read_selection(desk.request.query_params, desk.configuration.zone)


@router.get("/report.css")
def show_style() -> Response:
    """The report's style, which the room's own follows."""
    return Response(read_style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/")
def show_inbox(desk: CurrentDesk) -> Response:
    """Changes by rank or time, narrowed by the filters in the URL."""
    query = desk.request.query_params
    selection = find_selection(desk)
    rules = [] if "hidden" in query else [kept.rule for kept in read_rules(desk.database)]
    try:
        entries, hidden, cursor = gather_lines(desk.database, selection, query.get("after", ""), rules)
    except ValueError:
        raise HTTPException(BAD) from None
    total = count_selected(desk.database, selection)
    return render_shared(
        desk,
        "inbox.html",
        lines=[build_line(entry) for entry in entries],
        hidden=hidden,
        total=total,
        is_more=total == MOST_COUNTED,
        next_cursor=cursor,
        assignees=read_assignees(desk.database),
        place=keep_filters(query, keeps_place=True),
        filters_apart=keep_filters({name: query[name] for name in query if name != "verdict"}),
        sites=read_site_names(desk.database),
        regions=read_regions(desk.database),
        change_kinds=list(ChangeKind),
        asked=query,
    )


@router.get("/changes/{change_id}")
def show_one(desk: CurrentDesk, change_id: str) -> Response:
    """A change. Looking at it changes nothing."""
    found = read_reported(desk.database, change_id)
    if found is None:
        raise HTTPException(NOT_FOUND)
    reported, entry = found
    before, after = find_neighbours(desk.database, find_selection(desk), change_id)
    view = present_change(reported, frame_report(desk), is_brief=True)
    return render_shared(
        desk,
        "one_change.html",
        view=view,
        kept=find_unchanged(view),
        entry=entry,
        link=f"{str(desk.request.base_url).rstrip('/')}/changes/{quote(change_id, safe='')}",
        before=before,
        after=after,
        judgements=read_judgements(desk.database, change_id),
        assignees=read_assignees(desk.database),
        is_inline=desk.request.query_params.get("view") == "inline",
        can_ignore=has_rule(view),
    )


def find_unchanged(view: ChangeView) -> tuple[Kept, ...]:
    """The unchanged text before each passage of a change, and behind the last one."""
    passages = (*view.passages, *view.folded_passages)
    return find_kept(view.shown.new_text or "", passages, is_whole=not view.unshown_passages)


def frame_report(desk: Desk) -> Report:
    """What the report's renderers want to know beside a change."""
    return Report(generated_at=desk.now, timezone=desk.configuration.timezone)


def has_rule(view: ChangeView) -> bool:
    """Whether a rule could hide this change and its like."""
    try:
        return suggest_rule(view.shown.change).is_hiding(view.shown.change)
    except RuleError:
        return False


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


def read_word(word: str, most: int) -> str:
    """What somebody wrote into a form, as a database takes it."""
    return word.replace("\0", "").strip()[:most]


@router.get("/changes/{change_id}/ignore")
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


@router.get("/pages/{page_id}/compare")
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
