"""Ignore rules, made from a change and tested against history."""

from dataclasses import replace

import pytest

from storage.comparison.derivation import derive_page_changes
from storage.comparison.history import SiteContext
from storage.comparison.rules import IgnoreRule, RuleError, count_hidden, suggest_rule
from storage.records import Change, Outcome
from tests.storage.comparison.histories import BODY, Page, make_document


def tell_edits(*texts: str, **fields: str) -> list[Change]:
    """The changes of a page that showed one text after the other."""
    page = Page("a")
    for day, text in enumerate(texts):
        page.see(day, Outcome.OK, make_document(text, **fields))
    return list(derive_page_changes(page.freeze(), SiteContext()))[1:]


def test_a_rule_from_a_diff_hides_its_like() -> None:
    """A line that counts days is hidden wherever only its number changed, and history says how often."""
    texts = [f"{BODY}\n距离办结还有{day}天，敬请关注" for day in range(10, 0, -1)]
    changes = tell_edits(*texts, texts[-1].replace("2028年底", "2029年底"))
    backtest = count_hidden(suggest_rule(changes[0]), changes)
    assert (len(backtest.hidden), backtest.total) == (9, 10)
    assert changes[-1].id not in backtest.hidden


def test_an_edit_beside_it_keeps_a_change_visible() -> None:
    """A rule hides a change only when all of its edits match."""
    rule = IgnoreRule(pattern="距离办结还有", field="text")
    first, second = tell_edits(
        f"{BODY}\n距离办结还有3天", f"{BODY}\n距离办结还有2天", f"{BODY}\n距离办结还有1天".replace("2028年", "2029年")
    )
    assert rule.is_hiding(first)
    assert not rule.is_hiding(second)


def test_site_and_field_bound_a_rule() -> None:
    """A rule of another site, or of another field, hides nothing."""
    (change,) = tell_edits(f"{BODY}\n今日3次", f"{BODY}\n今日4次")
    assert IgnoreRule(pattern="今日", site="lm").is_hiding(change)
    assert not IgnoreRule(pattern="今日", site="qy").is_hiding(change)
    assert not IgnoreRule(pattern="今日", field="title").is_hiding(change)
    assert count_hidden(IgnoreRule(pattern="今日", site="qy"), [change]).total == 0


def test_a_rule_about_a_field() -> None:
    """A field can be ruled alone."""
    page = Page("a")
    page.see(0, Outcome.OK, make_document(source="甲"))
    page.see(1, Outcome.OK, make_document(source="乙"))
    page.see(2, Outcome.OK, make_document(BODY + "\n一句。", source="丙"))
    first, second = derive_page_changes(page.freeze(), SiteContext())[1:]
    rule = suggest_rule(first)
    assert rule.field == "source"
    assert rule.is_hiding(first)
    assert not rule.is_hiding(second)


def test_removals_are_never_hidden() -> None:
    """What became of a page is always shown."""
    (change,) = tell_edits(f"{BODY}\n今日3次", f"{BODY}\n今日4次")
    for kind in ("gone", "moved", "delisted", "restored"):
        assert not IgnoreRule(pattern=".").is_hiding(replace(change, kind=kind))  # type: ignore[arg-type]  # a str enum


def test_unusable_rules_are_refused() -> None:
    """No regular expression, or one that is about nothing: the error carries the pattern."""
    for pattern in ("(", ""):
        with pytest.raises(RuleError) as caught:
            IgnoreRule(pattern=pattern)
        assert caught.value.pattern == pattern


def test_a_rule_hides_the_change_that_it_was_made_from() -> None:
    """Whether one line was put for another, several edits were made, or lines came."""
    pairs = [
        (f"{BODY}\n天气：晴", f"{BODY}\n天气：多云"),
        (f"{BODY}\n甲乙。", f"{BODY}\n子丑寅卯辰巳。"),
        (f"今日推荐甲\n{BODY}\n今日浏览甲", f"今日推荐乙\n{BODY}\n今日浏览乙"),
        (BODY, f"{BODY}\n本站支持IPv6网络\n请用新版浏览"),
    ]
    important = tell_edits(f"{BODY}\n投资3万元。", f"{BODY}\n投资2万元。")[0]
    for old, new in pairs:
        (change,) = tell_edits(old, new)
        rule = suggest_rule(change)
        assert rule.is_hiding(change)
        assert not rule.is_hiding(important)


def test_a_rule_from_text_and_fields_hides_neither_alone() -> None:
    """Made from a change of both it knows both again, and a sentence is not hidden for a date in it."""
    page = Page("a")
    page.see(0, Outcome.OK, make_document(f"{BODY}\n今日浏览甲", published_at="2026-03-01"))
    page.see(1, Outcome.OK, make_document(f"{BODY}\n今日浏览乙", published_at="2026-03-02"))
    (change,) = derive_page_changes(page.freeze(), SiteContext())[1:]
    rule = suggest_rule(change)
    assert rule.is_hiding(change)
    (edit,) = tell_edits(f"{BODY}\n公示至2026-03-01。", f"{BODY}\n公示至2026-03-02。")
    assert not rule.is_hiding(edit)


def test_a_line_beside_the_ruled_one_keeps_a_change_visible() -> None:
    """Lines that came together are one hunk; each of them must match."""
    rule = suggest_rule(tell_edits(BODY, f"{BODY}\n本站支持IPv6网络")[0])
    assert not rule.is_hiding(tell_edits(BODY, f"{BODY}\n本站支持IPv6网络\n该项目不予支持。")[0])


def test_a_rule_that_would_hide_every_text_is_refused() -> None:
    """A pattern that is found in nothing at all is found everywhere."""
    for values in ({"pattern": ".*"}, {"pattern": "x?", "field": "text"}, {"field": "text"}):
        with pytest.raises(RuleError):
            IgnoreRule(**values)
