"""Lists that come from a service: the details of their answers and entry pages."""

import json
from typing import Any

import pytest

from crawler.discovery.gkmlpt import choose_categories
from crawler.discovery.json_lists import find_records, read_counts, read_date
from crawler.discovery.listing import ListPage, ListSource, PageRequest
from crawler.discovery.reader import read_list

TREE = [
    {"id": 1, "name": "建议提案办理", "children": [{"id": 2, "name": "人大建议"}, {"id": 3, "name": "政协提案"}]},
    {"id": 4, "name": "政府工作报告"},
]


def read(url: str, text: str, **options: Any) -> ListPage:  # noqa: ANN401 - what ListSource takes
    """A page read by the family it shows."""
    return read_list(ListSource(url=url, text=text, **options))


@pytest.mark.parametrize(
    ("kind", "fragment", "chosen"),
    [
        ("建议", "", ["2"]),
        ("提案", "", ["3"]),
        ("建议提案", "", ["2", "3"]),
        ("", "", ["2", "3"]),
        ("提案", "#99", ["99"]),
    ],
)
def test_gkmlpt_chooses_categories_by_kind(kind: str, fragment: str, chosen: list[str]) -> None:
    """The deepest categories that bear the kind's name, or the one behind the hash."""
    url = f"http://a.gov.cn/gkmlpt/index{fragment}"
    text = f'<script>window._CONFIG = {{"SID": 755041, "TREE": {json.dumps(TREE)}}}</script>'
    source = ListSource(url="http://a.gov.cn/gkmlpt/index", text=text, kind=kind, requested=PageRequest(url=url))
    assert choose_categories(source) == chosen
    page = read_list(source)
    assert page.is_entry
    assert [request.url for request in page.next_requests] == [
        f"http://a.gov.cn/gkmlpt/api/all/{category}?page=1&sid=755041" for category in chosen
    ]


def test_gkmlpt_page_zero_and_one_are_the_same() -> None:
    """After page 0 comes page 2."""
    articles = [
        {"title": f"关于第{n}号建议的答复", "url": f"http://a.gov.cn/gkmlpt/content/8/1/post_{n}.html"}
        for n in range(100)
    ]
    text = json.dumps({"articles": articles, "total": 341})
    page = read("http://a.gov.cn/gkmlpt/api/all/2?page=0&sid=7", text)
    assert (page.family, len(page.rows), page.declared_pages, page.declared_rows) == ("gkmlpt", 100, 4, 341)
    assert page.next_requests[0].url == "http://a.gov.cn/gkmlpt/api/all/2?page=2&sid=7"


def test_ucap_answer_is_read_without_its_attachments() -> None:
    """Titles may hold markup and entities; nested lists are not rows."""
    results = [
        {
            "title": "关于<em>加强</em>A&amp;B监管的提案的答复",
            "url": "//www.a.gov.cn/c100/c101/content.shtml",
            "publishedTimeStr": "2024-01-10 09:00:00",
            "resList": [{"title": "附件", "url": "/files/1.pdf"}],
        }
    ]
    text = json.dumps({"data": {"total": 1, "page": 1, "rows": 20, "results": results}})
    page = read("http://www.a.gov.cn/searchList/a1?_isJson=true&page=1", text)
    assert [(row.url, row.title, row.listed_on) for row in page.rows] == [
        ("http://www.a.gov.cn/c100/c101/content.shtml", "关于加强A&B监管的提案的答复", "2024-01-10")
    ]
    assert (page.family, page.declared_pages, page.next_requests) == ("ucap", 1, ())


def test_ucap_page_names_its_service() -> None:
    """The address in the page's script is taken with page 1 and JSON; a site search is not."""
    head = '<meta name="channelid" content="abc123">'
    text = f'{head}<script>var u = "/searchList/abc123?_isAgg=true&amp;_pageSize=15&amp;page=3";</script>'
    page = read("http://a.gov.cn/x/common_list.shtml", text)
    assert page.is_entry
    assert page.next_requests[0].url == "http://a.gov.cn/searchList/abc123?_isAgg=true&_pageSize=15&page=1&_isJson=true"
    rows = "<ul><li><a href='/x/202401/0123456789abcdef0123456789abcdef.shtml'>关于某提案的答复</a>2024-01-02</li></ul>"
    search = read("http://a.gov.cn/x/common_list.shtml", f'{head}{rows}<script>s("/common/search/ffff?q=")</script>')
    assert (search.is_entry, len(search.rows)) == (False, 1)


