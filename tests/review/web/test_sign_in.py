"""Signing in: who comes in, how long, under which name, and what stands against guessing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from review.users import UsersFile, change_users, write_hash
from review.web.access import Access
from review.web.application import create_application
from review.web.sessions import LASTING, Sessions
from review.web.throttle import MOST_KEPT, Throttle
from storage.changes import derive_changes
from storage.configuration import load_configuration
from storage.database import Database, open_database
from storage.inbox import Selection, read_inbox
from storage.verdicts import Verdict, read_judgements
from tests.review.web.test_changes import find_ids, find_token
from tests.storage.world import World

PASSWORD = "a long enough password"  # noqa: S105 - opens nothing but this test's own room
TOKEN = "correct-horse-battery-staple"  # noqa: S105 - likewise
WRONG = "another password"
ENGLISH = {"accept-language": "en"}
HTML = {"Accept": "text/html"}


@dataclass(slots=True)
class Clock:
    """Seconds that the test turns on."""

    time: float = 1_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.time


@dataclass(slots=True)
class Room:
    """A room with one user, 林, and the client of somebody who has not signed in."""

    client: TestClient
    path: Path
    clock: Clock

    def sign_in(self, name: str = "林", password: str = PASSWORD, to: str = "/") -> int:
        """Fill in the form; returns the status of the answer."""
        token = find_token(self.client.get("/sign-in").text)
        form = {"token": token, "name": name, "password": password, "to": to}
        answer = self.client.post("/sign-in", data=form, follow_redirects=False)
        return answer.status_code


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """What there is to be seen is the same for all tests but one, and little."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('room')}/room.sqlite3")
    yield database
    database.close()


@pytest.fixture(scope="module")
def entry() -> str:
    """A hash of the password, as cheap as one may be."""
    return write_hash(PASSWORD, 10)


@pytest.fixture
def room(database: Database, tmp_path: Path, entry: str) -> Iterator[Room]:
    """The room behind a proxy with TLS."""
    path, clock = tmp_path / "users", Clock()
    change_users(path, lambda users: users.update({"林": entry}))
    access = Access(
        token=TOKEN, users=UsersFile(path), is_secure=True, sessions=Sessions(clock), throttle=Throttle(clock)
    )
    configuration = load_configuration(environment={}, folder=tmp_path)
    application = create_application(configuration, database, hosts=frozenset({"room.example"}), access=access)
    with TestClient(application, base_url="https://room.example") as client:
        yield Room(client, path, clock)


