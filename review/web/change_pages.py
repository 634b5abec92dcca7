"""What the pages that show changes have in common: the report's templates, the reader's list, and who reviews."""

from typing import Any
from urllib.parse import unquote

from fastapi.responses import Response

from review.presentation import ChangeView, judge_link
from review.report import Report
from review.unchanged import Kept, find_kept
from review.web.cookies import read_cookie
from review.web.desk import Desk
from review.web.listing import keep_filters, read_selection
from review.web.routes.pages import name_capture, name_memento
from review.words import INTERFACE
from storage.clock import format_instant
from storage.comparison.attachment_diff import find_tail
from storage.selections import Selection
from storage.verdicts import Verdict

REVIEWER_COOKIE = "reviewer"
LONGEST_NAME, LONGEST_NOTE = 100, 4_000


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


def find_unchanged(view: ChangeView) -> tuple[Kept, ...]:
    """The unchanged text before each passage of a change, and behind the last one."""
    passages = (*view.passages, *view.folded_passages)
    return find_kept(view.shown.new_text or "", passages, is_whole=not view.unshown_passages)


def frame_report(desk: Desk) -> Report:
    """What the report's renderers want to know beside a change."""
    return Report(generated_at=desk.now, timezone=desk.configuration.timezone)


def read_word(word: str, most: int) -> str:
    """What somebody wrote into a form, as a database takes it."""
    return word.replace("\0", "").strip()[:most]
