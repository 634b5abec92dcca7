"""Subscribers as the operator writes them: read, or refused with one line that shows no secret."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from storage.subscriptions import SubscriptionError, read_subscribers

ZONE = ZoneInfo("Asia/Shanghai")
GOOD = {"name": "desk", "url": "json://hooks.example/T0K3N"}


def test_a_subscriber_has_defaults() -> None:
    """Name and address are enough; the address does not show when the value is printed."""
    (one,) = read_subscribers([GOOD], {})
    assert one.wants("any", "gone", 0.0)
    assert one.alert_score is None
    assert "T0K3N" not in repr(one)


def test_an_address_takes_words_from_the_environment() -> None:
    """A secret need not stand in the file."""
    (one,) = read_subscribers([GOOD | {"url": ["json://${HOST}/x"]}], {"HOST": "hooks.example"})
    assert one.urls == ("json://hooks.example/x",)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "entry 1: name"),
        ({"url": "T0K3N"}, "desk.url: use an address"),
        ({"url": "json://${NONE}/T0K3N"}, "the environment has no NONE"),
        ({"url": []}, "desk.url: is missing"),
        ({"schedule": "funday 08:00"}, "desk.schedule"),
        ({"schedule": "mon 25:00"}, "desk.schedule"),
        ({"kinds": ["txt"]}, "did you mean text"),
        ({"min_score": 2}, "number from 0 to 1"),
        ({"alert_score": True}, "number from 0 to 1"),
        ({"language": "de"}, "zh, en"),
        ({"silence": "no"}, "true or false"),
        ({"site": "x"}, "did you mean sites"),
        ({"sites": 3}, "a text or a list of texts"),
    ],
)
def test_a_mistake_is_one_line(values: dict[str, object], said: str) -> None:
    """Each mistake names the entry and says what is allowed."""
    with pytest.raises(SubscriptionError) as caught:
        read_subscribers([GOOD | values], {})
    assert said in str(caught.value)
    assert "T0K3N" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_are_unique_and_the_whole_is_a_list() -> None:
    """Two subscribers of one name would share a cursor."""
    with pytest.raises(SubscriptionError, match="two are called desk"):
        read_subscribers([GOOD, GOOD], {})
    with pytest.raises(SubscriptionError, match="write a table"):
        read_subscribers(GOOD, {})


@pytest.mark.parametrize(
    ("schedule", "now", "period"),
    [
        ("daily 08:00", "2026-03-04T07:59", "2026-03-03T08:00"),
        ("daily 08:00", "2026-03-04T08:00", "2026-03-04T08:00"),
        ("mon 08:00", "2026-03-02T07:00", "2026-02-23T08:00"),
        ("mon,thu 18:30", "2026-03-06T00:00", "2026-03-05T18:30"),
    ],
)
def test_a_period_begins_at_its_time_in_the_zone(schedule: str, now: str, period: str) -> None:
    """The latest time at or before now."""
    (one,) = read_subscribers([GOOD | {"schedule": schedule}], {})
    found = one.schedule.find_period(datetime.fromisoformat(now).replace(tzinfo=ZONE), ZONE)
    assert found == datetime.fromisoformat(period).replace(tzinfo=ZONE)
