"""UCAP (开普): static pages counted from 1, or an empty column page and a list service that answers JSON."""

import json
import re

from tests.site.answers import Request
from tests.site.families.portal import Portal, query_page
from tests.site.families.trs import draw_table
from tests.site.model import Article, Page, Plan, World

_CHANNEL = "5e8f1c0a4b7d4c6f9a2b3c4d5e6f7081"


class Ucap(Portal):
    """``createPageHTML('page_div', TOTAL, CURRENT, 'common_list', 'shtml', COUNT)``; ``/cID/content.shtml``."""

    cms = "ucap"
    list_url = "/csrc/{column}/common_list.shtml"
    article_pattern = re.compile(r"/c(\d+)/content\.shtml$")
    body_open = '<div class="detail-news"><div id="UCAP-CONTENT">'
    body_close = "</div></div>"
    head = f'<meta name="channelid" content="{_CHANNEL}">'

    def place_page(self, column: str, number: int, last: int) -> str:
        """``common_list_N.shtml``."""
        del last
        return f"/csrc/{column}/common_list{'' if number == 1 else f'_{number}'}.shtml"

    def place_article(self, page: Page) -> str:
        """In a folder of its own."""
        return f"/csrc/c101800/c{page.article.key}/content.shtml"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The number in the file's name."""
        found = re.fullmatch(r"/csrc/(\w+)/common_list(?:_(\d+))?\.shtml", request.path)
        return (found[1], int(found[2] or 1)) if found else None

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """The call with an element of its own."""
        del column
        call = f"createPageHTML('page_div', {last}, {number}, 'common_list', 'shtml', {total});"
        return f'<div id="page_div"></div><script>{call}</script>'

    def draw_article(self, article: Article, tick: int) -> str:
        """A table above the text."""
        return f"{draw_table(article)}\n{super().draw_article(article, tick)}"


class UcapService(Ucap):
    """The column page has a channel and no rows; ``/searchList/CHANNEL`` answers with ``data.results``."""

    list_url = "/csrc/{column}/zfxxgk_zdgk.shtml"
    is_hex = True
    article_pattern = re.compile(r"/\d{6}/([0-9a-f]{32})\.shtml$")
    body_open = "<UCAPCONTENT>"
    body_close = "</UCAPCONTENT>"
    is_beyond_served = True

    def place_article(self, page: Page) -> str:
        """In the month's folder."""
        return f"/csrc/zxta/{page.article.published_on.replace('-', '')[:6]}/{page.article.key}.shtml"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The column page is number 0."""
        if found := re.fullmatch(r"/csrc/(\w+)/zfxxgk_zdgk\.shtml", request.path):
            return found[1], 0
        number = query_page(request, "page")
        return ("zxta", number) if request.path == f"/searchList/{_CHANNEL}" and number is not None else None

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """The column page, or an answer of the service."""
        if number == 0:
            return self.frame_list(plan, '<div id="list"></div>', '<div id="page_div"></div>', tick)
        results = [
            {
                "title": page.article.title,
                "url": self.place_article(page),
                "publishedTimeStr": f"{page.article.published_on} 10:00:00",
                "manuscriptId": page.article.key,
                "resList": [{"name": file.title, "url": f"/files/{file.name}"} for file in page.article.files],
                "domainMetaList": [{"resultList": [{"key": "syh", "value": page.article.index_number}]}],
            }
            for page in self.pick_rows(plan, world, column, number)
        ]
        data = {"total": len(world.list_column(column)), "page": number, "rows": plan.page_size, "results": results}
        return json.dumps({"code": 200, "data": data}, ensure_ascii=False)
