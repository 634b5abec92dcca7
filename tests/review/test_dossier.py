"""A dossier: what stands in it, what never does, and that it is the same each time."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from review.dossier import Frame, build_line, mark_text, name_page, render_change, render_index, render_readme
from review.dossier_file import MANIFEST, Archive, write_dossier
from storage.changes import derive_changes
from storage.comparison.rules import suggest_rule
from storage.database import Database
from storage.dossiers import ChosenChange, find_hidden, list_chosen, read_chosen, stream_proof
from storage.ignoring import add_rule
from storage.inbox import Selection
from storage.records import ChangeKind, Outcome, ReportedChange
from storage.tables import CaptureRow
from storage.verdicts import Judgement, Verdict, record_judgement
from storage.withholding import withhold_page
from tests.review.samples import NOW, make_change, make_every_kind, make_plain, make_reported
from tests.storage.world import World

FRAME = Frame(made_at=NOW)
ANY = Selection(verdict=None)
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x" onerror=alert(2)>'


@pytest.fixture
def world(database: Database) -> World:
    """Three pages, each edited once after the baseline, with a clerk's number in all of them."""
    world = World(database)
    world.edit_pages(
        ("a", "b", HOSTILE),
        "投入资金100万元。联系人：何敏，电话13900001111。",
        lambda place: f"投入资金{place + 2}00万元。{HOSTILE}联系人：何敏，电话13900001111。",
    )
    list(derive_changes(database, ZoneInfo("Asia/Shanghai")))
    return world


def write(world: World, path: Path, frame: Frame = FRAME, ids: list[str] | None = None) -> ZipFile:
    """A dossier of the world's changes."""
    chosen = list_chosen(world.database, ANY) if ids is None else ids
    assert list(write_dossier(path, world.database, chosen, frame)) == list(range(1, len(chosen) + 1))
    return ZipFile(path)


def read_all(package: ZipFile) -> dict[str, str]:
    """Every file of a dossier as text."""
    return {name: package.read(name).decode() for name in package.namelist()}


def test_every_file_is_in_the_manifest(world: World, tmp_path: Path) -> None:
    """Digests as sha256sum writes them, of all that is there but the manifest itself."""
    package = write(world, tmp_path / "d.zip")
    lines = [line.split("  ", 1) for line in package.read(MANIFEST).decode().splitlines()]
    listed = {name: digest for digest, name in lines}
    assert set(listed) == set(package.namelist()) - {MANIFEST}
    assert all(hashlib.sha256(package.read(name)).hexdigest() == digest for name, digest in listed.items())
    assert len([name for name in listed if name.startswith("changes/")]) == 3
    assert [one.name for one in tmp_path.iterdir() if "dossier" in one.name or one.suffix == ".part"] == []


