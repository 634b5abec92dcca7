"""The JSON API: what it gives, what it takes, and that its description is true."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from review.web.access import Access
from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import Database
from storage.inbox import Selection, read_inbox
from storage.verdicts import Verdict, read_judgements
from storage.withholding import withhold_page
from tests.review.web.archive_world import URL, fill_world

TOKEN = "correct-horse-battery-staple"  # noqa: S105 - opens nothing but this test's own room


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A program at a room over a small archive: one page with two versions and a change, another with one."""
    fill_world(database, tmp_path / "archive", ("<p>甲</p>", "<p>乙</p>电话：13900001111"))
    configuration = Configuration(data_dir=tmp_path)
    list(derive_changes(database, configuration.zone, configuration.weights))
    application = create_application(configuration, database, hosts=frozenset({"testserver"}))
    with TestClient(application, follow_redirects=False) as client:
        yield client


def find_change(client: TestClient) -> str:
    """The change of a text."""
    found: str = client.get("/api/v1/changes", params={"kind": "text"}).json()["changes"][0]["id"]
    return found


def test_changes_are_those_of_a_report(client: TestClient, database: Database) -> None:
    """The keys of a report, a page at a time, an ETag; nothing of a withheld page."""
    first = client.get("/api/v1/changes", params={"limit": 1}).json()
    assert {"id", "url", "kind", "score", "hunks", "verdict", "page"} <= set(first["changes"][0])
    one = client.get(f"/api/v1/changes/{first['changes'][0]['id']}")
    assert one.json()["verdicts"] == []
    assert client.get(one.url.path, headers={"If-None-Match": one.headers["etag"]}).status_code == 304
    assert [site["key"] for site in client.get("/api/v1/sites").json()["sites"]] == ["jia"]
    assert client.get("/api/v1/changes", params={"after": "no cursor"}).json() == {
        "detail": "after: none of our cursors"
    }
    change = find_change(client)
    withhold_page(database, URL.partition("://")[2], "…", Configuration().clock.now())
    for path in (f"changes/{change}", "pages/1", "pages/1/versions/1"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    for path, name in (("pages/1/versions", "versions"), ("captures?page=1", "captures"), ("pages", "pages")):
        assert "13900001111" not in client.get(f"/api/v1/{path}").text
        assert "/zw/1.html" not in client.get(f"/api/v1/{path}").text, name


def test_lists_come_some_at_a_time(client: TestClient) -> None:
    """Each cursor leads on behind what was given, until there is none."""
    for path, name in (("pages", "pages"), ("pages/1/versions", "versions"), ("captures", "captures")):
        whole = client.get(f"/api/v1/{path}").json()
        assert whole["next"] is None
        found: list[object] = []
        after: int | None = 0
        while after is not None:
            some = client.get(f"/api/v1/{path}", params={"limit": 1, "after": after}).json()
            found += some[name]
            after = some["next"]
        assert found == whole[name]
        assert len(found) > 1


def test_a_version_has_its_document_covered(client: TestClient) -> None:
    """Text and fields as ``extract`` gives them, personal data covered, and the capture that proves it."""
    version = client.get("/api/v1/pages/1/versions/2").json()
    assert version["document"]["text"] == "<p>乙</p>电话：139＊＊＊＊＊＊＊＊"
    capture = client.get(f"/api/v1/captures/{version['record_id']}").json()
    assert capture["page"] == 1
    assert client.get(capture["memento"]).status_code == 200
    assert client.get("/api/v1/captures/urn:uuid:none").status_code == 404


def test_a_program_gives_a_verdict(client: TestClient, database: Database) -> None:
    """With its session's token alone; everything said is listed; an unknown change is 404, and nothing is recorded."""
    change = find_change(client)
    given = {"changes": [change], "verdict": "important", "note": "重", "reviewer": "机", "assignee": "王"}
    assert client.post("/api/v1/verdicts", json=given).status_code == 403
    headers = {"X-Token": client.get("/api/v1/session").json()["token"]}
    assert client.post("/api/v1/verdicts", json=given, headers=headers).json() == {"recorded": 1}
    assert client.post("/api/v1/verdicts", json=given | {"changes": ["none"]}, headers=headers).status_code == 404
    again = {"changes": [change], "verdict": "routine"}
    assert client.post("/api/v1/verdicts", json=again, headers=headers).status_code == 201
    said = [(one.verdict, one.note, one.reviewer, one.assignee) for one in read_judgements(database, change)]
    assert said == [(Verdict.ROUTINE, "", "", "王"), (Verdict.IMPORTANT, "重", "机", "王")]
    assert len(read_inbox(database, Selection(verdict=Verdict.ROUTINE, assignee="王")).entries) == 1
    listed = client.get("/api/v1/verdicts").json()["verdicts"]
    assert [(one["change"], one["verdict"]) for one in listed] == [(change, "important"), (change, "routine")]


def test_a_bearer_token_gives_a_verdict(database: Database, tmp_path: Path) -> None:
    """Where a token is demanded, a program needs nothing beside it; a browser's form needs its own token still."""
    fill_world(database, tmp_path / "archive")
    configuration = Configuration(data_dir=tmp_path)
    list(derive_changes(database, configuration.zone, configuration.weights))
    application = create_application(configuration, database, hosts=None, access=Access(token=TOKEN))
    with TestClient(application, headers={"Authorization": f"Bearer {TOKEN}"}) as program:
        given = {"changes": [find_change(program)], "verdict": "noise"}
        assert program.post("/api/v1/verdicts", json=given).status_code == 201
    basic = base64.b64encode(f"林:{TOKEN}".encode()).decode()
    with TestClient(application, headers={"Authorization": f"Basic {basic}"}) as browser:
        assert browser.post("/api/v1/verdicts", json=given).status_code == 403


def test_a_value_that_is_not_understood(client: TestClient) -> None:
    """Is told, by name; it is never passed over."""
    for query in ("verdict=x", "kind=x", "min_score=2", "since=x", "order=x", "limit=0", "after=~~", "site=%00"):
        answer = client.get(f"/api/v1/changes?{query}")
        assert answer.status_code == 422, query
        assert query.partition("=")[0] in answer.json()["detail"]
    assert client.get("/api/v1/changes?since=0001-01-01&until=9999-12-31").status_code == 200


def test_the_description_is_true(client: TestClient) -> None:
    """Whatever it allows is answered as it says, and without an error of the server; writes as well."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", client.app)
    session = client.get("/api/v1/session")
    headers = {"Host": "testserver", "X-Token": session.json()["token"]}
    cookies = dict(session.cookies)
    change = find_change(client)
    paths = {"change_id": change, "page_id": 1, "number": 1}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case[Any]) -> None:
            for values in ({}, {name: paths[name] for name in case.path_parameters or {} if name in paths}):
                case.path_parameters = {**(case.path_parameters or {}), **values}
                case.call_and_validate(headers=headers, cookies=cookies, excluded_checks=[positive_data_acceptance])

        check()
