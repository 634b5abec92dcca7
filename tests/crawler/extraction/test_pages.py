"""The original page in both templates, and saved real pages where they are at hand; neither is part of the project."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.interpretation import document_json, interpret_file

SHARED = Path(__file__).parents[4] / "shared"
SEED = SHARED / "seed"
SAVED = SHARED / "pages"


@pytest.mark.skipif(not SEED.is_dir(), reason="the original page is not part of the project")
@pytest.mark.parametrize("template", ["official", "repost"])
def test_original_page_is_met_exactly(template: str) -> None:
    """Every key that is given is equal, in either template."""
    expected = json.loads((SEED / "expected.json").read_text(encoding="utf-8"))
    document = document_json(interpret_file((SEED / f"{template}.html").read_bytes()))
    found: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False))
    assert {key: found[key] for key in expected if key != "reply"} == {
        k: v for k, v in expected.items() if k != "reply"
    }
    assert {key: found["reply"][key] for key in expected["reply"]} == expected["reply"]


@pytest.mark.skipif(not SAVED.is_dir(), reason="saved pages are not part of the project")
def test_saved_pages_give_their_text() -> None:
    """The text of each saved page comes out with every character, white space aside, and so do title and files."""
    for line in (SAVED / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        found = document_json(interpret_file((SAVED / "html" / wanted["file"]).read_bytes(), wanted["url"]))
        assert squeeze(found["text"]) == squeeze(wanted["text"]), wanted["file"]
        assert squeeze(found["title"]) == squeeze(wanted["title"]), wanted["file"]


def squeeze(text: object) -> str:
    """A text without white space."""
    return "".join(str(text).split())
