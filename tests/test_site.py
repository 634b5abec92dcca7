"""The replica plays its script: what a visitor sees in each round, over real HTTP."""

import gzip
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

import pytest

from tests.site.answers import Seen
from tests.site.manners import count_concurrent, list_gaps
from tests.site.model import Event, Verb, play_script
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.truth import derive_truth
from tests.site.yunze import VISITS, plan_week
from tests.site.zhengzhou import Zhengzhou


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        """Stay where the answer came from."""


_OPENER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body, whatever the status; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, method=method, headers=named)  # noqa: S310 - an address of our own server
    try:
        with _OPENER.open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def read_page(site: Site, path: str) -> str:
    """The text of a page that answers 200."""
    status, _, body = fetch(site.base + path)
    assert status == 200
    return body.decode()


@pytest.fixture
def site() -> Iterator[Site]:
    """The city's site, served."""
    with serve_site(Site(plan_week(), Zhengzhou(), slow_seconds=0.2)) as served:
        yield served


def test_lists_hold_every_reply_once(site: Site) -> None:
    """Walking the declared pages of both columns meets each listed reply exactly once, in both row layouts."""
    found = []
    for column in ("D1102X", "D1101X"):
        first = read_page(site, f"/?a=path&p={column}&page=1")
        declared = re.search(r"共(\d+)条 1/(\d+)页", first)
        assert declared
        pages = [read_page(site, f"/?a=path&d=&p={column}&page={number + 1}") for number in range(int(declared[2]))]
        assert len(pages) >= 2
        rows = list(dict.fromkeys(re.findall(r'href="/\w+/(\d+)\.jhtml"', "".join(pages))))
        assert len(rows) == int(declared[1])
        found += rows
    assert sorted(found) == sorted(article.key for article in site.plan.articles)
    assert len(found) >= 14


def test_beyond_the_end_a_list_is_empty(site: Site) -> None:
    """A page number that is too high gives a page without rows."""
    assert ".jhtml" not in read_page(site, "/?a=path&p=D1102X&page=99")


def test_article_holds_its_text_and_labels_only_as_titles(site: Site) -> None:
    """Each paragraph stands in the page; the info card's labels are title attributes; Word's styles are in the body."""
    article = site.plan.articles[0]
    page = read_page(site, f"/{article.column}/{article.key}.jhtml")
    assert all(paragraph in page for paragraph in article.paragraphs)
    assert f'<i title="索引号"></i><em>{article.index_number}</em>' in page
    assert '<p class="MsoNormal"' in page
    assert 'placeholder="发布机构"' in page


def test_noise_changes_at_every_request(site: Site) -> None:
    """Counter, captcha and time stamp differ between two requests of the same page; the reply does not."""
    first, second = (read_page(site, "/D1102X/6100231.jhtml") for _ in range(2))
    for pattern in (
        r'id="views">(\d+)<',
        r"captcha\.svl\?d=(\d+)",
        r"页面生成时间：([\d: -]+)",
        r'value="([0-9a-f]{8})"',
    ):
        assert re.findall(pattern, first) != re.findall(pattern, second)
    text = re.compile(r'<div class="content-txt">.*?</div>', re.DOTALL)
    assert text.findall(first) == text.findall(second) != []


def test_neighbours_change_when_a_reply_is_published(site: Site) -> None:
    """上一篇 of the newest reply is nothing in round 2 and the later reply in round 4."""
    site.play_round(2)
    before = read_page(site, "/D1102X/6100231.jhtml")
    site.play_round(4)
    after = read_page(site, "/D1102X/6100231.jhtml")
    assert "上一篇：没有了" in before
    assert "关于加强未成年人网络素养教育的提案答复" in after


