"""Grams never leave out a text that holds the words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.grams import cover_word, find_edge_grams, find_grams, name_months
from storage.search.words import fold_words, place_words

TEXTS = st.text("路灯市ab1 .ā\n", max_size=20)


@given(before=TEXTS, word=st.text("路灯市ab1.ā", min_size=1, max_size=6), after=TEXTS)
def test_a_text_has_the_grams_of_its_words(before: str, word: str, after: str) -> None:
    """Wherever the word stands, of one character or many, in whatever mixture of scripts."""
    folded = fold_words(word)
    assert cover_word(folded) <= find_grams(before + folded + after)
    assert cover_word(folded)


@given(old=TEXTS.map(fold_words), new=TEXTS.map(fold_words))
def test_every_word_that_went_or_came_shows_at_the_edges(old: str, new: str) -> None:
    """Of each word that only one of two texts has, at least one gram is in or beside what differs."""
    lost, gained = find_edge_grams(old, new)
    for text, other, edge in ((old, new, lost), (new, old, gained)):
        for start in range(len(text)):
            for end in range(start + 1, min(start + 7, len(text)) + 1):
                word = text[start:end]
                assert word in other or cover_word(word) & edge


@given(st.text())
def test_places_are_those_of_the_folded_characters(text: str) -> None:
    """Both ways of folding say the same, and each character comes from its place."""
    folded, places = place_words(text)
    assert folded == fold_words(text)
    assert len(places) == len(folded)
    assert places == sorted(set(places))
    for character, place in zip(folded, places, strict=True):
        assert fold_words(text[place]) == character.strip()


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """What was folded stays."""
    assert fold_words(fold_words(text)) == fold_words(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("投入 １００　万元", "投入100万元"),
        ("Road\n\tＬamps", "road lamps"),
        ("a . b", "a.b"),
        ("İSTANBUL ΟΔΟΣ", "istanbul οδοσ"),
        ("\u200b路\ufeff灯", "路灯"),
        ("  ", ""),
    ],
)
def test_width_case_and_idle_blanks_are_folded(text: str, folded: str) -> None:
    """And nothing else."""
    assert fold_words(text) == folded


def test_a_span_of_time_is_named_by_years_and_months() -> None:
    """Whole years by one name, the months at either end each; an open end reaches far."""

    def day(year: int, month: int) -> datetime:
        return datetime(year, month, 15, tzinfo=UTC)

    assert name_months(day(2025, 11), day(2027, 1)) == ["m202511", "m202512", "y2026", "m202701"]
    assert name_months(None, day(1991, 1)) == ["y1990", "m199101"]
    assert name_months(day(2100, 2), None)[0] == "m210002"
    assert name_months(day(2026, 5), day(2026, 4)) == []
