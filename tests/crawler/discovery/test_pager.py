"""Pagers: in words, in links, in scripts; and what only looks like one."""

import pytest

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.numbering import extend_links, number_link, own_number, set_own_number, set_query
from crawler.discovery.pager import read_pager
from crawler.discovery.scripts import read_numbers

URL = "https://a.gov.cn/jyta/list.php?cat=5"


def source_of(text: str, url: str = URL, number: int | None = None) -> ListSource:
    """A page with a pager."""
    requested = PageRequest(url=url, number=number) if number else None
    return ListSource(url=url, text=f"<html><body>{text}</body></html>", requested=requested)


NEXT = "<a href='list.php?cat=5&page=2'>下一页</a>"


@pytest.mark.parametrize(
    ("text", "current", "declared"),
    [
        (f"<div>第1页/共12页 {NEXT}</div>", 1, 12),
        (f"<div>1/12 {NEXT}</div>", 1, 12),
        (f"<div>页次：1/12页 每页15条 共173条 {NEXT}</div>", 1, 12),
        (f"<div>共173条 每页15条 当前第1页 {NEXT}</div>", 1, 12),
        (f"<div>共12页 <b>1</b> {NEXT}</div>", 1, 12),
        (f"<div>总页数：12 当前页：1 {NEXT}</div>", 1, 12),
        ("<p>Page 1 of 12 <a href='?page=2'>Next</a></p>", 1, 12),
        ("<div><a class='active'>1</a><a href='?cat=5&page=2'>2</a><a href='?cat=5&page=12'>12</a></div>", 1, 12),
        (
            f"<div><span>1</span><a href='?cat=5&page=2'>2</a>{NEXT}<a href='list.php?cat=5&page=12'>尾页</a></div>",
            1,
            12,
        ),
        (f"<div>{NEXT}<a href='list.php?cat=5&page=12'>末页</a></div>", None, 12),
        (f"<div>{NEXT}</div>", None, None),
        ("<div>第12号提案 共3人</div>", None, None),
    ],
)
def test_words_and_links_tell_current_and_declared_pages(text: str, current: int | None, declared: int | None) -> None:
    """What the page says, whichever way; a next link alone declares nothing."""
    pager = read_pager(source_of(text))
    assert (pager.current, pager.declared) == (current, declared)


@pytest.mark.parametrize("word", ["下一页", "下页", "下一页>>", "[下一页]", "后一页", "Next", "»", ">"])
def test_next_page_goes_by_many_names(word: str) -> None:
    """Each leads to the next page."""
    pager = read_pager(source_of(f"<div><a href='x.html'>上一页</a> <a href='?cat=5&page=2'>{word}</a></div>"))
    assert [request.url for request in pager.next_requests(1, "")] == ["https://a.gov.cn/jyta/list.php?cat=5&page=2"]


def test_rows_near_the_pager_are_not_read_as_its_words() -> None:
    """On a short last page the list stands close; its dates and numbers are not pages."""
    text = f"<div><ul><li><a href='1.html'>关于第3/14号提案的答复</a>2021/09</li></ul><div>{NEXT}</div></div>"
    assert read_pager(source_of(text)).declared is None


def test_a_calendar_is_no_pager() -> None:
    """Days are no page numbers, and the arrow to the next month is no next page."""
    days = "".join(f"<td><a href='?d={day}'>{day}</a></td>" for day in range(1, 31))
    table = f"<table><tr><td><a href='?m=2'>»</a></td></tr><tr>{days}</tr></table>"
    named = "<div class='calendar'><a href='?m=2'>»</a><a href='?d=1'>1</a><a href='?d=2'>2</a></div>"
    for text in (table, named):
        pager = read_pager(source_of(text))
        assert (pager.next_url, pager.declared, pager.next_requests(1, "")) == (None, None, ())


def test_the_arrows_of_a_picture_show_are_no_pager() -> None:
    """They lead nowhere, wherever they stand."""
    arrows = "<div class='show'><a href='javascript:;'>‹</a><a href='javascript:;'>›</a></div>"
    pager = read_pager(source_of(f"{arrows}<div><b>1</b>{NEXT}<a href='?cat=5&page=3'>3</a></div>{arrows}"))
    assert (pager.current, pager.declared) == (1, 3)
    assert pager.next_requests(1, "")[0].url.endswith("page=2")


