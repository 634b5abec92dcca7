"""From a task to a request: what goes first, what is asked conditionally, what stands in its meta."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.discovery.listing import PageRequest
from crawler.discovery.walk import ListWalk
from crawler.fetching.limits import ATTACHMENT_BYTES
from crawler.items import ColumnWalk
from crawler.requests import request_list_page, request_page
from storage.archive.writer import Original
from storage.pages import PageState
from storage.records import Role
from tests.crawler.scene import HOST, MONDAY, SITE

ORIGINAL = Original(record_id="urn:uuid:1", url="u", captured_at=datetime(2026, 3, 1, tzinfo=UTC), payload_digest="x")
PAGE = PageState(
    id=7,
    document_key="k",
    url=f"http://{HOST}/1.html",
    fetch_url=f"http://{HOST}/moved/1.html",
    site="city",
    column="提案",
    column_id=3,
    role=Role.PAGE,
    parent_id=None,
    title="t",
    next_due_at=MONDAY,
    etag='"1"',
    last_modified="Sun, 01 Mar 2026 01:00:00 GMT",
    entity_digest=None,
    body_digest=None,
    document_digest=None,
    extractor=None,
    version_number=1,
    was_visited=True,
    has_doubt=False,
    original=ORIGINAL,
)


def make_walk() -> ColumnWalk:
    """A walk over the column."""
    column = SITE.columns[0]
    walker = ListWalk(
        site=SITE.key, column=column.key, url=column.url, hosts=SITE.hosts, started_at=MONDAY, cms="generic"
    )
    return ColumnWalk(site=SITE, column=column, column_id=3, walker=walker)


def test_a_known_page_is_asked_for_conditionally_where_it_was_last_found() -> None:
    """With both validators, exactly as they came; its body lies in the archive."""
    request = request_page(SITE, PAGE)
    assert request.url == PAGE.fetch_url
    assert request.headers["If-None-Match"] == b'"1"'
    assert request.headers["If-Modified-Since"] == b"Sun, 01 Mar 2026 01:00:00 GMT"


def test_a_page_without_a_body_in_the_archive_is_asked_for_in_full() -> None:
    """A 304 would leave us with nothing."""
    assert not request_page(SITE, replace(PAGE, original=None)).headers


def test_what_goes_first() -> None:
    """Lists, then canaries, then new rows, then what is due."""
    wanted = PageRequest(url=SITE.columns[0].url)
    requests = [
        request_list_page(make_walk(), wanted),
        request_page(SITE, PAGE, doubted_page_id=8),
        request_page(SITE, replace(PAGE, was_visited=False, original=None)),
        request_page(SITE, PAGE),
    ]
    priorities = [request.priority for request in requests]
    assert priorities == sorted(set(priorities), reverse=True)


def test_a_redirect_goes_on_at_its_last_hop() -> None:
    """With all that was visited in its task."""
    chain = ("http://a.example/1", "http://a.example/2")
    for request in (request_page(SITE, PAGE, chain=chain), request_list_page(make_walk(), PageRequest(url="u"), chain)):
        assert request.url == chain[-1]
        assert request.meta["task"].chain == chain


def test_a_list_page_may_be_posted() -> None:
    """Method, body and headers are the walker's."""
    wanted = PageRequest(url="http://a.example/q", method="POST", body=b"page=2", headers=(("X-A", "1"),))
    request = request_list_page(make_walk(), wanted)
    assert (request.method, request.body, request.headers["X-A"]) == ("POST", b"page=2", b"1")
    assert request.meta["task"].list_request == wanted
    assert request.meta["role"] is Role.LIST


@pytest.mark.parametrize(("role", "limit"), [(Role.PAGE, None), (Role.ATTACHMENT, ATTACHMENT_BYTES)])
def test_files_may_be_larger_than_pages(role: Role, limit: int | None) -> None:
    """Pages have the setting's limit."""
    assert request_page(SITE, replace(PAGE, role=role)).meta.get("download_maxsize") == limit


def test_the_same_page_may_be_asked_for_again() -> None:
    """Scrapy's filter of duplicates would swallow the canary and the next visit."""
    request = request_page(SITE, PAGE)
    assert request.dont_filter
    assert (request.meta["site"], request.meta["task"].page) == ("city", PAGE)
