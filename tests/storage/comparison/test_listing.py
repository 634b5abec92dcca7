"""Delisted and relisted: only what a sound list says."""

from storage.comparison.derivation import derive_page_changes
from storage.comparison.history import ListingSpan, WalkFact, extend_spans, judge_health
from storage.records import Change, ChangeKind, Outcome
from tests.storage.comparison.histories import START, Site, make_document

OTHERS = [f"o{number}" for number in range(8)]


def watch_lists(*days: tuple[bool, Outcome], **walk: bool) -> list[Change]:
    """The events of a page by days: whether its row was there, and what a visit saw."""
    site = Site()
    for day, (is_listed, outcome) in enumerate(days):
        broken = walk if not is_listed else {}
        site.walk(day, ["a", *OTHERS] if is_listed else OTHERS, **broken)  # type: ignore[arg-type]  # flags of a walk
        site.page("a").see(day, outcome, make_document() if outcome is Outcome.OK else None)
    changes = derive_page_changes(site.page("a").freeze(), site.context())
    return [change for change in changes if change.kind is not ChangeKind.NEW]


OK, SAME, GONE = Outcome.OK, Outcome.NOT_MODIFIED, Outcome.GONE


def test_delisted_while_the_page_is_up() -> None:
    """One complete, healthy walk without the row, and the page good in the same run: told once."""
    (change,) = watch_lists((True, OK), (False, SAME), (False, SAME))
    assert change.kind is ChangeKind.DELISTED
    assert change.column == "replies"
    assert change.evidence is not None
    assert change.evidence.last_ok == change.detected_at
    assert change.record_id == "urn:a:1:1"


def test_not_delisted_before_the_page_was_good_in_the_same_run() -> None:
    """A page that fails in the run of the walk may be gone: wait for a run that has both."""
    assert watch_lists((True, OK), (False, Outcome.TIMEOUT), (False, GONE)) == []
    (change,) = watch_lists((True, OK), (False, Outcome.TIMEOUT), (False, OK))
    assert change.detected_at > START


def test_partial_lists_delist_nothing() -> None:
    """Neither a partial walk nor one that stopped at known rows says anything about a missing row."""
    days = [(True, OK), (False, OK), (False, OK)]
    assert watch_lists(*days, is_complete=False) == []
    assert watch_lists(*days, is_full=False) == []


def test_a_list_that_shrank_to_nothing_delists_nothing() -> None:
    """An empty or halved list is a list in trouble."""
    site = Site()
    for day, rows in enumerate((["a", *OTHERS], [], OTHERS[:1])):
        site.walk(day, rows)
        site.page("a").see(day, OK, make_document())
    kinds = [change.kind for change in derive_page_changes(site.page("a").freeze(), site.context())]
    assert kinds == [ChangeKind.NEW]


def test_relisted_only_after_delisted() -> None:
    """A row that was missed by a partial walk does not come back; one that was taken out does."""
    assert watch_lists((True, OK), (False, OK), (True, OK), is_complete=False) == []
    kinds = [change.kind for change in watch_lists((True, OK), (False, OK), (True, OK), (False, OK))]
    assert kinds == [ChangeKind.DELISTED, ChangeKind.RELISTED, ChangeKind.DELISTED]


def test_rows_that_fall_off_a_capped_list_are_not_delisted() -> None:
    """A list of fixed length pushes its last row off when a new one comes; a row taken out of the middle is missed."""
    old = [WalkFact(run_id="r0", column="c", finished_at=START, is_complete=True, row_count=9)]
    last = ListingSpan(column="c", first_seen_at=START, last_seen_at=START, last_position=8)
    site = Site()
    site.walk(0, [*OTHERS, "a"])
    site.page("a").see(0, OK, make_document())
    site.walk(1, ["fresh", *OTHERS])
    site.page("a").see(1, OK, make_document())
    walks = site.walks["replies"]
    walks[1] = WalkFact(
        run_id="run1", column="replies", finished_at=walks[1].finished_at, is_complete=True, row_count=9, fresh_rows=1
    )
    page = site.page("a").freeze()
    assert [change.kind for change in derive_page_changes(page, site.context())] == [ChangeKind.NEW]
    assert extend_spans((last,), old[0], ()) == (
        ListingSpan(column="c", first_seen_at=START, last_seen_at=START, last_position=None),
    )


def test_listed_elsewhere_weighs_less() -> None:
    """A page that one of two columns drops is still listed: told with a lower score and its own reason."""
    site = Site()
    for day in range(2):
        site.walk(day, ["a", *OTHERS], column="second")
        site.walk(day, ["a", *OTHERS] if day == 0 else OTHERS)
        site.page("a").see(day, OK, make_document())
    change = derive_page_changes(site.page("a").freeze(), site.context())[-1]
    assert change.kind is ChangeKind.DELISTED
    assert change.column == "replies"
    assert change.difference.reasons == ("delisted_in_part",)


def test_health() -> None:
    """A list may lose a few rows at once, or up to half of them; an empty one is never healthy."""
    assert judge_health(10, None)
    assert judge_health(1, 3)
    assert judge_health(60, 100)
    assert not judge_health(40, 100)
    assert not judge_health(0, 3)
    assert not judge_health(0, None)
