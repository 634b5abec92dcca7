"""What is told of pages: derived from what was recorded, once, under ids that survive every derivation."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update

from storage.changes import count_stale, derive_changes
from storage.database import Database, open_database
from storage.pages import PageState
from storage.records import Attachment, Change, Document, Outcome
from storage.reporting import read_changes
from storage.tables import ChangeRow, PageRow, TraitRow, VersionRow
from storage.visits import record_visits
from tests.storage.world import World

ZONE = ZoneInfo("Asia/Shanghai")
LONG = (
    "我局已会同有关部门在全市新增路灯三千盏，并于年底前完成验收。"
    "今后将继续加强巡查，发现损坏及时修复，保障群众夜间出行安全。"
    "感谢您对城市照明工作的关心和支持，欢迎继续提出宝贵意见。"
)


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


@pytest.fixture
def lone_world(tmp_path: Path) -> Iterator[World]:
    """The same on SQLite alone, for rules that have nothing to do with the database."""
    with closing(open_database(f"sqlite:///{tmp_path}/replywatch.sqlite3")) as database:
        world = World(database)
        world.begin()
        yield world


def derive(world: World) -> int:
    """Derive what is not yet derived; how many changes are new or altered."""
    return sum(step.changes for step in derive_changes(world.database, ZONE))


def read_told(world: World) -> list[Change]:
    """All changes in order of time."""
    return [reported.change for reported in read_changes(world.database, None)]


def read_kinds(world: World, page: PageState | None = None) -> list[str]:
    """The kinds of what was told, of one page or of all but the ``new`` of each."""
    told = read_told(world)
    if page is not None:
        return [change.kind for change in told if change.document_key == page.document_key]
    return [change.kind for change in told if change.kind != "new"]


def derive_all_again(world: World) -> int:
    """Forget that anything was compared, and derive everything."""
    with world.database.write() as session:
        session.execute(update(PageRow).values(is_stale=True))
    return derive(world)


def watch_two(world: World) -> tuple[PageState, PageState]:
    """Two pages in the column's list, seen well on the first day."""
    pages = world.add_page("路灯"), world.add_page("公交")
    for page in pages:
        world.visit(page, text=f"{page.title}：{LONG}")
    world.walk(*pages)
    return pages


def test_there_and_back_are_three_versions_and_two_changes(world: World) -> None:
    """A text that goes A, B, A is told twice, and each time with the versions it went from and to."""
    page = world.add_page("路灯")
    for day, text in enumerate(("安装100盏。", "安装200盏。", "安装100盏。")):
        world.begin(day)
        world.visit(page, text=text)
    derive(world)
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(VersionRow)) == 3
    steps = [(change.from_version, change.to_version) for change in read_told(world) if change.kind == "text"]
    assert steps == [(1, 2), (2, 3)]
    first, second = (change.difference.hunks[0] for change in read_told(world) if change.kind == "text")
    assert (first.old, first.new) == (second.new, second.old)


def test_to_compare_twice_changes_nothing(world: World) -> None:
    """The second time there is nothing to look at; what is looked at again all the same is told in the same words."""
    watch_two(world)
    assert derive(world) == 2
    assert count_stale(world.database) == 0
    assert derive(world) == 0
    assert derive_all_again(world) == 0


def test_changes_dropped_and_derived_again_are_the_same(world: World) -> None:
    """Whatever the kinds: the same ids, the same content, though the rows were gone."""
    page, other = watch_two(world)
    derive(world)
    for day in range(1, 5):
        world.begin(day)
        world.visit(other, text=f"公交第{day}版：{LONG}")
        world.visit(page, Outcome.GONE if day < 4 else Outcome.OK, None if day < 4 else f"又：{LONG}")
        derive(world)
    before = read_told(world)
    assert {"new", "text", "gone", "restored"} <= {change.kind for change in before}
    with world.database.write() as session:
        session.execute(delete(ChangeRow))
        session.execute(delete(TraitRow))
    assert derive_all_again(world) == len(before)
    assert read_told(world) == before


def test_derived_late_is_told_as_if_derived_each_day(world: World) -> None:
    """To compare once at the end of the week gives the ids that comparing each day gave."""
    page, other = watch_two(world)
    ids = set()
    for day in range(1, 4):
        world.begin(day)
        world.visit(other, text=f"公交第{day}版：{LONG}")
        world.visit(page, Outcome.GONE)
        derive(world)
        ids |= {change.id for change in read_told(world)}
    with world.database.write() as session:
        session.execute(delete(ChangeRow))
    derive_all_again(world)
    assert {change.id for change in read_told(world)} == ids