@pytest.mark.parametrize(
    ("number", "path", "status", "words"),
    [
        (0, "/D1102X/6100231.jhtml", 200, "停车泊位3200个"),
        (2, "/D1102X/6100231.jhtml", 200, "停车泊位2300个"),
        (2, "/D1102X/6100218.jhtml", 200, "未纳入2026年"),
        (2, "/D1102X/6100196.jhtml", 404, "404"),
        (2, "/D1101X/6200098.jhtml", 200, "页面不存在"),
        (2, "/D1102X/6100187.jhtml", 404, "404"),
        (2, "/D1102X/6100248.jhtml", 200, "发展夜间公共交通"),
        (4, "/D1101X/6200079.jhtml", 301, "301"),
        (4, "/zxjyta/6200079.jhtml", 200, "返乡创业"),
        (4, "/D1102X/6100175.jhtml", 521, "jsl_clearance"),
        (7, "/D1102X/6100175.jhtml", 200, "老字号"),
        (7, "/D1102X/6100168.jhtml", 200, "物业服务收费"),
        (7, "/D1102X/6100231.jhtml", 200, "content-wrap"),
        (0, "/D1102X/6100245.jhtml", 404, "404"),
        (0, "/nowhere", 404, "404"),
    ],
)
def test_script_is_played(site: Site, number: int, path: str, status: int, words: str) -> None:
    """In each round a page answers as the script says."""
    site.play_round(number)
    answered, _, body = fetch(site.base + path)
    assert answered == status
    assert words in body.decode()


def test_one_error_passes(site: Site) -> None:
    """A disturbance with one try meets the first request of the round only."""
    site.play_round(2)
    statuses = [fetch(site.base + "/D1101X/6200091.jhtml")[0] for _ in range(2)]
    assert statuses == [500, 200]


def test_rounds_are_switched_from_outside(site: Site) -> None:
    """The control address plays a round and gives the log, and is itself no visit."""
    fetch(site.base + "/robots.txt", User_Agent="guest")
    _, _, body = fetch(site.base + "/__control__/round/4")
    assert json.loads(body) == {"round": 4}
    assert site.round == 4
    _, _, body = fetch(site.base + "/__control__/requests")
    assert json.loads(body) == [{"method": "GET", "target": "/robots.txt", "status": 200}]
    assert site.requests[0].headers["user-agent"] == "guest"
    assert site.requests[0].started <= site.requests[0].finished


