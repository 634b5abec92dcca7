"""Rows in the many shapes that lists have, beside a box of dated news that looks the same."""

from collections.abc import Callable, Sequence

import pytest

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import read_list

Row = tuple[str, str, str | None]
Layout = Callable[[Sequence[Row]], str]
TITLES = (
    "关于加强城区停车位规划建设的提案的答复",
    "对市政协十四届三次会议提案的答复",
    "市教育局关于推进义务教育均衡发展建议的答复函",
    "关于2021年8月3日暴雨灾后重建的建议的答复",
)
URL = "https://a.gov.cn/zwgk/jyta/"


def make_rows(count: int, form: str = "/zwgk/jyta/202109/t20210922_{}.html") -> list[Row]:
    """Rows as they should be read."""
    return [(form.format(1000 + n), f"{TITLES[n % 4]}{n}", f"2021-0{n % 9 + 1}-1{n % 9}") for n in range(count)]


def join(form: str, wrap: str = "<ul>{}</ul>") -> Layout:
    """A layout from the markup of one row: {u} address, {t} title, {c} cut title, {d} date, {n} number."""

    def build(rows: Sequence[Row]) -> str:
        items = (
            form.format(u=url, t=title, c=f"{title[:8]}…", d=day, n=place, y=(day or "")[:7], dd=(day or "")[8:])
            for place, (url, title, day) in enumerate(rows, 1)
        )
        return wrap.format("".join(items))

    return build


LIST_ITEM = '<li><a href="{u}">{t}</a><span>{d}</span></li>'
SIDE: str = join(LIST_ITEM)(
    [(f"/xwzx/202201/t20220101_{n}.html", f"全市召开第{n}次经济工作会议部署任务", f"2022-01-0{n}") for n in range(1, 9)]
)
LAYOUTS: dict[str, Layout] = {
    "plain": join(LIST_ITEM),
    "date first": join('<li><span>[{d}]</span><a href="{u}">{t}</a></li>'),
    "date behind": join('<li><a href="{u}">{t}</a> ({d})</li>'),
    "date in link": join('<li><a href="{u}">{t}<span>{d}</span></a></li>'),
    "date in text": join('<li><a href="{u}">{t} ({d})</a></li>'),
    "paragraphs": join('<p><a href="{u}">{t}</a> <em>{d}</em></p>', "<div class='list'>{}</div>"),
    "flat": join('<a href="{u}">{t}</a> {d}<br>', "<div class='list'>{}</div>"),
    "boxes": join('<div class="it"><a href="{u}">{t}</a><div>{d}</div></div>', "<div class='list'>{}</div>"),
    "table": join(
        "<tr><td>{n}</td><td>123/2021-{n}</td><td><a href='{u}'>{t}</a></td><td>2020-01-01</td><td>{d}</td></tr>",
        "<table><tr><th>序号</th><th>索引号</th><th>名称</th><th>成文日期</th><th>发布日期</th></tr>{}</table>",
    ),
    "date linked": join('<li><a href="{u}">{d}</a><a href="{u}" title="{t}">{c}</a></li>'),
    "category": join(
        '<li>[<a href="/zxta/">政协提案答复</a>]<a href="{u}" title="点击查看全文">{t}</a><i>{d}</i></li>'
    ),
    "nested": join(
        '<li><a href="{u}">{t}</a><span>{d}</span>'
        '<div><a href="/zcjd/t20210930_77.html">《办法》问答和说明材料</a></div></li>'
    ),
    "nested beside": join(
        '<li><a href="{u}">{t}</a><a href="/zcjd/t20210930_77.html">[解读]政策问答和说明</a>'
        '<a href="/zcjd/t20210930_78.html">图解：一图读懂</a><span>{d}</span></li>'
    ),
    "nested list": join(
        '<li><a href="{u}">{t}</a><span>{d}</span><ul><li><a href="/zcjd/t20210930_77.html">《办法》全文要点</a>'
        '<span>2023-01-01</span></li><li><a href="/zcjd/t20210930_78.html">《办法》政策解读之二</a>2023-01-02</li></ul>'
        "</li>"
    ),
    "tab": lambda rows: f"<ul><li><a href='/jyta/'>人大建议提案办理情况</a>{join(LIST_ITEM)(rows)}</li></ul>",
    "pager inside": join(
        LIST_ITEM,
        "<ul class='x'>{}<li><a href='index_1.html'>下一页</a> <a href='index_5.html'>尾页</a></li></ul>",
    ),
    "headed": join(
        '<div class="it"><h3><a href="{u}">{t}</a></h3><p>你们的提案收悉…<a href="{u}">[详细]</a></p><i>{d}</i></div>',
        "<div class='list'>{}</div>",
    ),
    "cards": join(
        '<a class="it" href="{u}"><h3>{t}</h3><p>您提出的提案收悉，现答复如下</p><i>{d}</i></a>', "<div>{}</div>"
    ),
    "calendar leaves": join('<li><div><p>{dd}</p><p>{y}</p></div><div><a href="{u}">{t}</a></div></li>'),
    "download": join('<li><a href="{u}">{t}</a><a href="/files/{n}.pdf">下载附件文件</a><span>{d}</span></li>'),
    "cut": join('<li><a href="{u}" title="{t}">{c}</a><span>{d}</span></li>'),
    "cut without dots": join(
        '<li><a href="{u}" title="标题：{t}&#10;发布时间：2001-01-01">{t:.7}</a><span>{d}</span></li>'
    ),
    "numbered and new": join(
        '<li><i>{n}</i><a href="{u}"><b>[置顶]</b>{t}<img src="new.gif"></a><span>{d}</span></li>'
    ),
    "long form": join('<li><a href="{u}">{t}</a>发布日期：{d} 10:22:01 成文日期：1999-12-31</li>'),
    "layout table": lambda rows: f"<table><tr><td>{SIDE}</td><td>{join(LIST_ITEM)(rows)}</td></tr></table>",
    "mobile twin": lambda rows: f"<div>{join(LIST_ITEM)(rows)}</div><div class='wap'>{join(LIST_ITEM)(rows)}</div>",
    "halves": lambda rows: "".join(join(LIST_ITEM)(rows[place : place + 5]) for place in range(0, len(rows), 5)),
    "pinned": lambda rows: join(LIST_ITEM, "<ul class='top'>{}</ul>")(rows[:1]) + join(LIST_ITEM)(rows[1:]),
    "grid": lambda rows: (
        "<table>"
        + "".join(
            join('<td><a href="{u}">{t}</a></td><td>{d}</td>', "<tr>{}</tr>")(rows[place : place + 2])
            for place in range(0, len(rows), 2)
        )
        + "</table>"
    ),
}


