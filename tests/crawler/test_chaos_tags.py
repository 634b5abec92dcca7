"""Answers about answers: a 304 for what nobody has, a 200 behind a 304, clocks that are off."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.changes import derive_changes
from storage.reporting import read_changes
from tests.crawler.scene import Scene, compose_response, render_page

ZONE = ZoneInfo("Asia/Shanghai")
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
FIRST, SECOND = (render_page("关于增设路灯的提案", f"今年计划增设路灯{count}盏。") for count in (20, 60))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A crawl under way."""
    made = Scene(tmp_path)
    made.open()
    yield made
    made.close()


def tell(scene: Scene) -> list[str]:
    """The kinds of all changes."""
    scene.session.flush()
    list(derive_changes(scene.session.database, ZONE))
    return [str(one.change.kind) for one in read_changes(scene.session.database, None)]


def test_a_304_for_what_was_never_seen_is_no_version(scene: Scene) -> None:
    """There is nothing that it could stand for: the page is new when its body comes."""
    scene.visit(scene.watch("1.html"), NOT_MODIFIED)
    assert scene.watch("1.html").version_number is None
    assert tell(scene) == []
    scene.visit(scene.watch("1.html"), compose_response(FIRST))
    assert scene.watch("1.html").version_number == 1
    assert tell(scene) == ["new"]


@pytest.mark.parametrize(("body", "expected"), [(FIRST, ["new"]), (SECOND, ["new", "text"])])
def test_a_body_behind_a_304_is_compared_with_the_last_body(scene: Scene, body: str, expected: list[str]) -> None:
    """With another tag, and from a clock a century ahead; only the text decides."""
    scene.visit(scene.watch("1.html"), compose_response(FIRST, headers='ETag: "a"\r\n'))
    scene.visit(scene.watch("1.html"), NOT_MODIFIED)
    late = 'ETag: "b"\r\nLast-Modified: Fri, 01 Jan 2100 00:00:00 GMT\r\n'
    scene.visit(scene.watch("1.html"), compose_response(body, headers=late))
    assert sorted(tell(scene)) == expected