def test_a_page_leads_to_the_form_and_back(room: Room) -> None:
    """Whoever opens a page signs in and stands before that page; a program is told 401."""
    answer = room.client.get("/changes/x?site=jia", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=%2Fchanges%2Fx%3Fsite%3Djia")
    assert room.client.get("/api/v1/changes").status_code == 401
    assert room.client.post("/verdicts").status_code == 401
    answer = room.client.post("/verdicts?site=jia", headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in?to=%2F%3Fsite%3Djia%26draft%3D1&expired=1"
    assert "You are no longer signed in" in room.client.get(answer.headers["location"], headers=ENGLISH).text
    answer = room.client.post("/changes/x/ignore", headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in?to=%2Fchanges%2Fx%2Fignore%3Fdraft%3D1&expired=1"
    page = room.client.get(answer.headers["location"], headers=HTML).text
    form = {"token": find_token(page), "name": " 林 ", "password": PASSWORD, "to": "/changes/x?site=jia"}
    answer = room.client.post("/sign-in", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/changes/x?site=jia")
    cookie = answer.headers["set-cookie"]
    assert all(one in cookie for one in ("__Host-signed-in=", "HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    assert room.client.get("/").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
def test_no_open_redirect(room: Room, target: str) -> None:
    """Signing in leads to a page of ours, whatever the link said."""
    page = room.client.get("/sign-in", params={"to": target}).text
    assert 'name="to" value="/"' in page
    form = {"token": find_token(page), "name": "林", "password": PASSWORD, "to": target}
    answer = room.client.post("/sign-in", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert room.client.get("/sign-in", params={"to": target}, follow_redirects=False).headers["location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("林", WRONG), ("王", PASSWORD), ("", ""), ("林", "")])
def test_a_wrong_name_and_a_wrong_password_look_alike(room: Room, name: str, password: str) -> None:
    """401 with the same words, and nobody is in."""
    token = find_token(room.client.get("/sign-in").text)
    form = {"token": token, "name": name, "password": password}
    answer = room.client.post("/sign-in", data=form, headers={"Accept-Language": "en"})
    assert answer.status_code == 401
    assert "Name or password is not right." in answer.text
    assert room.client.get("/", headers=HTML, follow_redirects=False).status_code == 303


def test_another_site_cannot_sign_somebody_in(room: Room) -> None:
    """The form needs its token, as each write does."""
    form = {"token": "0" * 64, "name": "林", "password": PASSWORD}
    assert room.client.post("/sign-in", data=form).status_code == 403


def test_the_name_of_a_verdict_is_the_one_that_signed_in(room: Room, database: Database) -> None:
    """A form that names somebody else is not believed, and the page asks for no name."""
    world = World(database)
    world.begin()
    page = world.add_page("a")
    world.walk(page)
    world.visit(page, text="投入资金100万元。")
    world.begin(1)
    world.walk(page)
    world.visit(page, text="投入资金200万元。")
    list(derive_changes(database, ZoneInfo("Asia/Shanghai")))
    room.sign_in()
    inbox = room.client.get("/").text
    assert 'name="reviewer"' not in inbox
    (change,) = find_ids(inbox)
    form = {"token": find_token(inbox), "change": change, "verdict": "important", "reviewer": "王"}
    room.client.post("/verdicts", data=form)
    assert [one.reviewer for one in read_judgements(database, change)] == ["林"]
    assert len(read_inbox(database, Selection(verdict=Verdict.IMPORTANT)).entries) == 1


def test_signing_out_ends_the_session_everywhere(room: Room) -> None:
    """The cookie is taken back, and a copy of it opens nothing."""
    room.sign_in()
    copy = room.client.cookies["__Host-signed-in"]
    token = find_token(room.client.get("/").text)
    assert room.client.post("/sign-out", data={"token": "x"}, follow_redirects=False).status_code == 403
    assert room.client.post("/sign-out", data={"token": token}, follow_redirects=False).status_code == 303
    room.client.cookies.set("__Host-signed-in", copy, domain="room.example", path="/")
    assert room.client.get("/", headers=HTML, follow_redirects=False).status_code == 303


def test_a_session_ends_by_itself_and_with_the_password(room: Room) -> None:
    """After twelve hours, when the password changes, and when the user is let in no more."""
    inside = ["/"]

    def is_in() -> bool:
        return room.client.get(inside[0], headers=HTML, follow_redirects=False).status_code == 200

    room.sign_in()
    room.clock.time += LASTING - 10
    assert is_in()
    room.clock.time += 11
    assert not is_in()
    room.sign_in()
    assert is_in()
    change_users(room.path, lambda users: users.update({"林": write_hash(PASSWORD, 10)}))
    assert not is_in()
    room.sign_in()
    assert is_in()
    change_users(room.path, lambda users: users.clear())
    assert not is_in()


SPOILT = ["", "{said}", "{said}.{wrong}", "9{said}.{signature}", "a.b.c.d", f"{'9' * 5000}.b.5p6X.d", "1.b.%%%.d"]


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_cookie_that_was_touched_opens_nothing(spoilt: str, entry: str) -> None:
    """Neither a later end nor another signature."""
    sessions, users = Sessions(Clock()), {"林": entry}
    cookie = sessions.begin("林", users)
    assert sessions.read(cookie, users) == "林"
    said, _, signature = cookie.rpartition(".")
    assert sessions.read(spoilt.format(said=said, signature=signature, wrong=signature[::-1]), users) is None
    assert Sessions(Clock()).read(cookie, users) is None


def test_guessing_is_slowed_down(room: Room) -> None:
    """After five tries for a name each further one waits, the right password too; others are let in meanwhile."""
    assert [room.sign_in("林", WRONG) for _ in range(5)] == [401] * 5
    token = find_token(room.client.get("/sign-in").text)
    form = {"token": token, "name": "林", "password": PASSWORD}
    answer = room.client.post("/sign-in", data=form, headers={"Accept-Language": "en"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 seconds." in answer.text
    room.clock.time += 2
    assert room.sign_in() == 303


def test_the_wait_doubles_to_a_limit_and_is_forgotten() -> None:
    """One, two, four seconds … a quarter of an hour; after an hour without a try all is forgotten."""
    clock = Clock()
    throttle = Throttle(clock)
    waits = []
    for _ in range(30):
        if wait := throttle.begin("林", "192.0.2.1"):
            waits.append(wait)
            clock.time += wait
            assert throttle.begin("林", "192.0.2.1") == 0
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 900
    clock.time += 3601
    assert throttle.begin("林", "192.0.2.1") == 0


def test_an_address_is_slowed_for_all_names_and_a_name_for_all_addresses() -> None:
    """Neither many names from one place nor one name from many places is a way around."""
    throttle = Throttle(Clock())
    assert [throttle.begin(f"n{count}", "192.0.2.1") for count in range(20)] == [0] * 20
    assert throttle.begin("another", "192.0.2.1") > 0
    assert [throttle.begin("林", f"2001:db8:{count}::1") for count in range(50)] == [0] * 50
    assert throttle.begin("林", "2001:db8:99::1") > 0
    assert throttle.begin("王", "2001:db8:99::1") == 0


def test_a_network_is_one_address_and_memory_is_bounded() -> None:
    """All of an IPv6 network counts together; a flood of names does not fill the memory."""
    throttle = Throttle(Clock())
    for count in range(5):
        assert throttle.begin("林", f"2001:db8::{count}") == 0
    assert throttle.begin("林", "2001:db8::ffff") > 0
    for count in range(MOST_KEPT):
        throttle.begin(f"n{count}", f"host-{count}")
    assert len(throttle._kept) <= MOST_KEPT


def test_the_token_reads_and_never_writes(room: Room) -> None:
    """Beside users the token is for programs: it opens the API, and no verdict comes of it."""
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert room.client.get("/api/v1/changes", headers=bearer).status_code == 200
    assert room.client.post("/verdicts", data={"verdict": "noise"}, headers=bearer).status_code == 401
    assert room.client.get("/api/v1/changes", headers={"Authorization": "Bearer x"}).status_code == 401


def test_another_host_name_is_not_served(room: Room) -> None:
    """With a public address the room answers under that name and on loopback, and under no other."""
    assert room.client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 421
    assert room.client.get("/sign-in", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_what_was_seen_is_not_kept_by_others(room: Room) -> None:
    """No cache between keeps a page of somebody who signed in."""
    room.sign_in()
    assert "private" in room.client.get("/").headers["cache-control"]


def stream_zeros() -> Iterator[bytes]:
    """Two megabytes in pieces; a body without an announced length is sent in chunks."""
    yield b"name="
    for _ in range(2000):
        yield b"0" * 1000


def test_a_body_without_an_end_is_refused(room: Room) -> None:
    """A body that says no length is counted as it comes."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert room.client.post("/sign-in", content=stream_zeros(), headers=headers).status_code == 413
    assert room.client.post("/sign-in", content=b"0" * 1_000_001, headers=headers).status_code == 413
