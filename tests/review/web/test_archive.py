"""The archive's door: time maps, the time gate, mementos and the CDX server, over a real archive."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review.web.routes.archive import router
from storage.configuration import Configuration
from storage.database import Database
from tests.review.web.archive_world import OTHER_URL, URL, fill_world

BASE = "http://testserver/web"


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the door to a small archive."""
    fill_world(database, tmp_path / "archive")
    application = FastAPI()
    application.state.database = database
    application.state.configuration = Configuration(data_dir=tmp_path)
    application.include_router(router)
    with TestClient(application, follow_redirects=False) as client:
        yield client


def read_moments(client: TestClient) -> list[str]:
    """The times of the page's captures, in 14 digits."""
    lines = client.get("/cdx", params={"url": URL}).text.splitlines()
    return [line.split(" ")[1] for line in lines]


def test_a_time_map_names_every_capture(client: TestClient) -> None:
    """First and last are told, and itself, the time gate and the original."""
    answer = client.get(f"/web/timemap/link/{URL}")
    assert answer.headers["content-type"].startswith("application/link-format")
    lines = answer.text.rstrip("\n").split(",\n")
    assert lines[0] == f'<{URL}>; rel="original"'
    assert lines[1] == f'<{BASE}/{URL}>; rel="timegate"'
    assert lines[2].startswith(f'<{BASE}/timemap/link/{URL}>; rel="self"')
    moments = read_moments(client)
    assert len(lines) == 3 + len(moments) == 7
    assert lines[3].startswith(f'<{BASE}/{moments[0]}/{URL}>; rel="first memento"; datetime="Sun, 01 Mar 2026')
    assert 'rel="last memento"' in lines[-1]
    listed = client.get(f"/timemap/json/{URL}").json()
    assert [one["uri"] for one in listed["mementos"]["list"]] == [f"{BASE}/{moment}/{URL}" for moment in moments]


def test_the_time_gate_leads_to_the_nearest_good_capture(client: TestClient) -> None:
    """The block page is nearest to its own time, yet the document is what is asked for; without a time, the last."""
    moments = read_moments(client)
    early = client.get(f"/timegate/{URL}", headers={"Accept-Datetime": "Sun, 01 Feb 2026 00:00:00 GMT"})
    assert early.status_code == 302
    assert early.headers["location"] == f"{BASE}/{moments[0]}/{URL}"
    assert "accept-datetime" in early.headers["vary"].lower()
    assert 'rel="original"' in early.headers["link"]
    assert 'rel="first memento"' in early.headers["link"]
    assert client.get(f"/web/{URL}").headers["location"] == f"{BASE}/{moments[-1]}/{URL}"
    wrong = client.get(f"/timegate/{URL}", headers={"Accept-Datetime": "yesterday"})
    assert wrong.status_code == 400


def test_a_memento_is_what_was_captured(client: TestClient) -> None:
    """With its time, its neighbours and a policy that lets nothing run; a revisit has its original's body."""
    moments = read_moments(client)
    bodies = [client.get(f"/web/{moment}id_/{URL}").text for moment in moments]
    assert bodies == ["<p>甲</p>", "<p>乙</p>", "blocked", "<p>乙</p>"]
    shown = client.get(f"/web/{moments[1]}/{URL}")
    assert "<p>乙</p>" in shown.text
    assert shown.headers["memento-datetime"].endswith("GMT")
    assert f'<{BASE}/{moments[0]}/{URL}>; rel="first prev memento"' in shown.headers["link"]
    assert f'<{BASE}/{moments[2]}/{URL}>; rel="next memento"' in shown.headers["link"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert shown.headers["content-security-policy"].endswith(
        "sandbox allow-same-origin allow-downloads"
    )  # and no scripts
    assert "img-src data: http://testserver/web/;" in shown.headers["content-security-policy"]
    assert client.get(f"/web/{moments[2]}/{URL}").status_code == 403
    assert client.get(f"/web/2026/{URL}").headers["location"] == f"{BASE}/{moments[0]}/{URL}"


@pytest.mark.parametrize("spelling", [URL, "a.example/zw/1.html", "http://www.a.example/zw/1.html"])
def test_a_url_may_be_spelled_otherwise(client: TestClient, spelling: str) -> None:
    """Without scheme, with another one, with ``www.``, or quoted as a whole."""
    assert client.get(f"/web/timemap/link/{spelling}").text.count("memento") >= 4


def test_a_query_belongs_to_the_url(client: TestClient) -> None:
    """What stands behind the question mark is part of what was archived."""
    answer = client.get(f"/web/2026id_/{OTHER_URL}")
    assert client.get(answer.headers["location"]).text == "<p>丙</p>"


@pytest.mark.parametrize("path", ["/web/2026/https://b.example/", "/timegate/none", "/web/../../etc/passwd", "/web/"])
def test_what_is_not_archived_is_not_found(client: TestClient, path: str) -> None:
    """No capture, no answer; a path of the file system is just a URL that nobody captured."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ({"url": URL}, 4),
        ({"url": URL, "limit": "1"}, 1),
        ({"url": "https://a.example/zw/", "matchType": "prefix"}, 5),
        ({"url": "https://a.example/zw/*"}, 5),
        ({"url": "a.example", "matchType": "host"}, 5),
        ({"url": "*.example"}, 5),
        ({"url": "*.xample"}, 0),
        ({"url": URL, "filter": "=status:200"}, 3),
        ({"url": URL, "filter": "!=status:403"}, 3),
        ({"url": URL, "filter": "mime:revisit"}, 1),
        ({"url": URL, "from": "2027"}, 0),
        ({"url": URL, "to": "2026"}, 4),
    ],
)
def test_a_cdx_query_finds_its_lines(client: TestClient, arguments: dict[str, str], count: int) -> None:
    """By URL, prefix, host and domain; by time and by the value of a field."""
    lines = client.get("/cdx", params=arguments).text.splitlines()
    assert len(lines) == count
    assert lines == sorted(lines)


def test_a_cdx_answer_can_be_json_with_chosen_fields(client: TestClient) -> None:
    """The last first, of each its time and status."""
    arguments = {"url": URL, "output": "json", "fl": "timestamp,status", "sort": "reverse"}
    lines = [json.loads(line) for line in client.get("/web/cdx", params=arguments).text.splitlines()]
    assert [one["timestamp"] for one in lines] == read_moments(client)[::-1]
    assert lines[1]["status"] == "403"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"url": URL, "matchType": "all"},
        {"url": URL, "limit": "-1"},
        {"url": URL, "from": "x"},
        {"url": URL, "filter": "x"},
    ],
)
def test_a_wrong_query_is_told_what_is_wrong(client: TestClient, arguments: dict[str, str]) -> None:
    """One line, and the status that says whose mistake it is."""
    answer = client.get("/cdx", params=arguments)
    assert answer.status_code == 400
    assert answer.text.count("\n") == 1
