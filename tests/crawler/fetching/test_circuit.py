"""A host that fails again and again is left alone, and asked again with one probe."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.circuit import (
    Circuit,
    Limits,
    State,
    admit_request,
    record_failure,
    record_success,
    retract_success,
)

LIMITS = Limits(threshold=3, rest=100, longest=300, probe=50)


def fail_times(circuit: Circuit, times: int, now: float = 0) -> Circuit:
    """That many failures at one moment."""
    for _ in range(times):
        circuit = record_failure(circuit, now, LIMITS)
    return circuit


def test_opens_after_a_run_of_failures() -> None:
    """The third failure opens it; a success before that starts the count anew."""
    assert fail_times(Circuit(), 2).state is State.CLOSED
    assert fail_times(record_success(fail_times(Circuit(), 2)), 2).state is State.CLOSED
    circuit = fail_times(Circuit(), 3)
    assert circuit.state is State.OPEN
    assert admit_request(circuit, 99, LIMITS) == (circuit, False)


def test_one_probe_decides() -> None:
    """After the rest one request goes, others wait for it; success closes, failure opens for twice as long."""
    probing, is_admitted = admit_request(fail_times(Circuit(), 3), 100, LIMITS)
    assert (probing.state, is_admitted) == (State.HALF_OPEN, True)
    assert admit_request(probing, 120, LIMITS)[1] is False
    assert record_success(probing).state is State.CLOSED
    again = record_failure(probing, 120, LIMITS)
    assert (again.state, again.until) == (State.OPEN, 320)
    assert record_failure(admit_request(again, 320, LIMITS)[0], 320, LIMITS).until == 620, "no longer than the longest"


def test_a_lost_probe_is_given_up() -> None:
    """A probe of which nothing is heard does not block the host for ever."""
    probing, _ = admit_request(fail_times(Circuit(), 3), 100, LIMITS)
    assert admit_request(probing, 150, LIMITS)[1] is True


def test_block_pages_with_a_good_status_count() -> None:
    """A success that is retracted each time adds up like failures."""
    circuit = Circuit()
    for _ in range(3):
        circuit = retract_success(record_success(circuit), 0, LIMITS)
    assert circuit.state is State.OPEN


@given(st.lists(st.tuples(st.sampled_from(["ask", "good", "bad", "retract"]), st.floats(0, 200))))
def test_never_more_than_one_probe(steps: list[tuple[str, float]]) -> None:
    """Whatever happens, while a probe is out no other request is admitted before it is given up."""
    circuit, now = Circuit(), 0.0
    for step, seconds in steps:
        now += seconds
        before = circuit
        if step == "ask":
            circuit, is_admitted = admit_request(circuit, now, LIMITS)
            assert is_admitted == (before.rest_left(now) == 0)
        elif step == "good":
            circuit = record_success(circuit)
        elif step == "bad":
            circuit = record_failure(circuit, now, LIMITS)
        else:
            circuit = retract_success(circuit, now, LIMITS)
        assert circuit.rest_left(now) <= LIMITS.longest + 0.001
