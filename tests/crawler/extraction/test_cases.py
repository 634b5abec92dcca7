"""Golden cases: one folder a page, what it must say beside it.

``cases/<case>/page.html`` is a page written for the purpose; ``expected.json`` has its ``url``, the CMS ``family``
it is modelled on, the ``traps`` it sets, and the ``document`` that must come out. After a wanted change of the rules
record again, and read the difference before it is committed::

    python -m tests.crawler.extraction.test_cases CASE [CASE…]

(``all`` records every case; nothing is recorded by a test run.)
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.interpretation import document_json, interpret_file
from seeds.models import CMS_NAMES

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder for folder in CASES.iterdir() if folder.is_dir())
TRAPS = (
    "hidden_duplicate",
    "early_end",
    "duplicate_ids",
    "sibling_containers",
    "table_only",
    "config_text",
    "datastore_text",
    "styles_as_text",
    "script_as_text",
    "utf8_declared_gb2312",
    "gbk_declared_utf8",
    "neighbours",
    "placeholders",
    "printed_twice",
    "labels_in_attributes",
    "unlabelled_values",
    "stale_meta",
    "generation_time",
    "literal_tags",
    "empty_document_number",
    "ghost_link",
    "text_in_attachment",
    "void_element",
    "words_of_lost_pages",
    "numbers_disagree",
    "exit_dialog",
    "wide_layout_table",
    "layout_columns",
    "bracketed_labels",
    "title_inside",
    "validity_banner",
    "shown_by_script",
)


def read_case(folder: Path) -> dict[str, Any]:
    """What a case expects."""
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return expected


def extract_case(folder: Path, url: str | None) -> dict[str, Any]:
    """What comes out of a case's page, without the fingerprint, which every change of the rules changes."""
    document = document_json(interpret_file((folder / "page.html").read_bytes(), url))
    del document["extractor"]
    values: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False))
    return values


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case_says_what_is_expected(folder: Path) -> None:
    """Every field of the document of every case is as recorded."""
    expected = read_case(folder)
    assert extract_case(folder, expected["url"]) == expected["document"]


@pytest.mark.parametrize("family", [name for name in CMS_NAMES if name != "auto"])
def test_family_has_a_case(family: str) -> None:
    """A CMS family without a golden case is not supported."""
    assert any(read_case(folder)["family"] == family for folder in FOLDERS)


@pytest.mark.parametrize("trap", TRAPS)
def test_trap_has_a_case(trap: str) -> None:
    """Every trap that real pages set stands in a golden case."""
    assert any(trap in read_case(folder)["traps"] for folder in FOLDERS)


def record_cases(names: list[str]) -> None:
    """Write what comes out now as what is expected; url, family and traps of the cases stay."""
    wanted = FOLDERS if names == ["all"] else [CASES / name for name in names]
    for folder in wanted:
        expected = read_case(folder)
        expected["document"] = extract_case(folder, expected["url"])
        text = json.dumps(expected, ensure_ascii=False, indent=1)
        (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record_cases(sys.argv[1:])
