"""The walker: each trap of real lists, early stops, bounds, and what may be concluded."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.listing import ListPage, PageRequest
from crawler.discovery.urls import document_key
from crawler.discovery.walk import ListWalk
from storage.records import ListRow

Sites = Mapping[str, Callable[[int, int], Any]]
WalkList = Callable[..., Any]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def make_walk(**options: Any) -> ListWalk:  # noqa: ANN401 - any option of the walk
    """A walk over a list on a.gov.cn."""
    url = "https://a.gov.cn/list?page=1"
    return ListWalk(site="a", column="提案", url=url, hosts=("a.gov.cn",), started_at=NOW, **options)


def make_page(number: int, numbers: list[int], total: int | None, *, last: int | None = None) -> ListPage:
    """A page with rows by number, declaring ``total`` pages, with a next link up to page ``last``."""
    rows = tuple(ListRow(f"https://a.gov.cn/show?id={n}", f"关于第{n}号提案的答复") for n in numbers)
    end = total if last is None else last
    follow = tuple(
        PageRequest(url=f"https://a.gov.cn/list?page={n}", number=n)
        for n in (number + 1, number + 2)
        if end is None or n <= end
    )
    return ListPage(family="generic", rows=rows, current=number, declared_pages=total, next_requests=follow)


def test_declared_pages_that_are_gone_make_the_list_partial(sites: Sites, walk_list: WalkList) -> None:
    """322 declared and 321, 322 answer 404: every row before is kept, the walk is partial and says why."""
    site = sites["trs"](75, 15)
    del site.pages["/jyta/zxta/index_3.html"], site.pages["/jyta/zxta/index_4.html"]
    record = walk_list(site).record
    assert (record.declared_pages, record.served_pages, record.is_complete) == (5, 3, False)
    assert len(record.rows) == 45
    assert record.reason == "page 4: gone; page 5: gone; 3 of 5 declared pages were served"


def test_a_page_that_fails_in_the_middle_costs_only_its_own_rows(sites: Sites, walk_list: WalkList) -> None:
    """The page after a time-out is still asked for; the walk is partial."""
    site = sites["trs"](75, 15)
    record = walk_list(site, failures={3: "timeout"}).record
    assert (record.served_pages, record.is_complete, len(record.rows)) == (4, False, 60)
    assert "page 3: timeout" in record.reason


def test_a_block_ends_the_walk_at_once(sites: Sites, walk_list: WalkList) -> None:
    """Nothing more is asked of a host that blocks."""
    site = sites["trs"](75, 15)
    record = walk_list(site, failures={2: "blocked"}).record
    assert len(site.asked) == 2
    assert (record.served_pages, record.is_complete) == (1, False)


@pytest.mark.parametrize("stub", ["", "<html><body>页面不存在</body></html>", "<script>location.reload()</script>" * 9])
def test_stubs_with_status_200_are_not_pages(stub: str, sites: Sites, walk_list: WalkList) -> None:
    """Deep pages of some hundred bytes count as not served."""
    site = sites["trs"](75, 15)
    site.pages["/jyta/zxta/index_3.html"] = site.pages["/jyta/zxta/index_4.html"] = stub
    record = walk_list(site).record
    assert (record.served_pages, record.is_complete) == (3, False)
    assert "page 4: stub" in record.reason


@pytest.mark.parametrize("name", ["zhengzhou", "numbered", "trs", "ylcms"])
def test_an_ignored_page_number_does_not_go_on_for_ever(name: str, sites: Sites, walk_list: WalkList) -> None:
    """Page 1 comes back whatever is asked: two requests, one page of rows, partial."""
    site = sites[name](75, 15)
    first = site.pages[next(iter(site.pages))]
    site.pages = dict.fromkeys(site.pages, first)
    record = walk_list(site).record
    assert len(site.asked) == 2
    assert (record.served_pages, len(record.rows), record.is_complete) == (1, 15, False)
    assert "page 2: repeats page 1" in record.reason


def test_a_capped_list_is_partial(sites: Sites, walk_list: WalkList) -> None:
    """Static pages end at a cap: the pages beyond show the last one again."""
    site = sites["trs"](75, 15)
    for place in (3, 4):
        site.pages[f"/jyta/zxta/index_{place}.html"] = site.pages["/jyta/zxta/index_2.html"]
    record = walk_list(site).record
    assert (record.declared_pages, record.served_pages, record.is_complete) == (5, 3, False)


def test_pinned_rows_on_every_page_are_rows_once(sites: Sites, walk_list: WalkList) -> None:
    """Pinned items out of date order, on top of each page, neither end the walk nor count twice."""
    site = sites["generic"](46, 15)
    link = '<a href="/content_999">关于全市养老服务体系建设提案的答复</a><span>2019-01-02</span>'
    pinned = f'<ul class="list"><li>{link}</li>'
    site.pages = {name: text.replace('<ul class="list">', pinned) for name, text in site.pages.items()}
    record = walk_list(site).record
    assert record.is_complete
    assert len(record.rows) == 47
    assert record.rows[0].listed_on == "2019-01-02"


def test_rows_printed_twice_are_rows_once_with_the_whole_title(sites: Sites, walk_list: WalkList) -> None:
    """A mobile twin of the list adds nothing."""
    site = sites["trs"](46, 15)
    site.pages = {
        name: text.replace(
            "</ul></div></div>",
            "</ul>" + text[text.index('<ul class="list">') : text.index("</ul></div></div>")] + "</ul></div></div>",
        )
        for name, text in site.pages.items()
    }
    record = walk_list(site).record
    assert [row.title for row in record.rows] == [r.title for r in site.replies]


def test_known_rows_stop_a_walk_that_may_stop(sites: Sites, walk_list: WalkList) -> None:
    """A page of known rows only ends the walk: not full, but nothing was wrong with it."""
    site = sites["trs"](75, 15)
    known = frozenset(document_key(urljoin(site.url, r.path)) for r in site.replies[15:])
    walked = walk_list(site, known=known)
    assert len(site.asked) == 2
    assert (walked.record.is_full, walked.record.is_complete, walked.record.declared_pages) == (False, True, 5)
    assert len(walked.streamed) == 30


def test_known_rows_on_the_last_page_leave_a_walk_full(sites: Sites, walk_list: WalkList) -> None:
    """A list of one page is walked in full even when all of it is known."""
    site = sites["trs"](9, 15)
    known = frozenset(document_key(urljoin(site.url, r.path)) for r in site.replies)
    assert walk_list(site, known=known).record.is_full


def test_rows_on_other_hosts_are_counted_and_not_followed() -> None:
    """A bureau's own domain is named with the number of its documents; its rows are no rows."""
    walk = make_walk()
    other = tuple(ListRow(f"http://b.gov.cn:8080/{n}.html", f"关于第{n}号提案的答复") for n in (1, 2, 2))
    page = make_page(1, [1], 1)
    step = walk.accept(ListPage(family="generic", rows=page.rows + other), walk.start())
    assert walk.away == {"b.gov.cn:8080": 2}
    assert [row.url for row in step.rows] == ["https://a.gov.cn/show?id=1"]
    assert len(walk.finish(NOW).rows) == 1


