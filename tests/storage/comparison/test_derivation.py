"""Changes from observations: what is told, when, and what never is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.comparison.derivation import derive_page_changes, identify_change
from storage.comparison.history import SiteContext
from storage.comparison.moves import derive_site_changes
from storage.records import Attachment, Cause, Change, ChangeKind, Outcome
from tests.storage.comparison.histories import BODY, COLUMN, START, Page, Site, make_document

EDITED = BODY.replace("2028年底", "2030年底")
NOISE = [
    Outcome.BLOCKED,
    Outcome.THROTTLED,
    Outcome.TIMEOUT,
    Outcome.DNS_ERROR,
    Outcome.TLS_ERROR,
    Outcome.CONNECT_ERROR,
    Outcome.SERVER_ERROR,
    Outcome.CLIENT_ERROR,
    Outcome.TRUNCATED,
    Outcome.TOO_LARGE,
    Outcome.ENCODING_DOUBT,
    Outcome.IDENTITY_MISMATCH,
    Outcome.GEO_SUSPECT,
    Outcome.ROBOTS_DENIED,
    Outcome.REDIRECTED_HOME,
    Outcome.REDIRECTED_AWAY,
]


def watch(*days: Outcome | str, site: Site | None = None, key: str = "a") -> tuple[Site, list[Change]]:
    """A page that is listed every day and seen as told: a text means ok with it, an outcome itself."""
    site = site or Site()
    for day, seen in enumerate(days):
        site.walk(day, [key, "b"])
        if isinstance(seen, Outcome):
            site.page(key).see(day, seen)
        else:
            site.page(key).see(day, Outcome.OK, make_document(seen))
    return site, list(derive_page_changes(site.page(key).freeze(), site.context()))


def list_kinds(changes: list[Change] | tuple[Change, ...]) -> list[str]:
    """The kinds without the page's first appearance."""
    return [change.kind.value for change in changes if change.kind is not ChangeKind.NEW]


def test_pages_of_the_first_walk_are_a_baseline() -> None:
    """What stood there before anybody watched scores 0; what appears later does not."""
    site = Site()
    site.walk(0, ["a"])
    site.page("a").see(0, Outcome.OK, make_document())
    site.walk(1, ["b", "a"])
    site.page("b").see(1, Outcome.OK, make_document("另一件答复。"))
    first, second = derive_site_changes(site.freeze(), site.context())
    assert (first.document_key, first.baseline, first.difference.score) == ("a", True, 0.0)
    assert (second.document_key, second.baseline) == ("b", False)
    assert second.difference.score > 0


def test_a_row_of_the_first_walk_that_is_fetched_later_is_baseline() -> None:
    """A limited crawl fetches old rows on later days: they are no news."""
    site = Site()
    site.walk(0, ["a", "b"])
    site.walk(1, ["a", "b"])
    site.page("b").see(1, Outcome.OK, make_document())
    (change,) = derive_page_changes(site.page("b").freeze(), site.context())
    assert change.baseline


def test_a_list_that_is_never_complete_has_a_baseline_all_the_same() -> None:
    """After some full walks of a list that never serves all it declares, what appears is news."""
    site = Site()
    for day in range(5):
        site.walk(day, ["a"] if day < 4 else ["b", "a"], is_complete=False)
        site.page("a").see(day, Outcome.OK, make_document())
    site.page("b").see(4, Outcome.OK, make_document("另一件答复。"))
    first, second = derive_site_changes(site.freeze(), site.context())
    assert (first.document_key, first.baseline) == ("a", True)
    assert (second.document_key, second.baseline) == ("b", False)


def test_an_edit_is_one_change_with_its_versions() -> None:
    """The change names the two versions, the establishing capture and the last good visit before it."""
    site, changes = watch(BODY, Outcome.BLOCKED, EDITED)
    (change,) = changes[1:]
    page = site.page("a").freeze()
    assert change.kind is ChangeKind.TEXT
    assert (change.from_version, change.to_version) == (1, 2)
    assert change.record_id == page.observations[2].record_id
    assert change.detected_at == page.observations[2].captured_at
    assert change.last_good_at == page.observations[0].captured_at
    assert change.id == identify_change("a", ChangeKind.TEXT, change.record_id)


def test_there_and_back_again_is_two_changes() -> None:
    """A to B to A has three versions and two changes."""
    site, changes = watch(BODY, EDITED, BODY)
    assert len(site.page("a").versions) == 3
    assert list_kinds(changes) == ["text", "text"]
    assert len({change.id for change in changes}) == 3