def frame(content: str, *, has_pager: bool, side: str) -> str:
    """A page with a menu, a side box and the list, and maybe a pager."""
    pager = "<div class='page'><a class='cur'>1</a><a href='index_1.html'>2</a><a href='index_1.html'>下一页</a></div>"
    items = (("zwgk", "政务公开"), ("hd", "互动交流"), ("fw", "办事服务"))
    menu = "".join(f"<li><a href='/{name}/'>{text}</a></li>" for name, text in items)
    return f"""<html><body><div><a href="/">网站首页</a><ul>{menu}</ul></div>
    <div><div class="l">{side}</div><div class="r">{content}{pager if has_pager else ""}</div></div>
    <div><a href="http://x.gov.cn">某部委网站链接</a><a href="/about.html">关于我们的网站</a></div></body></html>"""


def read_rows(text: str, requested: PageRequest | None = None) -> list[Row]:
    """What is read, addresses without the host."""
    page = read_list(ListSource(url=URL, text=text, requested=requested))
    return [(row.url.removeprefix("https://a.gov.cn"), row.title, row.listed_on) for row in page.rows]


@pytest.mark.parametrize("has_pager", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 12])
@pytest.mark.parametrize("name", LAYOUTS)
def test_rows_are_read_in_any_layout(name: str, count: int, *, has_pager: bool) -> None:
    """All rows of the list with whole titles and dates, none of the side box, the menu or the nested links."""
    rows = make_rows(count)
    assert read_rows(frame(LAYOUTS[name](rows), has_pager=has_pager, side=SIDE)) == rows


@pytest.mark.parametrize("count", [1, 2, 12])
def test_rows_without_dates_are_rows(count: int) -> None:
    """No date is made up, not even from the address or the title."""
    rows = [(url, title, None) for url, title, _ in make_rows(count)]
    text = join('<li><a href="{u}">{t}</a></li>')(rows)
    assert read_rows(frame(text, has_pager=False, side=SIDE)) == rows


