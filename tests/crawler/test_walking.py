"""Rows turned into watched pages, whatever a list holds."""

import json

import pytest

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import read_list
from crawler.discovery.urls import KEY_LENGTH, document_key
from crawler.discovery.walk import ListWalk, Step
from crawler.items import ColumnWalk, FinishedWalk
from crawler.spiders.replies import RepliesSpider
from crawler.walking import begin_walks, find_due, register_sites, watch_rows
from storage.plan.due import DOUBTFUL, LOST, find_due_lists
from storage.records import ListRow, Walk
from storage.walks import record_walk
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


def test_columns_that_no_seed_names_are_due_never(scene: Scene) -> None:
    """Of the sites that are crawled and of all others: their lists are no backlog any more."""
    kept, dropped = SITE.columns[0], SITE.columns[0].model_copy(update={"url": f"http://{HOST}/b.html", "name": "二"})
    gone = SITE.model_copy(update={"key": "gone", "hosts": ("gone.example",)})
    crawled = [SITE.model_copy(update={"columns": (kept, dropped)}), gone]
    register_sites(scene.session, crawled, {SITE.key: SITE})
    with scene.session.database.read() as transaction:
        lists = find_due_lists(transaction, MONDAY, MONDAY, [SITE.key, gone.key])
    assert [(one.site, one.url) for one in lists] == [(SITE.key, kept.url)]


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


def test_a_walk_is_finished_once_however_slowly_its_pages_are_taken(scene: Scene) -> None:
    """The last list page may come back before all that the first one brought was taken; no row is lost by it."""
    walk, spider = begin_walk(scene), RepliesSpider()
    spider.session = scene.session
    spider.backlog.begin_walk(SITE.key)
    rows = [ListRow(f"http://{HOST}/{n}.html", f"第{n}号") for n in range(4)]
    slow = spider.go_on(walk, Step(tuple(rows[:2]), PageRequest(url=f"http://{HOST}/list_2.html")))
    taken = [next(slow)]
    walk.walker.fail(walk.walker.start(), "blocked")  # the end of this walk
    taken += [*spider.go_on(walk, Step(tuple(rows[2:]))), *slow]
    assert [item.under_way.listed.keys() for item in taken if isinstance(item, FinishedWalk)] == [walk.listed.keys()]
    assert [listed.row for listed in walk.listed.values()] == rows
    scene.close()


def test_only_lists_that_are_due_are_walked(scene: Scene) -> None:
    """A long one to its end at times, and when it has lost a page that is to be visited."""
    column_id = scene.watch("known.html").column_id
    ids = {SITE.columns[0].key: column_id}

    def begin(due: dict[int, str] | None) -> list[bool]:
        walks = begin_walks(scene.session, SITE, ids, due, is_full=False)
        return [walk.walker._is_known is None for walk in walks]

    assert find_due(scene.session, {SITE.key: SITE}, MONDAY, "due") == {column_id: "new"}
    assert (begin(None), begin({}), begin({column_id: DOUBTFUL})) == ([True], [], [True])
    record_long_walk(scene, column_id)
    assert find_due(scene.session, {SITE.key: SITE}, MONDAY, "all") == {}
    assert (begin(None), begin({column_id: DOUBTFUL}), begin({column_id: LOST})) == ([False], [False], [True])
    scene.close()


def record_long_walk(scene: Scene, column_id: int) -> None:
    """A walk over a list of many pages, a moment ago."""
    walk = Walk(
        site=SITE.key,
        column=SITE.columns[0].key,
        started_at=MONDAY,
        finished_at=MONDAY,
        declared_pages=99,
        served_pages=99,
        rows=(),
        is_complete=True,
        is_full=True,
    )
    with scene.session.database.write() as session:
        record_walk(session, walk, column_id=column_id, run_id=scene.session.run.id, record_id=None, rows=[])


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
