"""From a response or a failure to a sight: judged once, never lost, never ending a crawl."""

import hashlib
from dataclasses import replace

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from crawler.fetching.errors import FetchRefusal, HostUnavailable, OffListHost
from crawler.items import Sight
from crawler.requests import request_page
from crawler.sighting import see_answer, see_failure, take_answer
from storage.archive.messages import parse_response
from storage.clock import Clock
from storage.pages import PageState
from storage.records import Exchange, Outcome, Role
from tests.crawler.scene import HOST, MONDAY, SITE, compose_response, render_page
from tests.crawler.test_requests import PAGE as KNOWN

BODY = render_page("关于增设路灯的答复", "已在人民路新增路灯100盏。")
PAGE = replace(KNOWN, document_key=f"{HOST}/1.html", fetch_url=KNOWN.url, title="关于增设路灯的答复")


def ask(page: PageState, response: bytes, **values: str) -> Response:
    """The answer to a request for the page, with the exchange that the wire capture leaves in its meta."""
    request = request_page(SITE, page)
    parsed = parse_response(response)
    request.meta["exchange"] = Exchange(
        url=request.url,
        started_at=MONDAY,
        request=b"",
        response=response,
        status=parsed.status,
        headers=parsed.headers,
        entity=parsed.entity,
        truncated=values.get("truncated"),
    )
    made = HtmlResponse if b"<html" in parsed.body else Response
    return made(request.url, status=parsed.status or 0, body=parsed.body, request=request)


def see(page: PageState, response: bytes, **values: str) -> Sight:
    """What a crawl makes of an answer."""
    return see_answer(take_answer(ask(page, response, **values)))


def remember(page: PageState, body: str) -> PageState:
    """The page as a visit with this body left it."""
    return replace(page, body_digest=hashlib.sha256(body.encode()).hexdigest())


def test_a_good_page_is_read() -> None:
    """It has its document."""
    sight = see(PAGE, compose_response(BODY))
    assert sight.finding.outcome is Outcome.OK
    assert sight.document is not None
    assert sight.document.title == PAGE.title
    assert sight.exchange.body == BODY.encode()


def test_the_last_body_again_is_not_read() -> None:
    """Nothing can have changed."""
    sight = see(remember(PAGE, BODY), compose_response(BODY))
    assert (sight.finding.outcome, sight.document) == (Outcome.OK, None)


@pytest.mark.parametrize(
    ("status", "values", "outcome"),
    [(404, {}, Outcome.GONE), (500, {}, Outcome.SERVER_ERROR), (200, {"truncated": "disconnect"}, Outcome.TRUNCATED)],
)
def test_the_last_body_is_judged_all_the_same(status: int, values: dict[str, str], outcome: Outcome) -> None:
    """With another status, or cut off, it says something else."""
    sight = see(remember(PAGE, BODY), compose_response(BODY, status), **values)
    assert sight.finding.outcome is outcome


def test_a_file_is_not_read_as_a_page() -> None:
    """Whatever it says it is."""
    file = replace(PAGE, role=Role.ATTACHMENT, parent_id=1, title="清单.doc")
    sight = see(file, compose_response("<html>word</html>"))
    assert sight.document is None


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/new/2.html", f"http://{HOST}/new/2.html"),
        ("../2.html#top", f"http://{HOST}/2.html"),
        ("https://other.example/答复.html", "https://other.example/%E7%AD%94%E5%A4%8D.html"),
        ("http://[nowhere", None),
        ("http://a.example:99999999/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_where_a_redirect_points_to(location: str, expected: str | None) -> None:
    """An absolute address and its document, or nothing when it is none; the answer is judged in any case."""
    head = f"HTTP/1.1 301 Moved\r\nLocation: {location}\r\n\r\n".encode()
    sight = see(PAGE, head)
    assert sight.new_url == expected
    assert (sight.new_key is None) is (expected is None)


def fail(error: Exception, exchange: Exchange | None = None) -> Failure:
    """A failure as Scrapy hands it to an errback."""
    failure = Failure(error)  # type: ignore[no-untyped-call]  # Twisted says nothing of it
    request = request_page(SITE, PAGE)
    if exchange is not None:
        request.meta["exchange"] = exchange
    failure.request = request  # type: ignore[attr-defined]  # Scrapy puts it there
    return failure


def test_a_fetch_that_failed_is_a_fact() -> None:
    """Judged by its error, with the exchange as far as it came."""
    exchange = Exchange(url=PAGE.url, started_at=MONDAY, request=b"", error="timeout: 30 s")
    sight = see_failure(fail(TimeoutError(), exchange), Clock())
    assert sight is not None
    assert (sight.finding.outcome, sight.exchange) == (Outcome.TIMEOUT, exchange)


def test_a_refusal_is_a_fact_without_an_answer() -> None:
    """What we did not ask for is recorded with the reason; its exchange says that nothing was sent."""
    sight = see_failure(fail(OffListHost("http://other.example/", "other.example")), Clock())
    assert sight is not None
    assert sight.finding.outcome is Outcome.REDIRECTED_AWAY
    assert "other.example" in sight.finding.detail
    assert (sight.exchange.request, sight.exchange.status) == (b"", None)
    assert (sight.exchange.error or "").startswith("redirected_away: ")


@pytest.mark.parametrize(
    "error", [HostUnavailable(PAGE.url, HOST, 60), FetchRefusal(PAGE.url, "nothing known"), IgnoreRequest("dropped")]
)
def test_what_says_nothing_of_the_page_is_no_fact(error: Exception) -> None:
    """The page stays due."""
    assert see_failure(fail(error), Clock()) is None
