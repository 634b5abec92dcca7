"""Cookies are as closed as the way on which they travel allows, and say by their name what they are for."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review.web.access import Access
from review.web.application import create_application
from review.web.cookies import is_loopback, read_host
from storage.configuration import load_configuration
from storage.database import open_database

NEAR = ("127.0.0.1", 40000)
PUBLIC = "room.example"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """An empty room that others reach by https, and this machine by loopback."""
    folder = tmp_path_factory.mktemp("room")
    database = open_database(f"sqlite:///{folder}/room.sqlite3")
    configuration = load_configuration(environment={}, folder=folder)
    yield create_application(configuration, database, hosts=frozenset({PUBLIC}), access=Access(is_secure=True))
    database.close()


def ask(room: FastAPI, address: str, headers: dict[str, str]) -> SimpleCookie:
    """The cookies that the room sets for a theme that is chosen, a name that is written, and a form.

    A browser at the machine itself gives closed cookies back by plain http, too; Python's own would not.
    """
    kept = SimpleCookie()

    def keep(lines: list[str]) -> None:
        for line in lines:
            kept.load(line)
        client.headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in kept.items())

    client = TestClient(room, base_url=address, client=NEAR, headers=headers, follow_redirects=False)
    answer = client.get("/api/v1/session")
    keep(answer.headers.get_list("set-cookie"))
    form = {"token": answer.json()["token"], "verdict": "noise", "change": "none", "reviewer": "林"}
    answer = client.post("/verdicts", data=form)
    assert answer.status_code == 303
    keep(answer.headers.get_list("set-cookie"))
    keep(client.get("/settings/theme/dark").headers.get_list("set-cookie"))
    assert 'data-theme="dark"' in client.get("/").text
    return kept


@pytest.mark.parametrize(
    ("address", "headers", "is_closed"),
    [
        (f"https://{PUBLIC}", {}, True),
        (f"http://{PUBLIC}", {}, True),  # by a proxy that does not say how the browser came
        ("http://127.0.0.1:8000", {"X-Forwarded-For": "203.0.113.5"}, True),  # nor under which name
        ("http://127.0.0.1:8000", {}, False),
        ("http://localhost:8000", {}, False),
        ("https://localhost:8000", {}, True),
    ],
)
def test_a_way_decides_how_closed_a_cookie_is(
    room: FastAPI, address: str, headers: dict[str, str], *, is_closed: bool
) -> None:
    """By https under a name that no plain connection can plant; at this machine by http as well, and it works there."""
    found = ask(room, address, headers)
    prefix = "__Host-" if is_closed else ""
    assert set(found) == {f"{prefix}csrf", f"{prefix}reviewer", f"{prefix}theme"}
    for cookie in found.values():
        assert bool(cookie["secure"]) is is_closed
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "lax", "/", "")


def test_a_planted_cookie_counts_for_nothing(room: FastAPI) -> None:
    """By https the plain name is not read: whoever could set it could choose what the forms of a reader carry."""
    client = TestClient(room, base_url=f"https://{PUBLIC}", client=NEAR)
    planted = {"Cookie": "csrf=planted; theme=dark"}
    shown = client.get("/", headers=planted)
    assert 'data-theme="dark"' not in shown.text
    assert "__Host-csrf=" in shown.headers["set-cookie"]


@pytest.mark.parametrize(
    ("header", "name", "is_ours"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("LOCALHOST", "localhost", True),
        ("room.example:443", "room.example", False),
        ("localhost.evil.example", "localhost.evil.example", False),
        ("", "", False),
    ],
)
def test_a_host_header_is_read(header: str, name: str, *, is_ours: bool) -> None:
    """With its port or without, in brackets or not."""
    assert read_host(header) == name
    assert is_loopback(name) is is_ours
