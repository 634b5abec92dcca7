"""A client may ask often at once, and then as fast as its bucket fills."""

from hypothesis import given
from hypothesis import strategies as st

from review.web.limits import MOST_CLIENTS, Limiter


def test_a_burst_is_let_in_and_then_a_rate() -> None:
    """So many at once; then the answer says how long to wait, and waiting that long suffices."""
    limiter = Limiter(burst=3, rate=0.5)
    assert [limiter.take_token("a", 0) for _ in range(4)] == [0, 0, 0, 2]
    assert limiter.take_token("b", 0) == 0
    assert limiter.take_token("a", 1) == 1
    assert limiter.take_token("a", 2) == 0


@given(times=st.lists(st.floats(0, 100), max_size=60).map(sorted))
def test_no_window_lets_in_more_than_its_share(times: list[float]) -> None:
    """Over any time, no more than the burst and what the rate gave since."""
    limiter = Limiter(burst=5, rate=2.0)
    entered = [moment for moment in times if not limiter.take_token("a", moment)]
    for place, start in enumerate(entered):
        assert all(count <= 5 + 2.0 * (moment - start) + 1e-6 for count, moment in enumerate(entered[place:], start=1))


def test_clients_are_forgotten_when_there_are_many() -> None:
    """A flood of names takes no more memory than is set aside; a clock that goes back does no harm."""
    limiter = Limiter(burst=1, rate=1.0)
    for number in range(MOST_CLIENTS + 1):
        limiter.take_token(str(number), 10)
    assert limiter.take_token("0", 9) == 0
    assert limiter.take_token("0", 8) == 1
