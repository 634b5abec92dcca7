"""The inbox and the change page: filters in the URL, verdicts by forms, ignore rules, hostile words as words."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from review.web.application import create_application
from review.web.limits import Limiter
from review.web.listing import gather_lines
from storage.changes import derive_changes
from storage.comparison.rules import IgnoreRule
from storage.configuration import load_configuration
from storage.database import Database
from storage.inbox import Selection, read_inbox
from storage.records import Change
from storage.tables import ChangeRow
from storage.verdicts import Verdict, read_judgements
from tests.storage.world import World

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)><svg onload=alert(3)>'


@pytest.fixture
def world(database: Database) -> World:
    """Three pages, each edited once after the baseline; one says hostile things."""
    world = World(database)
    world.edit_pages(
        ("a", "b", HOSTILE),
        "答复如下：投入资金100万元。联系人：何敏，电话13900001111。",
        lambda place: f"答复如下：投入资金{place + 2}00万元。{HOSTILE}联系人：何敏，电话13900001111。",
    )
    list(derive_changes(database, ZoneInfo("Asia/Shanghai")))
    return world


@pytest.fixture
def client(world: World, tmp_path: Path) -> Iterator[TestClient]:
    """A browser without a script at the reading room, in English."""
    configuration = load_configuration(environment={}, folder=tmp_path)
    application = create_application(configuration, world.database)
    with TestClient(application, base_url="http://127.0.0.1", headers={"Accept-Language": "en"}) as client:
        yield client


def find_ids(page: str) -> list[str]:
    """The changes that an inbox lists, in order."""
    return re.findall(r'<h2><a href="/changes/([^"?]+)', page)


def find_token(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="token" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_what_costs_much_may_be_asked_so_often(client: TestClient) -> None:
    """Comparing versions and trying a rule share one bucket; then a page says how long to wait. Other pages go on."""
    (change, *_) = find_ids(client.get("/").text)
    client.app.state.costly_limit = Limiter(burst=2, rate=0.01)  # type: ignore[attr-defined]
    costly = [f"/changes/{change}/ignore", "/pages/1/compare?from=1&to=2"]
    assert [client.get(path).status_code for path in costly] == [200, 200]
    for path in costly:
        refused = client.get(path)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 100
        assert f"in {refused.headers['retry-after']} seconds" in refused.text
    assert client.get(f"/changes/{change}").status_code == 200


def test_looking_reads_nothing_as_reviewed(client: TestClient, world: World) -> None:
    """Opening every change leaves the inbox as it was."""
    ids = find_ids(client.get("/").text)
    assert len(ids) == 3
    for one in ids:
        assert client.get(f"/changes/{one}").status_code == 200
        assert read_judgements(world.database, one) == ()
    assert find_ids(client.get("/").text) == ids


def test_a_verdict_leads_to_the_next_unread(client: TestClient, world: World) -> None:
    """A verdict with note and name is on record, and the reader stands before the next change of the same list."""
    first, second, _ = find_ids(client.get("/").text)
    token = find_token(client.get(f"/changes/{first}").text)
    form = {"token": token, "change": first, "goal": "next", "verdict": "important", "note": "重", "reviewer": "林"}
    answer = client.post("/verdicts?site=jia", data=form, follow_redirects=False)
    assert answer.headers["location"] == f"/changes/{second}?site=jia"
    (said,) = read_judgements(world.database, first)
    assert (said.verdict, said.note, said.reviewer) == (Verdict.IMPORTANT, "重", "林")
    assert "林" in client.get(f"/changes/{second}").text


def test_many_at_once(client: TestClient, world: World) -> None:
    """Chosen lines get one verdict together, and a filter shows them."""
    page = client.get("/").text
    ids = find_ids(page)
    client.post("/verdicts", data={"token": find_token(page), "change": ids[:2], "verdict": "noise"})
    assert find_ids(client.get("/").text) == ids[2:]
    assert set(find_ids(client.get("/?verdict=noise").text)) == set(ids[:2])
    assert len(read_inbox(world.database, Selection(verdict=Verdict.NOISE)).entries) == 2


def test_a_group_stands_once(client: TestClient, world: World) -> None:
    """The same edit of many pages is one line with its count, also where its members fill pages of the list.

    The link shows the members; the group is judged as a whole, as far as the filters let it through; who looks
    further stays as it was where the form says nothing.
    """
    pages = [world.add_page(f"p{number}") for number in range(60)]
    for day, phone in ((2, "8100"), (3, "8200")):
        world.begin(day)
        for one in pages:
            world.visit(one, text=f"答复如下：{one.title}。已经办结。\n联系电话：0399-{phone}。")
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    page = client.get("/?kind=text").text
    assert len(find_ids(page)) == 4
    assert "59 more of this group" in page
    link = re.search(r'href="(/\?group=[^"]+)"', page)
    assert link is not None
    members = client.get(unescape(link[1])).text
    assert len(find_ids(members)) == 50
    further = re.search(r'rel="next" href="([^"]+)"', members)
    assert further is not None
    assert len(find_ids(client.get(unescape(further[1])).text)) == 10
    group = re.search(r'name="group" value="([^"]+)"', page)
    assert group is not None
    first = {"token": find_token(page), "change": find_ids(members)[7], "verdict": "follow_up", "assignee": "王"}
    client.post("/verdicts", data=first)
    client.post("/verdicts?verdict=any", data={"token": first["token"], "group": group[1], "verdict": "noise"})
    assert len(find_ids(client.get("/?kind=text").text)) == 3
    assert read_inbox(world.database, Selection(verdict=Verdict.NOISE), limit=100).entries[0].members == 60
    assert len(read_inbox(world.database, Selection(verdict=Verdict.NOISE, assignee="王")).entries) == 1


class Only(IgnoreRule):
    """A rule that hides the change whose id is its pattern."""

    def is_hiding(self, change: Change) -> bool:
        """By the id."""
        return change.id == self.pattern


def test_a_rule_does_not_hide_a_whole_group(client: TestClient, world: World) -> None:
    """Where a rule hides the first change of a group another one stands for it."""
    first = find_ids(client.get("/").text)[0]
    with world.database.write() as session:
        for row in session.scalars(select(ChangeRow)):
            row.group_key, row.content = "g", row.content | {"group": "g"}
    entries, hidden, cursor = gather_lines(world.database, Selection(), "", [Only(pattern=first)])
    assert ([entry.members for entry in entries], hidden, cursor) == ([2], 1, "")
    assert entries[0].change.id != first


def test_a_write_without_its_token_is_refused(client: TestClient, world: World) -> None:
    """Another site's form cannot record a verdict or a rule."""
    first = find_ids(client.get("/").text)[0]
    assert client.post("/verdicts", data={"change": first, "verdict": "noise"}).status_code == 403
    assert client.post(f"/changes/{first}/ignore", data={"token": "0" * 64}).status_code == 403
    assert read_judgements(world.database, first) == ()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("site=jia", 3),
        ("site=yi", 0),
        ("region=甲", 3),
        ("region=乙", 0),
        ("kind=text", 3),
        ("kind=gone", 0),
        ("min_score=1", 0),
        ("since=2026-03-03", 3),
        ("until=2026-03-02", 0),
        ("assignee=王", 0),
        ("order=time", 3),
        ("since=nonsense&min_score=x&kind=x&verdict=x", 3),
    ],
)
def test_filters_stand_in_the_url(client: TestClient, query: str, count: int) -> None:
    """Each filter narrows the list, and what is not understood is passed over."""
    assert len(find_ids(client.get(f"/?{query}").text)) == count


