"""Rows turned into watched pages, whatever a list holds."""

import json

import pytest

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import read_list
from crawler.discovery.urls import KEY_LENGTH, document_key
from crawler.discovery.walk import ListWalk
from crawler.items import ColumnWalk
from crawler.walking import watch_rows
from storage.records import ListRow
from tests.crawler.scene import HOST, MONDAY, SITE, Scene, compose_response, render_page


@pytest.fixture
def scene(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Scene:
    """A crawl under way, on each kind of database in turn."""
    scene = Scene(tmp_path_factory.mktemp("scene"), database_url)
    scene.open()
    return scene


def begin_walk(scene: Scene) -> ColumnWalk:
    """A walk over the column."""
    column, page = SITE.columns[0], scene.watch("known.html")
    walker = ListWalk(
        site=SITE.key, column=column.key, url=column.url, hosts=SITE.hosts, started_at=MONDAY, cms="generic"
    )
    return ColumnWalk(site=SITE, column=column, column_id=page.column_id, walker=walker)


def test_rows_not_seen_before_become_pages(scene: Scene) -> None:
    """Those never visited are to be asked for; a row that stands twice is one page; all are listed in their order."""
    walk = begin_walk(scene)
    scene.visit(scene.watch("known.html"), compose_response(render_page("t", "s")))
    names = ("new.html", "known.html", "other.html", "new.html")
    rows = tuple(ListRow(f"http://{HOST}/{name}", f"关于{name}的答复") for name in names)
    asked = watch_rows(scene.session, walk, rows)
    assert [page.url for page in asked] == [rows[0].url, rows[2].url]
    assert [listed.row.url for listed in walk.listed.values()] == [row.url for row in rows[:3]]
    assert watch_rows(scene.session, walk, ()) == []
    scene.close()


def test_rows_with_broken_characters_can_be_kept(scene: Scene) -> None:
    """A list of JSON may hold half a surrogate pair or a NUL, which no database takes; the rest of the row is kept."""
    rows = [{"title": f"关于路灯\ud800\0{n}的答复", "url": f"/art/{n}\0\ud83d.html"} for n in range(3)]
    wanted = PageRequest(url=f"http://{HOST}/api")
    text = json.dumps({"data": {"list": rows}})
    source = ListSource(url=wanted.url, text=text, content_type="application/json", requested=wanted, kind="提案")
    listing = read_list(source, "generic")
    asked = watch_rows(scene.session, begin_walk(scene), listing.rows)
    assert [(page.url, page.title) for page in asked] == [
        (f"http://{HOST}/art/{n}.html", f"关于路灯{n}的答复") for n in range(3)
    ]
    scene.close()


def test_addresses_of_any_length_are_told_apart(scene: Scene) -> None:
    """A key fits into an index of any database, and two long addresses are two pages."""
    start = f"http://{HOST}/" + "".join(f"{n:x}" for n in range(1500))
    rows = tuple(ListRow(f"{start}{end}.html", end) for end in ("a", "b"))
    assert all(KEY_LENGTH < len(document_key(row.url)) < KEY_LENGTH + 100 for row in rows)
    assert [page.url for page in watch_rows(scene.session, begin_walk(scene), rows)] == [row.url for row in rows]
    scene.close()
