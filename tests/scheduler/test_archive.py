"""``export``, ``import``, ``verify`` and ``reextract``: the archive given away, taken in, checked and read again."""

import csv
import gzip
import io
import json
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from crawler.extraction import make_fingerprint
from storage.tables import CaptureRow, PageRow, VersionRow
from tests.crawler.scene import compose_response, render_page
from tests.crawler.test_importing import make_record, say, write_file
from tests.scheduler.office import BUSES, LAMPS, Office


def export(office: Office, form: str, *words: str) -> Path:
    """A file of that form."""
    output = office.folder / "out" / f"all.{form}"
    office.get("export", "--format", form, "--output", output, *words)
    return output


def read_lines(path: Path) -> list[dict[str, object]]:
    """JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_export_of_the_latest_versions(office: Office) -> None:
    """A line a page, the gone one too, with the keys of ``extract`` and its own."""
    lamps, buses = read_lines(export(office, "jsonl"))
    saved = office.folder / "p.html"
    saved.write_text(render_page(LAMPS, "x"), encoding="utf-8")
    extracted = json.loads(office.get("extract", saved))
    assert lamps.keys() >= extracted.keys() | {"url", "site_key", "captured_at", "version"}
    assert (lamps["title"], lamps["version"], lamps["site_key"], lamps["outcome"]) == (LAMPS, 2, "city", "ok")
    assert "200盏" in str(lamps["text"])
    assert str(lamps["captured_at"]).startswith("2026-03-03T01:")
    assert (buses["title"], buses["version"]) == (BUSES, 1)


def test_a_clerk_is_masked_unless_asked_for(office: Office) -> None:
    """In every value of the derived text; the archive's records stay as they were published."""
    assert "13812345678" not in export(office, "jsonl").read_text(encoding="utf-8")
    assert "13812345678" not in export(office, "csv").read_text(encoding="utf-8-sig")
    assert "13812345678" in export(office, "jsonl", "--unmasked").read_text(encoding="utf-8")
    assert b"13812345678" in gzip.decompress(export(office, "warc").read_bytes())


def test_a_clerk_in_the_info_table_is_masked_too(new_office: Office) -> None:
    """A value that tells nothing by itself is known by its label; what is no clerk's stays."""
    table = "<h1>", "<ul><li>联系人：孙七</li><li>联系电话：13612345678</li><li>索引号：A1</li></ul><h1>"
    scene = new_office.scene
    scene.open()
    scene.visit(scene.watch("1.html"), compose_response(render_page(LAMPS, "已装。").replace(*table, 1)))
    scene.close()
    (line,) = read_lines(export(new_office, "jsonl", "--unmasked"))
    assert line["raw_fields"] == {"联系人": "孙七", "联系电话": "13612345678", "索引号": "A1", "发布时间": "2026-03-01"}
    (masked,) = read_lines(export(new_office, "jsonl"))
    assert masked["raw_fields"] == {
        "联系人": "＊＊",
        "联系电话": "136＊＊＊＊＊＊＊＊",
        "索引号": "A1",
        "发布时间": "2026-03-01",
    }
    assert {name for name in line if line[name] != masked[name]} == {"raw_fields"}


