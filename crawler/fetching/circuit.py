"""A circuit breaker for one host: closed, open after a run of failures, half-open for one probe. Pure.

Times are seconds on any clock that only runs forward.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

THRESHOLD = 8
REST_SECONDS = 300.0


class State(StrEnum):
    """Closed: requests pass. Open: none does until a time. Half-open: one probe is out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient a circuit is.

    After ``threshold`` failures in a row the host rests for ``rest`` seconds, twice as long each time, up to
    ``longest``. A probe of which nothing was heard for ``probe`` seconds is given up.
    """

    threshold: int = THRESHOLD
    rest: float = REST_SECONDS
    longest: float = 6 * 3600.0
    probe: float = 600.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """``failures`` in a row, ``openings`` since it last closed, ``until`` when it is open or the probe is given up.

    ``forgiven`` is what the last success wiped out; it comes back when that success proves to be a block page.
    """

    state: State = State.CLOSED
    failures: int = 0
    openings: int = 0
    until: float = 0.0
    forgiven: tuple[int, int] = (0, 0)

    def rest_left(self, now: float) -> float:
        """Seconds for which nothing may be sent; 0 when a request or a probe may go."""
        return 0.0 if self.state is State.CLOSED else max(0.0, self.until - now)


def admit_request(circuit: Circuit, now: float, limits: Limits) -> tuple[Circuit, bool]:
    """The circuit after a request was asked for, and whether it may go: the first after the rest goes as the probe."""
    if circuit.state is State.CLOSED:
        return circuit, True
    if circuit.rest_left(now) > 0:
        return circuit, False
    return replace(circuit, state=State.HALF_OPEN, until=now + limits.probe), True


def record_success(circuit: Circuit) -> Circuit:
    """Close it; remember what is forgiven."""
    return Circuit(forgiven=(circuit.failures, circuit.openings))


def record_failure(circuit: Circuit, now: float, limits: Limits) -> Circuit:
    """Count; open when it was one too many, or the probe."""
    failed = replace(circuit, failures=circuit.failures + 1, forgiven=(0, 0))
    if failed.failures < limits.threshold and circuit.state is not State.HALF_OPEN:
        return failed
    return open_circuit(failed, now, min(limits.rest * 2**circuit.openings, limits.longest))


def retract_success(circuit: Circuit, now: float, limits: Limits) -> Circuit:
    """The last success was none: count it as the failure that it was."""
    failures, openings = circuit.forgiven
    return record_failure(replace(circuit, failures=failures, openings=openings), now, limits)


def open_circuit(circuit: Circuit, now: float, seconds: float) -> Circuit:
    """Let nothing pass for so long."""
    return replace(circuit, state=State.OPEN, openings=circuit.openings + 1, until=now + seconds)
