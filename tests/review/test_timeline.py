"""A page's visits drawn: every visit stands in its place, and nothing is claimed beyond what was seen."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from review.timeline import Sight, draw_timeline, judge_sight
from storage.records import Outcome, Sighting
from tests.review.samples import START, make_timeline

VISITS = st.lists(
    st.builds(
        Sighting,
        captured_at=st.integers(0, 5000).map(lambda hours: START + timedelta(hours=hours)),
        outcome=st.sampled_from(Outcome),
        version=st.none() | st.integers(1, 4),
    ),
    min_size=1,
    max_size=40,
)


@given(VISITS, st.integers(-10, 6000))
def test_everything_stands_inside_the_picture(visits: list[Sighting], hour: int) -> None:
    """Whatever the visits, every mark lies between 0 and 100 per cent, and every visit is in one run."""
    line = draw_timeline(visits, START + timedelta(hours=hour))
    assert line is not None
    places = [tick.x for tick in line.ticks] + [line.marker] + [step.x for step in line.steps]
    assert all(0 <= place <= 100 for place in places)
    assert all(band.x >= 0 and band.x + band.width <= 100.01 for band in line.bands)
    assert all(step.x <= step.end and 0 <= step.y <= 1 for step in line.steps)
    assert sum(run.visits for run in line.runs) == line.visits == len(visits)


def test_versions_are_steps_and_outages_are_bands() -> None:
    """Seven weeks: three versions one after another; a block, a fault and an outage in between."""
    line = draw_timeline(make_timeline(), START + timedelta(days=45))
    assert line is not None
    assert [step.number for step in line.steps] == [1, 2, 3]
    assert [step.y for step in line.steps] == [0.0, 0.5, 1.0]
    assert [band.sight for band in line.bands] == [Sight.BLOCKED, Sight.FAULT, Sight.GONE]
    assert line.marker == 98.5
    assert (line.visits, line.versions) == (14, 3)


def test_band_ends_with_the_last_visit_that_saw_nothing() -> None:
    """An outage is drawn between the visits that met it, not up to the next good one."""
    days = [(0, Outcome.OK), (10, Outcome.GONE), (20, Outcome.GONE), (100, Outcome.OK)]
    visits = [make_visit(day, outcome) for day, outcome in days]
    line = draw_timeline(visits, START)
    assert line is not None
    (band,) = line.bands
    assert band.x == 11.2
    assert band.width == 9.7


def make_visit(day: int, outcome: Outcome) -> Sighting:
    """A visit of the first version."""
    return Sighting(captured_at=START + timedelta(days=day), outcome=outcome, version=1 if outcome.is_good else None)


def test_returning_text_is_a_version_of_its_own() -> None:
    """A → B → A has three steps, each higher than the one before."""
    visits = [
        Sighting(captured_at=START + timedelta(days=day), outcome=Outcome.OK, version=day + 1) for day in range(3)
    ]
    line = draw_timeline(visits, START)
    assert line is not None
    assert [step.rise_from for step in line.steps] == [None, 0.0, 0.5]


def test_no_visit_gives_no_picture() -> None:
    """Without visits there is nothing to draw."""
    assert draw_timeline([], START) is None


def test_every_outcome_has_a_place_in_the_key() -> None:
    """Good answers are seen, removals gone, refusals blocked, all else a fault."""
    assert judge_sight(Outcome.NOT_MODIFIED) is Sight.SEEN
    assert judge_sight(Outcome.GONE_SOFT) is Sight.GONE
    assert judge_sight(Outcome.THROTTLED) is Sight.BLOCKED
    assert judge_sight(Outcome.TIMEOUT) is Sight.FAULT
