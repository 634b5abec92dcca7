"""Replies that stand in their attachments, from the crawl to the report and the export."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from storage.database import open_database
from storage.tables import PageRow, VersionRow
from tests.office import make_docx
from tests.site import edits
from tests.site.commands import Operator
from tests.site.model import Article, Column, Event, File, Plan, Verb
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.zhengzhou import Zhengzhou

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TITLE = "关于建设澜清河滨水步道提案的答复"
LETTER = (
    "陈明远委员：",
    "您提出的关于建设澜清河滨水步道的提案（第0066号）收悉，现答复如下：",
    "2026年新建步道12.6公里，10月底前完工。",
    "云泽市住房和城乡建设局",
    "2026年2月27日",
)
EDITED = tuple(line.replace("12.6公里", "8.6公里") for line in LETTER)
TABLE = File("6200066-2.docx", "实施项目表.docx", make_docx(["铁路桥段", "望江亭段"]))


def make_letter(lines: tuple[str, ...]) -> File:
    """The reply as a file, always at the same address."""
    return File("6200066-1.docx", f"{TITLE}.docx", make_docx(lines))


def plan_site() -> Plan:
    """A column with one reply that only points to its file, which is replaced on day 1 and by a broken one on day 3."""
    pointer = Article(
        key="6200066",
        column="D1102X",
        title=TITLE,
        paragraphs=("详见附件",),
        published_on="2026-03-01",
        files=(TABLE, make_letter(LETTER)),
    )
    plain = replace(pointer, key="6200067", title="关于增设公交线路提案的答复", paragraphs=LETTER, files=())
    replace_file = edits.replace_file
    broken = replace(make_letter(LETTER), body=b"%PDF-1.7 broken")
    return Plan(
        key="yunze",
        name="云泽市人民政府",
        columns=(Column("D1102X", "提案", "政协提案答复"),),
        articles=(pointer, plain),
        events=(
            Event(round=1, verb=Verb.EDIT, key="6200066", edit=replace_file(make_letter(EDITED))),
            Event(round=3, verb=Verb.EDIT, key="6200066", edit=replace_file(broken)),
        ),
    )


@pytest.fixture
def site() -> Iterator[Site]:
    """The site on its first day."""
    with serve_site(Site(plan_site(), Zhengzhou())) as served:
        yield served


@pytest.fixture
def operator(site: Site, tmp_path: Path) -> Operator:
    """Somebody who watches it."""
    site.write_seed(tmp_path, delay=0.02)
    return Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)


def crawl_days(site: Site, operator: Operator, *days: int) -> list[dict[str, Any]]:
    """Crawl everything on some days, and give what is told at the end."""
    for day in days:
        site.play_round(day)
        operator.run_scrapy("crawl", "replies", "-a", "recheck=all", now=MONDAY + timedelta(days=day))
        operator.run_replywatch("compare", now=MONDAY + timedelta(days=day, hours=1))
    now = MONDAY + timedelta(days=days[-1], hours=2)
    told = json.loads(operator.run_replywatch("report", "--format", "json", "--since", "30d", now=now))
    return [change for change in told["changes"] if change["kind"] != "new"]


def export_pointer(operator: Operator) -> dict[str, Any]:
    """The reply as it is exported."""
    path = operator.data_dir / "latest.jsonl"
    operator.run_replywatch("export", "--format", "jsonl", "--output", str(path))
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    found: dict[str, Any] = next(line for line in lines if "6200066" in line["url"])
    return found


def test_a_reply_is_read_from_its_file(site: Site, operator: Operator) -> None:
    """Its text is that of the file whose name is like the title, marked so; nothing is told of it."""
    assert crawl_days(site, operator, 0, 0) == []
    document = export_pointer(operator)
    assert document["text"] == "\n".join(LETTER)
    assert document["version"] == 1
    assert document["signed_on"] == "2026-02-27"
    assert document["reply"]["addressees"] == ["陈明远"]
    assert "text_from_attachment" in document["doubts"]


def test_a_replaced_file_is_an_edit_of_the_text(site: Site, operator: Operator) -> None:
    """One change of the page, of kind text, with the number that changed; files have no changes of their own."""
    [change] = crawl_days(site, operator, 0, 1, 2)
    assert change["kind"] == "text"
    assert change["url"].endswith("6200066.jhtml")
    assert "number" in change["reasons"]
    assert [(hunk["old"], hunk["new"]) for hunk in change["hunks"]] == [
        ("2026年新建步道12.6公里，", "2026年新建步道8.6公里，")
    ]
    assert export_pointer(operator)["text"] == "\n".join(EDITED)


def test_a_file_that_cannot_be_read_keeps_the_last_text(site: Site, operator: Operator) -> None:
    """That it was replaced is told; what it says is not known, and that is said."""
    text, files = crawl_days(site, operator, 0, 1, 3)[::-1]
    text, files = sorted((text, files), key=lambda change: change["detected_at"])
    assert (text["kind"], files["kind"]) == ("text", "attachments")
    document = export_pointer(operator)
    assert document["text"] == "\n".join(EDITED)
    assert "text_from_older_attachment" in document["doubts"]


def test_reading_again_loses_nothing(site: Site, operator: Operator) -> None:
    """Under new extractors of pages and files, and with files that nobody had read: the same text, nothing told."""
    told = crawl_days(site, operator, 0, 1)
    before = export_pointer(operator)
    with closing(open_database(f"sqlite:///{operator.data_dir.absolute()}/replywatch.sqlite3")) as database:
        with database.write() as session:
            session.execute(update(PageRow).values(extractor="older"))
        assert "3 pages" not in operator.run_replywatch("reextract")
        with database.write() as session:
            files = session.scalars(select(PageRow).where(PageRow.parent_id.is_not(None))).all()
            for file in files:
                file.version_number = file.extractor = file.document_digest = None
            for version in session.scalars(
                select(VersionRow).where(VersionRow.page_id.in_([file.id for file in files]))
            ):
                session.delete(version)
        assert operator.run_replywatch("reextract").startswith("2 files read again")
    assert export_pointer(operator) == before
    assert crawl_days(site, operator, 2) == told
