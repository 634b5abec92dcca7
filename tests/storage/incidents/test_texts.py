"""Texts that fall short and readings in doubt are told, and nothing that is the site's usual way."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.incidents.texts import DOUBT, SHORTER, Reading, fold_readings
from storage.records import Incident

START = datetime(2026, 3, 2, tzinfo=UTC)


def read_pages(*lengths: int | None, before: int | None = None, is_baseline: bool = False) -> list[Reading]:
    """Readings of as many pages, an hour apart."""
    return [
        Reading("jia", "", START + timedelta(hours=hour), length, before, is_baseline)
        for hour, length in enumerate(lengths)
    ]


def fold_all(*parts: list[Reading]) -> list[Incident]:
    """What is told of the readings, each part a day after the one before."""
    moved = [
        Reading(one.site, one.subject, one.seen_at + timedelta(days=30 * day), one.length, one.before, one.is_baseline)
        for day, part in enumerate(parts)
        for one in part
    ]
    return fold_readings("jia", "", {}, moved)[0]


BASELINE = read_pages(*[1000] * 30, is_baseline=True)


def test_texts_that_lose_most_of_their_length_are_told_and_their_return_ends_it() -> None:
    """Ten edits that leave a tenth; the incident begins with the first of them, and ends when texts are whole again."""
    broken = read_pages(*[100] * 10, before=1000)
    (one,) = fold_all(BASELINE, broken)
    assert (one.kind, one.closed_at, one.opened_at) == (SHORTER, None, START + timedelta(days=30))
    assert "10%" in one.detail
    (closed,) = fold_all(BASELINE, broken, read_pages(*[1000] * 10, before=100))
    assert closed.closed_at is not None
    assert closed.opened_at == one.opened_at


def test_new_pages_are_held_against_those_of_the_site() -> None:
    """Pages that appear later and have next to no text; those of the first walk are no news, however short."""
    assert [one.kind for one in fold_all(BASELINE, read_pages(*[60] * 10))] == [SHORTER]
    assert fold_all(BASELINE, read_pages(*[60] * 50, is_baseline=True)) == []
    assert fold_all(read_pages(*[60] * 50)) == [], "nothing is known of before"


def test_a_few_short_edits_and_short_texts_are_no_incident() -> None:
    """A cut here and there, and texts that were short before, are what sites do."""
    assert fold_all(BASELINE, read_pages(*[100, 1000, 100, 990, 1010, 980, 1000, 100, 1000, 100], before=1000)) == []
    assert fold_all(BASELINE, read_pages(*[4, 5] * 10, before=20)) == []


def test_doubtful_readings_are_told_when_they_become_more() -> None:
    """A third of the latest pages empty or in doubt where there was none; where it was always so, it is no news."""
    doubtful = read_pages(*[None, 1000, 1000] * 7)
    (one,) = fold_all(BASELINE, doubtful)
    assert (one.kind, one.opened_at) == (DOUBT, START + timedelta(days=30))
    assert fold_all(read_pages(*[0, 1000, 1000] * 10, is_baseline=True), doubtful) == []
    (closed,) = fold_all(BASELINE, doubtful, read_pages(*[1000] * 20))
    assert closed.closed_at is not None


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_folding_in_pieces_is_folding_at_once(seed: int, pieces: list[int]) -> None:
    """However the readings are cut into pieces, the same incidents are open or closed in the end."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    lengths = [dice.choice([None, 0, 30, 1000]) if dice.random() < 0.6 else 1000 for _ in range(sum(pieces))]
    readings = [
        Reading("jia", "", START + timedelta(hours=hour), length, dice.choice([None, 1000]), dice.random() < 0.2)
        for hour, length in enumerate(lengths)
    ]
    whole = {one.kind + str(one.opened_at): one for one in fold_readings("jia", "", {}, readings)[0]}
    state: dict[str, Any] = {}
    found: dict[str, Incident] = {}
    for size in pieces:
        piece, readings = readings[:size], readings[size:]
        told, state, _ = fold_readings("jia", "", state, piece)
        found |= {one.kind + str(one.opened_at): one for one in told}
    assert found == whole


@given(st.lists(st.integers(700, 1400), min_size=0, max_size=80))
def test_the_usual_spread_of_lengths_is_never_an_incident(lengths: list[int]) -> None:
    """Texts of one order of magnitude, new or edited, in any order."""
    assert fold_all(BASELINE, read_pages(*lengths), read_pages(*lengths, before=1000)) == []
