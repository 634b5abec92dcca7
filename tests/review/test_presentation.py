"""Addresses are judged and places are linked before a page shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.field_values import show_value
from review.presentation import EXCERPT, judge_link, link_record, present_change
from storage.records import Change, ChangeKind, Units
from tests.review.samples import make_plain, make_report


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/x",
        "http:///x",
        "java\nscript:x",
        "http://[x",
        "",
        "x",
        "file:///etc",
    ],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    """What is no http address with a host is shown as text."""
    assert judge_link(url) is None


def test_web_addresses_are_linked_as_they_are() -> None:
    """The link is the address that was archived, to the letter."""
    url = "HTTP://www.qingping.example/a?x=答复&y=1#z"
    assert judge_link(url) == url


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    """No text makes the judgement fail."""
    link = judge_link(text)
    assert link is None or link.lower().startswith("http")


@pytest.mark.parametrize(
    ("archive", "file", "link"),
    [
        ("../archive", "a.warc.gz", "../archive/a.warc.gz"),
        ("../archive/", "2026/a b.warc.gz", "../archive/2026/a%20b.warc.gz"),
        ("", "a.warc.gz", "./a.warc.gz"),
        ("存档", "a.warc.gz", "%E5%AD%98%E6%A1%A3/a.warc.gz"),
        (None, "a.warc.gz", None),
        ("../archive", "../secret", None),
        ("../archive", "/etc/passwd", None),
        ("../archive", "", None),
    ],
)
def test_records_are_linked_below_the_archive_only(archive: str | None, file: str, link: str | None) -> None:
    """A file's name never leads out of the archive's folder."""
    assert link_record(archive, file) == link


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("甲", "甲"),
        (("甲", "乙"), "甲、乙"),
        ({"main": ["甲"], "assisting": []}, "main：甲"),
        (Units(main=("甲",)), "main：甲"),
        (12, "12"),
        (True, "true"),
    ],
)
def test_values_are_words(value: object, words: str) -> None:
    """Lists, mappings and records are written on one line."""
    assert show_value(value) == words


def test_new_page_shows_how_it_begins() -> None:
    """A change without a difference in the text shows the text's beginning, and no more."""
    view = present_change(make_plain(ChangeKind.NEW, 1, 0.1, from_version=None, to_version=1), make_report())
    assert view.excerpt.startswith("尊敬的林晓岚委员：")
    assert len(view.excerpt) == EXCERPT + 1
    assert view.versions is not None
    assert view.versions.zh == "第 1 版"


def test_score_is_kept_within_its_bar() -> None:
    """A score outside 0 to 1 does not draw outside the picture."""
    assert present_change(make_plain(ChangeKind.TEXT, 1, 7.0), make_report()).score == 1.0


def test_anchor_is_safe_for_any_id() -> None:
    """An id becomes an anchor without white space or markup."""
    change: Change = make_plain(ChangeKind.TEXT, 1, 0.1, id='a "b" <c>').change
    view = present_change(make_plain(ChangeKind.TEXT, 1, 0.1, id=change.id), make_report())
    assert view.anchor == "c-a%20%22b%22%20%3Cc%3E"