def test_export_as_a_table(office: Office) -> None:
    """The same values, one row a page, opened right by a spreadsheet."""
    raw = export(office, "csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == [LAMPS, BUSES]
    assert rows[0].keys() == read_lines(export(office, "jsonl"))[0].keys()


def test_export_as_wacz(office: Office) -> None:
    """A package with archive, index and pages."""
    with zipfile.ZipFile(export(office, "wacz")) as package:
        names = package.namelist()
        pages = package.read("pages/pages.jsonl").decode().splitlines()
    assert "datapackage.json" in names
    assert any(name.startswith("archive/") for name in names)
    assert {json.loads(line).get("title") for line in pages[1:]} == {LAMPS, BUSES}


def test_export_as_an_index(office: Office) -> None:
    """A sorted line for each capture that can be replayed."""
    lines = export(office, "cdxj").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 10
    assert all(json.loads(line.split(" ", 2)[2])["url"].startswith("http://www.city.example/") for line in lines)


def test_export_since_and_of_a_site(office: Office) -> None:
    """What was captured from then on; a site that is not there is a mistake, not an empty file."""
    assert len(read_lines(export(office, "jsonl", "--since", "2026-03-03"))) == 1
    assert len(read_lines(export(office, "jsonl", "--site", "city"))) == 2
    result = office.run("export", "--format", "jsonl", "--output", office.folder / "x", "--site", "town")
    assert result.exit_code == 2
    assert "town" in result.stderr
    assert "city" in result.stderr
    assert not (office.folder / "x").exists()


@pytest.mark.parametrize("form", ["jsonl", "csv", "warc", "wacz", "cdxj"])
def test_an_archive_of_nothing_can_be_exported(new_office: Office, form: str) -> None:
    """It gives a file, and says that there is nothing in it."""
    output = new_office.folder / f"x.{form}"
    assert ": 0 " in new_office.get("export", "--format", form, "--output", output)
    assert output.exists()


@pytest.mark.parametrize("form", ["warc", "wacz"])
def test_what_was_exported_can_be_taken_in_elsewhere(office: Office, tmp_path: Path, form: str) -> None:
    """Another office gets the same versions and tells the same edit; the second time it takes nothing."""
    path = export(office, form)
    other = Office(tmp_path / "other", office.now)
    other.folder.mkdir()
    assert "10 captures of 2 pages taken in, 0 known" in other.get("import", path)
    assert "0 captures of 0 pages taken in, 10 known" in other.get("import", path)
    assert [line["version"] for line in read_lines(export(other, "jsonl"))] == [2, 1]
    told = json.loads(other.get("report", "--format", "json"))["changes"]
    assert sorted(change["kind"] for change in told) == ["gone", "new", "new", "text"]
    assert other.get("verify").endswith(" 0 faults\n")


def test_older_captures_are_put_before_ours(office: Office) -> None:
    """Versions are counted anew in order of time, and the edit that we told keeps its id."""

    def read_ids() -> dict[str, str]:
        told = json.loads(office.get("report", "--format", "json"))["changes"]
        return {change["detected_at"]: change["id"] for change in told if change["kind"] == "text"}

    (ours,) = read_ids().values()
    path = write_file(office.folder / "old.warc.gz", [make_record("2023-01-02", say(7))])
    assert "1 captures of 1 pages taken in" in office.get("import", path)
    assert read_lines(export(office, "jsonl"))[0]["version"] == 3
    after = read_ids()
    assert len(after) == 2
    assert ours in after.values()


def test_a_broken_file_is_reported_and_the_next_one_read(office: Office) -> None:
    """Exit code 1, a line on standard error; what came before the fault is kept."""
    torn = write_file(office.folder / "torn.warc.gz", [make_record("2023-01-02", say(7))], tail=b"\x1f\x8b\x08torn")
    good = write_file(office.folder / "good.warc.gz", [make_record("2023-01-03", say(8))])
    result = office.run("import", torn, good)
    assert result.exit_code == 1
    assert "2 captures of 1 pages taken in" in result.stdout
    (line,) = result.stderr.strip().splitlines()
    assert "torn.warc.gz" in line
    assert read_lines(export(office, "jsonl"))[0]["version"] == 4


def test_a_file_that_is_no_archive(office: Office) -> None:
    """Is said to be none."""
    path = office.folder / "letter.txt"
    path.write_text("Dear archive", encoding="utf-8")
    result = office.run("import", path)
    assert result.exit_code == 1
    assert "letter.txt" in result.stderr
    assert "Traceback" not in result.output


def test_a_whole_archive_is_without_fault(office: Office) -> None:
    """Whether it may be mended or not, and whether there is anything at all."""
    assert office.get("verify").endswith(" bytes verified, 0 faults\n")
    assert office.get("verify", "--repair").endswith(" bytes verified, 0 faults\n")


def test_an_empty_archive_is_without_fault(new_office: Office) -> None:
    """Nothing is wrong with nothing."""
    assert new_office.get("verify") == "0 bytes verified, 0 faults\n"


def test_a_flipped_byte_is_found(office: Office) -> None:
    """In whichever record; mending does not hide it."""
    path = max(office.archive.iterdir())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)
    for words in (["verify"], ["verify", "--repair"], ["verify"]):
        result = office.run(*words)
        assert result.exit_code == 1, result.output
        assert path.name in result.stdout
        assert "Traceback" not in result.output


def test_a_missing_file_is_found(office: Office) -> None:
    """With the number of captures that lay in it."""
    path = max(office.archive.iterdir())
    path.unlink()
    result = office.run("verify")
    assert result.exit_code == 1
    assert f"{path.name}: missing_file  2 captures" in result.stdout


def test_a_torn_tail_is_mended(office: Office) -> None:
    """Found with 1; moved aside with ``--repair``; then nothing is left to find."""
    path = max(office.archive.iterdir())
    path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08torn")
    result = office.run("verify")
    assert result.exit_code == 1
    assert "torn_tail" in result.stdout
    mended = office.get("verify", "--repair")
    assert "(mended)" in mended
    assert "0 faults, 1 mended" in mended
    assert office.get("verify").endswith(" 0 faults\n")


