"""What the families share: a page around a list or an article, rows and pagers."""

import re
from html import escape
from typing import ClassVar

from tests.site import answers
from tests.site.answers import Answer, Request
from tests.site.families.traps import Traps
from tests.site.model import Article, File, Page, Plan, World

_CUT = 16  # characters of a title that a list shows where it cuts


class Portal:
    """A family without dialect: the base of the others, which say how addresses, pagers and articles look.

    A list page of number 0 is a column's page that holds no rows and names a service.
    """

    cms: str = "generic"
    is_hex: ClassVar[bool] = False
    is_open_ended: ClassVar[bool] = False  # the last list page links to a next one as well
    list_url: ClassVar[str] = "/jyta/{column}/index.html"
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/content_(\d+)$")
    file_prefix: ClassVar[str] = "/files/"
    body_open: ClassVar[str] = '<div class="content" id="content">'
    body_close: ClassVar[str] = "</div>"
    head: ClassVar[str] = ""

    def __init__(self, traps: Traps | None = None) -> None:
        self.traps = traps or Traps()

    def place_list(self, column: str) -> str:
        """The first list page of a column."""
        return self.list_url.format(column=column)

    def place_page(self, column: str, number: int, last: int) -> str:
        """The address of a list page; ``last`` is the number of the last one."""
        raise NotImplementedError

    def place_article(self, page: Page) -> str:
        """An article's path."""
        return f"/content_{page.article.key}"

    def list_addresses(self, page: Page) -> tuple[str, ...]:
        """All addresses under which an article answers."""
        return (self.place_article(page),)

    def place_file(self, article: Article, file: File) -> str:
        """The path of an attachment."""
        del article
        return f"{self.file_prefix}{file.name}"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The column and the page that is asked for."""
        raise NotImplementedError

    def read_article(self, request: Request) -> tuple[str, str] | None:
        """The folder and the key in an article's path; a portal keeps all articles in its one column."""
        found = self.article_pattern.search(request.path)
        return ("zxta", found[1]) if found else None

    def read_file(self, request: Request) -> tuple[str, str] | None:
        """The key and the name of an attachment, in the path or in the query."""
        for value in (request.path, *request.query.values()):
            if found := re.search(r"(P(\w+)\.pdf)$", value):
                return found[2], found[1]
        return None

    def answer_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> Answer:
        """A list page as an answer, with what the traps make of it."""
        if trap := self.spring_trap(plan, number, tick):
            return trap
        last = self.count_pages(plan, world, column)
        if self.traps.is_page_ignored or (self.traps.is_clamped and number > last):
            number = min(number, 1 if self.traps.is_page_ignored else last)
        if number > last and not self.is_beyond_served:
            return answers.report_missing()
        text = self.render_list(plan, world, column, number, tick)
        kind = "application/json" if text.startswith(("{", "[")) else "text/html"
        return Answer(body=text.encode(), headers=(("Content-Type", f"{kind}; charset=utf-8"),))

    def spring_trap(self, plan: Plan, number: int, tick: int) -> Answer | None:
        """The answer instead of a list page, where a trap is set."""
        notice = self.render_notice(plan, "提示信息", "您访问的页面不存在或已被删除", tick)
        return self.traps.answer_instead(number, notice, tick)

    is_beyond_served: ClassVar[bool] = False  # a service answers beyond its end, static pages do not

    def count_pages(self, plan: Plan, world: World, column: str) -> int:
        """How many pages the list has."""
        pages = -(-len(world.list_column(column)) // plan.page_size)
        return min(pages, self.traps.cap or pages)

    def pick_rows(self, plan: Plan, world: World, column: str, number: int) -> tuple[Page, ...]:
        """The rows of a page, the pinned ones first."""
        rows = world.list_column(column)
        if self.traps.empties_from and number >= self.traps.empties_from:
            return ()
        pinned = rows[len(rows) - self.traps.pinned :]
        shown = rows[(number - 1) * plan.page_size : number * plan.page_size]
        return (*pinned, *(row for row in shown if row not in pinned))

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """A list page of markup."""
        rows = self.pick_rows(plan, world, column, number)
        last = self.count_pages(plan, world, column)
        drawn = self.draw_rows(rows)
        if self.traps.is_doubled:
            drawn = f'<div class="pc-list">{drawn}</div>\n<div class="mobile-list">{self.draw_twins(rows)}</div>'
        count = f'<span class="total">共{len(world.list_column(column))}条</span>' if self.traps.is_counting else ""
        pager = f"{self.draw_pager(column, number, last, len(world.list_column(column)))}{count}"
        return self.frame_list(plan, drawn, f'<div class="page-box">{pager}</div>', tick)

    def frame_list(self, plan: Plan, drawn: str, pager: str, tick: int) -> str:
        """A page around rows and pager."""
        meta = self.draw_meta(("SiteName", plan.name), ("ColumnName", "政协提案答复"))
        content = f'<div class="right-list"><h2 class="col-title">政协提案答复</h2>\n{drawn}\n{pager}</div>'
        return self.frame_page(plan, "政协提案答复", meta, f"{_draw_side()}{content}", tick)

    def draw_rows(self, rows: tuple[Page, ...]) -> str:
        """Rows with dates behind them."""
        return '<ul class="list">\n' + "\n".join(map(self.draw_row, rows)) + "\n</ul>"

    def draw_row(self, page: Page) -> str:
        """One row: link and date, and links to 解读 when the trap is set."""
        title = escape(page.article.title)
        return (
            f'<li><a href="{self.link_article(page)}" target="_blank" title="{title}">{self.show_title(page)}</a>'
            f"{self.draw_date(page)}{self.draw_reading(page)}</li>"
        )

    def draw_date(self, page: Page) -> str:
        """The date behind a row."""
        return "" if self.traps.is_undated else f"<span>{page.article.published_on}</span>"

    def draw_twins(self, rows: tuple[Page, ...]) -> str:
        """The rows for small screens: titles alone."""
        return "".join(
            f'<p class="m-item"><a href="{self.link_article(page)}">{escape(page.article.title)}</a></p>'
            for page in rows
        )

    def show_title(self, page: Page) -> str:
        """The title as the list shows it."""
        title = page.article.title
        return escape(f"{title[:_CUT]}…" if self.traps.is_title_cut and len(title) > _CUT else title)

    def draw_reading(self, page: Page) -> str:
        """Links to documents that explain the reply."""
        if not self.traps.has_readings:
            return ""
        path = self.place_article(page).replace(page.article.key, f"9{page.article.key[1:]}")
        return f'<ul class="jd"><li><a href="{path}">政策解读：一图读懂有关工作的主要内容</a></li></ul>'

    def link_article(self, page: Page) -> str:
        """An article's address as a list page writes it."""
        return self.place_article(page)

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """Links by number, to the next and to the last page; ``total`` is the number of rows."""
        del total
        numbers = "".join(
            f'<span class="current">{place}</span>'
            if place == number
            else f'<a href="{escape(self.place_page(column, place, last))}">{place}</a>'
            for place in range(1, last + 1)
        )
        after = number + 1 if self.traps.is_endless else min(number + 1, last)
        following = escape(self.place_page(column, after, last))
        final = escape(self.place_page(column, last, last))
        return f'<div class="pages">{numbers}<a href="{following}">下一页</a><a href="{final}">尾页</a></div>'

    def render_article(self, plan: Plan, world: World, page: Page, tick: int) -> str:
        """An article's page: head, way, title, table, text, neighbours."""
        article = page.article
        meta = self.draw_meta(
            ("SiteName", plan.name),
            ("ArticleTitle", article.title),
            ("PubDate", f"{article.published_on} 09:30"),
            ("ContentSource", article.publisher),
            ("ColumnName", "政协提案答复"),
        )
        content = f"{self.draw_article(article, tick)}\n{self.draw_neighbours(world, page)}"
        return self.frame_page(plan, article.title, meta, f'{_WAY}<div class="main">{content}</div>', tick)

    def draw_article(self, article: Article, tick: int) -> str:
        """Title, line of source and date, text."""
        return (
            f'<h1 class="title">{escape(article.title)}</h1>\n'
            f'<div class="info">来源：{article.publisher} 发布时间：{article.published_on} '
            f'浏览次数：<span id="hits">{300 + tick}</span> 【字体：<a>大</a> <a>中</a> <a>小</a>】</div>\n'
            f"{self.draw_body(article)}"
        )

    def draw_body(self, article: Article) -> str:
        """The text in the editor's container."""
        return f"{self.body_open}\n{self.draw_text(article)}\n{self.body_close}"

    def draw_text(self, article: Article) -> str:
        """The paragraphs and the attachments."""
        lines = [self.draw_paragraph(escape(line)) for line in article.paragraphs]
        lines += [
            self.draw_paragraph(f'附件：<a href="{escape(self.link_file(article, file))}">{escape(file.title)}</a>')
            for file in article.files
        ]
        return "\n".join(lines)

    def draw_paragraph(self, line: str) -> str:
        """One paragraph as the editor writes it."""
        return f'<p style="text-indent:2em;line-height:30px">{line}</p>'

    def link_file(self, article: Article, file: File) -> str:
        """An attachment's address as an article writes it."""
        return self.place_file(article, file)

    def draw_neighbours(self, world: World, page: Page) -> str:
        """The articles before and after; none for one that the list does not show."""
        rows = world.list_column(page.article.column)
        if page not in rows:
            return ""
        place = rows.index(page)
        sides = (("上一篇", place - 1), ("下一篇", place + 1))
        near = [(label, rows[other]) for label, other in sides if 0 <= other < len(rows)]
        return (
            '<div class="near">'
            + "".join(
                f'<p>{label}：<a href="{self.place_article(other)}">{escape(other.article.title)}</a></p>'
                for label, other in near
            )
            + "</div>"
        )

    def draw_meta(self, *pairs: tuple[str, str]) -> str:
        """The official meta tags."""
        gap = "" if self.traps.is_meta_glued else " "
        return "\n".join(f'<meta name="{name}"{gap}content="{escape(value)}">' for name, value in pairs)

    def render_notice(self, plan: Plan, title: str, words: str, tick: int) -> str:
        """A page with a few words."""
        return self.frame_page(plan, title, "", f'<div class="tip">{words}</div>', tick)

    def frame_page(self, plan: Plan, title: str, meta: str, content: str, tick: int) -> str:
        """A whole page."""
        return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
{meta}
{self.head}
<title>{escape(title)}_{plan.name}</title>
</head>
<body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>
<li><a href="/zmhd/">政民互动</a></li><li><a href="/jyta/">建议提案</a></li></ul></div>
<div class="container">
{content}
</div>
<div class="footer"><p>主办：{plan.name}办公室 网站标识码：4199990002 <a href="/wzdt/">网站地图</a></p>
<p>您是第 {70000 + tick} 位访问者</p></div>
</body>
</html>
"""


def query_page(request: Request, name: str) -> int | None:
    """The page number in a query parameter, None when there is none."""
    value = request.query.get(name, "")
    return int(value) if value.isdecimal() else None


def _draw_side() -> str:
    """A box of other news beside the list, dated like it."""
    news = "".join(
        f'<li><a href="/xw/2025/{9000 + place}.html">本市召开第{place}次全市重点项目推进会议</a>'
        f"<span>2025-12-{10 + place}</span></li>"
        for place in range(1, 8)
    )
    return f'<div class="left-side"><h3>热点新闻</h3><ul class="hot">{news}</ul></div>'


_WAY = '<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/jyta/">建议提案</a> &gt; 正文</div>'
