"""Whatever a server sends: reading a list page ends soon, never fails, and invents nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import BY_NAME, read_list
from crawler.discovery.urls import document_key
from tests.limits import comes_to_an_end

SAVED = Path(__file__).parents[3].parent / "shared" / "pages" / "html"
PIECES = st.sampled_from(
    [
        *(
            "<ul>",
            "</ul>",
            "<li>",
            "</li>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "<div class='page'>",
            "</div>",
            "<p>",
        ),
        *(
            "<a href='/t20210922_7.html'>关于某某提案的答复</a>",
            "<a href='/show/9.html' title='关于…'>关于第九号提案…</a>",
        ),
        *(
            "<a href='?page=2'>下一页</a>",
            "<a href='//[bad'>坏的链接地址</a>",
            "<a href=':99999'>",
            "<a>没有地址的链接</a>",
        ),
        *(
            "2021-09-22",
            "1/0",
            "共99999页",
            "第 页",
            "0/5",
            "</html>",
            "<!--",
            "-->",
            "\x00",
            "\ud800",
            "<base href='::'>",
        ),
        *("<script>createPageHTML(0,0,'','')</script>", "var countPage = 99999999999", "window._CONFIG = {TREE: [{"),
        *(
            "<datastore>",
            "<record><![CDATA[<li>",
            "]]></record>",
            "dataproxy.jsp?startrecord=x",
            "querydata=\"{'a':1}\"",
        ),
        *(
            '{"data": {"total": -1, "results": [',
            '{"title": 1, "url": 2}',
            "]}}",
            "<iframe src='x'>",
            "jpaas-publish-server",
        ),
    ]
)
URLS = st.sampled_from(
    [
        "https://a.gov.cn/",
        "https://a.gov.cn/gkmlpt/api/all/1?page=x",
        "https://a.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=-5&perpage=0",
        "https://a.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?paramJson=[1]",
        "http://127.0.0.1:8000/page_0.html",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["auto", *BY_NAME]), URLS, st.integers(1, 9))
def test_no_page_breaks_the_reading(text: str, cms: str, url: str, number: int) -> None:
    """Rows have a web address, a key and a title; requests are for the pages after this one."""
    page = read_list(ListSource(url=url, text=text, requested=PageRequest(url=url, number=number)), cms)
    assert all(document_key(row.url) and row.title for row in page.rows)
    keys = [document_key(row.url) for row in page.rows]
    assert len(keys) == len(set(keys))
    assert all(request.number == 1 or (request.number or 0) > number for request in page.next_requests)


def test_big_pages_are_read_in_time() -> None:
    """Two thousand rows, a megabyte of inline pictures, and deep nesting: no step is worse than linear."""
    row = "<li><a href='t20210922_{0}.html' title='关于第{0}号提案的答复'>关于第{0}号…</a><span>2021-09-22</span></li>"
    rows = "".join(row.format(1000 + n) for n in range(2000))
    picture = f"<img src='data:image/png;base64,{'QUJD/x+' * 150_000}'> dataproxy.jsp /site/label/8888 searchList/"
    nested = "<div>" * 200
    numbers = "<table>" + "<td><a href='?p=1'>1</a></td>" * 2000 + "</table>"
    with comes_to_an_end():
        page = read_list(ListSource(url="https://a.gov.cn/x/", text=f"{picture}{numbers}{nested}<ul>{rows}</ul>"))
    assert len(page.rows) == 2000


@pytest.mark.skipif(not SAVED.exists(), reason="the saved pages are not beside this checkout")
def test_saved_pages_are_read_without_failing() -> None:
    """Real articles are no lists; reading them as such must not fail, nor find a pager with thousands of pages."""
    paths = sorted(SAVED.glob("*.html"))
    assert paths
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace")
        page = read_list(ListSource(url="https://www.a.gov.cn/zwgk/", text=text))
        assert (page.declared_pages or 0) < 1000, path.name
        assert len(page.rows) < 100, path.name