def test_a_capture_that_no_row_knows_is_adopted(office: Office) -> None:
    """It is a version in its own place in time, and the next comparison tells of it."""
    office.get("compare")
    scene = office.scene
    scene.now -= timedelta(days=1)
    scene.open()
    page = scene.watch("1.html")
    scene.visit(page, compose_response(render_page(LAMPS, "已在人民路新增路灯300盏。")), is_recorded=False)
    scene.close()
    scene.now += timedelta(hours=1)
    scene.open()
    scene.visit(page, compose_response(render_page(LAMPS, "已在人民路新增路灯400盏。")))
    scene.close()
    assert office.get("compare") == "1 changes\n"
    result = office.run("verify")
    assert result.exit_code == 1
    assert "orphan" in result.stdout
    assert "(mended)" in office.get("verify", "--repair")
    assert office.get("verify").endswith(" 0 faults\n")
    with closing(scene.open_database()) as database, database.read() as session:
        texts = session.scalars(
            select(VersionRow.text).where(VersionRow.page_id == page.id).order_by(VersionRow.number)
        )
        assert [next(n for n in (100, 200, 300, 400) if f"{n}盏" in text) for text in texts] == [100, 200, 300, 400]
    office.get("compare")
    edits = [
        (change["from_version"], change["to_version"])
        for change in json.loads(office.get("report", "--format", "json"))["changes"]
        if change["kind"] == "text"
    ]
    assert sorted(edits) == [(1, 2), (2, 3), (3, 4)]


def test_a_lost_database_is_made_anew_from_the_archive(office: Office) -> None:
    """Also when ``verify --repair`` came first, which takes captures in without knowing a page of them."""
    with closing(office.scene.open_database()) as database, database.read() as session:
        before = sorted(session.scalars(select(VersionRow.text)))
    for path in (office.folder / "data").glob("replywatch.sqlite3*"):
        path.unlink()
    office.get("verify", "--repair")
    office.get("import", *sorted(office.archive.glob("*.warc.gz")))
    with closing(office.scene.open_database()) as database, database.read() as session:
        assert sorted(session.scalars(select(VersionRow.text))) == before
    assert office.get("verify").endswith(" 0 faults\n")


def test_reextract_with_the_same_extractor_does_nothing(office: Office) -> None:
    """Everything is read already."""
    assert office.get("reextract") == "0 pages read again, 0 differ\n"


def pretend_older(office: Office) -> None:
    """As if an older extractor had read the latest version of the lamps page, and read its tail as well."""
    with closing(office.scene.open_database()) as database, database.write() as session:
        session.execute(update(PageRow).values(extractor="old"))
        page = session.scalars(select(PageRow).order_by(PageRow.id)).first()
        assert page is not None
        page.document_digest = "0" * 64
        query = select(VersionRow).where(VersionRow.page_id == page.id, VersionRow.number == page.version_number)
        version = session.scalars(query).one()
        version.text += "\n本页由技术部门维护。"


def test_a_better_extractor_is_no_edit(office: Office) -> None:
    """What it reads differently is a version of cause extractor, and nothing is told."""
    office.get("compare")
    told = json.loads(office.get("report", "--format", "json"))["changes"]
    pretend_older(office)
    assert office.get("reextract") == "2 pages read again, 1 differ\n"
    assert office.get("reextract") == "0 pages read again, 0 differ\n"
    with closing(office.scene.open_database()) as database, database.read() as session:
        causes = session.scalars(select(VersionRow.cause).where(VersionRow.page_id == 1).order_by(VersionRow.number))
        assert list(causes) == ["content", "content", "extractor"]
        assert set(session.scalars(select(PageRow.extractor))) == {make_fingerprint()}
    assert json.loads(office.get("report", "--format", "json"))["changes"] == told


def test_a_body_that_cannot_be_read_is_named(office: Office) -> None:
    """The rest is read; exit code 1."""
    pretend_older(office)
    with closing(office.scene.open_database()) as database, database.read() as session:
        query = select(CaptureRow.offset).join(PageRow, PageRow.original_id == CaptureRow.id).where(PageRow.id == 1)
        assert session.scalar(query) is not None
    max(office.archive.iterdir()).unlink()
    result = office.run("reextract")
    assert result.exit_code == 1
    assert "2 pages read again, 0 differ, 1 could not be read" in result.stdout
    assert "1.html" in result.stderr
    assert "Traceback" not in result.output