def test_some_rows_without_dates_are_kept() -> None:
    """A list may date some rows only."""
    rows: list[Row] = [(url, title, day if n % 2 else None) for n, (url, title, day) in enumerate(make_rows(9))]
    text = "".join(f'<li><a href="{u}">{t}</a>{f"<span>{d}</span>" if d else ""}</li>' for u, t, d in rows)
    assert read_rows(frame(f"<ul>{text}</ul>", has_pager=True, side="")) == rows


@pytest.mark.parametrize(
    "form", ["/info/1042/{}.htm", "/show/{}.html", "/content_{}", "/view.php?id={}", "/files/{}.pdf", "/a/{}/"]
)
def test_rows_are_known_by_any_dialect(form: str) -> None:
    """Also where the articles lie in no folder of the column."""
    rows = make_rows(5, form)
    assert read_rows(frame(LAYOUTS["plain"](rows), has_pager=False, side=SIDE)) == rows


def test_any_language_works() -> None:
    """Nothing hangs on Chinese titles when the column's own folder tells the list."""
    rows: list[Row] = [
        (url, f"Reply to motion {n} on public parking", day) for n, (url, _, day) in enumerate(make_rows(3))
    ]
    assert read_rows(frame(LAYOUTS["plain"](rows), has_pager=False, side=SIDE)) == rows


def test_a_last_page_of_one_row_is_read_where_the_rows_stood_before() -> None:
    """The shape of the list on the page before outweighs a fuller side box."""
    rows: list[Row] = [("/x/9.html", "Short notice of one thing", "2021-01-01")]
    text = frame(LAYOUTS["plain"](rows), has_pager=False, side=SIDE)
    requested = PageRequest(url=URL, number=2, shape="html/body/div/div.r/ul")
    assert read_rows(text, requested=requested) == rows


def test_a_page_without_a_list_has_no_rows() -> None:
    """Menus and a footer are no list; nor is an article with a link in its text."""
    assert read_rows(frame("<p>暂无信息</p>", has_pager=False, side="")) == []
    article = (
        f"<h1>某通知</h1><p>发布时间：2021-01-02</p><p>{'正文内容' * 200}</p><p><a href='/bszn/'>办事指南入口</a></p>"
    )
    assert read_rows(frame(article, has_pager=False, side="")) == []


def test_boxes_that_call_themselves_something_else_are_passed_over() -> None:
    """Hot news stay out even when the list is empty."""
    box = f"<div><h4>热点推荐</h4>{SIDE}</div><div class='hot-news'>{SIDE}</div>"
    assert read_rows(frame("<ul></ul>", has_pager=False, side=box)) == []


def test_blocks_of_years_are_one_list() -> None:
    """Each year's replies may stand in a block of their own."""
    rows = make_rows(9)
    blocks = "".join(f"<div><h3>年份</h3>{join(LIST_ITEM)(rows[place : place + 3])}</div>" for place in (0, 3, 6))
    assert read_rows(frame(blocks, has_pager=False, side="")) == rows


@pytest.mark.parametrize("kind", ["提案", "建议"])
def test_of_two_lists_the_one_of_the_columns_kind_is_read(kind: str) -> None:
    """Tabs for proposals and suggestions on one page are two columns."""
    lists = {
        word: [(f"/x/{word == '提案'}{n}.html", f"关于第{n}号{word}的答复", "2021-01-01") for n in range(8)]
        for word in ("提案", "建议")
    }
    text = "".join(f"<div class='tab'>{join(LIST_ITEM)(rows)}</div>" for rows in lists.values())
    page = read_list(ListSource(url=URL, text=frame(text, has_pager=False, side=""), kind=kind))
    assert {row.title for row in page.rows} == {title for _, title, _ in lists[kind]}


def test_a_column_that_is_an_article_lists_itself() -> None:
    """Where only an article is known yet, it is watched as a list of one."""
    url = "https://a.gov.cn/zwgk/202109/t20210922_77.html"
    head = "<meta name='ArticleTitle' content='关于某提案的答复'><title>甲市</title>"
    text = f"<html><head>{head}</head><body>正文</body></html>"
    page = read_list(ListSource(url=url, text=text))
    assert [(row.url, row.title) for row in page.rows] == [(url, "关于某提案的答复")]
    assert (page.declared_pages, page.next_requests) == (1, ())
