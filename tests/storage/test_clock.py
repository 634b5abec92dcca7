"""The clock runs on from any start, and writes and reads instants in one form."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.clock import PROCESS_START, Clock, format_instant, parse_instant

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_it_runs_on_from_its_start() -> None:
    """The given time is the process's start; what has passed since is added."""
    before = datetime.now(UTC)
    now = Clock.starting_at(START).now()
    assert START + (before - PROCESS_START) <= now <= START + (datetime.now(UTC) - PROCESS_START)


def test_without_a_start_it_is_the_real_time() -> None:
    """No start, no shift."""
    assert abs(Clock.starting_at(None).now() - datetime.now(UTC)) < timedelta(seconds=1)


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_survive_their_text(instant: datetime) -> None:
    """Writing and reading gives the same instant, and the text ends with Z."""
    text = format_instant(instant)
    assert text.endswith("Z")
    assert parse_instant(text) == instant


@pytest.mark.parametrize("text", ["2026-01-02T03:04:05", "yesterday", ""])
def test_a_time_without_offset_is_refused(text: str) -> None:
    """A time that could mean anything is an error."""
    with pytest.raises(ValueError, match=r"\S"):
        parse_instant(text)


def test_a_naive_time_is_not_written() -> None:
    """A time without zone never gets into JSON."""
    with pytest.raises(ValueError, match="time zone"):
        format_instant(datetime(2026, 1, 2))  # noqa: DTZ001 - the naive time is the point