@pytest.mark.parametrize("days", [(1, 1, 2), (1, 2)])
def test_gone_needs_three_days(lone_world: World, days: tuple[int, ...]) -> None:
    """Neither two days nor three answers on two days are a removal."""
    page, other = watch_two(lone_world)
    for day in days:
        lone_world.begin(day)
        lone_world.visit(page, Outcome.GONE)
        lone_world.visit(other, Outcome.NOT_MODIFIED)
    derive(lone_world)
    assert read_kinds(lone_world) == []


def test_gone_needs_a_canary(world: World) -> None:
    """Three days of 404 from a column whose other page is silent too prove nothing; with it they do."""
    page, other = watch_two(world)
    for day in range(1, 4):
        world.begin(day)
        world.visit(page, Outcome.GONE)
        world.visit(other, Outcome.TIMEOUT)
        derive(world)
    assert read_kinds(world) == []
    for day in range(4, 7):
        world.begin(day)
        world.visit(page, Outcome.GONE)
        canary = world.visit(other, Outcome.NOT_MODIFIED)
        derive(world)
    assert read_kinds(world) == ["gone"]
    told = read_told(world)[-1]
    assert told.evidence is not None
    assert told.evidence.tries == 3
    assert told.evidence.canary == canary.visit.capture.record_id
    assert told.last_good_at == told.evidence.last_ok
    assert told.detected_at.day == world.now.day


def test_a_canary_that_answers_after_the_comparison_counts(world: World) -> None:
    """The canary may be committed in a later batch than the gone answer, with a comparison in between."""
    page, other = watch_two(world)
    for day in range(1, 4):
        world.begin(day)
        world.visit(page, Outcome.GONE)
        derive(world)
        assert read_kinds(world) == []
        world.visit(other, Outcome.NOT_MODIFIED, doubted_page_id=page.id)
        derive(world)
    assert read_kinds(world) == ["gone"]


@pytest.mark.parametrize("between", [Outcome.BLOCKED, Outcome.TIMEOUT, Outcome.SERVER_ERROR])
def test_a_disturbance_neither_counts_nor_resets(lone_world: World, between: Outcome) -> None:
    """Three gone answers with a block between them are three; a block is never the third."""
    page, other = watch_two(lone_world)
    for day, outcome in enumerate((Outcome.GONE, between, Outcome.GONE, between, Outcome.GONE), start=1):
        lone_world.begin(day)
        lone_world.visit(page, outcome)
        lone_world.visit(other, Outcome.NOT_MODIFIED)
        derive(lone_world)
        assert read_kinds(lone_world) == (["gone"] if day == 5 else [])


def test_a_good_answer_resets_the_count(lone_world: World) -> None:
    """Two gone days, a good one, two gone days: nothing is told."""
    page, other = watch_two(lone_world)
    outcomes = (Outcome.GONE, Outcome.GONE, Outcome.NOT_MODIFIED, Outcome.GONE, Outcome.GONE)
    for day, outcome in enumerate(outcomes, start=1):
        lone_world.begin(day)
        lone_world.visit(page, outcome)
        lone_world.visit(other, Outcome.NOT_MODIFIED)
    derive(lone_world)
    assert read_kinds(lone_world) == []


def walk_then_visit(world: World, page: PageState, other: PageState, day: int, **walk: Any) -> None:  # noqa: ANN401 - as `walk` has them
    """A day on which the list shows ``other`` alone, and ``page`` is still there."""
    world.begin(day)
    world.walk(other, **walk)
    world.visit(page, Outcome.NOT_MODIFIED)
    world.visit(other, Outcome.NOT_MODIFIED)


def test_delisted_and_relisted(world: World) -> None:
    """One complete walk without the row and the page good in the same run; then the row is back."""
    page, other = watch_two(world)
    walk_then_visit(world, page, other, 1)
    derive(world)
    assert read_kinds(world) == ["delisted"]
    world.begin(2)
    world.walk(page, other)
    derive(world)
    assert read_kinds(world) == ["delisted", "relisted"]
    assert derive_all_again(world) == 0


@pytest.mark.parametrize("walk", [{"is_complete": False}, {"is_full": False}])
def test_a_partial_walk_delists_nothing(lone_world: World, walk: dict[str, bool]) -> None:
    """Whatever a walk that broke off or stopped early does not show is still listed, for all we know."""
    page, other = watch_two(lone_world)
    walk_then_visit(lone_world, page, other, 1, **walk)
    derive_all_again(lone_world)
    assert read_kinds(lone_world) == []


def test_a_list_in_trouble_delists_nothing(lone_world: World) -> None:
    """A list that shrank to one row at once is not believed, though it was complete."""
    pages = [lone_world.add_page(str(number)) for number in range(12)]
    for page in pages:
        lone_world.visit(page, text=f"{page.title}：{LONG}")
    lone_world.walk(*pages)
    lone_world.begin(1)
    lone_world.walk(pages[0])
    for page in pages:
        lone_world.visit(page, Outcome.NOT_MODIFIED)
    derive_all_again(lone_world)
    assert read_kinds(lone_world) == []


