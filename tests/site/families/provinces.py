"""Portals that provinces made for themselves: Shanghai, Hebei, Henan, Anhui's label service, and ylcms of Zhangzhou."""

import json
import re
from html import escape
from urllib.parse import urlencode

from tests.site.answers import Request
from tests.site.families.portal import Portal, query_page
from tests.site.model import Article, Page, Plan, World

_COLUMN_ID = "0a1b2c3d-1111-4222-8333-0123456789ab"


class Shanghai(Portal):
    """``.pagination("setPage", CURRENT, TOTAL)`` from 1; articles ``/YYYYMMDD/HEX.html``."""

    cms = "shanghai"
    is_hex = True
    list_url = "/jytabl2/index.html"
    article_pattern = re.compile(r"/\d{8}/([0-9a-f]{32})\.html$")
    body_open = '<div id="ivs_content" class="Article_content">'

    def place_article(self, page: Page) -> str:
        """The day's folder."""
        return f"/{page.article.published_on.replace('-', '')}/{page.article.key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """``index_N.html``."""
        found = re.fullmatch(r"/jytabl2/(?:index(?:_(\d+))?\.html)?", request.path)
        return ("zxta", int(found[1] or 1)) if found else None

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """The script alone."""
        del column, total
        return f'<div id="page"></div><script>$("#page").pagination("setPage", {number}, {last});</script>'

    def draw_paragraph(self, line: str) -> str:
        """Spaces for an indent."""
        return f"<p>&nbsp;&nbsp;&nbsp;&nbsp;{line}</p>"


class Hebei(Portal):
    """Columns and articles are named by UUIDs."""

    cms = "hebei"
    is_hex = True
    list_url = f"/columns/{_COLUMN_ID}/index.html"
    article_pattern = re.compile(r"/\d{6}/\d{2}/([0-9a-f-]{36})\.html$")
    body_open = '<div class="xxgk_gknr"><div class="conzt">'
    body_close = "</div></div>"

    def place_page(self, column: str, number: int, last: int) -> str:
        """``index_N.html``."""
        del column, last
        return f"/columns/{_COLUMN_ID}/index{'' if number == 1 else f'_{number}'}.html"

    def place_article(self, page: Page) -> str:
        """Month and day in folders."""
        year, month, day = page.article.published_on.split("-")
        return f"/columns/{_COLUMN_ID}/{year}{month}/{day}/{_spell_uuid(page.article.key)}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The number in the file's name."""
        found = re.fullmatch(rf"/columns/{_COLUMN_ID}/index(?:_(\d+))?\.html", request.path)
        return ("zxta", int(found[1] or 1)) if found else None

    def read_article(self, request: Request) -> tuple[str, str] | None:
        """The UUID without its hyphens."""
        found = super().read_article(request)
        return (found[0], found[1].replace("-", "")) if found else None


class Henan(Portal):
    """Articles at ``/YYYY/MM-DD/ID.html``; rows are cards around title and date."""

    cms = "henan"
    list_url = "/zwgk/jyta/index.html"
    article_pattern = re.compile(r"/\d{4}/\d{2}-\d{2}/(\d+)\.html$")
    body_open = '<div class="mod-detail"><div class="bd detail-content">'
    body_close = "</div></div>"

    def place_page(self, column: str, number: int, last: int) -> str:
        """``index_N.html``."""
        del column, last
        return f"/zwgk/jyta/index{'' if number == 1 else f'_{number}'}.html"

    def place_article(self, page: Page) -> str:
        """The year, then month and day."""
        year, _, day = page.article.published_on.partition("-")
        return f"/{year}/{day}/{page.article.key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The number in the file's name."""
        found = re.fullmatch(r"/zwgk/jyta/index(?:_(\d+))?\.html", request.path)
        return ("zxta", int(found[1] or 1)) if found else None

    def draw_row(self, page: Page) -> str:
        """A card: the link holds title and date."""
        return (
            f'<li><a href="{self.place_article(page)}"><p class="tit">{self.show_title(page)}</p>'
            f"<i>{page.article.published_on}</i></a></li>"
        )

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """A next link, and pages in words."""
        del total
        link = f'<a href="{self.place_page(column, number + 1, last)}">下一页</a>' if number < last else "<b>下一页</b>"
        return f'<div class="pagination">{link}<span>第{number}页/共{last}页</span></div>'


class Anhui(Portal):
    """The label service answers JSON; the column is the service's own address."""

    cms = "anhui"
    article_pattern = re.compile(r"/public/20261/(\d+)\.html$")
    body_open = '<div class="gkwz_contnet"><div class="wzcon j-fontContent">'
    body_close = "</div></div>"
    is_beyond_served = True

    def place_list(self, column: str) -> str:
        """The service's address with all that it wants to know."""
        del column
        fields = {"labelName": "publicInfoList", "siteId": 6784341, "organId": 20261, "pageSize": 12, "pageIndex": 1}
        return f"/site/label/8888?{urlencode(fields | {'isJson': 'true', 'catId': 67})}"

    def place_article(self, page: Page) -> str:
        """In the organ's folder."""
        return f"/public/20261/{page.article.key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """``pageIndex``."""
        number = query_page(request, "pageIndex")
        return ("zxta", number) if request.path == "/site/label/8888" and number else None

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """``data``, without a total."""
        del tick
        rows = [
            {
                "title": page.article.title,
                "link": self.place_article(page),
                "publishDate": f"{page.article.published_on} 10:12:00",
            }
            for page in self.pick_rows(plan, world, column, number)
        ]
        return json.dumps({"status": 1, "data": rows}, ensure_ascii=False)

    def draw_article(self, article: Article, tick: int) -> str:
        """A table with rows of labels above the text."""
        pairs = (("索引号", article.index_number), ("组配分类", "建议提案办理"), ("发布机构", article.publisher))
        rows = "".join(f"<tr><th>{name}：</th><td>{escape(value)}</td></tr>" for name, value in pairs)
        return f'<table class="gkwz_table"><tbody>{rows}</tbody></table>{super().draw_article(article, tick)}'


class Ylcms(Portal):
    """``/cms/html/…/index.html``, then ``/cms/sitemanage/index.shtml?siteId=…&page=N``; text in ``#Content .tsrc``."""

    cms = "ylcms"
    list_url = "/cms/html/yzsrmzf/zxta/index.html"
    article_pattern = re.compile(r"/cms/html/yzsrmzf/\d{4}-\d{2}-\d{2}/(\d+)\.html$")
    body_open = '<div id="Content"><div class="tsrc">'
    body_close = "</div></div>"
    head = '<meta name="siteIdMeta" content="520403250230680000">'

    def place_page(self, column: str, number: int, last: int) -> str:
        """The service makes all pages but the first."""
        del column, last
        return self.list_url if number == 1 else f"/cms/sitemanage/index.shtml?siteId=520403250230680000&page={number}"

    def place_article(self, page: Page) -> str:
        """The day's folder."""
        return f"/cms/html/yzsrmzf/{page.article.published_on}/{page.article.key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The static page, or the service's."""
        if request.path == self.list_url:
            return "zxta", 1
        number = query_page(request, "page")
        return ("zxta", number) if request.path == "/cms/sitemanage/index.shtml" and number else None


def _spell_uuid(key: str) -> str:
    return "-".join((key[:8], key[8:12], key[12:16], key[16:20], key[20:]))