def test_jpaas_unit_is_read_from_escaped_attributes() -> None:
    """The attribute may be JSON in entities; what the seed adds behind the hash goes along."""
    fields = {"webId": "3637", "tagId": "列表", "tplSetId": "t9", "pageId": "12"}
    unit = json.dumps(fields).replace('"', "&quot;")
    url = "http://a.gov.cn/col/col12/index.html"
    text = f'<div querydata="{unit}" url="/api-gateway/jpaas-publish-server/front/page/build/unit"></div>'
    page = read(url, text, requested=PageRequest(url=f"{url}#xxgkId=W001-002", number=1))
    assert page.is_entry
    address = page.next_requests[0].url
    for piece in (
        "parseType=bulidstatic",
        "webId=3637",
        "tplSetId=t9",
        "pageId=12",
        "xxgkId=W001-002",
        "%22pageNo%22%3A1",
    ):
        assert piece in address


def test_jpaas_answer_with_a_total_declares_its_pages() -> None:
    """A pager's attributes in the markup, or counts beside it."""
    rows = "".join(
        f"<li><a href='/art/2024/art_{n:032x}.html'>关于第{n}号提案的答复</a>2024-01-02</li>" for n in range(15)
    )
    markup = f"<ul>{rows}</ul><div class='page' data-total='47'></div>"
    url = 'http://a.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?webId=1&paramJson={"pageNo":1,"pageSize":15}'
    page = read(url, json.dumps({"data": {"html": markup}}))
    assert (page.family, len(page.rows), page.declared_pages) == ("jpaas", 15, 4)
    assert "%22pageNo%22%3A2" in page.next_requests[0].url
    assert not page.next_requests[0].is_probe


@pytest.mark.parametrize("wrap", ["<![CDATA[{}]]>", "{}"])
def test_hanweb_records_plain_or_escaped(wrap: str) -> None:
    """Records come as CDATA or with their markup escaped."""
    row = "<li><a href='/art/2021/9/2/art_1_77.html' title='关于某提案的答复'>关于某…</a><b>2021-09-02</b></li>"
    record = row if "CDATA" in wrap else row.replace("<", "&lt;").replace(">", "&gt;")
    text = f"<datastore><recordset><record>{wrap.format(record)}</record></recordset></datastore>"
    page = read("http://a.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15&unitid=3", text)
    assert [(row.title, row.listed_on) for row in page.rows] == [("关于某提案的答复", "2021-09-02")]
    assert page.next_requests[0].is_probe


def test_hanweb_goes_on_where_a_short_answer_ended() -> None:
    """A proxy that gives fewer records than asked is asked again from there, not further on."""
    rows = "".join(
        f"<record><![CDATA[<li><a href='/art/2021/9/2/art_1_{n}.html'>关于第{n}号提案的答复</a></li>]]></record>"
        for n in range(15)
    )
    url = "http://a.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=16&endrecord=60&perpage=15&unitid=3"
    page = read(
        url, f"<datastore><totalrecord>90</totalrecord>{rows}</datastore>", requested=PageRequest(url=url, number=2)
    )
    assert "startrecord=31&endrecord=75&perpage=15" in page.next_requests[0].url


def test_anhui_page_leads_to_its_service() -> None:
    """A page that only names the label service is an entry."""
    text = (
        "<script>$.get('/site/label/8888?labelName=publicInfoList&amp;siteId=1&amp;pageIndex=2&amp;catId=3')</script>"
    )
    page = read("http://a.gov.cn/public/column/1", text)
    assert page.is_entry
    assert page.next_requests[0].url == (
        "http://a.gov.cn/site/label/8888?labelName=publicInfoList&siteId=1&pageIndex=1&catId=3&isJson=true"
    )