def test_delisted_needs_the_page_in_the_same_run(lone_world: World) -> None:
    """A walk without the row and the page good only in another run, or blocked: nothing; gone and delisted: nothing."""
    page, other = watch_two(lone_world)
    lone_world.begin(1)
    lone_world.walk(other)
    lone_world.visit(page, Outcome.BLOCKED)
    lone_world.begin(2)
    lone_world.visit(page, Outcome.NOT_MODIFIED)
    derive_all_again(lone_world)
    assert read_kinds(lone_world) == []


def test_a_replaced_file_is_a_change_and_a_first_digest_is_not(world: World) -> None:
    """The file of a page gets its digest with its first visit; another body under the same name is told."""
    page = world.add_page("路灯")
    file = world.add_file(page, "附件.docx")
    document = Document(title=page.title, text=LONG, attachments=(Attachment(file.url, "附件.docx", "docx"),))
    world.visit(page, text=LONG, document=document)
    world.visit(file, text="一版")
    derive(world)
    assert read_kinds(world, page) == ["new"]
    world.begin(1)
    world.visit(page, Outcome.NOT_MODIFIED)
    world.visit(file, text="二版")
    derive(world)
    assert read_kinds(world, page) == ["new", "attachments"]
    told = read_changes(world.database, None)[-1]
    assert (told.change.from_version, told.change.to_version) == (1, 2)
    digests = [files[0].digest for files in (told.old_attachments, told.new_attachments)]
    assert None not in digests
    assert digests[0] != digests[1]
    assert told.new is not None
    assert told.new.url == file.url
    assert derive_all_again(world) == 0


def test_a_file_that_was_taken_away_and_put_back_is_still_known(world: World) -> None:
    """Another body under its name is told, though the page had lost its link in between."""
    page = world.add_page("路灯")
    file = world.add_file(page, "附件.docx")
    linked = Document(title=page.title, text=LONG, attachments=(Attachment(file.url, "附件.docx", "docx"),))
    for day, document in enumerate((linked, replace(linked, attachments=()), linked)):
        world.begin(day)
        world.visit(page, text=str(day), document=document)
        if document.attachments:
            world.visit(file, text="一版")
    world.begin(3)
    world.visit(page, Outcome.NOT_MODIFIED)
    world.visit(file, text="二版")
    derive(world)
    assert read_kinds(world, page) == ["new", "attachments", "attachments", "attachments"]
    codes = [change.difference.reasons for change in read_told(world)][1:]
    assert codes == [("attachment_removed",), ("attachment_added",), ("attachment_replaced",)]


def test_the_page_itself_keeps_what_is_known_of_its_files(lone_world: World) -> None:
    """An edit of the text is told as text alone: the digests of the files are those of before."""
    page = lone_world.add_page("路灯")
    file = lone_world.add_file(page, "附件.docx")
    document = Document(title=page.title, text=LONG, attachments=(Attachment(file.url, "附件.docx", "docx"),))
    lone_world.visit(page, text=LONG, document=document)
    lone_world.visit(file, text="一版")
    lone_world.begin(1)
    lone_world.visit(page, text=LONG * 2, document=replace(document, text=f"又及。{LONG}"))
    derive(lone_world)
    assert read_kinds(lone_world, page) == ["new", "text"]
    assert read_told(lone_world)[-1].difference.kinds == ("text",)


def move_page(world: World, page: PageState, other: PageState) -> PageState:
    """Three days on which a page is gone and the same text stands under another address."""
    for day in range(1, 4):
        world.begin(day)
        world.visit(page, Outcome.GONE)
        world.visit(other, Outcome.NOT_MODIFIED)
        if day == 1:
            new = world.add_page("路灯（新）")
        world.visit(new, *((Outcome.OK, f"路灯：{LONG}") if day == 1 else (Outcome.NOT_MODIFIED,)))
        world.walk(new, other)
        derive(world)
    return new


def test_a_document_that_appears_elsewhere_has_moved(world: World) -> None:
    """The new page's ``new`` stays, and ``moved`` stands in its group instead of ``gone``."""
    page, other = watch_two(world)
    page = world.find_page("路灯")
    new = move_page(world, page, other)
    told = [change for change in read_told(world) if not change.baseline]
    assert [change.kind for change in told] == ["new", "moved"]
    appeared, moved = told
    assert moved.document_key == page.document_key
    assert moved.group == appeared.group
    assert moved.evidence is not None
    assert moved.evidence.new_url == new.url
    assert derive_all_again(world) == 0


