"""TRS WCM and its dialects: the same list of static files, counted from 0 or from 1 by four calls in the page."""

import re
from typing import ClassVar

from tests.site.answers import Answer, Request
from tests.site.families.portal import Portal
from tests.site.model import Article, File, Page, Plan, World


class Trs(Portal):
    """``createPageHTML(TOTAL, CURRENT, …)`` from 0; article ``./YYYYMM/tYYYYMMDD_ID.html``, files beside it."""

    cms = "trs"
    list_url = "/zwgk/{column}/"
    article_pattern = re.compile(r"/t\d{8}_(\d+)\.html$")
    base: ClassVar[int] = 0
    extension: ClassVar[str] = "html"
    call: ClassVar[str] = '<script>createPageHTML({last}, {current}, "index", "html");</script>'
    body_open = '<div class="view TRS_UEDITOR trs_paper_default trs_web">'

    def place_page(self, column: str, number: int, last: int) -> str:
        """``index.html``, then ``index_N.html``."""
        del last
        name = "index" if number == 1 else f"index_{number - 1 + self.base}"
        return f"/zwgk/{column}/{name}.{self.extension}"

    def place_article(self, page: Page) -> str:
        """The path's date is the day of publication."""
        return f"/zwgk/zxta/{_name_article(page.article)}"

    def place_file(self, article: Article, file: File) -> str:
        """Beside the article."""
        return f"/zwgk/zxta/{article.published_on.replace('-', '')[:6]}/{file.name}"

    def link_article(self, page: Page) -> str:
        """Relative to the list."""
        return f"./{_name_article(page.article)}"

    def link_file(self, article: Article, file: File) -> str:
        """Relative to the article."""
        del article
        return f"./{file.name}"

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The folder, or a file ``index_N``."""
        found = re.fullmatch(rf"/zwgk/(\w+)/(?:index(?:_(\d+))?\.{self.extension})?", request.path)
        if not found:
            return None
        return found[1], 1 if found[2] is None else int(found[2]) + 1 - self.base

    def draw_pager(self, column: str, number: int, last: int, total: int) -> str:
        """The call alone: links are made by the script."""
        del column
        call = self.call.format(last=last, current=number - 1 + self.base, total=total)
        return f'<div class="page">{call}</div>'


class TrsEditor(Trs):
    """The call stands in a comment, with more arguments; texts in ``TRS_Editor`` with styles in the midst."""

    call = "<!-- <script>createPageHTML({last}, {current}, 'index', 'html', 12, '');</script> -->"
    body_open = (
        (
            '<div id="zoom"><div class="TRS_Editor"><style type="text/css">.TRS_Editor P{{line-height:1.5;}}</style>'
            '<div class="Custom_UnionStyle">'
        )
        .replace("{{", "{")
        .replace("}}", "}")
    )
    body_close = "</div></div></div>"

    def draw_paragraph(self, line: str) -> str:
        """Full-width indents and a font in each paragraph."""
        return f'<p align="justify"><font face="仿宋_GB2312">　　{line}</font></p>'


class Hunan(Trs):
    """``createPageHTML('paging', TOTAL, CURRENT, …)`` from 1."""

    base = 1
    call = "<script>createPageHTML('paging', {last}, {current}, 'index', 'html', {total});</script>"
    body_open = '<div id="j-show-body" class="tys-main-zt-show"><div class="TRS_Editor">'
    body_close = "</div></div>"


class Chongqing(Trs):
    """``createPage(TOTAL, CURRENT, …)`` from 0."""

    call = '<script>createPage({last}, {current}, "index", "html");</script>'
    body_open = '<div class="zwxl-content"><div class="trs_editor_view TRS_UEDITOR">'
    body_close = "</div></div>"

    def draw_article(self, article: Article, tick: int) -> str:
        """A table of the document's particulars above the text."""
        return f"{draw_table(article)}\n{super().draw_article(article, tick)}"


class Ministry(Trs):
    """``countPage`` and ``currentPage`` from 0; pages end in ``.htm``."""

    extension = "htm"
    call = (
        "<script>var currentPage = {current};//所在页从0开始\nvar prevPage = currentPage-1;\n"
        "var countPage = {last}//共多少页\n"
        'document.write("<a href=\\"index_"+(currentPage+1)+".htm\\">下一页</a>");</script>'
    )
    body_open = '<div id="UCAP"><div class="TRS_PreAppend" style="overflow-x:hidden">'
    body_close = "</div></div>"


class Twins(Trs):
    """All columns list the same documents, each in its own folder: one id, several addresses."""

    def list_addresses(self, page: Page) -> tuple[str, ...]:
        """In either folder."""
        return tuple(f"/zwgk/{column}/{_name_article(page.article)}" for column in ("zxta", "jyta"))

    def answer_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> Answer:
        """The rows of the first column, whichever is asked for."""
        del column
        return super().answer_list(plan, world, plan.columns[0].code, number, tick)


def draw_table(article: Article) -> str:
    """The particulars of a document as most sites print them."""
    cells = (
        ("索 引 号", article.index_number, "发布机构", article.publisher),
        ("成文日期", article.written_on, "发布日期", article.published_on),
    )
    rows = "".join(
        f"<tr><td><b>{first}：</b></td><td>{value}</td><td><b>{second}：</b></td><td>{other}</td></tr>"
        for first, value, second, other in cells
    )
    return f'<table class="xxgk-table" width="100%"><tbody>{rows}</tbody></table>'


def _name_article(article: Article) -> str:
    day = article.published_on.replace("-", "")
    return f"{day[:6]}/t{day}_{article.key}.html"
