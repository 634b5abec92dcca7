"""How fast a host is asked follows from what it answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.fetching.circuit import Limits, State
from crawler.fetching.pace import (
    LONGEST_REST,
    Pace,
    Sign,
    admit,
    blame,
    name_state,
    observe,
    read_retry_after,
    read_sign,
    restore_rest,
)
from storage.records import Exchange

LIMITS = Limits(threshold=4, rest=100)


def make_exchange(status: int | None = 200, *, error: str | None = None, **headers: str) -> Exchange:
    """An exchange as far as the pace looks at it."""
    return Exchange(
        url="http://www.example.gov.cn/",
        started_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        request=b"",
        status=status,
        error=error,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
    )


def test_gap_doubles_with_each_failure_and_falls_back() -> None:
    """503, 500, time-outs and 429 each double the gap; a good answer ends that."""
    pace = Pace(2.0)
    gaps = []
    for trouble in (make_exchange(503), make_exchange(500), make_exchange(None, error="timeout: no answer in time")):
        pace = observe(pace, trouble, 0, LIMITS)
        gaps.append(pace.gap)
    assert gaps == [4, 8, 16]
    assert pace.last_error == "timeout: no answer in time"
    assert observe(pace, make_exchange(404), 0, LIMITS).gap == 2


def test_crawl_delay_is_a_floor() -> None:
    """The longer of the seed's delay and the site's Crawl-delay counts."""
    assert Pace(2.0, crawl_delay=10).gap == 10
    assert Pace(2.0, crawl_delay=0.5).gap == 2
    assert Pace(0.0).gap == 0
    assert Pace(400.0).gap == 400, "a long delay is not cut"


def test_short_retry_after_is_waited_for_once() -> None:
    """The next request keeps the time that the server named; the one after it does not."""
    pace = observe(Pace(2.0), make_exchange(429, Retry_After="30"), 0, LIMITS)
    assert pace.gap == 30
    assert observe(pace, make_exchange(200), 40, LIMITS).gap == 2


def test_long_retry_after_opens_the_circuit() -> None:
    """Nothing is held in memory for an hour: requests are refused until then."""
    pace = observe(Pace(2.0), make_exchange(503, Retry_After="3600"), 0, LIMITS)
    pace, seconds = admit(pace, 10, LIMITS)
    assert seconds == 3590
    assert pace.refused == 1
    assert admit(pace, 3600, LIMITS)[1] == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "Sun, 01 Mar 2026 12:05:00 GMT"}, 300),
        ({"Retry_After": "Fri, 01 Mar 2030 08:10:00 GMT", "Date": "Fri, 01 Mar 2030 08:00:00 GMT"}, 600),
        ({"Retry_After": "Sun, 01 Mar 2020 12:05:00 GMT"}, 0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds or a date, the date against the server's own clock."""
    assert read_retry_after(make_exchange(503, **headers)) == seconds


@pytest.mark.parametrize(
    ("status", "error", "sign"),
    [
        (200, None, Sign.GOOD),
        (304, None, Sign.GOOD),
        (404, None, Sign.GOOD),
        (412, None, Sign.NEUTRAL),
        (403, None, Sign.NEUTRAL),
        (200, "truncated: connection closed after 5 bytes of the body", Sign.NEUTRAL),
        (200, "too_large: more than 20 bytes", Sign.NEUTRAL),
        (200, "timeout: the response took too long", Sign.BAD),
        (429, None, Sign.BAD),
        (521, None, Sign.BAD),
        (None, "tls_error: certificate expired", Sign.BAD),
    ],
)
def test_sign_of_an_exchange(status: int | None, error: str | None, sign: Sign) -> None:
    """A missing page says nothing against its host; a host that does not answer does."""
    assert read_sign(make_exchange(status, error=error)) is sign


def test_block_pages_slow_down_and_open() -> None:
    """Block pages that come with 200 add up once they are judged; judging a failure twice counts once."""
    pace: Any = Pace(1.0)
    for expected in (2, 4, 8):
        pace = blame(observe(pace, make_exchange(200), 0, LIMITS), "blocked", 0, LIMITS)
        assert blame(pace, "blocked", 0, LIMITS) == pace
        assert pace.gap == expected
    pace = blame(observe(pace, make_exchange(200), 0, LIMITS), "blocked", 0, LIMITS)
    assert pace.circuit.state is State.OPEN
    assert pace.last_error == "blocked"


def test_probe_with_an_undecided_answer_closes() -> None:
    """A 403 to the probe shows that the host is up; in a closed circuit it changes nothing."""
    pace = Pace(1.0)
    for _ in range(4):
        pace = observe(pace, make_exchange(500), 0, LIMITS)
    pace, _ = admit(pace, 200, LIMITS)
    assert pace.circuit.state is State.HALF_OPEN
    assert observe(pace, make_exchange(403), 201, LIMITS).circuit.state is State.CLOSED


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        (make_exchange(503), "down"),
        (make_exchange(None, error="dns_error: no such name"), "down"),
        (make_exchange(429), "resting"),
        (make_exchange(503, Retry_After="3600"), "resting"),
        (make_exchange(404), ""),
        (make_exchange(403), ""),
    ],
)
def test_a_host_has_a_state_in_a_word(trouble: Exchange, word: str) -> None:
    """From a few failures in a row on, or as long as it rests; one good answer ends it."""
    pace = Pace(2.0)
    for _ in range(3):
        pace = observe(pace, trouble, 0, LIMITS)
    assert name_state(pace, 0) == word
    assert name_state(observe(Pace(2.0), make_exchange(500), 0, LIMITS), 0) == ""
    pace, _ = admit(pace, 10**6, LIMITS)
    assert name_state(observe(pace, make_exchange(200), 10**6, LIMITS), 10**6) == ""


def test_who_turns_us_away_is_blocked() -> None:
    """Block pages with a good status count when the page was read."""
    pace = Pace(2.0)
    for _ in range(3):
        pace = blame(observe(pace, make_exchange(200), 0, LIMITS), "blocked", 0, LIMITS)
    assert name_state(pace, 0) == "blocked"


def test_a_rest_goes_on_in_another_process() -> None:
    """Nothing passes before its end, then one probe; if that fails the next rest is the longer one that was due."""
    pace = restore_rest(Pace(2.0), 50, 100, failures=4, openings=2, error="status 500")
    assert admit(pace, 149, LIMITS)[1] == 1
    pace, wait = admit(pace, 150, LIMITS)
    assert wait == 0
    assert admit(pace, 150, LIMITS)[1] > 0, "one probe"
    assert observe(pace, make_exchange(500), 150, LIMITS).circuit.rest_left(150) == 400
    endless = restore_rest(Pace(2.0), 0, 10**9, failures=4, openings=2, error="")
    assert endless.circuit.rest_left(0) == LONGEST_REST, "also when a clock was set back"