def test_a_column_that_leads_to_another_host_throughout_is_walked_to_its_end() -> None:
    """All its rows are counted; that none may be followed is no reason to stop."""
    walk = make_walk()
    request: PageRequest | None = walk.start()
    for number in range(1, 9):
        assert request is not None
        rows = (ListRow(f"http://b.gov.cn/{number}.html", f"关于第{number}号提案的答复"),)
        request = walk.accept(replace(make_page(number, [], 8), rows=rows), request).request
    assert request is None
    assert walk.away == {"b.gov.cn": 8}


def test_an_endless_calendar_ends() -> None:
    """A list that always has a next page with new rows is bounded and partial."""
    walk = make_walk(max_undeclared_pages=20)
    request: PageRequest | None = walk.start()
    asked = 0
    while request:
        asked += 1
        request = walk.accept(make_page(asked, [asked], None), request).request
    record = walk.finish(NOW)
    assert asked == 20
    assert (record.is_complete, record.reason) == (False, "stopped after 20 pages")


def test_pages_without_new_rows_end_the_walk() -> None:
    """Shuffled rows of page 1 under ever new numbers are no list; three such pages are enough."""
    walk = make_walk()
    request: PageRequest | None = walk.start()
    asked = 0
    while request and asked < 99:
        asked += 1
        request = walk.accept(make_page(asked, [n for n in range(1, 9) if n != asked], 50), request).request
    assert asked <= 5
    assert not walk.finish(NOW).is_complete


def test_an_empty_list_is_never_complete() -> None:
    """A list shrunk to nothing proves nothing."""
    walk = make_walk()
    step = walk.accept(make_page(1, [], 1), walk.start())
    assert step.request is None
    assert walk.finish(NOW).is_complete is False


