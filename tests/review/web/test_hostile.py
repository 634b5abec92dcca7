"""A hostile page in a real browser: whatever it says is shown as words, nothing of it runs, no other host is asked.

Its archived pictures and style sheets show all the same, and a very long text leaves the room usable.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.inbox import Selection, read_inbox
from storage.mementos import find_mementos
from storage.records import Attachment, Document, Reply
from storage.verdicts import Judgement, Verdict, record_judgement
from tests.review.web.archive_world import ArchiveWorld, answer
from tests.review.web.rooms import serve_room
from tests.storage.world import World

pytestmark = pytest.mark.slow
RUN = "document.title='taken';window.taken=1"
WORDS = f'"><script>{RUN}</script><img src=https://evil.example/x onerror="{RUN}"><svg onload="{RUN}">'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{RUN}</script><circle r="9" onload="{RUN}"/></svg>'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SITE = "https://a.example/"
STYLE = "#said { color: rgb(1, 2, 3); background: url(/settings/theme/dark) }"
HTML = f"""<title>{WORDS}</title><link rel="stylesheet" href="/s.css"><h1>题</h1><p id="said">正文（已办）：{WORDS}</p>
<img id="dot" src="/dot.png"><img id="drawn" src="/x.svg"><script src="/s.js"></script>"""


def build_document(text: str) -> Document:
    """A document that says hostile things wherever it says anything."""
    return Document(
        title=WORDS,
        text=text,
        publisher=WORDS,
        keywords=(WORDS,),
        attachments=(Attachment(f"javascript:{RUN}", WORDS, "svg"), Attachment(f"{SITE}x.svg", f"<b>{WORDS}", "svg")),
        reply=Reply(kind=WORDS, addressees=(WORDS,), reference=WORDS),
    )


def visit(world: World, page_name: str, text: str) -> None:
    """One good visit of a page that is known."""
    page = world.find_page(page_name)
    world.visit(page, text=text, document=build_document(text))


def fill(database: Database, folder: Path) -> None:
    """A hostile page in the archive with what it shows, one that was edited, and one that is very long."""
    archive = ArchiveWorld(database, folder)
    world = archive.world
    for path, kind, body in (("s.css", "text/css", STYLE), ("x.svg", "image/svg+xml", SVG)):
        archive.capture(archive.add_page(f"{SITE}{path}"), answer(body, kind))
    dot = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + PIXEL
    archive.capture(archive.add_page(f"{SITE}dot.png"), dot)
    archive.capture(archive.add_page(f"{SITE}1.html"), answer(HTML), text=f"正文：{WORDS}")
    pages = [world.add_page("edited"), world.add_page("long")]
    world.walk(*pages)
    lines = [
        f"第{number}条：办结{WORDS}。" + "长" * 900 for number in range(400)
    ]  # a million bytes; ten only take longer
    visit(world, "edited", f"投入资金100万元{WORDS}。")
    visit(world, "long", "\n".join(lines))
    world.begin(1)
    world.walk(*pages)
    visit(world, "edited", f"投入资金200万元{WORDS}。")
    lines[300] = lines[300].replace("办结", "未办")
    visit(world, "long", "\n".join(lines))
    list(derive_changes(database, Configuration().zone))
    found = [entry.change.id for entry in read_inbox(database, Selection()).entries]
    said = Judgement(verdict=Verdict.IMPORTANT, note=WORDS, reviewer=WORDS, assignee=WORDS, made_at=world.now)
    record_judgement(database, found, said)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """One kind is enough here: the browser is what is tested."""
    opened = open_database(f"sqlite:///{tmp_path}/replywatch.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def room(tmp_path: Path, database: Database) -> Iterator[str]:
    """The address of a reading room over it."""
    fill(database, tmp_path / "archive")
    application = create_application(Configuration(data_dir=tmp_path), database)
    with serve_room(application) as address:
        yield address


def check_unharmed(view: Page) -> None:
    """Nothing ran."""
    assert view.title() != "taken"
    assert view.evaluate("window.taken") is None


def test_nothing_hostile_runs_anywhere(room: str, chromium: Browser, database: Database) -> None:
    """On every page: no script, no dialog, no request elsewhere; the frame shows what the archive holds."""
    requested: list[Request] = []
    view = chromium.new_context(locale="zh-CN").new_page()
    view.on("request", lambda request: requested.append(request))  # noqa: PLW0108 - Playwright marks what it is given
    view.on("dialog", lambda dialog: pytest.fail(dialog.message))
    entries = read_inbox(database, Selection(verdict=None)).entries
    assert len(entries) == 2
    paths = ["/?verdict=any", "/sites", "/sites/jia", "/status", "/search?q=script"]
    paths += [f"/changes/{one.change.id}" for one in entries] + [f"/pages/{one.page_id}" for one in entries]
    paths += [f"/captures/{entries[0].change.record_id}", f"/pages/{entries[0].page_id}/compare?from=1&to=2"]
    for path in paths:
        answer = view.goto(room + path)
        assert answer is not None
        assert answer.status == 200, path
        assert len(answer.body()) < 2_000_000, path
        check_unharmed(view)
    (long,) = (one for one in entries if one.change.difference.hunks[0].new_line > 100)
    view.goto(f"{room}/changes/{long.change.id}")
    assert "未办" in view.locator("ins").first.inner_text()
    assert "略去" in view.content()

    address = view.request.get(f"{room}/web/{SITE}1.html", max_redirects=0).headers["location"]
    archived = read_archived(database)
    view.goto(f"{room}/pages/{archived}")
    view.locator("iframe").scroll_into_view_if_needed()
    frame = view.frame_locator("iframe")
    frame.locator("#said").wait_for()
    view.wait_for_load_state("networkidle")
    assert frame.locator("#said").evaluate("node => getComputedStyle(node).color") == "rgb(1, 2, 3)"
    assert frame.locator("#dot").evaluate("node => node.naturalWidth") == 1
    assert "正文（已办）：" in frame.locator("#said").inner_text()
    check_unharmed(view)
    for target in (address, address.replace("1.html", "x.svg")):
        view.goto(target if target.startswith("http") else room + target)
        check_unharmed(view)
    inward = [one for one in requested if one.url.endswith("/settings/theme/dark")]
    assert {one.failure for one in inward} == {"csp"}  # an archived style reaches nothing of the room but the archive
    outside = [one for one in requested if not one.url.startswith((room, "data:"))]
    assert {one.url for one in outside if one.failure != "csp"} == set()  # the policy stopped it before it left


def read_archived(database: Database) -> int:
    """The number of the page that is in the archive."""
    number = find_mementos(database, f"{SITE}1.html")[0].page_id
    assert number is not None
    return number