@pytest.mark.parametrize("name", ["1", "".join(f"{number:x}" for number in range(300))])
def test_a_redirect_to_a_new_address_has_moved(world: World, name: str) -> None:
    """The site's own word is enough, once, however long the address."""
    page, _ = watch_two(world)
    new_url = f"https://a.example/elsewhere/{name}.html"
    for day in (1, 2):
        world.begin(day)
        world.visit(page, Outcome.MOVED, new_url=new_url, new_key=f"a.example/elsewhere/{name}")
    derive(world)
    assert read_kinds(world) == ["moved"]


def test_the_first_full_walk_is_the_baseline(lone_world: World) -> None:
    """What was there before anybody watched scores nothing; what comes later is news."""
    watch_two(lone_world)
    lone_world.begin(1)
    late = lone_world.add_page("绿地")
    lone_world.visit(late, text=f"绿地：{LONG}")
    derive(lone_world)
    assert [(change.baseline, change.difference.score > 0) for change in read_told(lone_world)] == [
        (True, False),
        (True, False),
        (False, True),
    ]


def test_an_interrupted_comparison_goes_on_where_it_was(world: World) -> None:
    """Batches are transactions of their own; the rest is done by the next one."""
    pages = [world.add_page(str(number)) for number in range(130)]
    with world.database.write() as session:
        record_visits(session, [world.build_visit(page, text=f"第{page.title}号：{LONG}") for page in pages])
    steps = derive_changes(world.database, ZONE)
    done = next(steps)
    assert 0 < done.pages < 130
    assert count_stale(world.database) == 130 - done.pages
    assert done.changes + derive(world) == 130


def test_two_derivations_at_once(world: World) -> None:
    """A report asked for while the service compares: each change is told once, and neither of them fails."""
    pages = [world.add_page(str(number)) for number in range(130)]
    with world.database.write() as session:
        record_visits(session, [world.build_visit(page, text=f"第{page.title}号：{LONG}") for page in pages])
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(derive, (world, world)))
    assert sum(counts) + derive(world) == 130
    assert len(read_told(world)) == 130


@pytest.mark.postgresql
def test_news_that_come_while_deriving_are_not_lost(postgresql_url: str) -> None:
    """A page that a crawl has in hand is left alone, and still has news when the crawl has committed."""
    with closing(open_database(postgresql_url)) as database:
        world = World(database)
        world.begin()
        page, other = watch_two(world)
        with database.write() as session:
            record_visits(session, [world.build_visit(page, text=f"新：{LONG}")])
            session.flush()
            assert derive(world) == 1
        assert read_kinds(world, other) == ["new"]
        assert derive(world) == 2
        assert read_kinds(world, page) == ["new", "text"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("，", ","),
        lambda text: text + "\n\n",
        lambda text: text.replace("。", "。\u3000"),
    ],
)
def test_what_is_never_told(lone_world: World, spoil: Callable[[str], str]) -> None:
    """White space and full width are no change, however the comparison comes about."""
    page = lone_world.add_page("路灯")
    lone_world.visit(page, text=LONG)
    lone_world.begin(1)
    lone_world.visit(page, text=spoil(LONG))
    derive_all_again(lone_world)
    assert read_kinds(lone_world) == []


def test_an_operator_may_weigh_reasons_otherwise(lone_world: World) -> None:
    """A weight that is handed in stands instead of the table's, for edits and for what became of a page."""
    page = lone_world.add_page("路灯")
    lone_world.visit(page, text=f"安装100盏。{LONG}")
    lone_world.begin(1)
    lone_world.visit(page, text=f"安装200盏。{LONG}")
    list(derive_changes(lone_world.database, ZONE, {"number": 0.99}))
    assert read_told(lone_world)[-1].difference.score == 0.99


def test_many_pages_with_one_text_are_looked_at_once(lone_world: World) -> None:
    """Pages that are known to be like each other are derived together, in one step however many there are."""
    pages = [lone_world.add_page(str(number)) for number in range(240)]
    lone_world.walk(*pages[:120])
    for day, gone in ((0, False), (1, True), (2, True), (3, True)):
        lone_world.begin(day)
        visits = [
            lone_world.build_visit(page, Outcome.GONE)
            if gone and number < 120
            else lone_world.build_visit(page, text=f"{LONG * 3}第{number}号。")
            for number, page in enumerate(pages)
            if number < 120 or day
        ]
        with lone_world.database.write() as session:
            record_visits(session, visits)
    derive(lone_world)
    assert read_kinds(lone_world).count("moved") == 120
    with lone_world.database.write() as session:
        session.execute(update(PageRow).values(is_stale=True))
    assert [(step.pages, step.changes) for step in derive_changes(lone_world.database, ZONE)] == [(240, 0)]