def test_a_framed_list_is_followed() -> None:
    """Older sites keep the list in a frame on the same host; frames of others are not followed."""
    text = "<html><body><iframe src='list.html'></iframe><iframe src='http://b.gov.cn/x.html'></iframe></body></html>"
    page = read("http://a.gov.cn/x/", text)
    assert page.is_entry
    assert [request.url for request in page.next_requests] == ["http://a.gov.cn/x/list.html"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-09-22 10:00:00", "2021-09-22"),
        ("2021/9/2", "2021-09-02"),
        (1632240000, "2021-09-22"),  # 2021-09-22 00:00 in China
        (1632240000000, "2021-09-22"),
        ("1632240000", "2021-09-22"),
        (20210922, None),
        (0, None),
        (None, None),
        ("soon", None),
    ],
)
def test_dates_of_records(value: object, day: str | None) -> None:
    """Texts and time stamps, read in China's time."""
    assert read_date(value) == day


def test_records_are_the_outermost_list() -> None:
    """Not the attachments inside each of them."""
    inner = [{"title": "附件", "url": "/1.pdf"}] * 9
    records = [{"title": "答复", "url": "/1.html", "files": inner}]
    assert find_records({"a": {"b": records}, "nav": [{"x": 1}]}) == records
    assert read_counts({"data": {"total": "12", "pageCount": 3, "rows": [1]}, "page": 2}) == {
        "total": 12,
        "pages": 3,
        "current": 2,
    }


def make_answer(count: int, total: int, **more: int) -> str:
    """A service's answer with so many of ``total`` records."""
    records = [{"title": f"关于第{n}号提案的答复", "url": f"/show/{n}.html"} for n in range(count)]
    return json.dumps({"data": {"total": total, "list": records, **more}})


def test_rows_above_the_page_size_do_not_make_pages_fewer() -> None:
    """Two rows are pinned above a page of 15: the size counts, and without one a probe follows the last page."""
    url = "http://a.gov.cn/searchList/a1?_isJson=true&page={}"
    assert read(url.format(1), make_answer(17, 31, pageSize=15)).declared_pages == 3
    assert read(url.format(1), make_answer(17, 31)).declared_pages == 2
    last = PageRequest(url=url.format(2), number=2, declared=2)
    (probe,) = read(url.format(2), make_answer(17, 31), requested=last).next_requests
    assert (probe.is_probe, probe.number) == (True, 3)


@pytest.mark.parametrize(("text", "current"), [('{"data": []}', 3), ('{"code": 500, "msg": "系统繁忙"}', None)])
def test_an_empty_list_is_told_from_an_error(text: str, current: int | None) -> None:
    """An answer with an empty list is the page that was asked for; one without any list is none."""
    url = "http://a.gov.cn/site/label/8888?labelName=publicInfoList&isJson=true&pageIndex=3"
    page = read(url, text, requested=PageRequest(url=url, number=3))
    assert (page.rows, page.current) == ((), current)


def test_jpaas_current_page_is_no_number_of_pages() -> None:
    """``data-page`` is where we are; the last, shorter page does not change how many there are."""
    address = "http://a.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?paramJson={}"
    rows = "".join(f'<li><a href="/art/2025/art_{n:032x}.html">关于第{n}号提案的答复</a></li>' for n in range(15))
    text = json.dumps({"data": {"html": f'<ul>{rows}</ul><div data-count="47" data-page="1"></div>'}})
    page = read(address.format("%7B%22pageNo%22%3A1%7D"), text)
    assert (page.declared_pages, page.declared_rows, [r.number for r in page.next_requests]) == (4, 47, [2, 3])
    last = PageRequest(url=address.format("%7B%22pageNo%22%3A4%7D"), number=4, declared=4)
    short = json.dumps({"data": {"html": f'<ul>{rows[: len(rows) // 15 * 2]}</ul><div data-count="47"></div>'}})
    assert read(last.url, short, requested=last).declared_pages == 4
