"""The reading room in a real browser: from the inbox over verdicts to the next change, by keys, on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import load_configuration
from storage.database import open_database
from storage.inbox import Selection, read_inbox
from storage.verdicts import Verdict
from tests.review.web.rooms import serve_room
from tests.storage.world import World

pytestmark = pytest.mark.slow
HOSTILE = '<script>document.title="taken"</script><img src=https://evil.example/x onerror=alert(1)>'


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three pages edited after the baseline, one of them hostile and long."""
    world = World(open_database(f"sqlite:///{tmp_path}/room.sqlite3"))
    world.edit_pages(
        ("a", "b", HOSTILE),
        "答复如下：投入资金100万元。",
        lambda place: f"答复如下：投入资金{place + 2}00万元。{HOSTILE}{'长' * 5000}",
    )
    list(derive_changes(world.database, ZoneInfo("Asia/Shanghai")))
    return world


@pytest.fixture
def room(world: World, tmp_path: Path) -> Iterator[str]:
    """The reading room on a port of its own."""
    configuration = load_configuration(environment={}, folder=tmp_path)
    application = create_application(configuration, world.database)
    with serve_room(application) as address:
        yield address
    world.database.close()


def open_page(chromium: Browser, room: str, requested: list[str], **options: Any) -> Page:  # noqa: ANN401 - Playwright's
    """The inbox in a new window; what it asks for is written down."""
    page = chromium.new_context(**options).new_page()
    page.on("request", lambda request: requested.append(request.url))
    page.goto(room)
    return page


def test_the_whole_way_by_keys(chromium: Browser, room: str, world: World) -> None:
    """J and o open a change, 1 judges it and goes on to the next, until the inbox is empty; no other host is asked."""
    requested: list[str] = []
    page = open_page(chromium, room, requested, locale="zh-CN")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/changes/*")
    assert page.title() != "taken"
    for key in "124":
        before = page.url
        with page.expect_navigation():
            page.keyboard.press(key)
        assert page.url != before
    assert page.locator(".empty p").first.inner_text() == "这里没有变更。"
    for verdict in (Verdict.IMPORTANT, Verdict.ROUTINE, Verdict.FOLLOW_UP):
        assert len(read_inbox(world.database, Selection(verdict=verdict)).entries) == 1
    assert {url for url in requested if not url.startswith(room)} == set()


def test_a_line_is_judged_where_it_stands(chromium: Browser, room: str, world: World) -> None:
    """In the inbox 3 judges the line under the cursor, and / goes to the filters."""
    page = open_page(chromium, room, [], locale="en-GB")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("3")
    assert len(read_inbox(world.database, Selection(verdict=Verdict.NOISE)).entries) == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "site"


def test_without_a_script(chromium: Browser, room: str, world: World) -> None:
    """Filters and verdicts are plain forms."""
    page = open_page(chromium, room, [], java_script_enabled=False, locale="en-GB")
    page.locator("input[name=change]").first.check()
    page.get_by_role("button", name="Important").click()
    page.get_by_role("link", name="Important", exact=True).click()
    page.get_by_text("Filters").click()
    page.locator("select[name=kind]").select_option("text")
    page.get_by_role("button", name="Apply").click()
    assert "verdict=important" in page.url
    assert "kind=text" in page.url
    assert page.locator("[data-row]").count() == 1
    assert len(read_inbox(world.database, Selection(verdict=Verdict.IMPORTANT)).entries) == 1
