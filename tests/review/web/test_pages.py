"""Pages, captures, sites and the state of the whole, as the application shows them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from review.web.application import create_application
from storage.configuration import Configuration
from storage.database import Database
from storage.mementos import find_mementos
from storage.withholding import withhold_page
from tests.review.web.archive_world import URL, fill_world

SCRIPT = "<script>alert(1)</script>联系人：何敏，电话：13900001111"


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the whole application over a small archive."""
    fill_world(database, tmp_path / "archive", ("<p>甲</p>", SCRIPT))
    application = create_application(Configuration(data_dir=tmp_path), database, hosts=frozenset({"testserver"}))
    with TestClient(application, follow_redirects=False) as client:
        yield client


def test_a_page_shows_its_document_escaped_and_masked(client: TestClient) -> None:
    """With time line, versions to compare, and the archived page in a sandbox without scripts."""
    shown = client.get("/pages/1")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert "13900001111" not in shown.text
    assert '<svg class="axis"' in shown.text
    assert "/pages/1/compare?from=1&amp;to=2" in shown.text
    assert 'sandbox="allow-same-origin allow-downloads" referrerpolicy' in shown.text
    assert client.get("/pages/1", headers={"If-None-Match": shown.headers["etag"]}).status_code == 304
    assert client.get("/pages/999").status_code == 404


@pytest.mark.parametrize("path", ["/sites", "/sites/jia", "/status"])
@pytest.mark.parametrize(("language", "said"), [("zh", "变更"), ("en", "Changes")])
def test_sites_and_status_speak_both_languages(client: TestClient, path: str, language: str, said: str) -> None:
    """Each page answers in the browser's language."""
    shown = client.get(path, headers={"Accept-Language": language})
    assert shown.status_code == 200
    assert said in shown.text
    assert client.get("/sites/none").status_code == 404


def test_a_capture_can_be_taken_away(client: TestClient, database: Database) -> None:
    """Payload, head and WARC record are files to be saved, whatever they hold."""
    record = find_mementos(database, URL)[1].capture.record_id
    assert record in client.get(f"/captures/{record}").text
    payload = client.get(f"/captures/{record}/payload")
    assert payload.text == SCRIPT
    assert payload.headers["content-disposition"].startswith("attachment")
    assert payload.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/captures/{record}/headers").text.startswith("HTTP/1.1 200")
    assert gzip.decompress(client.get(f"/captures/{record}/record").content).startswith(b"WARC/1.1")
    assert client.get(f"/captures/{record}/other").status_code == 404
    assert client.get("/captures/..%2F..%2Fetc%2Fpasswd").status_code == 404


def test_a_withheld_page_is_not_shown(client: TestClient, database: Database) -> None:
    """Neither the page nor its captures."""
    record = find_mementos(database, URL)[0].capture
    withhold_page(database, URL.partition("://")[2], "asked for", record.captured_at)
    assert client.get("/pages/1").status_code == 404
    assert client.get(f"/captures/{record.record_id}").status_code == 404


def test_an_archived_page_reaches_nothing(client: TestClient) -> None:
    """Scripts, jumps and connections opened beforehand are gone from what is shown."""
    shown = client.get(client.get(f"/web/{URL}").headers["location"])
    assert "<script" not in shown.text
    assert "电话：" in shown.text
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    assert "sandbox" in shown.headers["content-security-policy"]


def test_an_older_version_can_be_read(client: TestClient) -> None:
    """With the archived page as it was then; a version that is none is none."""
    older = client.get("/pages/1?version=1", headers={"Accept-Language": "en"}).text
    assert "This is an older version." in older
    assert "&lt;p&gt;甲&lt;/p&gt;" in older
    assert client.get("/pages/1?version=9").status_code == 404
    assert client.get(f"/pages/1?version={'9' * 50}").status_code == 200
