"""A hostile archived page in a real browser: nothing of it runs, and no request leaves for another host."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError

from review.web.application import create_application
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.mementos import find_mementos
from tests.review.web.archive_world import URL, answer, fill_world
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
<script>document.title = "ran"</script><style><p><link rel="preconnect" href="{live}"></style>
<a id="moving" href="#x"><animate attributeName="href" begin="0s" dur="9s" values="{live}/animate"/>
<set attributeName="href" to="{live}/set"/><text y="20">drawn</text></a></svg>
<math><mtext href="{live}/math">x</mtext></math><noscript><img src="{live}/noscript"></noscript>
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


def write_document(host: str) -> str:
    """A document of XML that tries the same, as far as such documents can; ``NAME`` and ``SPACE`` are its root's."""
    live = f"http://{host}"
    return f"""<?xml version="1.0"?><?xml-stylesheet href="{live}/a.css"?>
<?xml-stylesheet type="text/xsl" href="{live}/x"?>
<NAME xmlns="SPACE" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:s="http://www.w3.org/2000/svg"
xmlns:l="http://www.w3.org/1999/xlink" onload="document.title = 'ran'">
<h:link rel="preconnect" href="{live}"/><h:meta http-equiv="refresh" content="0; url={live}/refresh"/>
<h:img src="{live}/img"/><h:script>document.documentElement.setAttribute("ran", "")</h:script>
<s:script>document.documentElement.setAttribute("ran", "")</s:script><s:image href="{live}/image"/>
<s:a l:href="#x"><s:set attributeName="href" to="{live}/set"/><s:text y="20" id="drawn">drawn</s:text></s:a>
<s:style>@import "{live}/b.css";</s:style></NAME>"""


NAMESPACES = {"html": "http://www.w3.org/1999/xhtml", "svg": "http://www.w3.org/2000/svg", "feed": "urn:feed"}
DOCUMENTS = {
    "a.svg": ("image/svg+xml", "svg"),
    "b.xml": ("application/xml", "svg"),
    "c.xml": ("text/xml; charset=utf-8", "html"),
    "d.xhtml": ("application/xhtml+xml", "html"),
    "e.atom": ("application/atom+xml", "feed"),
    "f.mml": ("application/mathml+xml", "html"),
    "g.odd": ("text/x-odd, text/html", "html"),
}


@pytest.fixture
def room(tmp_path: Path, trap: Trap, database: Database) -> Iterator[str]:
    """The address of a served reading room whose only page is hostile."""
    world = fill_world(database, tmp_path / "archive", ("<p>甲</p>", write_hostile(trap.host)))
    for path, (kind, name) in DOCUMENTS.items():
        body = write_document(trap.host).replace("NAME", name).replace("SPACE", NAMESPACES[name])
        world.capture(world.add_page(f"https://a.example/{path}"), answer(body, kind))
    application = create_application(Configuration(data_dir=tmp_path), database)
    with serve_room(application) as address:
        yield address


def go_to(view: Page, address: str) -> bool:
    """Whether the browser shows what is there; what it is given as a file is not kept."""
    try:
        view.goto(address)
    except BrowserError as error:
        assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error)  # noqa: PT017 - the other way to go
        return False
    return True


@pytest.mark.slow
def test_nothing_of_a_hostile_page_runs(room: str, trap: Trap, chromium: Browser, database: Database) -> None:
    """In the frame, alone, as raw bytes, and when its links are clicked: no script, no jump, no connection."""
    moment = f"{find_mementos(database, URL)[1].capture.captured_at:%Y%m%d%H%M%S}"
    view = chromium.new_page()
    for address in ("/pages/1", f"/web/{moment}/{URL}"):
        assert go_to(view, room + address)
        view.wait_for_timeout(800)
        assert view.title() != "ran"
        assert view.url == room + address
    assert (view.locator("#out").get_attribute("href") or "").startswith(f"{room}/web/{moment}/")
    view.locator("#moving text").click(force=True)
    assert view.url.startswith(room)
    assert not go_to(view, f"{room}/web/{moment}id_/{URL}")
    assert trap.calls == []
    view.close()


@pytest.mark.slow
def test_nothing_of_a_hostile_document_of_xml_runs(
    room: str, trap: Trap, chromium: Browser, database: Database
) -> None:
    """Drawings, feeds and whatever else a browser builds documents from: shown without life, or given out as a file."""
    shown = set()
    for path in DOCUMENTS:
        url = f"https://a.example/{path}"
        moment = f"{find_mementos(database, url)[0].capture.captured_at:%Y%m%d%H%M%S}"
        view = chromium.new_page()
        if go_to(view, f"{room}/web/{moment}/{url}"):
            shown.add(path)
            view.wait_for_timeout(300)
            assert view.title() != "ran"
            assert view.evaluate("document.documentElement.hasAttribute('ran')") is False
            assert view.url.startswith(f"{room}/web/")
        if path == "a.svg":
            view.locator("#drawn").click(force=True)
            assert view.url.startswith(room)
        assert not go_to(view, f"{room}/web/{moment}id_/{url}")
        view.close()
    assert shown == set(DOCUMENTS) - {"g.odd"}
    assert trap.calls == []
