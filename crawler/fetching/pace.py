"""How fast each host may be asked, decided from what it answers. Pure: times are handed in, nothing is waited for.

The gap between two requests is the seed's delay or the site's Crawl-delay, whichever is longer, doubled for every
failure in a row. Retry-After is kept; when it is long, the host's circuit opens for that time, so that its pages stay
due instead of waiting in memory.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from crawler.fetching.circuit import (
    Circuit,
    Limits,
    State,
    admit_request,
    open_circuit,
    record_failure,
    record_success,
    retract_success,
)
from storage.records import Exchange

TOO_MANY = 429
UNDECIDED = (403, 405, 412)  # one page's own, or a block; whoever reads the page decides
MAX_DOUBLINGS = 6
LONGEST_GAP = 300.0
LONGEST_WAIT = 60.0
"""Seconds of Retry-After that are waited for in place."""

LONGEST_REST = 24 * 3600.0
FEW_FAILURES = 3  # in a row; fewer happen to any host
TURNED_AWAY = ("blocked", "geo_suspect")


class Sign(StrEnum):
    """What an exchange says of the host."""

    GOOD = "good"
    NEUTRAL = "neutral"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Pace:
    """One host. ``delay`` and ``crawl_delay`` are in seconds, ``wait`` is the least gap to the very next request.

    ``seconds`` is how long ``answers`` took together; ``has_asked`` says that the host itself asked for its rest.
    """

    delay: float
    crawl_delay: float | None = None
    wait: float = 0.0
    circuit: Circuit = field(default_factory=Circuit)
    exchanges: int = 0
    refused: int = 0
    last_sign: Sign = Sign.GOOD
    last_error: str = ""
    last_outcome: str = ""
    answers: int = 0
    seconds: float = 0.0
    has_asked: bool = False

    @property
    def gap(self) -> float:
        """Seconds to leave between the end of the last exchange and the next request."""
        floor = max(self.delay, self.crawl_delay or 0.0)
        doubled: float = floor * 2 ** min(self.circuit.failures, MAX_DOUBLINGS)
        return max(floor, min(doubled, LONGEST_GAP), self.wait)


def admit(pace: Pace, now: float, limits: Limits) -> tuple[Pace, float]:
    """The pace after a request was asked for, and the seconds that it has to stay away: 0 means that it may go."""
    circuit, is_admitted = admit_request(pace.circuit, now, limits)
    if is_admitted:
        return (pace if circuit is pace.circuit else replace(pace, circuit=circuit)), 0.0
    return replace(pace, refused=pace.refused + 1), max(circuit.rest_left(now), 0.001)


def observe(pace: Pace, exchange: Exchange, now: float, limits: Limits, taken: float = 0.0) -> Pace:
    """The pace after an exchange that has ``taken`` so many seconds."""
    sign = read_sign(exchange)
    seconds = read_retry_after(exchange) if sign is Sign.BAD else None
    circuit = pace.circuit
    if sign is Sign.BAD:
        circuit = record_failure(circuit, now, limits)
    elif circuit.state is State.HALF_OPEN or (circuit.state is State.CLOSED and sign is Sign.GOOD):
        circuit = record_success(circuit)
    has_asked = bool(seconds and seconds > LONGEST_WAIT)
    if seconds and has_asked and circuit.rest_left(now) < seconds:
        circuit = open_circuit(circuit, now, min(seconds, LONGEST_REST))
    is_answered = exchange.status is not None
    return replace(
        pace,
        circuit=circuit,
        wait=seconds if seconds and seconds <= LONGEST_WAIT else 0.0,
        exchanges=pace.exchanges + 1,
        last_sign=sign,
        last_error=name_trouble(exchange) if sign is Sign.BAD else pace.last_error,
        last_outcome=(exchange.error or "").partition(":")[0] or str(exchange.status),
        answers=pace.answers + is_answered,
        seconds=pace.seconds + (taken if is_answered else 0.0),
        has_asked=has_asked,
    )


def restore_rest(pace: Pace, now: float, seconds: float, *, failures: int, openings: int, error: str) -> Pace:
    """The pace of a host that an earlier crawl left resting for ``seconds`` more, `LONGEST_REST` at most.

    The first request after the rest is a probe, and if that fails the next rest is as long as it would have been.
    """
    until = now + min(seconds, LONGEST_REST)
    circuit = Circuit(state=State.OPEN, failures=failures, openings=openings, until=until)
    return replace(pace, circuit=circuit, last_error=error)


def name_state(pace: Pace, now: float) -> str:
    """How the host is, in a word: empty, ``resting`` (it asked for it), ``blocked`` (it turns us away) or ``down``."""
    if pace.circuit.rest_left(now) == 0 and pace.circuit.failures < FEW_FAILURES:
        return ""
    if pace.last_error in TURNED_AWAY:
        return "blocked"
    return "resting" if pace.has_asked or pace.last_error in ("throttled", f"status {TOO_MANY}") else "down"


def blame(pace: Pace, outcome: str, now: float, limits: Limits) -> Pace:
    """The pace after the last answer, which looked good, was found to be a block page or the like."""
    if pace.last_sign is Sign.BAD:
        return pace
    circuit = retract_success(pace.circuit, now, limits)
    return replace(pace, circuit=circuit, last_sign=Sign.BAD, last_error=outcome)


def read_sign(exchange: Exchange) -> Sign:
    """Whether the host answers as a healthy one; what page it was, and whether there is one, does not matter."""
    if exchange.status is None or exchange.status >= 500 or exchange.status == TOO_MANY:  # noqa: PLR2004 - 5xx
        return Sign.BAD
    if exchange.error and exchange.error.startswith("timeout"):
        return Sign.BAD
    return Sign.NEUTRAL if exchange.error or exchange.status in UNDECIDED else Sign.GOOD


def name_trouble(exchange: Exchange) -> str:
    """What was wrong, in a few words."""
    return exchange.error or f"status {exchange.status}"


def read_retry_after(exchange: Exchange) -> float | None:
    """Seconds to stay away, from Retry-After (RFC 9110, 10.2.3).

    A date counts from the response's own Date, so that neither clock has to be right; from our time without one.
    """
    value = (exchange.header("Retry-After") or "").strip()
    if value.isdecimal():
        return float(value)
    until = read_date(value)
    if until is None:
        return None
    since = read_date(exchange.header("Date") or "") or exchange.started_at
    return max(0.0, (until - since).total_seconds())


def read_date(text: str) -> datetime | None:
    """An HTTP date with its zone; None when it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return date if date.tzinfo else None
