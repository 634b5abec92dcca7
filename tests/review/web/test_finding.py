"""Search and feeds of the reading room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import Database
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


@pytest.mark.parametrize("form", ["W/{tag}", '"other", {tag}'])
def test_a_tag_is_known_in_any_form(client: TestClient, form: str) -> None:
    """A weak tag or a list of tags saves the answer as well."""
    tag = client.get("/feeds/all.atom").headers["etag"]
    assert client.get("/feeds/all.atom", headers={"If-None-Match": form.format(tag=tag)}).status_code == 304
