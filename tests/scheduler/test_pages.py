"""``extract`` and ``diff``: saved pages, one or many, whatever state they are in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.scene import render_page
from tests.scheduler.office import LAMPS, Office

URL = "http://www.city.example/1.html"
BLOCK = (
    '<html><head><meta charset="utf-8"><title>安全验证</title></head><body><script>var _0x1="challenge";'
    "document.cookie='__jsluid_s=1;';location.href=location.href</script>访问过于频繁，请完成安全验证</body></html>"
)
NO_FILE = {"outcome": "error"}


def save(folder: Path, name: str, text: str | bytes) -> Path:
    """A page as a browser saves it."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A reply."""
    return save(tmp_path, "旧.html", render_page(LAMPS, "已在人民路新增路灯100盏。", views=1))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The same, edited."""
    return save(tmp_path, "新.html", render_page(LAMPS, "已在人民路新增路灯200盏。", views=2))


@pytest.fixture
def block(tmp_path: Path) -> Path:
    """What a firewall shows."""
    return save(tmp_path, "block.html", BLOCK)


def read_lines(text: str) -> list[dict[str, object]]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_extract_one(new_office: Office, old: Path) -> None:
    """One object, with what stands on the page."""
    values = json.loads(new_office.get("extract", old, "--url", URL))
    assert (values["outcome"], values["kind"], values["title"]) == ("ok", "reply", LAMPS)
    assert "已在人民路新增路灯100盏。" in values["text"].split("\n")


def test_extract_a_block(new_office: Office, block: Path) -> None:
    """No document, and the outcome says so; that is no error of the command."""
    values = json.loads(new_office.get("extract", block))
    assert (values["outcome"], values["text"], values["kind"]) == ("blocked", "", None)
    assert values["vendor"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_extract_many(new_office: Office, old: Path, block: Path, end: str, mark: str) -> None:
    """One line a line in its order, whatever the line's end, with or without an address, read or not."""
    lines = [f"{old}\t{URL}", f"{old}", f"{old.parent}/none.html\t{URL}", f"{block}\t", f"{old.parent}\t{URL}"]
    text = new_office.get("extract", "--batch", "-", stdin=(mark + end.join(lines) + end).encode())
    found = read_lines(text)
    assert [values["outcome"] for values in found] == ["ok", "ok", "error", "blocked", "error"]
    assert "none.html" in str(found[2]["error"])
    assert found[0]["title"] == found[1]["title"] == LAMPS


def test_extract_many_names_files_by_their_bytes(new_office: Office, old: Path) -> None:
    """A file name that is no UTF-8 is a file name; an error that names it can be printed."""
    named = bytes(old.parent) + "/答复.html".encode("gbk")
    Path(str(named, "utf-8", "surrogateescape")).write_bytes(old.read_bytes())
    lines = named + b"\t" + URL.encode() + b"\n" + named + b".none\n"
    found = read_lines(new_office.get("extract", "--batch", "-", stdin=lines))
    assert [values["outcome"] for values in found] == ["ok", "error"]


def test_many_at_once_keep_their_order(new_office: Office, old: Path, new: Path, block: Path) -> None:
    """As a program would call it, with so many lines that all cores take part."""
    pages = [old, new, block] * 7
    program = str(Path(sys.executable).with_name("replywatch"))
    extracted = subprocess.run(
        [program, "extract", "--batch", "-"],
        input="".join(f"{page}\t{URL}\n" for page in pages),
        cwd=new_office.folder,
        capture_output=True,
        check=True,
        text=True,
    )
    assert [values["outcome"] for values in read_lines(extracted.stdout)] == ["ok", "ok", "blocked"] * 7
    compared = subprocess.run(
        [program, "diff", "--batch", "-"],
        input="".join(f"{old}\t{page}\t{URL}\n" for page in pages),
        cwd=new_office.folder,
        capture_output=True,
        check=True,
        text=True,
    )
    assert [values["changed"] for values in read_lines(compared.stdout)] == [False, True, False] * 7


def test_nothing_to_do_is_nothing_said(new_office: Office) -> None:
    """An empty list, or one of empty lines."""
    for command in ("extract", "diff"):
        assert new_office.get(command, "--batch", "-", stdin="") == ""


def test_diff_two(new_office: Office, old: Path, new: Path) -> None:
    """What a reader would be told, with the keys of the contract."""
    values = json.loads(new_office.get("diff", old, new, "--url", URL))
    assert values.keys() >= {
        "changed", "kinds", "score", "reasons", "old_outcome", "new_outcome", "fields", "hunks", "summary",
    }  # fmt: skip
    assert (values["changed"], values["kinds"]) == (True, ["text"])
    assert 0 < values["score"] <= 1
    (hunk,) = values["hunks"]
    assert hunk.keys() >= {"op", "old", "new", "old_line", "new_line"}
    assert "100" in hunk["old"]
    assert "200" in hunk["new"]
    assert isinstance(values["summary"], str)


def test_diff_of_the_same_page_is_no_change(new_office: Office, old: Path) -> None:
    """A view counter is no edit."""
    again = save(old.parent, "again.html", render_page(LAMPS, "已在人民路新增路灯100盏。", views=99))
    values = json.loads(new_office.get("diff", old, again))
    assert (values["changed"], values["score"], values["hunks"]) == (False, 0, [])


def test_diff_with_a_blocked_side_is_no_change(new_office: Office, old: Path, block: Path) -> None:
    """A block is neither an edit nor a removal, on either side."""
    for pair in ((old, block), (block, old), (block, block)):
        values = json.loads(new_office.get("diff", *pair))
        assert (values["changed"], values["kinds"], values["hunks"], values["fields"]) == (False, [], [], {})
        outcomes = tuple("blocked" if page == block else "ok" for page in pair)
        assert (values["old_outcome"], values["new_outcome"]) == outcomes


@pytest.mark.parametrize("form", ["text", "html"])
def test_diff_with_a_blocked_side_says_so_to_a_person(new_office: Office, old: Path, block: Path, form: str) -> None:
    """What was not compared is not said to be unchanged."""
    assert "not compared: old ok, new blocked" in new_office.get("diff", old, block, "--format", form)


@pytest.mark.parametrize(("form", "sign"), [("text", "200盏"), ("html", "<html")])
def test_diff_for_a_person(new_office: Office, old: Path, new: Path, form: str, sign: str) -> None:
    """Both sides can be read; where nothing changed, that is said."""
    shown = new_office.get("diff", old, new, "--format", form)
    assert sign in shown
    assert "100" in shown
    assert new_office.get("diff", old, old, "--format", form).strip()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_diff_many(new_office: Office, old: Path, new: Path, block: Path, end: str) -> None:
    """One line a line in its order, whatever is missing."""
    lines = [
        f"{old}\t{new}\t{URL}",
        f"{old}\t{new}",
        f"{old}\t{old}.none\t{URL}",
        f"{old}",
        f"{old}\t{block}\t{URL}",
        f"\t\t{URL}",
    ]
    found = read_lines(new_office.get("diff", "--batch", "-", stdin=end.join(lines) + end))
    assert [values.get("changed", values.get("outcome")) for values in found] == [
        True,
        True,
        "error",
        "error",
        False,
        "error",
    ]


def test_a_list_may_be_a_file(new_office: Office, old: Path, new: Path) -> None:
    """Instead of standard input."""
    (new_office.folder / "list.tsv").write_text(f"{old}\t{new}\t\n", encoding="utf-8")
    (values,) = read_lines(new_office.get("diff", "--batch", new_office.folder / "list.tsv"))
    assert values["changed"] is True
