"""A hostile archived page in a real browser: nothing of it runs, and no request leaves for another host."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from review.web.application import create_application
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.mementos import find_mementos
from tests.review.web.archive_world import URL, fill_world
from tests.review.web.rooms import serve_room


class Trap:
    """A live host that notes whoever calls."""

    def __init__(self) -> None:
        calls: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def process_request(self, request: object, client_address: object) -> None:
                calls.append("connected")
                super().process_request(request, client_address)  # type: ignore[arg-type]  # the base class's own

        self.calls = calls
        self.server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def write_hostile(host: str) -> str:
    """A page that tries every way out."""
    live = f"http://{host}"
    return f"""<html><head><title>x</title><base href="{live}/base/">
<meta http-equiv="refresh" content="0; url={live}/refresh">
<link rel="preconnect" href="{live}"><link rel="dns-prefetch" href="{live}"><link rel="prefetch" href="{live}/prefetch">
<link rel="stylesheet" href="{live}/a.css"><style>@import "{live}/b.css"; body {{background: url({live}/bg)}}</style>
<script>document.title = "ran"; fetch("{live}/fetch")</script><script src="{live}/a.js"></script></head>
<body onload="document.title = 'ran'; location = '{live}/onload'"><p>关于提案的答复</p>
<img src="{live}/img" srcset="{live}/srcset 2x" onerror="document.title = 'ran'">
<iframe src="{live}/frame"></iframe><object data="{live}/object"></object><embed src="{live}/embed">
<video poster="{live}/poster" src="{live}/video" autoplay></video><svg><image href="{live}/svg"/>
<script>document.title = "ran"</script></svg><noscript><img src="{live}/noscript"></noscript>
<form action="{live}/form"><input autofocus onfocus="this.form.submit()"><button>go</button></form>
<a id="out" href="{live}/link" ping="{live}/ping">link</a></body></html>"""


@pytest.fixture
def trap() -> Iterator[Trap]:
    """A live host."""
    made = Trap()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """One kind is enough here: the browser is what is tested."""
    opened = open_database(f"sqlite:///{tmp_path}/replywatch.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def room(tmp_path: Path, trap: Trap, database: Database) -> Iterator[str]:
    """The address of a served reading room whose only page is hostile."""
    fill_world(database, tmp_path / "archive", ("<p>甲</p>", write_hostile(trap.host)))
    application = create_application(Configuration(data_dir=tmp_path), database)
    with serve_room(application) as address:
        yield address


@pytest.mark.slow
def test_nothing_of_a_hostile_page_runs(room: str, trap: Trap, chromium: Browser, database: Database) -> None:
    """In the frame, alone, raw, and when its link is clicked: no script, no jump, no connection."""
    moment = f"{find_mementos(database, URL)[1].capture.captured_at:%Y%m%d%H%M%S}"
    view = chromium.new_page()
    for address in ("/pages/1", f"/web/{moment}/{URL}", f"/web/{moment}id_/{URL}"):
        if "id_" in address:
            trap.calls.clear()
        view.goto(room + address)
        view.wait_for_timeout(800)
        assert view.title() != "ran"
        assert view.url == room + address
        if "id_" not in address:
            assert trap.calls == []
        assert [call for call in trap.calls if call != "connected"] == []
    view.goto(f"{room}/web/{moment}/{URL}")
    assert (view.locator("#out").get_attribute("href") or "").startswith(f"{room}/web/{moment}/")
    view.close()
