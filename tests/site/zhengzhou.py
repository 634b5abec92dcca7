"""The Zhengzhou family: lists by ``?a=path``, articles ``/D1102X/<id>.jhtml``, an info card without printed labels.

Modelled on notes about the family, not copied from a site. Whatever surrounds a reply changes at every request: view
counter, captcha, time stamp, session id, comments, and the neighbours' titles when a neighbour is published.
"""

from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlencode

from tests.site.answers import Request
from tests.site.model import Article, Column, File, Page, Plan, World

_FILES = "/u/cms/www/"
_FIRST_STAMP = datetime(2026, 3, 2, 8, 0)  # noqa: DTZ001 - printed on pages as local time

_WORD_STYLES = """<style>@font-face{font-family:"Times New Roman";}@font-face{font-family:"宋体";}
@font-face{font-family:"仿宋_GB2312";}@font-face{font-family:"黑体";}
p.MsoNormal{margin:0pt;text-align:justify;font-family:Calibri;font-size:10.5pt;}
span.msoIns{text-decoration:underline;color:blue;}div.Section0{page:Section0;}</style>"""


class Zhengzhou:
    """How the family places and renders pages. A redesign (the world's skin) changes all but the reply."""

    cms = "zhengzhou"

    def place_list(self, column: str) -> str:
        """The first page of a column's list."""
        return f"/?a=path&p={column}&page=1"

    def place_article(self, page: Page) -> str:
        """``/<folder>/<id>.jhtml``."""
        return f"/{page.folder}/{page.article.key}.jhtml"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """``/?a=path&d=&p=CODE&page=N``; a page that is no number is page 1."""
        if request.path != "/" or request.query.get("a") != "path":
            return None
        number = request.query.get("page", "1")
        return request.query.get("p", ""), int(number) if number.isdecimal() else 1

    def read_article(self, request: Request) -> tuple[str, str] | None:
        """The folder and the id in ``/<folder>/<id>.jhtml``."""
        folder, _, name = request.path.strip("/").rpartition("/")
        return (folder, name.removesuffix(".jhtml")) if name.endswith(".jhtml") else None

    def read_file(self, request: Request) -> tuple[str, str] | None:
        """The key and the name in ``/u/cms/www/<id>/<name>``."""
        key, _, name = request.path.removeprefix(_FILES).partition("/")
        return (key, name) if request.path.startswith(_FILES) else None

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """One list page; beyond the end it has no rows. The first column has plain rows, the others rows with cards."""
        rows = world.list_column(column)
        last = max(1, -(-len(rows) // plan.page_size))
        shown = rows[(number - 1) * plan.page_size : number * plan.page_size]
        if number > world.list_sizes.get(column, last):
            shown = ()
        draw = self._draw_plain_rows if column == plan.columns[0].code else self._draw_card_rows
        found = plan.find_column(column)
        name = found.name if found else ""
        body = f"{draw(shown)}\n{_draw_pager(column, number, last, None if world.skin % 2 else len(rows))}"
        return _frame_page(plan, world, name, f'<div class="list-main"><h2>{name}</h2>\n{body}</div>', tick)

    def render_article(self, plan: Plan, world: World, page: Page, tick: int) -> str:
        """The reply among its widgets."""
        article = page.article
        column = plan.find_column(article.column)
        body = "\n".join(
            (
                _draw_position(column),
                '<div class="main">',
                _draw_card(article),
                _draw_title(article),
                _draw_tools(article, tick),
                _draw_text(article, world.skin),
                _draw_neighbours(world, page, self),
                _draw_comments(tick),
                "</div>",
                _draw_counter(article),
            )
        )
        return _frame_page(plan, world, article.title, body, tick)

    def render_notice(self, plan: Plan, title: str, words: str, tick: int) -> str:
        """A page of the site's own with a few words on it."""
        return _frame_page(
            plan, None, title, f'<div class="msg-box"><p>{words}</p><a href="/">返回首页</a></div>', tick
        )

    def _draw_plain_rows(self, pages: tuple[Page, ...]) -> str:
        rows = (
            f'<a href="{self.place_article(page)}" target="_blank"><span>{escape(page.article.title)}</span>'
            f"<em>{page.article.published_on}</em></a>"
            for page in pages
        )
        return '<ul class="common-list">\n' + "\n".join(rows) + "\n</ul>"

    def _draw_card_rows(self, pages: tuple[Page, ...]) -> str:
        """Rows with a cut title, the whole one as an attribute, and a card; then all again for small screens."""
        rows = "\n".join(self._draw_card_row(page) for page in pages)
        return f'<ul class="page-list">\n{rows}\n</ul>'

    def _draw_card_row(self, page: Page) -> str:
        title = escape(page.article.title)
        link = f'href="{self.place_article(page)}" target="_blank" title="{title}"'
        return (
            f'<li><a class="list_item_pubinfo_a" {link}>{escape(_cut_title(page.article.title))}</a>\n'
            f"{_draw_card(page.article)}\n"
            f'<div class="mobile-item" style="display:none"><a {link}>{title}</a>{_draw_twin(page.article)}</div></li>'
        )


def _cut_title(title: str, length: int = 18) -> str:
    return title if len(title) <= length else title[:length] + "…"


def _list_card(article: Article) -> tuple[tuple[str, str], ...]:
    return (
        ("索引号", article.index_number),
        ("发布机构", article.publisher),
        ("关键词", article.keywords),
        ("成文日期", article.written_on),
        ("发布日期", article.published_on),
    )


def _draw_card(article: Article) -> str:
    items = "".join(f'<li><i title="{name}"></i><em>{escape(value)}</em></li>' for name, value in _list_card(article))
    return f'<ul class="pubinfo-card">{items}</ul>'


def _draw_twin(article: Article) -> str:
    """The card without its labels: known by the order alone."""
    items = "".join(f"<li>{escape(value)}</li>" for _, value in _list_card(article))
    return f'<ul class="pubinfo-card">{items}</ul>'


def _draw_title(article: Article) -> str:
    second = f"<br>{escape(article.reference)}" if article.reference else ""
    return f'<div class="content-title"><h1>{escape(article.title)}{second}</h1></div>'


def _draw_text(article: Article, skin: int) -> str:
    style = "font-family:仿宋_GB2312;font-size:16pt;" if skin % 2 == 0 else "font-size:18px;line-height:2;"
    paragraphs = "\n".join(
        f'<p class="MsoNormal" style="text-indent:32pt;"><span style="{style}">{escape(line)}</span></p>'
        for line in article.paragraphs
    )
    paragraphs += "".join(f'\n<p class="MsoNormal">{_link_file(article.key, file)}</p>' for file in article.files)
    name = "content-txt" if skin % 2 == 0 else "content-wrap"
    return (
        f'<div class="{name}">\n{_WORD_STYLES}\n<div class="Section0">\n{paragraphs}\n'
        '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n</div>\n</div>'
    )


def _link_file(key: str, file: File) -> str:
    return f'附件：<a href="{_FILES}{key}/{file.name}" target="_blank">{escape(file.title)}</a>'


def _draw_tools(article: Article, tick: int) -> str:
    return (
        '<div class="tools">字号：<a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(16)">中</a> '
        f'<a href="javascript:doZoom(14)">小</a> 发布时间：{article.published_on} '
        f'浏览次数：<span id="views">{_count_views(article, tick)}</span> '
        '<a href="javascript:window.print()">打印</a> <a href="javascript:window.close()">关闭窗口</a></div>'
    )


def _count_views(article: Article, tick: int) -> int:
    return 100 + sum(map(ord, article.key)) % 700 + tick


def _draw_neighbours(world: World, page: Page, family: Zhengzhou) -> str:
    rows = world.list_column(page.article.column)
    if page not in rows:
        return ""
    place = rows.index(page)
    return (
        '<div class="near">'
        + "".join(
            f'<p>{label}：<a href="{family.place_article(rows[near])}">{escape(rows[near].article.title)}</a></p>'
            if 0 <= near < len(rows)
            else f"<p>{label}：没有了</p>"
            for label, near in (("上一篇", place - 1), ("下一篇", place + 1))
        )
        + "</div>"
    )


def _draw_comments(tick: int) -> str:
    return (
        '<div class="share">分享到：<a>微信</a> <a>微博</a><p>扫一扫在手机打开当前页</p></div>\n'
        f'<div class="comments"><h3>留言与评论（共有 <span>{tick % 7}</span> 条评论）</h3>'
        '<form action="/comment.jspx" method="post"><textarea name="text"></textarea>'
        f'验证码：<input name="captcha"><img src="/captcha.svl?d={1772400000000 + tick * 977}" alt="验证码">'
        f'<input type="hidden" name="sessionId" value="{tick * 2654435761 % 2**32:08x}">'
        '<button type="submit">提交</button></form></div>'
    )


def _draw_counter(article: Article) -> str:
    return f'<script>$.get("/count_content.jspx?id={article.key}",function(d){{$("#views").text(d);}});</script>'


def _draw_position(column: Column | None) -> str:
    way = f' &gt; <a href="/?{urlencode({"a": "path", "p": column.code})}">{column.name}</a>' if column else ""
    return f'<div class="position">您所在的位置：<a href="/">首页</a>{way} &gt; 正文</div>'


def _draw_pager(column: str, number: int, last: int, total: int | None) -> str:
    """Links to all pages, and how many rows there are in all, unless the skin leaves that out."""

    def link(page: int, words: str) -> str:
        return f'<a href="/?a=path&amp;d=&amp;p={column}&amp;page={page}">{words}</a>'

    numbers = "".join(
        f'<span class="current">{page}</span>' if page == number else link(page, str(page))
        for page in range(1, last + 1)
    )
    back, forth = link(max(1, number - 1), "上一页"), link(min(last, number + 1), "下一页")
    return (
        f'<div class="page-tile">{link(1, "首页")}{back}{numbers}{forth}{link(last, "尾页")}'
        f"{'' if total is None else f'<em>共{total}条 {number}/{last}页</em>'}</div>"
    )


def _frame_page(plan: Plan, world: World | None, title: str, body: str, tick: int) -> str:
    """Head, search form and foot; a redesign puts other ones around the same body."""
    skin = world.skin % 2 if world else 0
    links = "".join(f'<li><a href="/?a=path&amp;p={column.code}">{column.name}</a></li>' for column in plan.columns)
    tops = (
        f'<div class="header"><a href="/">{plan.name}信息公开</a>{_SEARCH}</div>',
        (
            f'<header class="top-2026"><h2>{plan.name}</h2><nav><ul>{links}</ul></nav>{_SEARCH}'
            "<p>本站已支持IPv6访问</p></header>"
        ),
    )
    stamp = _FIRST_STAMP + timedelta(seconds=tick)
    return f"""<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="others" content="页面生成时间 {stamp:%Y-%m-%d %H:%M:%S}">
<title>{escape(title)}_{plan.name}信息公开</title>
<link rel="stylesheet" href="/static/public/css/style{skin}.css?v={tick}">
</head>
<body>
{tops[skin]}
{body}
<div class="footer">主办：{plan.name}办公室 网站标识码：4199990001 <a href="/map">网站地图</a>
<p>您是第 {880000 + tick} 位访问者 页面生成时间：{stamp:%Y-%m-%d %H:%M:%S}</p></div>
</body>
</html>
"""


_SEARCH = (
    '<form action="/search" class="search-form"><input name="q" placeholder="请输入关键字">'
    '<input name="indexno" placeholder="索引号"><input name="unit" placeholder="发布机构">'
    '<input name="wdate" placeholder="成文日期"></form>'
)
