"""The demo is a true account: a week of the replica, crawled and reported by the real commands."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from storage.clock import format_instant
from tests.site.audit import audit_report
from tests.site.commands import ROOT, Operator
from tests.site.demo import MARK, START, FolderError, prepare_folder
from tests.site.model import Article, play_script
from tests.site.replica import Site
from tests.site.truth import Expected, fold_text
from tests.site.yunze import VISITS, plan_week
from tests.site.zhengzhou import Zhengzhou


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a demo that was run once for all tests, and how it ended."""
    folder = tmp_path_factory.mktemp("week") / "demo"
    command = [sys.executable, "-m", "tests.site.demo", "--folder", str(folder)]
    demo = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=180)
    return folder, demo


@pytest.mark.slow
def test_demo_reports_the_week_and_nothing_else(
    truth: tuple[Expected, ...], played: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    """The demo ends with 0; its reports exist, and the JSON one holds exactly the changes of the script."""
    folder, demo = played
    assert demo.returncode == 0, demo.stdout + demo.stderr
    wanted = sorted(event.kind for event in truth if not event.is_baseline)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    told = sorted(change["kind"] for change in report["changes"] if not change.get("baseline"))
    assert told == wanted
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "2300个" in html
    assert str((folder / "report.html").absolute()) in demo.stdout


@pytest.mark.slow
def test_every_reply_is_kept_as_it_was_published(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """The export after the week gives each reply once, the vanished too, with its last text and fields."""
    folder, _ = played
    operator = Operator(data_dir=folder, seeds_dir=folder / "seeds")
    output = folder / "replies.jsonl"
    operator.run_replywatch("export", "--format", "jsonl", "--unmasked", "--output", str(output))
    exported = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    kept = {urlsplit(reply["url"]).path.rpartition("/")[2]: describe_export(reply) for reply in exported}
    pages = play_script(plan_week(), VISITS[-1]).pages
    assert len(exported) == len(kept)
    assert kept == {f"{key}.jhtml": describe_article(page.article) for key, page in pages.items()}


def describe_export(reply: dict[str, Any]) -> tuple[object, ...]:
    """Text and fields of a line of the export."""
    names = ("title", "index_number", "publisher", "written_on", "published_at")
    return fold_text(reply["text"]), *(reply[name] for name in names), tuple(reply["keywords"])


def describe_article(article: Article) -> tuple[object, ...]:
    """The same of a reply as its publisher keeps it."""
    values = (article.title, article.index_number, article.publisher, article.written_on, article.published_on)
    return fold_text(article.text), *values, (article.keywords,)


def test_demo_explains_itself() -> None:
    """``--help`` names the options and does nothing."""
    command = [sys.executable, "-m", "tests.site.demo", "--help"]
    demo = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert "--keep-serving" in demo.stdout


def test_only_its_own_folder_is_emptied(tmp_path: Path) -> None:
    """A folder of an earlier demo is emptied; one with other things in it is refused and left alone."""
    prepare_folder(tmp_path / "demo")
    (tmp_path / "demo" / "old").touch()
    prepare_folder(tmp_path / "demo")
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [MARK, "seeds"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary").touch()
    with pytest.raises(FolderError):
        prepare_folder(tmp_path / "mine")
    assert (tmp_path / "mine" / "diary").exists()


def tell_truth(truth: tuple[Expected, ...]) -> list[dict[str, object]]:
    """The report that says exactly what the truth demands."""
    return [
        {
            "kind": event.kind,
            "url": f"http://127.0.0.1:1{event.paths[-1]}",
            "detected_at": format_instant(START + timedelta(days=event.round)),
            "baseline": event.is_baseline,
        }
        for event in truth
    ]


@pytest.fixture
def truth() -> tuple[Expected, ...]:
    """What must be told of the week."""
    return Site(plan_week(), Zhengzhou()).expected_events(VISITS)


def test_a_true_report_is_met(truth: tuple[Expected, ...]) -> None:
    """A report that tells the truth, in whatever order, has nothing missed and nothing false."""
    audit = audit_report(tell_truth(truth)[::-1], truth, first_day=START.date())
    assert audit.is_met
    assert len(audit.found) == 17


def test_a_silent_report_misses_all(truth: tuple[Expected, ...]) -> None:
    """An empty report misses every change."""
    audit = audit_report([], truth, first_day=START.date())
    assert not audit.is_met
    assert len(audit.missed) == 17


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "delisted"},
        {"url": "http://127.0.0.1:1/D1102X/6100175.jhtml"},
        {"detected_at": "2026-03-05T01:00:00Z"},
    ],
)
def test_a_wrong_kind_page_or_day_is_false_and_missed(truth: tuple[Expected, ...], wrong: dict[str, str]) -> None:
    """A change told of another page, as another kind or on another day counts against the report twice."""
    changes = tell_truth(truth)
    number = next(number for number, told in enumerate(changes) if told["kind"] == "text")
    changes[number] |= wrong
    audit = audit_report(changes, truth, first_day=START.date())
    assert audit.false == (changes[number],)
    assert len(audit.missed) == 1


def test_a_change_told_twice_is_false(truth: tuple[Expected, ...]) -> None:
    """Each change may be told once."""
    changes = tell_truth(truth)
    audit = audit_report([*changes, changes[-1]], truth, first_day=START.date())
    assert audit.false == (changes[-1],)
