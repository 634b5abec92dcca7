"""The unchanged text between passages."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from review.passages import Passage
from review.unchanged import LONGEST, Kept, find_kept


def test_stretches_stand_before_between_and_behind() -> None:
    """What passages show is in none of them, and white space alone is nothing."""
    text = "前面的话。改了的。\n\n又改了。后面的话。"
    passages = [Passage((), 5, 9), Passage((), 11, 15)]
    kept = find_kept(text, passages, is_whole=True)
    assert [one.head for one in kept] == ["前面的话。", "", "后面的话。"]
    assert find_kept(text, passages[:1], is_whole=False)[1] == Kept()


def test_a_long_stretch_says_what_it_leaves_out() -> None:
    """Its beginning and its end are given, and how much lies between."""
    (kept, _) = find_kept("始" + "长" * 10_000_000 + "终", [Passage((), 10_000_002, 10_000_002)], is_whole=True)
    assert (kept.head[0], kept.tail[-1]) == ("始", "终")
    assert len(kept.head) + len(kept.tail) == LONGEST
    assert kept.omitted == 10_000_002 - LONGEST


@given(st.text("ab\n", max_size=60), st.lists(st.integers(0, 60), min_size=2, max_size=8).map(sorted))
def test_nothing_is_lost_or_shown_twice(text: str, places: list[int]) -> None:
    """Stretches and passages together are the text, white space aside."""
    spans = [(min(low, len(text)), min(high, len(text))) for low, high in pairwise(places)][::2]
    kept = find_kept(text, [Passage((), *span) for span in spans], is_whole=True)
    shown = [one for pair in zip(kept, [text[low:high] for low, high in spans] + [""], strict=True) for one in pair]
    words = "".join(one.head + one.tail if isinstance(one, Kept) else one for one in shown)
    assert "".join(words.split()) == "".join(text.split())
