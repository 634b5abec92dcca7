"""``replywatch withhold`` keeps a page out of everything that is shown."""

import json
from pathlib import Path

import pytest

from tests.crawler.scene import HOST
from tests.scheduler.office import Office, live_through

LAMPS_URL, BUSES_URL = f"http://{HOST}/1.html", f"http://{HOST}/2.html"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a history: one page edited, one gone."""
    office = live_through(tmp_path_factory.mktemp("withhold"))
    office.get("compare")
    return office


@pytest.fixture
def office(lived: Office, tmp_path: Path) -> Office:
    """The same, to be altered."""
    return lived.copy(tmp_path)


@pytest.mark.parametrize("format_name", ["html", "md", "json", "csv"])
def test_no_report_shows_a_withheld_page(office: Office, format_name: str) -> None:
    """Neither its address nor its words stand in any format; the other page's do."""
    output = office.folder / f"report.{format_name}"
    office.get("withhold", LAMPS_URL, "--reason", "asked for by its author")
    office.get("report", "--format", format_name, "--output", output)
    text = output.read_text(encoding="utf-8-sig")
    assert LAMPS_URL not in text
    assert "路灯" not in text
    assert BUSES_URL in text


@pytest.mark.parametrize("format_name", ["jsonl", "csv"])
def test_no_export_of_text_holds_a_withheld_page(office: Office, format_name: str) -> None:
    """Exports of derived text leave it out."""
    output = office.folder / f"out.{format_name}"
    office.get("withhold", LAMPS_URL, "--reason", "a court's order")
    office.get("export", "--format", format_name, "--output", output)
    text = output.read_text(encoding="utf-8-sig")
    assert LAMPS_URL not in text
    assert BUSES_URL in text


def test_the_archive_is_as_it_was(office: Office) -> None:
    """Not a byte of it changes, verify is content, and the list, the status and a way back are there."""
    before = {path.name: path.read_bytes() for path in office.archive.iterdir()}
    office.get("withhold", LAMPS_URL, "--reason", "a court's order")
    assert {path.name: path.read_bytes() for path in office.archive.iterdir()} == before
    office.get("verify")
    assert f"{LAMPS_URL}  a court's order" in office.get("withhold")
    assert json.loads(office.get("status", "--json"))["withheld"] == 1
    assert "1 pages are withheld" in office.get("status")
    office.get("withhold", LAMPS_URL, "--undo")
    assert LAMPS_URL in office.get("report", "--format", "json")
    assert "withheld" not in office.get("status")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((LAMPS_URL,), "--reason"),
        ((f"http://{HOST}/none.html", "--reason", "x"), "no page"),
        (("nonsense", "--reason", "x"), "no address"),
        ((LAMPS_URL, "--undo"), "is not withheld"),
        (("--undo",), "which page"),
    ],
)
def test_mistakes_are_one_line(office: Office, words: tuple[str, ...], said: str) -> None:
    """What is missing is said in one line, with code 2."""
    result = office.run("withhold", *words)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert said in result.stderr
