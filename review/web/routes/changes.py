"""The inbox, and a change with its evidence."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from review.presentation import ChangeView, present_change
from review.report_html import read_template
from review.web.change_pages import find_selection, find_unchanged, frame_report, render_shared
from review.web.desk import CurrentDesk
from review.web.listing import build_line, gather_lines, keep_filters
from storage.comparison.rules import RuleError, suggest_rule
from storage.ignoring import read_rules
from storage.inbox import MOST_COUNTED, count_selected, find_neighbours, read_regions, read_reported
from storage.records import ChangeKind
from storage.sites import read_site_names
from storage.verdicts import read_assignees, read_judgements

router = APIRouter(include_in_schema=False)
NOT_FOUND, BAD = 404, 400


@router.get("/report.css")
@router.get("/dark.css")
def show_style(request: Request) -> Response:
    """The report's style, which the room's own follows, and the colours in the dark, of which the reader decides."""
    style = read_template(request.url.path.removeprefix("/"))
    return Response(style, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


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


def has_rule(view: ChangeView) -> bool:
    """Whether a rule could hide this change and its like."""
    try:
        return suggest_rule(view.shown.change).is_hiding(view.shown.change)
    except RuleError:
        return False