def test_a_probe_that_is_gone_is_the_ordinary_end() -> None:
    """Numbered lists without a page count end with the first number that is absent."""
    walk = make_walk()
    probe = PageRequest(url="https://a.gov.cn/2.html", number=2, is_probe=True)
    page = make_page(1, [1, 2], None, last=1)
    step = walk.accept(ListPage(family="numbered", rows=page.rows, next_requests=(probe,)), walk.start())
    assert step.request == probe
    assert walk.fail(probe, "gone").request is None
    assert walk.finish(NOW).is_complete


def test_a_probe_that_is_blocked_leaves_the_walk_partial() -> None:
    """Only an absent page proves the end."""
    walk = make_walk()
    probe = PageRequest(url="https://a.gov.cn/2.html", number=2, is_probe=True)
    rows = make_page(1, [1, 2], None, last=1).rows
    walk.accept(ListPage(family="numbered", rows=rows, next_requests=(probe,)), walk.start())
    walk.fail(probe, "blocked")
    assert not walk.finish(NOW).is_complete


def test_a_walk_broken_off_is_partial() -> None:
    """Finishing with requests outstanding says so."""
    walk = make_walk()
    walk.accept(make_page(1, [1], 3), walk.start())
    record = walk.finish(NOW)
    assert (record.is_complete, record.served_pages, record.declared_pages) == (False, 1, 3)
    assert "broken off" in record.reason


def test_several_lists_behind_one_entry_page_are_all_walked() -> None:
    """Their pages add up, and one partial list makes the walk partial."""
    walk = make_walk()
    lists = tuple(PageRequest(url=f"https://a.gov.cn/api/{n}", number=1) for n in (1, 2))
    step = walk.accept(ListPage(family="gkmlpt", is_entry=True, next_requests=lists), walk.start())
    assert step.request == lists[0]
    step = walk.accept(make_page(1, [1], 1), lists[0])
    assert step.request == lists[1]
    assert walk.accept(make_page(1, [2], 1), lists[1]).request is None
    record = walk.finish(NOW)
    assert (record.declared_pages, record.served_pages, record.is_complete) == (2, 2, True)


def test_a_list_that_serves_fewer_rows_than_it_counts_is_partial(sites: Sites, walk_list: WalkList) -> None:
    """All pages were served, but the rest is behind a search: 46 of 900 rows."""
    site = sites["numbered"](46, 15)
    site.pages = {name: text.replace("下一页", "共900条记录 下一页") for name, text in site.pages.items()}
    site.pages = {name: text.replace("尾页</a>", "尾页</a><i>共900条记录</i>") for name, text in site.pages.items()}
    record = walk_list(site).record
    assert (len(record.rows), record.served_pages, record.declared_pages) == (46, 4, 4)
    assert record.reason == "46 of 900 declared rows were served"


def test_a_page_that_says_it_is_another_one_is_no_page_when_nothing_is_new() -> None:
    """Page 1 comes back with a row less: its own number tells."""
    walk = make_walk()
    request = walk.accept(make_page(1, [1, 2, 3], 9), walk.start()).request
    assert request is not None
    step = walk.accept(make_page(1, [1, 2], 9), request)
    assert step.request is None
    assert "page 2: repeats page 1" in walk.finish(NOW).reason


def test_a_whole_page_with_an_empty_list_is_the_end_where_none_was_declared() -> None:
    """A next link that is always there leads past the end: the frame of the site, and no rows."""
    walk = make_walk()
    request: PageRequest | None = walk.start()
    for number, numbers in ((1, [1, 2, 3]), (2, [4, 5])):
        assert request is not None
        request = walk.accept(replace(make_page(number, numbers, None), frame=40, current=None), request).request
    assert request is not None
    assert walk.accept(ListPage(family="generic", frame=38), request).request is None
    assert walk.finish(NOW).is_complete


def test_an_empty_page_behind_a_full_one_proves_no_end() -> None:
    """Nothing says that the list ends there: the rows behind may be missing for a moment only."""
    walk = make_walk()
    request = walk.accept(replace(make_page(1, [1, 2, 3], None, last=2), frame=40), walk.start()).request
    assert request is not None
    walk.accept(ListPage(family="generic", frame=38), request)
    record = walk.finish(NOW)
    assert (record.is_complete, record.reason) == (False, "page 2: stub")


def test_an_empty_page_before_the_declared_end_is_a_stub() -> None:
    """With pages declared, an empty one is missing, however whole it looks."""
    walk = make_walk()
    request = walk.accept(replace(make_page(1, [1, 2], 3), frame=40), walk.start()).request
    assert request is not None
    step = walk.accept(ListPage(family="generic", frame=40), request)
    assert step.request is not None
    walk.accept(ListPage(family="generic", frame=40), step.request)
    record = walk.finish(NOW)
    assert (record.served_pages, record.is_complete) == (1, False)


