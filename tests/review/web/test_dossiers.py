"""Taking changes away from the inbox as one file."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from review.web.application import create_application
from review.web.routes import dossiers
from storage.changes import derive_changes
from storage.configuration import load_configuration
from storage.database import open_database
from storage.verdicts import Judgement, Verdict, record_judgement
from tests.review.web.test_changes import find_ids, find_token
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three pages, each edited once after the baseline."""
    folder = tmp_path_factory.mktemp("room")
    world = World(open_database(f"sqlite:///{folder}/room.sqlite3"))
    world.edit_pages(("a", "b", "c"), "投入资金100万元。", lambda place: f"投入资金{place + 2}00万元。")
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    yield world
    world.database.close()


@pytest.fixture
def client(world: World, tmp_path: Path) -> Iterator[TestClient]:
    """A browser without a script, in English."""
    configuration = load_configuration(environment={}, folder=tmp_path)
    application = create_application(configuration, world.database)
    with TestClient(application, base_url="http://127.0.0.1", headers={"Accept-Language": "en"}) as client:
        yield client


def list_changes(body: bytes) -> list[str]:
    """The changes in a dossier."""
    values = json.loads(ZipFile(io.BytesIO(body)).read("changes.json"))
    return [one["id"] for one in values["changes"]]


def test_the_chosen_changes_come_as_a_file(client: TestClient) -> None:
    """In the order of the list; without a choice all that the filters let through."""
    page = client.get("/").text
    ids, token = find_ids(page), find_token(page)
    answer = client.post("/dossier", data={"token": token, "change": [ids[2], ids[0]]})
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="dossier-')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert list_changes(answer.content) == [ids[0], ids[2]]
    assert list_changes(client.post("/dossier?site=jia", data={"token": token}).content) == ids
    record = client.post("/dossier?site=jia", data={"token": token}).content
    assert json.loads(ZipFile(io.BytesIO(record)).read("changes.json"))["selection"] == {"site": "jia"}


def test_verdicts_are_told_only_when_asked_for(client: TestClient, world: World) -> None:
    """Names of reviewers stay in the room otherwise."""
    page = client.get("/?verdict=any").text
    first, token = find_ids(page)[0], find_token(page)
    said = Judgement(verdict=Verdict.FOLLOW_UP, reviewer="林晓岚", note="再看", made_at=world.now)
    record_judgement(world.database, [first], said)
    for asked, count in (({}, 0), ({"verdicts": "1"}, 1)):
        answer = client.post("/dossier", data={"token": token, "change": first, **asked})
        package = ZipFile(io.BytesIO(answer.content))
        assert (
            sum("林晓岚" in package.read(name).decode() for name in package.namelist() if "changes/" in name) == count
        )


@pytest.mark.parametrize(
    ("query", "form", "status"),
    [
        ("", {}, 403),
        ("?site=none", {"token": ""}, 400),
        ("", {"token": "", "change": "none"}, 400),
        ("", {"token": "", "wacz": "1"}, 503),
    ],
)
def test_what_gives_no_dossier(client: TestClient, query: str, form: dict[str, str], status: int) -> None:
    """Without the token, with nothing in it, or with an archive that lacks the records: a page says so."""
    token = find_token(client.get("/?verdict=any").text)
    answer = client.post(f"/dossier{query}", data=form | ({"token": token} if form else {}))
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_not_too_many_at_once(client: TestClient) -> None:
    """While two are being made a third is asked to come again; afterwards it is made."""
    page = client.get("/?verdict=any").text
    form = {"token": find_token(page), "change": find_ids(page)[0]}
    with dossiers.TURNS, dossiers.TURNS:
        answer = client.post("/dossier", data=form)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert client.post("/dossier", data=form).status_code == 200
