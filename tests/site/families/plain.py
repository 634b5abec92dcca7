"""Sites without a vendor: plain numbered lists, and lists of which only the links tell anything."""

import re
from html import escape

from tests.site.answers import Request
from tests.site.families.portal import Portal, query_page
from tests.site.model import Article, Page


class Numbered(Portal):
    """``?page=N`` with links by number; rows of a table, articles ``/show/ID.html``."""

    cms = "numbered"
    list_url = "/jyta/list?cat=12&page=1"
    article_pattern = re.compile(r"/show/(\d+)\.html$")
    body_open = '<div class="article-body"><div class="con">'
    body_close = "</div></div>"
    is_beyond_served = True

    def place_page(self, column: str, number: int, last: int) -> str:
        """The number in the query."""
        del column, last
        return f"/jyta/list?cat=12&page={number}"

    def place_article(self, page: Page) -> str:
        """The id alone."""
        return f"/show/{page.article.key}.html"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """``page``."""
        number = query_page(request, "page")
        return ("zxta", number or 1) if request.path == "/jyta/list" else None

    def draw_rows(self, rows: tuple[Page, ...]) -> str:
        """A table with a heading."""
        return f"<table><tbody><tr><th>标题</th><th>日期</th></tr>{''.join(map(self.draw_row, rows))}</tbody></table>"

    def draw_row(self, page: Page) -> str:
        """A row of the table."""
        title = escape(page.article.title)
        return (
            f'<tr><td><a href="{self.place_article(page)}" title="{title}">{self.show_title(page)}</a>'
            f"{self.draw_reading(page)}</td><td>{self.draw_date(page)}</td></tr>"
        )

    def draw_paragraph(self, line: str) -> str:
        """Some editors know no paragraphs."""
        return f"<div>{line}</div>"


class Calendar(Numbered):
    """Only a link to the next page, and no number anywhere."""

    cms = "generic"
    list_url = "/jyta/month?from=2512"
    is_open_ended = True

    def place_page(self, column: str, number: int, last: int) -> str:
        """Months, counted down."""
        del column, last
        return f"/jyta/month?from={2513 - number}"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The month."""
        month = query_page(request, "from")
        return ("zxta", 2513 - month) if request.path == "/jyta/month" and month else None

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """To the months before and after."""
        del total
        before, after = (self.place_page(column, place, last) for place in (number - 1, number + 1))
        return f'<div class="months"><a href="{before}">上一页</a><a href="{after}">下一页</a></div>'


class Unlinked(Numbered):
    """Pages are numbered in the address and neither linked nor counted."""

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """A script's button."""
        del column, number, last, total
        return '<div class="more"><button onclick="more()">加载更多</button></div>'


class Generic(Portal):
    """An offset in the query; a list of definitions; paragraphs parted by line breaks."""

    cms = "generic"
    list_url = "/jyta/list.php"
    article_pattern = re.compile(r"/content_(\d+)$")
    body_open = '<div class="zw">'

    def place_page(self, column: str, number: int, last: int) -> str:
        """An offset by tens."""
        del column, last
        return "/jyta/list.php" if number == 1 else f"/jyta/list.php?start={number - 1}0"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The offset."""
        start = query_page(request, "start") or 0
        return ("zxta", start // 10 + 1) if request.path == "/jyta/list.php" else None

    def draw_rows(self, rows: tuple[Page, ...]) -> str:
        """Terms and their dates."""
        return f'<dl class="news">{"".join(map(self.draw_row, rows))}</dl>'

    def draw_row(self, page: Page) -> str:
        """A term and its definition."""
        day = page.article.published_on.replace("-", "/")
        return f'<dt><a href="{self.place_article(page)}">{self.show_title(page)}</a></dt><dd>{day}</dd>'

    def draw_text(self, article: Article) -> str:
        """One paragraph with breaks."""
        return "<p>" + super().draw_text(article).replace("</p>\n", "<br>\n")

    def draw_paragraph(self, line: str) -> str:
        """A line of it."""
        return f"　　{line}</p>"
