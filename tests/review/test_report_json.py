"""The JSON report keeps its contract."""

import json

from review.report_json import render_json
from storage.clock import parse_instant
from storage.records import Attachment, ChangeKind
from tests.review.samples import NOW, START, make_change, make_every_kind, make_report, make_reported

CHANGE_KEYS = (
    "id url site column title kind score reasons summary detected_at last_good_at from_version to_version group fields "
    "hunks evidence summary_en kinds baseline"
)


def test_keys_are_those_of_the_contract() -> None:
    """Every key that other programs rely on is there, for every kind of change."""
    value = json.loads(render_json(make_report(*make_every_kind())))
    assert set(value) == {"generated_at", "since", "changes", "hidden", "incidents"}
    assert len(value["changes"]) == 14
    assert all(set(one) >= set(CHANGE_KEYS.split()) for one in value["changes"])
    hunk_keys = {"op", "old", "new", "old_line", "new_line", "old_start", "new_start", "masked"}
    assert {frozenset(hunk) for one in value["changes"] for hunk in one["hunks"]} == {frozenset(hunk_keys)}
    evidence = next(one["evidence"] for one in value["changes"] if one["kind"] == "gone")
    assert set(evidence) == {"first_ok", "last_ok", "first_gone", "tries", "canary", "new_url"}


def test_values_are_plain() -> None:
    """Times are UTC with Z, fields are pairs, the site is its key, what is unknown is null."""
    value = json.loads(render_json(make_report(make_reported(), since=None)))
    (change,) = value["changes"]
    assert value["since"] is None
    assert value["generated_at"].endswith("Z")
    assert parse_instant(value["generated_at"]) == NOW
    assert change["site"] == "qingping"
    assert change["fields"]["document_number"] == ["青建提复字〔2025〕第29号", "青建提复字〔2025〕第31号"]
    assert change["fields"]["keywords"] == [["政协提案"], ["政协提案", "充电设施"]]
    assert change["fields"]["validity"] == [None, "有效"]
    assert change["evidence"] is None
    assert change["hunks"][0]["op"] == "replace"


def test_masked_hunk_still_tells_of_its_change() -> None:
    """A hidden number shows as masked on both sides, in its place and length."""
    (change,) = json.loads(render_json(make_report(make_reported())))["changes"]
    masked = [hunk for hunk in change["hunks"] if hunk["masked"]]
    assert [hunk["old"] for hunk in masked] == ["联系电话：139＊＊＊＊＊＊＊＊）"]
    assert masked[0]["op"] == "replace"


def test_attachments_are_told_of_edits_only() -> None:
    """A replaced and a removed file are told of a step between versions; a page out of reach has not lost its files."""
    value = json.loads(render_json(make_report(*make_every_kind())))
    files = {one["kind"]: one["attachments"] for one in value["changes"] if one["attachments"]}
    assert set(files) == {"attachments"}
    assert {one["state"] for one in files["attachments"]} == {"replaced", "removed", "added"}
    gone = make_change(kind=ChangeKind.GONE)
    reported = make_reported(gone, old_attachments=(Attachment("https://www.qingping.example/f/a.pdf"),))
    assert json.loads(render_json(make_report(reported)))["changes"][0]["attachments"] == []


def test_order_is_the_reading_order() -> None:
    """The highest score first, then the latest; baselines last; nothing from outside the period."""
    early = make_reported(make_change(id="early", detected_at=START.replace(year=2025)))
    value = json.loads(render_json(make_report(early, *make_every_kind())))
    kinds = [one["kind"] for one in value["changes"]]
    assert kinds[:3] == ["gone", "text", "restored"]
    assert [one["baseline"] for one in value["changes"]][-3:] == [True, True, True]
    assert all(kind == ChangeKind.NEW for kind in kinds[-3:])
    assert "early" not in {one["id"] for one in value["changes"]}


def test_lone_surrogate_does_not_stop_a_report() -> None:
    """What cannot be written as UTF-8 is replaced."""
    text = render_json(make_report(make_reported(make_change(title="坏\ud800字"))))
    assert json.loads(text.encode("utf-8"))["changes"][0]["title"] == "坏?字"
