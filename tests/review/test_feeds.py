"""Changes as an Atom feed."""

from dataclasses import replace

import pytest
from lxml import etree

from review.feeds import ATOM, MOST_ENTRIES, name_entry, render_feed
from storage.records import ChangeKind
from tests.review.samples import make_change, make_every_kind, make_plain, make_report, make_reported

NAMES = {"a": ATOM}


def read_feed(text: str) -> etree._Element:
    """The parsed document."""
    return etree.fromstring(text.encode())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_feed_has_what_the_standard_asks_for(language: str) -> None:
    """Feed and entries have id, title, updated and author (RFC 4287, 4.1); baselines are no entries."""
    changes = make_every_kind()
    feed = read_feed(render_feed(make_report(changes=changes), link="https://x.example/f.atom", language=language))
    entries = feed.findall("a:entry", NAMES)
    assert len(entries) == sum(not one.change.baseline for one in changes)
    for node in (feed, *entries):
        assert all(node.findtext(f"a:{name}", namespaces=NAMES) for name in ("id", "title", "updated"))
        assert node.findtext("a:author/a:name", namespaces=NAMES)
    assert [one.get("href") for one in feed.findall("a:link[@rel='self']", NAMES)] == ["https://x.example/f.atom"]


def test_the_same_changes_give_the_same_feed_latest_first() -> None:
    """Ids hang on the change, `updated` on the latest one; the time of rendering does not matter."""
    report = make_report(changes=make_every_kind())
    feed = read_feed(render_feed(report))
    times = [entry.findtext("a:updated", namespaces=NAMES) for entry in feed.findall("a:entry", NAMES)]
    assert times == sorted(times, key=str, reverse=True)
    assert feed.findtext("a:updated", namespaces=NAMES) == times[0]
    assert name_entry("c0ffee01") in [node.text for node in feed.findall("a:entry/a:id", NAMES)]
    assert render_feed(report) == render_feed(replace(report, generated_at=report.generated_at.replace(year=2030)))


def test_personal_data_are_covered_unless_asked_for() -> None:
    """The clerk's number shows only in an unmasked feed."""
    report = make_report(changes=(make_reported(),))
    assert "13900001111" not in render_feed(report)
    assert "13900001111" in render_feed(replace(report, is_masked=False))


def test_hostile_words_stay_words() -> None:
    """Marks, control characters and a script's address do no harm."""
    change = make_change(title="a\x00<script>]]>&", url="javascript:alert(1)")
    feed = read_feed(render_feed(make_report(changes=(make_reported(change),))))
    assert "<script>]]>&" in str(feed.findtext("a:entry/a:title", namespaces=NAMES))
    assert feed.findall("a:entry/a:link", NAMES) == []


def test_a_feed_is_short() -> None:
    """Only the latest entries stand in it, and one without any is valid."""
    many = tuple(make_plain(ChangeKind.NEW, number, 0.2) for number in range(MOST_ENTRIES + 5))
    assert len(read_feed(render_feed(make_report(changes=many))).findall("a:entry", NAMES)) == MOST_ENTRIES
    assert read_feed(render_feed(make_report(changes=()))).findall("a:entry", NAMES) == []
