"""What changed inside a clause, in whole words."""

import pytest
from hypothesis import given

from storage.comparison.characters import mark_characters
from storage.comparison.folding import squash_text
from tests.storage.comparison.letters import texts


@given(texts, texts)
def test_marks_hold_both_texts(old: str, new: str) -> None:
    """The old pieces are the old text, the new ones the new text; what is equal is equal to a reader."""
    marks = mark_characters(old, new)
    assert "".join(mark[1] for mark in marks) == old
    assert "".join(mark[2] for mark in marks) == new
    for operation, before, after in marks:
        assert (squash_text(before) == squash_text(after)) == (operation == "equal")


@given(texts)
def test_a_text_with_itself_is_equal(text: str) -> None:
    """Nothing is marked."""
    assert all(operation == "equal" for operation, _, _ in mark_characters(text, text))


@pytest.mark.parametrize(
    ("old", "new", "pair"),
    [
        ("该项目已完成验收，", "该项目未完成验收，", ("已", "未")),
        ("计划2021年底前完成，", "计划2022年底前完成，", ("2021年底", "2022年底")),
        ("投入资金1,200万元", "投入资金1,500万元", ("1,200万元", "1,500万元")),
        ("必须落实到位", "可落实到位", ("必须", "可")),
        ("霍长青委员：", "霍长春委员：", ("霍长青", "霍长春")),
        ("二〇二一年五月三十一日", "二〇二二年五月三十一日", ("二〇二一年五月三十一日", "二〇二二年五月三十一日")),
        ("增长3.5％，", "增长5.3%，", ("3.5％", "5.3%")),
        ("同意该建议", "不同意该建议", ("同意", "不同意")),
        ("由市财政局牵头", "由市民政局牵头", ("财政局", "民政局")),
        ("see page twelve now", "see page twenty now", ("twelve ", "twenty ")),
    ],
)
def test_whole_words_change(old: str, new: str, pair: tuple[str, str]) -> None:
    """A reader sees a number, a date, a name or a word change, not a digit or half a word."""
    marks = [(before, after) for operation, before, after in mark_characters(old, new) if operation != "equal"]
    assert marks == [pair]


def test_scraps_between_edits_are_joined() -> None:
    """Two edits with one equal character between them are one edit."""
    marks = mark_characters("开展调查摸底工作", "组织查访走访工作")
    assert [operation for operation, _, _ in marks] == ["replace", "equal"]