def test_a_pager_that_grows_for_ever_is_bounded() -> None:
    """A window of page numbers that moves on declares ever more pages; the first page's number counts."""
    walk = make_walk(max_undeclared_pages=20)
    request: PageRequest | None = walk.start()
    asked = 0
    while request and asked < 99:
        asked += 1
        request = walk.accept(make_page(asked, [asked], asked + 5), request).request
    assert asked == 26
    assert not walk.finish(NOW).is_complete


def test_entry_pages_without_end_are_bounded() -> None:
    """Pages that only lead to pages are followed so far."""
    walk = make_walk()
    request: PageRequest | None = walk.start()
    asked = 0
    while request and asked < 99:
        asked += 1
        follow = (PageRequest(url=f"https://a.gov.cn/frame{asked}", number=1),)
        request = walk.accept(ListPage(family="generic", is_entry=True, next_requests=follow), request).request
    assert asked <= 25
    assert not walk.finish(NOW).is_complete


@given(
    chunks=st.lists(st.lists(st.integers(1, 40), min_size=0, max_size=6), min_size=1, max_size=12),
    failed=st.dictionaries(st.integers(1, 12), st.sampled_from(["gone", "timeout", "blocked", "server_error"])),
    is_declared=st.booleans(),
)
def test_any_list_ends_and_tells_the_truth(
    chunks: list[list[int]], failed: dict[int, str], *, is_declared: bool
) -> None:
    """Whatever a site serves: no page is asked twice, rows are unique and were served, complete means all served."""
    walk = make_walk()
    total = len(chunks) if is_declared else None
    request: PageRequest | None = walk.start()
    asked: list[str] = []
    served: set[str] = set()
    streamed: list[str] = []
    while request:
        asked.append(request.url)
        number = request.number or 0
        if number in failed or number > len(chunks):
            step = walk.fail(request, failed.get(number, "gone"))
        else:
            page = make_page(number, chunks[number - 1], total, last=len(chunks))
            served |= {row.url for row in page.rows}
            step = walk.accept(page, request)
        streamed += [row.url for row in step.rows]
        request = step.request
    record = walk.finish(NOW)
    assert len(asked) == len(set(asked)) <= len(chunks)
    assert [row.url for row in record.rows] == streamed
    assert set(streamed) == served
    assert len(streamed) == len(set(streamed))
    assert record.served_pages <= len(asked)
    if record.is_complete:
        assert not failed.keys() & {len(asked), *range(1, len(asked))}
        assert record.reason == ""
        assert record.declared_pages is None or record.served_pages >= record.declared_pages
    else:
        assert record.reason


def probe_second(size: int, answer: ListPage) -> Any:  # noqa: ANN401 - a finished walk's record
    """A walk whose first page of so many rows is followed by a probe with this answer."""
    walk = make_walk()
    probe = PageRequest(url="https://a.gov.cn/list?page=2", number=2, is_probe=True)
    first = replace(make_page(1, list(range(size)), None), frame=40, next_requests=(probe,))
    assert walk.accept(first, walk.start()).request == probe
    assert walk.accept(answer, probe).request is None
    return walk.finish(NOW)


def test_a_stub_is_no_end_of_a_list_that_is_not_counted() -> None:
    """A page asked on suspicion ends the list when it is whole and empty; a stub leaves it partial."""
    assert probe_second(5, ListPage(family="numbered", frame=38)).is_complete
    assert probe_second(5, ListPage(family="numbered", current=2)).is_complete
    assert probe_second(5, ListPage(family="numbered")).reason == "page 2: stub"


@pytest.mark.parametrize(("size", "reason"), [(4, ""), (15, "page 2: repeats page 1")])
def test_a_long_first_page_that_comes_back_is_no_whole_list(size: int, reason: str) -> None:
    """A server that ignores the number shows page 1 for ever; a short list may well be all there is."""
    again = make_page(1, list(range(size)), None)
    assert probe_second(size, replace(again, next_requests=())).reason == reason


def test_nothing_is_suspected_behind_a_list_that_gave_all_it_counts() -> None:
    """A probe is not sent when as many rows as declared were seen."""
    walk = make_walk()
    probe = PageRequest(url="https://a.gov.cn/list?page=2", number=2, is_probe=True)
    first = replace(make_page(1, [1, 2, 3], 1), declared_rows=3, next_requests=(probe,))
    assert walk.accept(first, walk.start()).request is None
    assert walk.finish(NOW).is_complete