def test_kinds_follow_precedence() -> None:
    """Status before text before attachments before fields; all of them are in the kinds."""
    page = Page("a")
    file = Attachment("https://lm.example.cn/1.pdf", "表.pdf")
    page.see(0, Outcome.OK, make_document())
    page.see(1, Outcome.OK, make_document(publisher="甲局"))
    page.see(2, Outcome.OK, make_document(publisher="乙局", attachments=(file,)))
    page.see(3, Outcome.OK, make_document(EDITED, publisher="乙局"))
    page.see(4, Outcome.OK, make_document(BODY, publisher="丙局", validity="失效", attachments=(file,)))
    changes = derive_page_changes(page.freeze(), SiteContext())
    assert list_kinds(changes) == ["fields", "attachments", "text", "status"]
    assert changes[-1].difference.kinds == ("status", "text", "attachments", "fields")


def test_a_new_extractor_is_never_told() -> None:
    """A version of cause extractor is no edit, and the next edit is measured from it."""
    page = Page("a")
    page.see(0, Outcome.OK, make_document())
    again = make_document(BODY + "\n以前没有提取的一行，共30项。")
    page.add_version(page.versions[0].captured_at, page.versions[0].record_id, again, Cause.EXTRACTOR)
    page.see(1, Outcome.OK, replace(again, text=again.text.replace("30项", "20项")))
    changes = derive_page_changes(page.freeze(), SiteContext())
    assert list_kinds(changes) == ["text"]
    assert (changes[1].from_version, changes[1].to_version) == (2, 3)
    assert [hunk.old for hunk in changes[1].difference.hunks] == ["共30项。"]


@pytest.mark.parametrize("outcome", NOISE)
def test_trouble_is_never_told(outcome: Outcome) -> None:
    """Blocks, outages, doubts and redirects to the front page, however long, are neither edits nor removals."""
    _, changes = watch(BODY, *[outcome] * 10, BODY)
    assert list_kinds(changes) == []


def test_layout_noise_is_never_told() -> None:
    """White space, width, counters and a template without the info table leave the document as it was."""
    page = Page("a")
    file = Attachment("https://lm.example.cn/x/1.pdf?t=1", "表.pdf")
    page.see(
        0, Outcome.OK, make_document(publisher="甲局", index_number="1", keywords=("甲", "乙"), attachments=(file,))
    )
    page.see(1, Outcome.OK, make_document(BODY.replace("，", ", ").replace("\n", "\n\n　　"), attachments=(file,)))
    moved = replace(file, url="http://www.lm.example.cn/y/1.pdf?t=2")
    page.see(
        2, Outcome.OK, make_document(keywords=("乙", "甲"), attachments=(moved,), publisher="甲局", index_number="1")
    )
    page.see(
        3,
        Outcome.OK,
        make_document(
            "浏览次数：15\n" + BODY, attachments=(moved,), publisher="甲局", index_number="1", keywords=("甲", "乙")
        ),
    )
    assert list_kinds(derive_page_changes(page.freeze(), SiteContext())) == []


def test_gone_needs_three_answers_on_three_days() -> None:
    """The third one establishes it, with its evidence."""
    site, changes = watch(BODY, Outcome.GONE, Outcome.BLOCKED, Outcome.GONE_SOFT, Outcome.GONE, Outcome.GONE)
    (change,) = changes[1:]
    seen = site.page("a").observations
    assert change.kind is ChangeKind.GONE
    assert change.detected_at == seen[4].captured_at
    assert change.evidence is not None
    assert change.evidence.first_ok == change.evidence.last_ok == seen[0].captured_at
    assert change.evidence.first_gone == seen[1].captured_at
    assert change.evidence.tries == 3
    assert change.evidence.canary == "urn:canary:4"
    assert (change.from_version, change.to_version) == (1, None)


def test_an_ok_resets_the_count() -> None:
    """Two gone answers, a good one, two gone answers: nothing."""
    _, changes = watch(BODY, Outcome.GONE, Outcome.GONE, Outcome.NOT_MODIFIED, Outcome.GONE, Outcome.GONE)
    assert list_kinds(changes) == []


def test_three_answers_on_one_day_are_not_enough() -> None:
    """Days are calendar days in the operator's time zone."""
    site = Site()
    site.walk(0, ["a"])
    page = site.page("a")
    page.see(0, Outcome.OK, make_document())
    for day in (1, 1, 1, 2, 2):
        page.see(day, Outcome.GONE)
        site.canaries[f"run{day}", COLUMN] = "urn:canary"
    assert list_kinds(derive_page_changes(page.freeze(), site.context())) == []


