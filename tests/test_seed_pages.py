"""The page that the project began with, in both of its templates: crawled from a list, it says what is expected."""

import json
from pathlib import Path

import pytest

from tests.site.commands import ROOT, Operator
from tests.site.saved import SavedPage
from tests.site.server import serve_site

SEED = ROOT.parent / "shared" / "seed"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SEED.is_dir(), reason=f"the original pages are not part of the project; none in {SEED}"),
]


@pytest.mark.parametrize("template", ["official", "repost"])
def test_crawled_page_says_what_is_expected(template: str, tmp_path: Path) -> None:
    """After a crawl of the served page, the export gives every expected key with an equal value."""
    expected = json.loads((SEED / "expected.json").read_text(encoding="utf-8"))
    body = (SEED / f"{template}.html").read_bytes()
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)
    page = SavedPage(body, title=expected["title"], listed_on=expected["published_at"])
    with serve_site(page):
        page.write_seed(tmp_path)
        operator.run_scrapy("crawl", "replies")
    output = tmp_path / "replies.jsonl"
    operator.run_replywatch("export", "--format", "jsonl", "--output", str(output))
    (line,) = output.read_text(encoding="utf-8").splitlines()
    exported = json.loads(line)
    assert exported["url"] == page.base + page.path
    assert exported["site_key"] == "saved"
    assert select_keys(exported, expected) == expected


def select_keys(value: object, pattern: object) -> object:
    """The part of a JSON value that has the keys of the pattern."""
    if isinstance(value, dict) and isinstance(pattern, dict):
        return {key: select_keys(value.get(key), wanted) for key, wanted in pattern.items()}
    return value
