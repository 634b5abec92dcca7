"""What was seen is told in neutral words."""

from zoneinfo import ZoneInfo

import pytest

from review.evidence import tell_evidence
from storage.records import ChangeKind, Evidence, ReportedChange
from tests.review.samples import START, make_change, make_every_kind

ZONE = ZoneInfo("Asia/Shanghai")
JUDGING = ("删除", "撤下", "隐瞒", "delete", "removed by", "censor", "hid", "took down")


@pytest.mark.parametrize("reported", make_every_kind(), ids=lambda reported: str(reported.change.id))
def test_no_sentence_says_why_or_by_whom(reported: ReportedChange) -> None:
    """Times and tries, never a deed or an intent."""
    for phrase in tell_evidence(reported.change, reported.column_name, ZONE):
        assert not any(word in phrase.zh.lower() or word in phrase.en.lower() for word in JUDGING)


def test_kinds_of_evidence_are_told() -> None:
    """Gone, restored, moved, delisted and relisted have sentences; edits have none."""
    told = {one.change.kind for one in make_every_kind() if tell_evidence(one.change, "甲", ZONE)}
    assert told == {
        ChangeKind.GONE,
        ChangeKind.RESTORED,
        ChangeKind.MOVED,
        ChangeKind.DELISTED,
        ChangeKind.RELISTED,
    }


def test_braces_in_a_column_name_stay() -> None:
    """A name from a seed file is a value, not a pattern."""
    change = make_change(kind=ChangeKind.DELISTED, evidence=Evidence(last_ok=START))
    (phrase,) = tell_evidence(change, "{last_ok}{x}", ZONE)
    assert "{last_ok}{x}" in phrase.zh


def test_missing_evidence_is_told_as_missing() -> None:
    """Without a record of the last good answer, or of a canary, the sentence says so."""
    change = make_change(kind=ChangeKind.GONE, evidence=None, last_good_at=None)
    sentences = tell_evidence(change, "甲", ZONE)
    assert "无记录" in sentences[0].zh
    assert "No answer of another page" in sentences[1].en


def test_restored_page_without_a_gap_on_record_is_one_sentence() -> None:
    """The sentence on the outage needs its beginning and its tries."""
    change = make_change(kind=ChangeKind.RESTORED, evidence=Evidence(last_ok=START))
    assert len(tell_evidence(change, "甲", ZONE)) == 1
