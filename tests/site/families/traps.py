"""What lists do to those who walk them."""

from dataclasses import dataclass

from tests.site import answers
from tests.site.answers import Answer

_STUB = "<script>location.reload()</script><!-- {:014} -->\n"  # 54 bytes
_SHELL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示</title></head><body>\n'
    '<div class="tip" style="margin:40px auto;text-align:center">系统繁忙，请稍后再试</div>\n'
    '<script src="/js/reload.js?t={}"></script>\n'
    "</body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traps:
    """What is wrong with a site's lists. Numbers are of pages.

    Attributes:
        missing_from: from here on declared pages answer 404.
        broken: this page answers 500, those after it are served.
        stubs_from: from here on pages are stubs of 54 bytes, status 200.
        shells_from: from here on pages are empty shells of 300 bytes, status 200.
        notices_from: from here on pages say that they do not exist, status 200, in the site's own frame.
        empties_from: from here on pages have their frame and no rows.
        blocked_from: from here on a firewall answers.
        is_page_ignored: every page is page 1.
        is_clamped: pages behind the last one are the last one.
        is_endless: every page leads to a next one, also where there are no more rows.
        is_undated: rows have no dates.
        is_redirected: the column's address in the seed leads to the list.
        cap: pages that there are; the rest stands in a search service.
        is_counting: the pager says how many rows there are in all.
        pinned: so many of the oldest rows stand on top of every page.
        has_readings: rows hold links to 解读.
        is_title_cut: the shown title is cut; the attribute is whole.
        is_doubled: rows are printed again for small screens.
        is_meta_glued: no space between the attributes of meta tags.
    """

    missing_from: int | None = None
    broken: int | None = None
    stubs_from: int | None = None
    shells_from: int | None = None
    notices_from: int | None = None
    empties_from: int | None = None
    blocked_from: int | None = None
    is_page_ignored: bool = False
    is_clamped: bool = False
    is_endless: bool = False
    is_undated: bool = False
    is_redirected: bool = False
    cap: int | None = None
    is_counting: bool = False
    pinned: int = 0
    has_readings: bool = False
    is_title_cut: bool = False
    is_doubled: bool = False
    is_meta_glued: bool = False

    def answer_instead(self, number: int, notice: str, tick: int) -> Answer | None:
        """The answer to a list page that is not served; ``notice`` is the site's own page for what is not there."""
        if number == self.broken:
            return answers.fail_inside()
        for first, answer in (
            (self.missing_from, answers.report_missing()),
            (self.stubs_from, answers.answer_html(_STUB.format(tick))),
            (self.shells_from, answers.answer_html(_SHELL.format(tick))),
            (self.notices_from, answers.answer_html(notice)),
            (self.blocked_from, answers.block_visitor(tick)),
        ):
            if first is not None and number >= first:
                return answer
        return None
