"""What is in a report and in which order."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from review.report import (
    arrange_report,
    count_kinds,
    fold_baselines,
    group_changes,
    rank_changes,
    select_changes,
    select_incidents,
    split_groups,
)
from storage.records import ChangeKind
from tests.review.samples import NOW, START, make_every_kind, make_incidents, make_plain, make_report

RANKS = st.lists(st.tuples(st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 3), st.booleans()), max_size=12)


@given(RANKS)
def test_rank_is_score_then_time_with_baselines_last(ranks: list[tuple[float, int, bool]]) -> None:
    """No change stands before one that matters more, or as much and is later; baselines end the list."""
    changes = [
        make_plain(ChangeKind.NEW, number, score, baseline=baseline, detected_at=START + timedelta(days=day))
        for number, (score, day, baseline) in enumerate(ranks)
    ]
    ranked = [one.change for one in rank_changes(changes)]
    keys = [(one.baseline, -one.difference.score, -one.detected_at.timestamp()) for one in ranked]
    assert keys == sorted(keys)
    assert {one.id for one in ranked} == {one.change.id for one in changes}
    assert rank_changes(reversed(changes)) == rank_changes(changes)


def test_period_includes_its_beginning_and_its_end() -> None:
    """A change at ``since`` or at ``until`` is told; one before or after is not."""
    days = {number: START + timedelta(days=number) for number in range(4)}
    changes = [make_plain(ChangeKind.NEW, number, 0.1, detected_at=day) for number, day in days.items()]
    chosen = select_changes(changes, since=days[1], until=days[2])
    assert [one.change.detected_at for one in chosen] == [days[1], days[2]]
    assert len(select_changes(changes, since=None, until=days[2])) == 3


def test_groups_stand_where_their_first_change_would() -> None:
    """Changes with a key are folded under the first of them; those without stay alone; baselines are left out."""
    ranked = rank_changes(make_every_kind())
    groups = group_changes(ranked)
    sizes = {group.key: len(group.changes) for group in groups if group.key}
    assert sizes == {"renumbered": 2}
    leads = [group.lead.change.id for group in groups]
    assert leads == [one.change.id for one in ranked if one.change.id in leads]
    assert sum(len(group.changes) for group in groups) == 11
    assert [one.change.id for group in groups for one in group.rest] == ["id0004"]


def test_groups_are_split_whole() -> None:
    """The first groups are kept until there are enough changes; no group is torn, no change is lost."""
    groups = group_changes(rank_changes(make_every_kind()))
    shown, left = split_groups(groups, 8)
    assert sum(len(group.changes) for group in shown) == 9
    assert [one.change.id for one in left] == [one.change.id for group in groups[len(shown) :] for one in group.changes]
    assert split_groups(groups, 100) == (groups, ())


def test_baselines_are_folded_by_column() -> None:
    """Each column of a first walk is one entry with its pages, the largest first."""
    small = replace(make_plain(ChangeKind.NEW, 30, 0.0, baseline=True), column_name="人大建议答复")
    folded = fold_baselines([small, *make_every_kind()])
    assert [(one.column_name, len(one.changes)) for one in folded] == [("政协提案答复", 3), ("人大建议答复", 1)]


def test_kinds_are_counted_without_baselines() -> None:
    """Every kind that occurs has its number, in the order in which kinds are told."""
    counts = count_kinds(make_every_kind())
    assert list(counts) == list(ChangeKind)
    assert counts[ChangeKind.NEW] == 1
    assert counts[ChangeKind.FIELDS] == 2


def test_open_incidents_stand_first() -> None:
    """What is open comes before what is closed; what was over before the period is left out."""
    incidents = make_incidents()
    assert [one.kind for one in select_incidents(incidents, since=None)] == ["blocked", "list_partial"]
    assert [one.kind for one in select_incidents(incidents, since=NOW)] == ["blocked"]


def test_arranging_twice_is_arranging_once() -> None:
    """An arranged report is in order already."""
    arranged = arrange_report(make_report(*make_every_kind()))
    assert arrange_report(arranged) == arranged