def test_head_has_no_body_and_gzip_is_given_when_asked(site: Site) -> None:
    """HEAD gives the headers of GET; a body comes in gzip to those who take it."""
    path = site.base + "/D1102X/6100231.jhtml"
    status, headers, body = fetch(path, "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000
    _, headers, body = fetch(path, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert "停车难" in gzip.decompress(body).decode()


def test_a_file_is_replaced_at_the_same_address(site: Site) -> None:
    """The attachment that a page links to is a PDF with an ETag; on day 4 other bytes stand there."""
    link = re.search(r'附件：<a href="([^"]+\.pdf)"', read_page(site, "/D1101X/6200066.jhtml"))
    assert link
    _, headers, first = fetch(site.base + link[1])
    assert first.startswith(b"%PDF-")
    assert headers["Content-Type"] == "application/pdf"
    assert fetch(site.base + link[1], If_None_Match=headers["ETag"])[0] == 304
    site.play_round(4)
    status, _, second = fetch(site.base + link[1], If_None_Match=headers["ETag"])
    assert status == 200
    assert second != first


def test_validators_give_304_until_the_reply_changes() -> None:
    """With validators a known ETag or date answers 304; after an edit the ETag answers 200 again."""
    with serve_site(Site(plan_week(), Zhengzhou(), has_validators=True)) as site:
        path = site.base + "/D1102X/6100231.jhtml"
        _, headers, _ = fetch(path)
        assert fetch(path, If_None_Match=headers["ETag"])[0] == 304
        assert fetch(path, If_Modified_Since=headers["Last-Modified"])[0] == 304
        site.play_round(2)
        assert fetch(path, If_None_Match=headers["ETag"])[0] == 200


def test_truth_lists_each_event_of_the_week_once() -> None:
    """The changes to be reported after all visits: kinds and documents."""
    truth = Site(plan_week(), Zhengzhou()).expected_events(VISITS)
    told = [(event.kind, event.key, event.round) for event in truth if not event.is_baseline]
    assert sorted(told) == sorted(
        [
            ("text", "6100231", 2),
            ("text", "6100218", 2),
            ("fields", "6200117", 2),
            ("text", "6100224", 4),
            ("text", "6100209", 4),
            ("fields", "6200112", 4),
            ("attachments", "6200066", 4),
            ("new", "6100245", 4),
            ("new", "6100248", 2),
            ("moved", "6200079", 4),
            ("moved", "6100187", 4),
            ("gone", "6100196", 4),
            ("gone", "6200098", 4),
            ("gone", "6100168", 4),
            ("restored", "6100168", 7),
            ("text", "6100203", 7),
            ("text", "6200104", 7),
        ]
    )
    assert sum(event.is_baseline for event in truth) == len(plan_week().articles)


def test_truth_needs_three_days_for_a_removal() -> None:
    """Without the visit on day 3 the pages missing on days 2 and 4 are not yet gone, and those of day 7 are."""
    truth = Site(plan_week(), Zhengzhou()).expected_events((0, 2, 4, 7))
    gone = [(event.key, event.round) for event in truth if event.kind == "gone"]
    assert sorted(gone) == [("6100196", 7), ("6200098", 7)]
    assert not [event for event in truth if event.kind == "restored"]


def test_playing_a_round_is_a_pure_function_of_the_script() -> None:
    """Rounds can be played in any order."""
    plan = plan_week()
    assert play_script(plan, 0).pages != play_script(plan, 7).pages
    assert play_script(plan, 4).pages == play_script(plan, 4).pages


def see(started: float, finished: float) -> Seen:
    """A request in a log, of which only the times matter."""
    return Seen(method="GET", target="/", headers={}, started=started, finished=finished, status=200)


def test_manners_are_read_from_the_log() -> None:
    """One after the other is one at a time, even without a pause; overlapping requests are counted together."""
    assert count_concurrent([see(0, 1), see(1, 2), see(2, 3)]) == 1
    assert count_concurrent([see(0, 3), see(1, 2), see(1.5, 4)]) == 3
    assert list_gaps([see(3, 4), see(0, 1), see(1, 2)]) == [1, 2]


def test_no_thread_stays_behind() -> None:
    """When the site is closed its server's thread has ended, whatever connections are still open."""
    with serve_site(Site(plan_week(), Zhengzhou())) as site:
        fetch(site.base + "/robots.txt", Connection="keep-alive")
    assert "replica" not in {thread.name for thread in threading.enumerate()}


def test_texts_are_of_a_reply_s_length() -> None:
    """Each reply has 400 to 1,500 characters, an addressee, a sign-off and a date."""
    for article in plan_week().articles:
        assert 400 <= len(article.text) <= 1500, article.key
        assert article.paragraphs[0].startswith("尊敬的") or article.paragraphs[1].startswith("尊敬的")
        assert article.publisher in article.paragraphs


def test_a_new_row_on_a_list_without_an_end_is_known_at_once() -> None:
    """A full last page that links to a next one proves nothing about rows that are not there; the new one is there."""
    plan = plan_week()
    first = plan.articles[0]
    others = [one for one in plan.articles[1:] if one.column == first.column]
    publish = Event(round=1, verb=Verb.PUBLISH, key=first.key, article=first, note="new")
    short = replace(plan, articles=tuple(others), events=(publish,), page_size=len(others) + 1)
    truth = derive_truth(short, Zhengzhou().place_article, (0, 1), is_open_ended=True)
    assert [(one.kind, one.round) for one in truth if one.key == first.key] == [("new", 1)]
