"""A reviewer of a team in a real browser: signs in, chooses, takes a dossier away, reads it without a network."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from review.users import UsersFile, change_users, write_hash
from review.web.access import Access
from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import load_configuration
from storage.database import open_database
from storage.inbox import Selection, read_inbox
from storage.verdicts import read_judgements
from tests.review.web.rooms import serve_room
from tests.storage.world import World

pytestmark = pytest.mark.slow
HOSTILE = '<script>document.title="taken"</script><img src=https://evil.example/x onerror=alert(1)>'
PASSWORD = "a long enough password"  # noqa: S105 - opens nothing but this test's own room
PHONE: ViewportSize = {"width": 390, "height": 800}
PATIENCE = 180_000  # milliseconds; only for what hangs, on a machine that does much else
LOOKS: tuple[tuple[Literal["light", "dark"], str, str], ...] = (
    ("light", "zh-CN", "全部变更"),
    ("dark", "en-GB", "All changes"),
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[str, World]]:
    """A room with one user, 林晓岚, and three changes, one of them hostile."""
    world = World(open_database(f"sqlite:///{tmp_path}/room.sqlite3"))
    world.edit_pages(
        ("a", "b", HOSTILE),
        "投入资金100万元。联系人：何敏，电话13900001111。",
        lambda place: f"投入资金{place + 2}00万元。{HOSTILE}联系人：何敏，电话13900001111。",
    )
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    change_users(tmp_path / "users", lambda users: users.update({"林晓岚": write_hash(PASSWORD, 10)}))
    access = Access(users=UsersFile(tmp_path / "users"), is_secure=True)  # and this browser is at the machine itself
    configuration = load_configuration(environment={}, folder=tmp_path)
    with serve_room(create_application(configuration, world.database, access=access)) as address:
        yield address, world
    world.database.close()


def check_page(page: Page, width: int) -> None:
    """Nothing serious for axe, nothing wider than the window, and no script of a page ran."""
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() != "taken"


def sign_in(page: Page, password: str) -> None:
    """Fill in the form that is shown."""
    page.fill("[name=name]", "林晓岚")
    page.fill("[name=password]", password)
    page.click(".sign-in button")


def take_dossier(page: Page, folder: Path) -> Path:
    """Choose all lines but the last, ask for a dossier with verdicts, and unpack it."""
    boxes = page.locator(".mail [name=change]")
    for place in range(boxes.count() - 1):
        boxes.nth(place).check()
    page.click(".take summary")
    page.check("[name=verdicts]")
    check_page(page, 1280)
    with page.expect_download() as waiting:
        page.click(".take button")
    waiting.value.save_as(folder / "dossier.zip")
    with ZipFile(folder / "dossier.zip") as package:
        package.extractall(folder / "dossier")
    return folder / "dossier"


def test_from_the_door_to_a_dossier(chromium: Browser, room: tuple[str, World], tmp_path: Path) -> None:
    """The form keeps a wrong password out, the name that signed in stands on a verdict, and the dossier holds both."""
    address, world = room
    page = chromium.new_context(locale="zh-CN", accept_downloads=True).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/?order=time")
    assert page.url.endswith("/sign-in?to=%2F%3Forder%3Dtime")
    check_page(page, 1280)
    sign_in(page, "another password")
    assert page.locator("[role=alert]").inner_text() == "姓名或密码不对。"
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.id") == "password"
    check_page(page, 1280)
    sign_in(page, PASSWORD)
    page.wait_for_url(f"{address}/?order=time")  # and for its script, which hears the keys
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("1")
    page.goto(f"{address}/?order=time")
    page.locator(".mail h2 a").first.click()
    page.fill("[name=note]", "问过承办处室")
    page.context.clear_cookies(name="signed-in")
    page.click("[data-key='2']")
    assert "登录已过期" in page.locator("[role=alert]").inner_text()
    check_page(page, 1280)
    sign_in(page, PASSWORD)
    page.wait_for_url("**/changes/*")  # where the note stands again
    page.wait_for_function("document.querySelector('[name=note]').value === '问过承办处室'")
    lose_and_find_a_note(page)
    page.goto(f"{address}/?verdict=any")
    folder = take_dossier(page, tmp_path)
    (judged, *_) = [one for one in read_inbox(world.database, Selection(verdict=None)).entries if one.verdict]
    assert [one.reviewer for one in read_judgements(world.database, judged.change.id)] == ["林晓岚"]
    with page.expect_navigation():
        page.click(".sign-out button")
    page.goto(address)
    assert "/sign-in" in page.url
    read_offline(chromium, folder)


def lose_and_find_a_note(page: Page) -> None:
    """A note beside an ignore rule outlives the session as well."""
    page.click("text=忽略此类变更…")
    page.fill("[name=note]", "每日更新的数字")
    page.context.clear_cookies(name="signed-in")
    page.click(".judge button")
    sign_in(page, PASSWORD)
    page.wait_for_function("document.querySelector('[name=note]')?.value === '每日更新的数字'")


def read_offline(chromium: Browser, folder: Path) -> None:
    """Each page of the dossier from the disk: nothing is asked for, nothing complains, both languages and themes."""
    for line in (folder / "manifest-sha256.txt").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    for scheme, locale, word in LOOKS:
        context = chromium.new_context(locale=locale, color_scheme=scheme, viewport=PHONE, offline=True)
        page, noted = watch_page(context)
        page.goto((folder / "index.html").as_uri())
        check_page(page, PHONE["width"])
        assert page.locator(".entry").count() == 2
        page.locator(".entry a").first.click()
        assert page.locator(".trail a").first.inner_text() == word
        check_page(page, PHONE["width"])
        page.locator("[rel=next]").click()
        page.locator(".languages label", has_text="中文").click()
        page.locator(".trail a").first.click()
        assert page.locator("h1").inner_text() == "变更卷宗"
        assert "13900001111" not in page.content()
        assert noted == []
        context.close()


def watch_page(context: BrowserContext) -> tuple[Page, list[str]]:
    """A new page, and what it asks of a network or complains of."""
    page, noted = context.new_page(), list[str]()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: noted.append(message.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith("file:") else noted.append(request.url))
    return page, noted
