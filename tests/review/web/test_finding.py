"""Search, feeds and the JSON API of the reading room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from lxml import etree
from schemathesis.core.result import Ok

from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import Database
from storage.withholding import withhold_page
from tests.review.web.archive_world import fill_world

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A client over a small archive with changes."""
    fill_world(database, tmp_path / "archive", ("<p>甲</p>", "<script>alert(1)</script>电话：13900001111"))
    configuration = Configuration(data_dir=tmp_path)
    list(derive_changes(database, configuration.zone, configuration.weights))
    application = create_application(configuration, database, hosts=frozenset({"testserver"}))
    with TestClient(application, follow_redirects=False) as client:
        yield client


def test_search_shows_where_words_stand(client: TestClient) -> None:
    """Marked, escaped, masked; a query without a hit says so."""
    shown = client.get("/search", params={"q": "alert"})
    assert shown.status_code == 200
    assert "<mark>alert</mark>" in shown.text
    assert "<script>alert" not in shown.text
    assert "13900001111" not in shown.text
    assert "Nothing found" in client.get("/search", params={"q": "丙丁"}, headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/feeds/sites/jia.atom", "/feeds/pages/1.atom"])
def test_feeds_are_atom(client: TestClient, path: str) -> None:
    """An id, a title and a time each, entries with ids of their own; unchanged they cost nothing."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    assert all(feed.find(f"a:{name}", ATOM) is not None for name in ("id", "title", "updated"))
    ids = feed.xpath("a:entry/a:id/text()", namespaces=ATOM)
    assert len(ids) == len(set(ids))
    assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_there_is_no_feed_of_nothing(client: TestClient) -> None:
    """Of what is not known there is none."""
    assert client.get("/feeds/sites/none.atom").status_code == 404
    assert client.get("/feeds/pages/999.atom").status_code == 404
    assert client.get("/feeds/pages/99999999999999999999.atom").status_code == 422


def test_numbers_beyond_the_database_are_no_cursor(client: TestClient) -> None:
    """A cursor of any length is answered; what is none begins at the beginning."""
    assert client.get("/search", params={"q": "alert", "before": "9" * 5000}).status_code == 200


@pytest.mark.parametrize("form", ["W/{tag}", '"other", {tag}'])
def test_a_tag_is_known_in_any_form(client: TestClient, form: str) -> None:
    """A weak tag or a list of tags saves the answer as well."""
    tag = client.get("/feeds/all.atom").headers["etag"]
    assert client.get("/feeds/all.atom", headers={"If-None-Match": form.format(tag=tag)}).status_code == 304


def test_the_api_gives_what_a_report_gives(client: TestClient, database: Database) -> None:
    """The keys of a report, a page at a time, an ETag; nothing of a withheld page."""
    first = client.get("/api/v1/changes", params={"limit": 1}).json()
    assert {"id", "url", "kind", "score", "hunks", "verdict"} <= set(first["changes"][0])
    one = client.get(f"/api/v1/changes/{first['changes'][0]['id']}")
    assert one.json()["verdicts"] == []
    assert client.get(one.url.path, headers={"If-None-Match": one.headers["etag"]}).status_code == 304
    assert [site["key"] for site in client.get("/api/v1/sites").json()["sites"]] == ["jia"]
    assert client.get("/api/v1/changes", params={"after": "no cursor"}).status_code == 422
    for page in client.get("/api/v1/changes").json()["changes"]:
        withhold_page(database, page["url"].partition("://")[2].removesuffix(".html"), "…", Configuration().clock.now())
    assert client.get("/api/v1/changes/none").status_code == 404


def test_no_request_breaks_the_api(client: TestClient) -> None:
    """Whatever the description allows, and more, is answered without an error of the server."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", client.app)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case[Any]) -> None:
            assert case.call(headers={"Host": "testserver"}).status_code < 500

        check()