def test_an_ignore_rule_is_tried_and_kept(client: TestClient) -> None:
    """The back-test says how many edits the rule would hide; kept, they leave the inbox and stay countable."""
    first = find_ids(client.get("/").text)[0]
    page = client.get(f"/changes/{first}/ignore").text
    assert "Of 3 edits so far this rule would hide 3." in page
    client.post(f"/changes/{first}/ignore", data={"token": find_token(page), "note": "x"})
    left = client.get("/").text
    assert find_ids(left) == []
    assert "3 on this page are hidden by rules" in left
    assert len(find_ids(client.get("/?hidden=1").text)) == 3


def test_hostile_words_are_shown_as_words(client: TestClient) -> None:
    """Script in titles and texts arrives escaped, under a policy that would not run it; clerks are covered."""
    for path in ("/", *(f"/changes/{one}" for one in find_ids(client.get("/").text))):
        answer = client.get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "<svg onload" not in answer.text
        assert "13900001111" not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/changes/none", 404),
        ("/changes/none/ignore", 404),
        ("/?after=nonsense", 400),
        ("/pages/1/compare?from=1&to=2", 200),
        ("/pages/1/compare?from=1&to=9", 404),
        ("/pages/1/compare?from=x&to=2", 400),
    ],
)
def test_addresses_say_what_is_wrong(client: TestClient, path: str, status: int) -> None:
    """What does not exist is 404, what cannot be meant 400, and any two versions compare."""
    assert client.get(path).status_code == status


def test_a_nul_is_refused_wherever_it_stands(client: TestClient) -> None:
    """No database's text holds the character: in a path, a query or a form it is the asker's fault, on each of them."""
    one = find_ids(client.get("/").text)[0]
    for path, status in (
        ("/changes/a%00b", 404),
        ("/static/a%00b", 404),
        ("/web/2026/http://a.example/%00", 404),
        ("/api/v1/changes/%00", 404),
        ("/?site=%00", 400),
        ("/?after=%00", 400),
        ("/?%00=1", 400),
        (f"/changes/{one}?assignee=a%00", 400),
        ("/search?q=%00", 400),
        ("/feeds/changes.atom?region=%00", 400),
        ("/api/v1/changes?after=%00", 422),
        ("/api/v1/captures?url=%00", 422),
    ):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert answer.headers["x-content-type-options"] == "nosniff"
    token = find_token(client.get("/").text)
    assert client.post("/verdicts", data={"token": token, "change": "a\0b", "verdict": "noise"}).status_code == 400
    client.cookies.set("reviewer", "a%00b")
    assert client.post("/verdicts", data={"token": token, "change": one, "verdict": "noise"}).status_code == 200


def test_another_host_name_is_not_served(client: TestClient) -> None:
    """A name that was rebound to this machine gets nothing."""
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "未读"), ("en-GB", "Unread")])
def test_the_browser_chooses_the_language(client: TestClient, language: str, word: str) -> None:
    """One language a page."""
    page = client.get("/", headers={"Accept-Language": language}).text
    assert word in page