def test_a_page_that_ignores_its_number_says_so() -> None:
    """What is marked as current counts, not the address that was asked for."""
    links = "<a class='on' href='?cat=5&page=1'>1</a><a href='?cat=5&page=2'>2</a><a href='?cat=5&page=3'>3</a>"
    pager = read_pager(source_of(f"<div>{links}</div>", f"{URL}&page=3", 3))
    assert pager.current == 1


def test_numbers_that_only_a_script_follows_declare_pages() -> None:
    """They cannot be asked for, but the list is known to go on."""
    links = "".join(f"<a href='javascript:go({n})'>{n}</a>" for n in range(2, 7))
    pager = read_pager(source_of(f"<div><b>1</b>{links}<a href='javascript:go(2)'>下一页</a></div>"))
    assert (pager.declared, pager.next_requests(1, "")) == (6, ())


def test_pages_in_a_menu_and_in_the_head_are_found() -> None:
    """A select box of addresses; a link element that names the next page."""
    options = "".join(f"<option value='list_{n}.html'>第{n}页</option>" for n in range(1, 5))
    pager = read_pager(source_of(f"<div><a href='javascript:n()'>下一页</a><select>{options}</select></div>"))
    assert (pager.declared, pager.next_requests(1, "")[0].url) == (4, "https://a.gov.cn/jyta/list_2.html")
    pager = read_pager(source_of("<link rel='next' href='list_2.html'>"))
    assert pager.next_requests(1, "")[0].url == "https://a.gov.cn/jyta/list_2.html"


def test_a_next_link_to_the_page_itself_is_no_next_page() -> None:
    """As some pagers have it on the last page."""
    assert read_pager(source_of("<div><a href='list.php?cat=5'>下一页</a></div>")).next_requests(1, "") == ()


def test_spare_pages_are_told_from_the_links_shown() -> None:
    """The page after next is asked for only when the next one fails; its address follows from its neighbours'."""
    links = "<a href='n_2.html'>2</a><a href='n_3.html'>3</a><a href='n_9.html'>9</a>"
    pager = read_pager(source_of(f"<div><b>1</b>{links}</div>", "https://a.gov.cn/n.html"))
    found = [(request.number, request.url) for request in pager.next_requests(3, "")]
    assert found == [(4, "https://a.gov.cn/n_4.html"), (5, "https://a.gov.cn/n_5.html")]


@pytest.mark.parametrize(
    ("call", "url", "number", "current", "following"),
    [
        ('createPageHTML(9, 0, "index", "html");', "/z/", 1, 1, ["index_1.html", "index_2.html"]),
        (
            'createPageHTML(9, 3, "index", "shtml", 12, "x");',
            "/z/index_3.shtml",
            4,
            4,
            ["index_4.shtml", "index_5.shtml"],
        ),
        ("createPageHTML(9,8,'index','html')", "/z/index_8.html", 9, 9, []),
        ("<!-- createPageHTML(9,0,'index','html') -->", "/z/", 1, 1, ["index_1.html", "index_2.html"]),
        ("createPage(9, 0, 'index', 'html')", "/z/", 1, 1, ["index_1.html", "index_2.html"]),
        ("createPageHTML('page_div',9, 1,'list','shtml',99)", "/z/list.shtml", 1, 1, ["list_2.shtml", "list_3.shtml"]),
        ("createPageHTML('paging', 9, 8, 'index', 'html', 99)", "/z/index_8.html", 8, 8, ["index_9.html"]),
        ("var currentPage = 0;\nvar countPage = 9//共几页", "/z/index.htm", 1, 1, ["index_1.htm", "index_2.htm"]),
        ("var countPage = 9//\nvar currentPage = 2;//", "/z/index_2.htm", 3, 3, ["index_3.htm", "index_4.htm"]),
        ('$("#p").pagination("setPage", 1, 9);', "/z/index.html", 1, 1, ["index_2.html", "index_3.html"]),
        # One name, another base: the first page's own number tells.
        ("createPageHTML(9, 1, 'index', 'html')", "/z/", 1, 1, ["index_2.html", "index_3.html"]),
        ("createPageHTML('page_div', 9, 0, 'index', 'html', 1)", "/z/", 1, 1, ["index_1.html", "index_2.html"]),
    ],
)
def test_script_calls_of_every_dialect(call: str, url: str, number: int, current: int, following: list[str]) -> None:
    """Current page and next pages, whatever the site counts from."""
    source = source_of(f"<script>{call}</script>", f"https://a.gov.cn{url}", number)
    numbers = read_numbers(source)
    assert numbers is not None
    pager = numbers.to_pager(source)
    assert (pager.current, pager.declared) == (current, 9)
    assert [request.url.removeprefix("https://a.gov.cn/z/") for request in numbers.next_requests(source)] == following
    assert [request.number for request in numbers.next_requests(source)] == [number + 1, number + 2][: len(following)]