def test_days_are_counted_in_the_time_zone() -> None:
    """Three answers that straddle midnight in UTC but not in China are on two days there."""
    page = Page("a")
    page.see(0, Outcome.OK, make_document())
    late = START.replace(hour=15)
    for offset in (timedelta(days=1), timedelta(days=1, hours=10), timedelta(days=2)):  # 23:00, 09:00, 23:00 in China
        page.see(1, Outcome.GONE)
        page.observations[-1] = replace(page.observations[-1], captured_at=late + offset)
    context = SiteContext(canaries={("run1", COLUMN): "urn:canary"})
    assert list_kinds(derive_page_changes(page.freeze(), context)) == []


def test_without_a_canary_nothing_is_gone() -> None:
    """A site that answers 404 to all proves nothing; nor does the page's own capture, nor a doubted run."""
    site, _ = watch(BODY, *[Outcome.GONE] * 5)
    page = site.page("a").freeze()
    context = site.context()
    own = {key: seen.record_id for seen in page.observations for key in [(seen.run_id, COLUMN)]}
    assert list_kinds(derive_page_changes(page, replace(context, canaries={}))) == []
    assert list_kinds(derive_page_changes(page, replace(context, canaries=own))) == []
    doubted = frozenset(f"run{day}" for day in range(6))
    assert list_kinds(derive_page_changes(page, replace(context, doubted_runs=doubted))) == []


def test_restored_only_after_gone_was_told() -> None:
    """A page that comes back with another text is restored and edited."""
    _, changes = watch(BODY, Outcome.GONE, Outcome.GONE, BODY)
    assert list_kinds(changes) == []
    _, changes = watch(BODY, *[Outcome.GONE] * 3, EDITED)
    assert list_kinds(changes) == ["gone", "restored", "text"]
    _, changes = watch(BODY, *[Outcome.GONE] * 3, BODY, *[Outcome.GONE] * 3, BODY)
    assert list_kinds(changes) == ["gone", "restored", "gone", "restored"]


def test_a_page_never_seen_good_is_never_gone() -> None:
    """A dead link in a list is no removal."""
    _, changes = watch(*[Outcome.GONE] * 6)
    assert changes == []


outcomes = st.sampled_from(
    [
        *[Outcome.OK] * 3,
        *[Outcome.GONE] * 2,
        Outcome.NOT_MODIFIED,
        Outcome.GONE_SOFT,
        Outcome.MOVED,
        Outcome.BLOCKED,
        Outcome.TIMEOUT,
        Outcome.REDIRECTED_HOME,
        Outcome.LIST_PARTIAL,
    ]
)
variants = st.sampled_from([BODY, EDITED, BODY + "\n增加一段。", "浏览次数：1\n" + BODY])


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A week or two of three pages, of which the third may be a copy of the first that appears later."""
    site = Site()
    days = draw(st.integers(3, 12))
    birth = draw(st.integers(0, days))
    trouble = draw(st.sampled_from([Outcome.GONE, Outcome.GONE, Outcome.REDIRECTED_HOME, None]))
    for day in range(days):
        rows = [key for key in ("a", "b", "c") if (key != "c" or day >= birth) and draw(st.integers(0, 4)) > 0]
        site.walk(
            day,
            rows,
            is_complete=draw(st.integers(0, 5)) > 0,
            is_full=draw(st.booleans()),
            has_canary=draw(st.integers(0, 4)) > 0,
        )
        for key in ("a", "b", "c"):
            if (key == "c" and day < birth) or draw(st.integers(0, 5)) == 0:
                continue
            outcome = trouble if key == "a" and trouble and day >= birth else draw(outcomes)
            text = draw(variants) if key != "b" else "别的答复：" + draw(variants)[:200]
            place = {"new_url": "https://lm.example.cn/c.html"} if outcome is Outcome.MOVED else {}
            is_shown = outcome is Outcome.OK or (outcome is Outcome.NOT_MODIFIED and not site.page(key).versions)
            site.page(key).see(day, outcome, make_document(text) if is_shown else None, **place)
    return site


@given(sites())
@settings(max_examples=150, deadline=None)
def test_all_at_once_is_the_same_as_visit_by_visit(site: Site) -> None:
    """What is derived from all history is what was told at each moment, to the word, and nothing was taken back."""
    context, pages = site.context(), site.freeze()
    everything = derive_site_changes(pages, context)
    assert everything == derive_site_changes(reversed(pages), context)
    moments = sorted({seen.captured_at for page in pages for seen in page.observations})
    moments += [walk.finished_at for walks in context.walks.values() for walk in walks]
    for moment in moments:
        told = derive_site_changes([page.until(moment) for page in pages], context.until(moment))
        assert told == tuple(change for change in everything if change.detected_at <= moment)


@given(sites())
@settings(max_examples=60, deadline=None)
def test_ids_are_unique(site: Site) -> None:
    """No two changes share an id."""
    changes = derive_site_changes(site.freeze(), site.context())
    assert len({change.id for change in changes}) == len(changes)
