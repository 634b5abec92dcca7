"""gkmlpt (Guangdong): an index page with a tree of categories, a JSON API, and articles whose text is data."""

import json
import re
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from tests.site.answers import Request
from tests.site.families.portal import Portal, query_page
from tests.site.model import Article, Page, Plan, World

_SID, _CATEGORY = "755041", 4321
_ZONE = ZoneInfo("Asia/Shanghai")
_TREE = [
    {"id": 4301, "name": "机构概况", "children": []},
    {
        "id": 4319,
        "name": "建议提案办理",
        "children": [
            {"id": 4320, "name": "人大建议办理", "children": []},
            {"id": _CATEGORY, "name": "政协提案办理", "children": []},
        ],
    },
]


class Gkmlpt(Portal):
    """``/gkmlpt/index`` and ``/gkmlpt/api/all/CATEGORY?page=N&sid=SID``, where pages 0 and 1 are the same."""

    cms = "gkmlpt"
    list_url = "/gkmlpt/index"
    article_pattern = re.compile(r"/post_(\d+)\.html$")
    file_prefix = "/attachment/0/488/"
    is_beyond_served = True

    def place_article(self, page: Page) -> str:
        """In folders made of the id."""
        key = page.article.key
        return f"/gkmlpt/content/{key[0]}/{key[:4]}/post_{key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The index is number -1, since the API has a page 0."""
        if request.path == self.list_url:
            return "zxta", -1
        found = re.fullmatch(r"/gkmlpt/api/all/(\d+)", request.path)
        number = query_page(request, "page")
        if not found or number is None:
            return None
        is_known = found[1] == str(_CATEGORY) and request.query.get("sid") == _SID
        return ("zxta" if is_known else "", number)

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """The index, or an answer of the API."""
        if number < 0:
            script = f"<script>window._CONFIG = {{ SID: '{_SID}', TREE: {json.dumps(_TREE)}, LANG: 1 }};</script>"
            return self.frame_page(plan, "政府信息公开目录", "", f'<div id="app"></div>{script}', tick)
        rows = self.pick_rows(plan, world, column, max(number, 1))
        articles = [self._describe_row(page.article, self.place_article(page)) for page in rows]
        return json.dumps({"articles": articles, "total": len(world.list_column(column))}, ensure_ascii=False)

    def _describe_row(self, article: Article, path: str) -> dict[str, object]:
        return {
            "id": int(article.key),
            "title": article.title,
            "document_number": "",
            "publisher": article.publisher,
            "keywords": article.keywords,
            "date": _stamp_day(article.written_on),
            "first_publish_time": _stamp_day(article.published_on),
            "identifier": article.index_number,
            "url": path,
            "attachment": self._describe_files(article),
            "is_expired": 0,
            "is_abolished": 0,
        }

    def _describe_files(self, article: Article) -> list[dict[str, str]]:
        return [{"name": file.title, "type": "pdf", "url": self.place_file(article, file)} for file in article.files]

    def render_article(self, plan: Plan, world: World, page: Page, tick: int) -> str:
        """Half of the articles carry their text as data alone, the others are twins made of markup."""
        article = page.article
        if int(article.key) % 2:
            return super().render_article(plan, world, page, tick)
        detail = {
            "id": int(article.key),
            "title": article.title,
            "publisher": article.publisher,
            "identifier": article.index_number,
            "date": f"{article.written_on} 00:00:00",
            "first_publish_time": f"{article.published_on} 09:30:00",
            "content": self.draw_text(article),
            "attachment": self._describe_files(article),
        }
        config = json.dumps({"SID": _SID, "DETAIL": detail}, ensure_ascii=False).replace("</", "<\\/")
        content = f'<div id="app"></div><script>window._CONFIG = {config};</script>'
        return self.frame_page(plan, article.title, "", content, tick)

    body_open = '<div class="article-content">'

    def draw_article(self, article: Article, tick: int) -> str:
        """The twin: a table with the particulars, then the text."""
        pairs = (("索引号", article.index_number), ("分类", "建议提案办理"), ("发布机构", article.publisher))
        cells = "".join(f'<td class="l">{name}:</td><td>{escape(value)}</td>' for name, value in pairs)
        table = f'<div class="classify"><table><tr>{cells}</tr></table></div>'
        return f"{table}\n{super().draw_article(article, tick)}"


def _stamp_day(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(hour=9, tzinfo=_ZONE).timestamp())
