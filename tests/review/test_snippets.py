"""Snippets show the words of a search as the text has them."""

import pytest

from review.snippets import AROUND, MOST, Snippet, cut_snippets


def test_a_snippet_marks_what_the_search_found() -> None:
    """Of other width and case, across white space; what stands around it is cut at an ellipsis."""
    assert cut_snippets("投入１００　万元。", ["100万"]) == (Snippet("投入", "１００　万", "元。"),)
    assert cut_snippets("Road\nLamps", ["road lamps"]) == (Snippet("", "Road Lamps", ""),)
    long = "甲" * 100 + "路灯" + "乙" * 100
    assert cut_snippets(long, ["路灯"]) == (Snippet("…" + "甲" * AROUND, "路灯", "乙" * AROUND + "…"),)


def test_the_first_places_are_shown() -> None:
    """So many of them, apart from each other; the longest word where several begin."""
    text = ("路灯杆" + "甲" * 100) * 9
    snippets = cut_snippets(text, ["路灯", "路灯杆", "灯"])
    assert [snippet.hit for snippet in snippets] == ["路灯杆"] * MOST


@pytest.mark.parametrize(("text", "terms"), [("", ["甲"]), ("甲", []), ("甲", ["", " "]), ("甲", ["乙"])])
def test_without_words_there_is_nothing_to_show(text: str, terms: list[str]) -> None:
    """An empty text or an empty word has no place."""
    assert cut_snippets(text, terms) == ()
