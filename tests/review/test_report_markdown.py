"""The Markdown report says the same in either language, and takes no markup from pages."""

import pytest

from review.report_markdown import escape_words, render_markdown
from tests.review.samples import make_change, make_every_kind, make_report, make_reported


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["变更报告", "正文修改", "无法访问"]), ("en", ["Change report", "Text edited", "Not reachable"])],
)
def test_report_is_written_in_the_language(language: str, words: list[str]) -> None:
    """Headings and kinds are in the language that was asked for."""
    text = render_markdown(make_report(*make_every_kind()), language=language)
    assert all(word in text for word in words)


def test_hunks_are_a_diff() -> None:
    """Old and new clauses stand in a fence, with their lines."""
    text = render_markdown(make_report(make_reported()))
    assert "```diff\n@@ -4 +4 @@\n- 已建成充电插座4.6万个，\n+ 已建成充电插座3.1万个，" in text
    assert "13900001111" not in text


def test_words_of_pages_are_escaped() -> None:
    """A title cannot become a link, a picture, a tag or a heading."""
    title = "# [点我](javascript:x) <img src=x> **粗**\n## 假标题"
    text = render_markdown(make_report(make_reported(make_change(title=title))))
    assert "<img" not in text
    assert "\n## 假标题" not in text


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("[a](b)", r"\[a\](b)"),
        ("<b>&amp;", "&lt;b\\>&amp;amp;"),
        ("# 标题", r"\# 标题"),
        ("- 项", r"\- 项"),
        ("1. 项", r"1\. 项"),
        ("1.2亿元", r"1\.2亿元"),
        ("由1.2亿元改为0.8亿元（3-4月）", "由1.2亿元改为0.8亿元（3-4月）"),
        ("a|b", r"a\|b"),
        ("见 http://x.example 和 www.x.example", r"见 http\://x.example 和 www\.x.example"),
        ("两\r\n行\u2028三", "两 行 三"),
        ("``` `x`", r"\`\`\` \`x\`"),
    ],
)
def test_only_what_markdown_reads_is_escaped(words: str, escaped: str) -> None:
    """Marks lose their meaning, and ordinary prose stays readable."""
    assert escape_words(words) == escaped


def test_empty_report_says_so() -> None:
    """No change is told in a sentence."""
    assert "这段时间没有变更" in render_markdown(make_report(incidents=()))
