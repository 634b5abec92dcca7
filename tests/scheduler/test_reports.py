"""``compare``, ``report`` and ``status``: what is told, once, in every form."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.scheduler.office import BUSES, LAMPS, Office

KEYS = {
    "id", "url", "site", "column", "title", "kind", "score", "reasons", "summary", "detected_at", "last_good_at",
    "from_version", "to_version", "group", "fields", "hunks", "evidence",
}  # fmt: skip
EVIDENCE = {"first_ok", "last_ok", "first_gone", "tries", "canary", "new_url"}
STATUS = {"pages", "versions", "changes", "captures", "due", "sites", "incidents", "last_runs"}


def read_report(office: Office, *words: str) -> dict[str, Any]:
    """The report for programs."""
    report: dict[str, Any] = json.loads(office.get("report", "--format", "json", *words))
    return report


def test_compare_prints_the_number_of_changes(office: Office) -> None:
    """Two new pages, an edit, a removal; the second time nothing."""
    assert office.get("compare") == "4 changes\n"
    assert office.get("compare") == "0 changes\n"


def test_report_compares_first(office: Office) -> None:
    """Nobody has to remember it; the keys are those of the contract."""
    report = read_report(office)
    assert {"generated_at", "since", "changes", "incidents"} <= report.keys()
    assert sorted(change["kind"] for change in report["changes"]) == ["gone", "new", "new", "text"]
    assert all(change.keys() >= KEYS for change in report["changes"])
    gone = next(change for change in report["changes"] if change["kind"] == "gone")
    assert gone["evidence"].keys() >= EVIDENCE
    assert (gone["evidence"]["tries"], gone["title"]) == (3, BUSES)
    edit = next(change for change in report["changes"] if change["kind"] == "text")
    assert [(hunk["op"], "100" in hunk["old"], "200" in hunk["new"]) for hunk in edit["hunks"]] == [
        ("replace", True, True)
    ]
    assert (edit["from_version"], edit["to_version"], edit["site"]) == (1, 2, "city")
    assert edit["detected_at"].startswith("2026-03-03T01:")
    assert edit["detected_at"].endswith("Z")
    assert office.get("compare") == "0 changes\n"


def test_reports_agree_with_themselves(office: Office) -> None:
    """The same changes with the same ids each time."""
    assert read_report(office)["changes"] == read_report(office)["changes"]


@pytest.mark.parametrize(
    ("since", "kinds"),
    [
        ("2026-03-06", ["gone"]),
        ("2026-03-06T09:02:00+08:00", ["gone"]),
        ("7d", ["gone"]),
        ("1h", []),
        ("52w", ["gone", "new", "new", "text"]),
    ],
)
def test_since(office: Office, since: str, kinds: list[str]) -> None:
    """A span back from now, a day in the operator's zone, or an instant: by the time of detection."""
    report = read_report(office, "--since", since)
    assert sorted(change["kind"] for change in report["changes"]) == kinds
    assert report["since"].endswith("Z")


def test_html_goes_to_the_reports_folder(office: Office) -> None:
    """Its path is printed; it holds the change and the way to the record, and needs no network."""
    path = Path(office.get("report").strip())
    assert path.parent == office.folder / "data" / "reports"
    html = path.read_text(encoding="utf-8")
    assert LAMPS in html
    assert "../archive" in html
    assert "<script src" not in html
    assert 'rel="stylesheet"' not in html


@pytest.mark.parametrize("form", ["html", "md", "json", "csv"])
def test_every_form_to_a_file(office: Office, form: str) -> None:
    """The folder is made; the path is printed; no clerk's number is in it."""
    output = office.folder / "new folder" / f"report.{form}"
    assert office.get("report", "--format", form, "--output", output) == f"{output}\n"
    text = output.read_text(encoding="utf-8-sig")
    assert LAMPS in text
    assert "13812345678" not in text


@pytest.mark.parametrize("form", ["html", "md", "json", "csv"])
def test_every_form_to_standard_output(office: Office, form: str) -> None:
    """With - for the file; and nothing is written."""
    assert LAMPS in office.get("report", "--format", form, "--output", "-")
    assert not (office.folder / "data" / "reports").exists()


def test_csv_has_a_row_a_change(office: Office) -> None:
    """Under a head."""
    rows = list(csv.DictReader(io.StringIO(office.get("report", "--format", "csv").removeprefix("\ufeff"))))
    assert sorted(row["kind"] for row in rows) == ["gone", "new", "new", "text"]


def test_a_report_of_nothing(new_office: Office) -> None:
    """An empty archive is no error, in any form."""
    assert read_report(new_office)["changes"] == []
    for form in ("html", "md", "csv"):
        assert new_office.get("report", "--format", form, "--output", "-")


def test_status_for_programs(office: Office) -> None:
    """The keys of the contract; before the comparison there are no changes."""
    status = json.loads(office.get("status", "--json"))
    assert status.keys() >= STATUS
    figures = {name: status[name] for name in ("pages", "versions", "captures", "changes", "due")}
    assert figures == {"pages": 2, "versions": 3, "captures": 10, "changes": 0, "due": 2}
    assert sum(status["due_by_reason"].values()) == 2
    assert [(one["site"], one["column"], one["reason"]) for one in status["due_lists"]] == [("city", "提案", "new")]
    assert [site["key"] for site in status["sites"]] == ["city"]
    assert [run["state"] for run in status["last_runs"]] == ["finished"] * 5
    assert status["last_runs"][0]["started_at"].endswith("Z")
    office.get("compare")
    assert json.loads(office.get("status", "--json"))["changes"] == 4


def test_status_for_a_person(office: Office) -> None:
    """With what is not compared yet, and times in the operator's zone."""
    text = office.get("status")
    assert "2 pages, 3 versions, 10 captures, 0 changes; 2 pages due" in text
    assert "due lists: 1 new\n" in text
    assert "2 pages have news" in text
    assert "2026-03-06 09:0" in text
    office.get("compare")
    assert "have news" not in office.get("status")


def test_status_of_nothing(new_office: Office) -> None:
    """It says how to begin."""
    assert "scrapy crawl replies" in new_office.get("status")
    assert json.loads(new_office.get("status", "--json"))["pages"] == 0