def test_the_definition_of_a_script_is_no_call() -> None:
    """Names stand in it, no numbers."""
    assert (
        read_numbers(source_of("<script>function createPageHTML(_nPageCount, _nCurrIndex, _sName){}</script>")) is None
    )


def test_numbers_in_addresses() -> None:
    """Where a list's own address holds its page number."""
    assert own_number("https://a.gov.cn/x/page_3.html") == 3
    assert own_number("https://a.gov.cn/x/1.html") == 1
    assert own_number("https://a.gov.cn/x?cat=9&pageIndex=4&n=1") == 4
    assert own_number("https://a.gov.cn/x?cat=9") is None
    assert set_own_number("https://a.gov.cn/9/page_3.html", 4) == "https://a.gov.cn/9/page_4.html"
    assert set_query("https://a.gov.cn/?a=1&page=2&b=%E4", "page", 3) == "https://a.gov.cn/?a=1&page=3&b=%E4"
    assert set_query("https://a.gov.cn/", "page", 3) == "https://a.gov.cn/?page=3"


def test_addresses_are_extended_only_when_they_follow_a_rule() -> None:
    """Two addresses that differ in one number by as much as their pages do."""
    assert extend_links({2: "/a/2/p_2.html", 3: "/a/2/p_3.html"}, 7) == "/a/2/p_7.html"
    assert extend_links({2: "/p/9.htm", 3: "/p/8.htm"}, 5) == "/p/6.htm"
    assert extend_links({2: "/p/9.htm", 3: "/p/4.htm"}, 5) is None
    assert extend_links({2: "/p/9.htm", 3: "/q/10.htm"}, 5) is None
    assert extend_links({2: "/p/2.htm"}, 5) is None
    assert number_link("/p_12.html", {2: "/p_2.html"}) == 12
    assert number_link("/p_12.html", {2: "/p_900.html"}) is None
    assert number_link("/q_12.html", {2: "/p_2.html"}) is None


@pytest.mark.parametrize(("href", "spare"), [("index_2.html", "index_3.html"), ("index_1.html", "index_2.html")])
def test_a_spare_page_is_told_from_the_next_one_alone(href: str, spare: str) -> None:
    """The number in the next page's address counts on, from 0 or from 1, as far as pages are declared."""
    url = "https://a.gov.cn/zwgk/index.html"
    text = "<div><a href='{}'>下一页</a><span>第1页/共{}页</span></div>"
    pager = read_pager(source_of(text.format(href, 3), url))
    assert [request.url.rpartition("/")[2] for request in pager.next_requests(1, "")] == [href, spare]
    assert len(read_pager(source_of(text.format(href, 2), url)).next_requests(1, "")) == 1


def test_a_script_says_how_many_rows_there_are() -> None:
    """The sixth argument of the call with an element's name."""
    numbers = read_numbers(source_of("<script>createPageHTML('page_div', 4, 1, 'list', 'shtml', 47);</script>"))
    assert numbers is not None
    assert numbers.to_pager(source_of("")).rows == 47
