"""Who is let in when the reading room listens to others."""

import base64
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from review.web.access import Access, read_credentials
from review.web.application import create_application
from storage.configuration import load_configuration
from storage.database import Database

TOKEN = "correct-horse-battery-staple"  # noqa: S105 - opens nothing but this test's own room


def basic(name: str, token: str) -> str:
    """What a browser sends."""
    return "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (basic("林晓岚", TOKEN), "林晓岚"),
        (f"Bearer {TOKEN}", ""),
        (basic("林", "wrong"), None),
        ("Bearer wrong", None),
        ("Basic %%%", None),
        ("Digest x", None),
        ("", None),
    ],
)
def test_credentials(header: str, name: str | None) -> None:
    """The token opens, with a name or without; everything else does not."""
    assert read_credentials(header, TOKEN) == name


def test_nothing_is_served_without_the_token(database: Database, tmp_path: Path) -> None:
    """Pages, static files and unknown paths alike answer 401; with the token the room is open under any host name."""
    configuration = load_configuration(environment={}, folder=tmp_path)
    application = create_application(configuration, database, hosts=None, access=Access(token=TOKEN))
    with TestClient(application, base_url="http://room.example") as client:
        for path in ("/", "/static/room.css", "/report.css", "/none"):
            assert client.get(path).status_code == 401
        assert client.get("/", headers={"Authorization": basic("林", TOKEN)}).status_code == 200
