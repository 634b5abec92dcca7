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
