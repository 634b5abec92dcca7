"""Every page of the reading room in a real browser: axe finds nothing serious, and nothing is wider than the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import Connection, event

from review.users import UsersFile, change_users, write_hash
from review.web.access import Access
from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.inbox import Selection, read_inbox
from storage.records import Attachment, Document, Outcome
from tests.review.web.archive_world import ArchiveWorld, answer
from tests.review.web.rooms import serve_room

pytestmark = pytest.mark.slow
LONG = "答复如下：经研究，投入资金{}万元，安装路灯128盏。" + "办理情况将继续公开。" * 40
LOOKS = ("color-contrast", "scrollable-region-focusable", "link-in-text-block")  # what a phone may show otherwise
HTML = "<title>答复</title><h1>关于路灯的答复</h1><p>正文</p>"


def fill(database: Database, folder: Path) -> None:
    """A page of each fate: edited, its title corrected, its file replaced, gone, moved; and one in the archive."""
    archive = ArchiveWorld(database, folder)
    world = archive.world
    archive.capture(archive.add_page("https://a.example/kept.html"), answer(HTML), text=LONG.format(1))
    pages = {name: world.add_page(name) for name in ("edited", "titled", "filed", "lost", "moved", "still")}
    file = world.add_file(pages["filed"], "附件.docx")
    filed = Document(title="附件", text=LONG.format(3), attachments=(Attachment(file.url, "附件.docx", "docx"),))
    world.walk(*pages.values())
    for page in pages.values():
        world.visit(page, text=LONG.format(3), document=filed if page.id == pages["filed"].id else None)
    world.visit(file, text="一版")
    for day in (1, 2, 3):
        world.begin(day)
        world.visit(pages["edited"], text=LONG.format(100 + day))
        titled = Document(title=f"第{day}个标题", text=LONG.format(3))
        world.visit(pages["titled"], text=f"{day}", document=titled)
        world.visit(pages["filed"], Outcome.NOT_MODIFIED)
        world.visit(file, text="二版")
        world.visit(pages["lost"], Outcome.GONE)
        world.visit(pages["moved"], Outcome.MOVED, new_url="https://a.example/new.html", new_key="a.example/new")
        world.visit(pages["still"], Outcome.NOT_MODIFIED)
        list(derive_changes(database, Configuration().zone))


def serve(database: Database, folder: Path, access: Access) -> Iterator[str]:
    """The address of a reading room."""
    application = create_application(Configuration(data_dir=folder), database, access=access)
    with serve_room(application) as address:
        yield address


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """One kind is enough here: the browser is what is tested."""
    opened = open_database(f"sqlite:///{tmp_path}/replywatch.sqlite3")
    fill(opened, tmp_path / "archive")
    yield opened
    opened.close()


@pytest.fixture
def writes(database: Database) -> list[str]:
    """What begins to write to it from now on."""
    found: list[str] = []

    @event.listens_for(database.engine, "begin")
    def note(connection: Connection) -> None:
        if connection.get_execution_options().get("is_writing"):
            found.append("begun")

    return found


@pytest.fixture
def room(tmp_path: Path, database: Database) -> Iterator[str]:
    """A reading room that lets in whoever reaches it."""
    yield from serve(database, tmp_path, Access())


@pytest.fixture
def door(tmp_path: Path, database: Database) -> Iterator[str]:
    """The same for those who sign in."""
    change_users(tmp_path / "users", lambda users: users.update({"林": write_hash("a long password", 10)}))
    yield from serve(database, tmp_path, Access(users=UsersFile(tmp_path / "users")))


def list_paths(database: Database) -> list[str]:
    """A path of every kind of page, faults included."""
    entries = read_inbox(database, Selection(verdict=None)).entries
    kinds = {one.change.kind: one for one in entries}
    assert {"text", "fields", "attachments", "gone", "moved"} <= set(kinds)
    edited = kinds[next(kind for kind in kinds if kind == "text")]
    changes = [f"/changes/{one.change.id}" for one in kinds.values()]
    first = f"/changes/{edited.change.id}"
    page = f"/pages/{edited.page_id}"
    return [
        *("/", "/?kind=gone&min_score=0.5", "/?verdict=noise", f"/?group={edited.change.group}"),
        *(*changes, f"{first}?view=inline", f"{first}/ignore"),
        *(page, f"{page}?version=1", f"{page}/compare?from=1&to=2", f"{page}/compare?from=1&to=1", "/pages/1"),
        *(f"/captures/{edited.change.record_id}", "/sites", "/sites/jia", "/status"),
        *("/search", "/search?q=资金", "/search?q=没有这样的词", "/search?q=-x"),
        *("/changes/none", "/pages/abc"),
    ]


def check_page(page: Page, address: str, rules: tuple[str, ...] = ()) -> None:
    """Whatever is shown, it can be read by everybody, and fits; ``rules`` are those of axe, all by default."""
    page.goto(address)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    wrong = [one["id"] for one in found if one["impact"] in ("serious", "critical") or one["id"] == "heading-order"]
    assert wrong == [], address
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_every_page_is_accessible_and_fits(
    chromium: Browser, room: str, door: str, database: Database, writes: list[str]
) -> None:
    """In the light on a wide screen in Chinese, in the dark on a phone in English; and looking writes nothing."""
    wide = chromium.new_context(
        viewport={"width": 1400, "height": 900}, color_scheme="light", locale="zh-CN"
    ).new_page()
    phone = chromium.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark", locale="en-GB").new_page()
    for address in (f"{door}/sign-in", f"{door}/sign-in?expired=1", *(room + path for path in list_paths(database))):
        check_page(wide, address)
        check_page(phone, address, LOOKS)
    assert wide.request.get(f"{room}/api/v1/incidents").ok
    assert writes == []
    assert not any(one.verdict for one in read_inbox(database, Selection(verdict=None)).entries)
