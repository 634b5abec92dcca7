"""VSB (博达), whose list pages count down, and 苏迪 WebPlus, which is often taken for it."""

import re
from html import escape

from tests.site import answers
from tests.site.answers import Answer, Request
from tests.site.families.portal import Portal
from tests.site.model import Article, File, Page, Plan, World


class Vsb(Portal):
    """``zxta.htm``, then ``zxta/N.htm`` down to ``zxta/1.htm``; rows ``li[id^=line_]``, ``/info/COL/ID.htm``."""

    cms = "vsb"
    list_url = "/jyta/{column}.htm"
    article_pattern = re.compile(r"/info/1042/(\d+)\.htm$")
    body_open = '<form name="_newscontent_fromname"><div id="vsb_content_500"><div class="v_news_content">'
    body_close = "</div></div></form>"

    def place_page(self, column: str, number: int, last: int) -> str:
        """Numbered from the end."""
        return f"/jyta/{column}.htm" if number == 1 else f"/jyta/{column}/{last - number + 1}.htm"

    def place_article(self, page: Page) -> str:
        """In the column's folder."""
        return f"/info/1042/{page.article.key}.htm"

    def place_file(self, article: Article, file: File) -> str:
        """By way of the download page."""
        del article
        return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid={file.name}"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The first page has a name, the others a number from the end, given as a negative one."""
        found = re.fullmatch(r"/jyta/(\w+?)(?:/(\d+))?\.htm", request.path)
        return (found[1], 1 if found[2] is None else -int(found[2])) if found else None

    def answer_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> Answer:
        """Count the page from the start; the first page has no number."""
        place = number if number > 0 else self.count_pages(plan, world, column) + number + 1
        if place < 1 or (place == 1 and number < 0):
            return answers.report_missing()
        return super().answer_list(plan, world, column, place, tick)

    def draw_row(self, page: Page) -> str:
        """A row with an id of its own."""
        return (
            f'<li id="line_u9_{page.article.key[-3:]}"><a href="..{self.place_article(page)}">'
            f"{escape(page.article.title)}</a><span>{page.article.published_on}</span></li>"
        )

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """Links are relative, and all pages but the first lie a folder deeper."""
        text = super().render_list(plan, world, column, number, tick)
        return text if number == 1 else text.replace('href="../info', 'href="../../info')

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """The neighbours and the ends, no numbers but the present one."""
        del total
        following = self.place_page(column, number + 1, last)
        after = (
            f'<span class="p_next p_fun"><a href="{following}">下页</a></span>'
            f'<span class="p_last p_fun"><a href="/jyta/{column}/1.htm">尾页</a></span>'
            if number < last
            else '<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>'
        )
        return f'<div class="pb_sys_common pb_sys_normal"><span class="p_no_d">{number}</span>{after}</div>'


class Sudy(Portal):
    """``list.htm``, ``list2.htm``; articles ``/YYYY/MMDD/cCOLaID/page.htm`` with ``.wp_articlecontent``."""

    cms = "sudy"
    list_url = "/zxta/list.htm"
    article_pattern = re.compile(r"/\d{4}/\d{4}/c101a(\d+)/page\.htm$")
    body_open = '<div class="entry"><div class="read"><div class="wp_articlecontent">'
    body_close = "</div></div></div>"

    def place_page(self, column: str, number: int, last: int) -> str:
        """``listN.htm``."""
        del last
        return f"/{column}/list{'' if number == 1 else number}.htm"

    def place_article(self, page: Page) -> str:
        """The day is split in two folders."""
        year, month, day = page.article.published_on.split("-")
        return f"/{year}/{month}{day}/c101a{page.article.key}/page.htm"

    def place_file(self, article: Article, file: File) -> str:
        """In the folder of uploads."""
        del article
        return f"/_upload/article/files/{file.name}"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The number in the file's name."""
        found = re.fullmatch(r"/(\w+)/list(\d*)\.htm", request.path)
        return (found[1], int(found[2] or 1)) if found else None

    def draw_rows(self, rows: tuple[Page, ...]) -> str:
        """Rows in boxes of ``wp_article_list``."""
        drawn = "".join(
            f'<li class="list_item i{place}"><div class="fields pr_fields"><span class="Article_Index">{place}</span>'
            f'<span class="Article_Title"><a href="{self.place_article(page)}" title="{escape(page.article.title)}">'
            f"{self.show_title(page)}</a></span></div>"
            f'<div class="fields ex_fields">'
            f'<span class="Article_PublishDate">{page.article.published_on}</span></div></li>'
            for place, page in enumerate(rows, start=1)
        )
        return f'<div id="wp_news_w6"><ul class="wp_article_list">{drawn}</ul></div>'

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """Pages in words of their own classes."""
        del total
        following = self.place_page(column, min(number + 1, last), last)
        return (
            '<div id="wp_paging_w6"><ul class="wp_paging clearfix"><li class="pages_count">'
            f'<span class="per_page">每页 <em class="per_count">12</em> 记录</span></li><li class="page_nav">'
            f'<a class="next" href="{following}"><span>下一页&gt;&gt;</span></a></li><li class="page_jump">'
            f'<span class="pages">页码 <em class="curr_page">{number}</em>/<em class="all_pages">{last}</em></span>'
            "</li></ul></div>"
        )

    def draw_article(self, article: Article, tick: int) -> str:
        """The family's own line of particulars."""
        return (
            f'<h1 class="arti_title">{escape(article.title)}</h1><p class="arti_metas">'
            f'<span class="arti_publisher">发布者：{article.publisher}</span>'
            f'<span class="arti_update">发布时间：{article.published_on}</span>'
            f'<span class="arti_views">浏览次数：<span class="WP_VisitCount">{tick}</span></span></p>'
            f"{self.draw_body(article)}"
        )
