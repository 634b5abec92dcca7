"""Hanweb: the old JCMS with a datastore in the page and ``dataproxy.jsp`` behind it, and jpaas's publish server."""

import json
import re
from html import escape

from tests.site.answers import Answer, Request
from tests.site.families.portal import Portal
from tests.site.model import Article, File, Page, Plan, World

_COLUMN, _UNIT = "78960", "310641"


class Hanweb(Portal):
    """``/col/col78960/index.html`` holds the first rows; the proxy gives any range of records as XML.

    List page 1 is the column's page; a page of the proxy is numbered by its first record, 1000 and more.
    """

    cms = "hanweb"
    list_url = f"/col/col{_COLUMN}/index.html"
    article_pattern = re.compile(rf"/art_{_COLUMN}_(\d+)\.html$")
    body_open = '<meta name="ContentStart"><div id="zoom"><!--ZJEG_RSS.content.begin-->'
    body_close = '<!--ZJEG_RSS.content.end--></div><meta name="ContentEnd">'

    def place_article(self, page: Page) -> str:
        """Month and day are not padded."""
        year, month, day = map(int, page.article.published_on.split("-"))
        return f"/art/{year}/{month}/{day}/art_{_COLUMN}_{page.article.key}.html"

    def place_file(self, article: Article, file: File) -> str:
        """By way of the download page."""
        del article
        return f"/module/download/downfile.jsp?classid=0&filename={file.name}"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The column's page; the proxy is answered by range, see `answer_list`."""
        if request.path == self.list_url:
            return "zxta", 1
        if request.path != "/module/web/jpage/dataproxy.jsp":
            return None
        named = [request.query.get(name) for name in ("columnid", "unitid", "webid")]
        span = [request.query.get(name, "") for name in ("startrecord", "endrecord")]
        if named != [_COLUMN, _UNIT, "41"] or not all(value.isdecimal() for value in span):
            return "", 0  # a column that there is not: 404
        first, final = map(int, span)
        return "zxta", 1000 * first + final

    def answer_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> Answer:
        """The page, or the records of a range."""
        if number == 1:
            return super().answer_list(plan, world, column, number, tick)
        first, final = divmod(number, 1000)
        if trap := self.spring_trap(plan, first // plan.page_size + 1, tick):
            return trap
        if self.traps.is_page_ignored:
            first, final = 1, plan.page_size
        rows = world.list_column(column)
        text = _draw_store([self.draw_row(page) for page in rows[first - 1 : final]], len(rows))
        return Answer(body=text.encode(), headers=(("Content-Type", "text/html; charset=utf-8"),))

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """The column's page with its first records embedded."""
        del number  # the rest comes from the proxy
        rows = world.list_column(column)
        store = _draw_store([self.draw_row(page) for page in rows[: plan.page_size]], len(rows))
        drawn = f'<div id="{_UNIT}" class="default_pgContainer"><script type="text/xml">{store}</script></div>'
        pager = (
            f"<script>$('#{_UNIT}').jpage({{themeName:'default',perPage:{plan.page_size},totalRecord:{len(rows)},"
            "proxyUrl:'/module/web/jpage/dataproxy.jsp',ajaxParam:{appid:1,webid:41,path:'/',"
            f"columnid:{_COLUMN},sourceContentType:1,unitid:'{_UNIT}',webname:'云泽市',permissiontype:0}}}});</script>"
        )
        return self.frame_list(plan, drawn, pager, tick)

    def draw_article(self, article: Article, tick: int) -> str:
        """An old table around everything, with the title between comments."""
        return (
            '<table id="article" width="100%"><tbody><tr><td class="title" align="center">'
            f"<!--<$[标题名称(html)]>begin-->{escape(article.title)}<!--<$[标题名称(html)]>end--></td></tr>"
            f'<tr><td align="center">发布日期：{article.published_on} 浏览次数：{tick} '
            f"来源：{article.publisher}</td></tr>"
            f'<tr><td class="bt_content">{self.draw_body(article)}</td></tr></tbody></table>'
        )


class Jpaas(Portal):
    """A column page names its list unit; the publish server answers JSON with ``data.html``."""

    cms = "jpaas"
    is_hex = True
    list_url = "/col/col1229545732/index.html"
    article_pattern = re.compile(r"/art/\d{4}/art_([0-9a-f]{32})\.html$")
    body_open = '<div class="article-content"><div id="zoom">'
    body_close = "</div></div>"

    def place_article(self, page: Page) -> str:
        """The year and 32 hexadecimal digits."""
        return f"/art/{page.article.published_on[:4]}/art_{page.article.key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The column page is number 0; the server is asked with ``paramJson``."""
        if request.path == self.list_url:
            return "zxta", 0
        if request.path != "/api-gateway/jpaas-publish-server/front/page/build/unit":
            return None
        named = [request.query.get(name) for name in ("parseType", "webId", "tagId", "tplSetId", "pageId")]
        is_known = named == ["bulidstatic", "3637", "信息列表", "tpl-list", "1229545732"]
        return ("zxta" if is_known else "", int(json.loads(request.query["paramJson"])["pageNo"]))

    is_beyond_served = True

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """The column page, or an answer of the server."""
        if number == 0:
            return self.frame_list(plan, _draw_units(plan.page_size), "", tick)
        rows = self.pick_rows(plan, world, column, number)
        total = len(world.list_column(column))
        counts = f'<div class="page-box" data-count="{total}" data-page="{number}"></div>'
        return json.dumps({"code": "200", "data": {"html": f"{self.draw_rows(rows)}{counts}"}}, ensure_ascii=False)


def _draw_store(rows: list[str], total: int) -> str:
    records = "".join(f"<record><![CDATA[{row}]]></record>\n" for row in rows)
    return (
        f"<datastore><nextgroup></nextgroup><totalrecord>{total}</totalrecord><totalpage>{total}</totalpage>"
        f"<recordset>{records}</recordset></datastore>"
    )


def _draw_units(size: int) -> str:
    unit = (
        "{{'webId':'3637','pageId':'1229545732','parseType':'bulidstatic','pageType':'column',"
        "'tagId':'{tag}','tplSetId':'{tpl}'{more}}}"
    )
    parts = (("页头", "tpl-head", ""), ("信息列表", "tpl-list", f",'paramJson':'{{pageSize:{size}}}'"))
    boxes = "".join(f'<div queryData="{unit.format(tag=tag, tpl=tpl, more=more)}"></div>' for tag, tpl, more in parts)
    return f'{boxes}<script src="/api-gateway/jpaas-publish-server/front/page/build/unit.js"></script>'