def test_the_same_input_gives_the_same_bytes(world: World, tmp_path: Path) -> None:
    """Twice the same file; at another time the pages of the changes are still the same."""
    write(world, tmp_path / "one.zip")
    write(world, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    later = write(world, tmp_path / "later.zip", replace(FRAME, made_at=NOW + timedelta(days=9)))
    first = read_all(ZipFile(tmp_path / "one.zip"))
    assert all(later.read(name).decode() == page for name, page in first.items() if name.startswith("changes/"))


def test_personal_data_are_covered_unless_asked_for(world: World, tmp_path: Path) -> None:
    """No page and no value holds a clerk's number; a note that quotes it is covered, too."""
    for one in list_chosen(world.database, ANY):
        said = Judgement(verdict=Verdict.IMPORTANT, note="问过13900001111", reviewer="林晓岚", made_at=NOW)
        record_judgement(world.database, [one], said)
    covered = read_all(write(world, tmp_path / "d.zip", replace(FRAME, has_verdicts=True)))
    assert [name for name, text in covered.items() if "13900001111" in text] == []
    assert [name for name, text in covered.items() if name.startswith("changes/") and "林晓岚" not in text] == []
    plain = read_all(write(world, tmp_path / "u.zip", replace(FRAME, is_masked=False)))
    assert all("13900001111" in text for name, text in plain.items() if name.startswith("changes/"))
    assert "未隐去个人信息" in plain["index.html"]
    assert "林晓岚" not in "".join(plain.values())


def test_hostile_words_are_words(world: World, tmp_path: Path) -> None:
    """Nothing that a page says becomes markup, and the policy would not run it."""
    for name, text in read_all(write(world, tmp_path / "d.zip")).items():
        if name.endswith(".html"):
            assert "<script>alert" not in text
            assert "<img" not in text
            assert "default-src &#39;none&#39;" in text


def test_values_are_those_of_the_report(world: World, tmp_path: Path) -> None:
    """The keys of ``report --format json``, in the order of the list."""
    frame = replace(FRAME, selection=(("site", "jia"),), has_verdicts=True)
    first = list_chosen(world.database, ANY)[0]
    record_judgement(world.database, [first], Judgement(verdict=Verdict.NOISE, made_at=NOW))
    values = json.loads(write(world, tmp_path / "d.zip", frame).read("changes.json"))
    assert {"generated_at", "since", "changes", "incidents"} <= set(values)
    assert [one["id"] for one in values["changes"]] == list_chosen(world.database, ANY)
    assert {"id", "url", "site", "kind", "score", "hunks", "evidence", "summary"} <= set(values["changes"][0])
    assert values["changes"][0]["judgement"]["verdict"] == "noise"
    assert values["selection"] == {"site": "jia"}


def test_an_empty_dossier_is_whole(world: World, tmp_path: Path) -> None:
    """It says that nothing fits, and its values can be read."""
    package = write(world, tmp_path / "d.zip", ids=[])
    assert json.loads(package.read("changes.json"))["changes"] == []
    assert "没有符合条件的变更" in package.read("index.html").decode()


def test_withheld_pages_are_never_in_it(world: World, tmp_path: Path) -> None:
    """Neither the list, nor a change that was chosen before, nor its captures."""
    ids = list_chosen(world.database, ANY)
    (first, *_) = read_chosen(world.database, ids[:1])
    assert first.reported.new is not None
    records = {first.reported.new.record_id}
    assert len(list(stream_proof(world.database, records, ()))) == 1
    withhold_page(world.database, first.reported.change.document_key, "asked for", NOW)
    assert list_chosen(world.database, ANY) == ids[1:]
    assert list_chosen(world.database, ANY, ids) == ids[1:]
    assert read_chosen(world.database, ids[:1]) == ()
    assert list(stream_proof(world.database, records, ())) == []
    assert first.reported.change.url not in "".join(read_all(write(world, tmp_path / "d.zip", ids=ids[1:])).values())


def test_ids_narrow_a_selection_in_its_order(world: World) -> None:
    """Ids come in the order of rank whatever the order in which they were given, and only those that fit."""
    ids = list_chosen(world.database, ANY)
    assert list_chosen(world.database, ANY, [ids[2], ids[0], "none"]) == [ids[0], ids[2]]
    assert list_chosen(world.database, Selection(verdict=None, is_by_time=True), ids) == list_chosen(
        world.database, Selection(verdict=None, is_by_time=True)
    )
    assert list_chosen(world.database, Selection(verdict=Verdict.NOISE), ids) == []
    assert len(list_chosen(world.database, ANY, limit=1)) == 2


def test_rules_hide(world: World) -> None:
    """What a rule hides is found, to be left out and counted."""
    ids = list_chosen(world.database, ANY)
    assert find_hidden(world.database, ids) == set()
    (one,) = read_chosen(world.database, ids[:1])
    add_rule(world.database, suggest_rule(one.reported.change), "", NOW)
    assert ids[0] in find_hidden(world.database, ids)


def test_a_revisit_brings_what_it_repeats(world: World) -> None:
    """The capture without a body comes with the last one of its page that has one, and with no later one."""
    page = world.find_page("a")
    world.begin(2)
    repeated = world.visit(page, Outcome.NOT_MODIFIED)
    world.begin(3)
    world.visit(page, text="投入资金900万元。")
    with world.database.read() as session:
        row = session.scalars(select(CaptureRow).where(CaptureRow.is_revisit)).one()
        record = row.record_id
    assert repeated is not None
    found = list(stream_proof(world.database, {record}, ()))
    assert [one.is_revisit for one in found] == [False, True]
    assert found[0].capture.captured_at < found[1].capture.captured_at
    assert [one.capture.place.offset for one in found if one.capture.place] == sorted(
        one.capture.place.offset for one in found if one.capture.place
    )


@pytest.mark.parametrize("reported", make_every_kind(), ids=lambda one: f"{one.change.kind.value}-{one.change.id}")
def test_every_kind_has_a_page(reported: ReportedChange) -> None:
    """With its evidence, captures and texts, in both languages, and no address that leads out by itself."""
    page = render_change(1, ChosenChange(reported, None), FRAME)
    assert "urn:uuid:" in page
    assert "存档记录" in page
    assert "Archived records" in page
    assert re.findall(r'(?:src|href)="(?!https?://www\.qingping\.example|\.\./index\.html|#)[^"]*"', page) == []


def test_the_list_goes_by_site_in_the_order_of_rank() -> None:
    """A site stands where its first change would; numbers are those of the whole list."""
    chosen = [
        make_reported(site_name="乙市"),
        make_plain(ChangeKind.GONE, 1, 0.5),
        make_reported(make_change(id="x" * 70), site_name="乙市"),
    ]
    lines = [build_line(number, ChosenChange(one, None), FRAME) for number, one in enumerate(chosen, 1)]
    page = render_index(lines, FRAME, ["index.html"])
    assert [int(one) for one in re.findall(r'<span class="place">(\d+)</span>', page)] == [1, 3, 2]
    assert all(line.file in page for line in lines)


@pytest.mark.parametrize("change_id", ["../../etc/passwd", "a/b", "", "x" * 200, "é"])
def test_names_of_files_are_plain(change_id: str) -> None:
    """Whatever an id is, its page lies in the folder of changes."""
    assert re.fullmatch(r"changes/0007-[0-9a-zA-Z_-]{1,12}\.html", name_page(7, change_id))


def test_whole_texts_keep_every_character() -> None:
    """The pieces are the text; spans that overlap or lie outside mark nothing twice."""
    text = "一二三四五"
    for spans in ([], [(1, 2)], [(0, 5)], [(3, 4), (1, 3)], [(1, 3), (2, 4)], [(4, 9)], [(2, 2)]):
        assert "".join(piece.text for piece in mark_text(text, spans)) == text
    assert [piece.text for piece in mark_text(text, [(3, 4), (1, 2)]) if piece.is_marked] == ["二", "四"]


def test_the_readme_says_what_is_there() -> None:
    """In both languages: every file, and how to check it."""
    readme = render_readme(replace(FRAME, is_masked=False), ["index.html", "root.json"])
    assert readme.count("sha256sum -c manifest-sha256.txt") == 2
    assert readme.count("replywatch verify --root root.json") == 2
    assert "Personal data are not covered" in readme


def test_a_fault_leaves_no_file(world: World, tmp_path: Path) -> None:
    """The archive's records are not there: no dossier, nothing half done."""
    archive = Archive(directory=tmp_path / "none", software="replywatch")
    ids = list_chosen(world.database, ANY)
    with pytest.raises(Exception, match=r"one\.warc\.gz"):
        list(write_dossier(tmp_path / "d.zip", world.database, ids, FRAME, archive=archive))
    assert list(tmp_path.glob("d.zip*")) == []
    assert list(tmp_path.glob(".dossier-*")) == []
