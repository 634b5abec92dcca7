"""Hosts are kept from one process to the next: counts add up, states are the last ones, a rest ends by itself."""

from dataclasses import replace
from datetime import timedelta

from storage.database import Database
from storage.hosts import read_hosts, read_rests, record_hosts
from tests.crawler.test_ledger import NEWS, NOW


def test_a_host_is_as_it_was_last(database: Database) -> None:
    """Counts are added; trouble and rest are the last ones; the end of a certificate stays when none was shown."""
    until = NOW + timedelta(hours=1)
    first = replace(NEWS, certificate_until=NOW + timedelta(days=30))
    later = replace(NEWS, trouble="blocked", available_at=until, failures=8, openings=2, last_error="blocked")
    for news in (first, later):
        with database.write() as session:
            record_hosts(session, [replace(news, host="b.example"), news])
    with database.read() as session:
        now, after = read_hosts(session, NOW)[0], read_hosts(session, until)[0]
    assert (now.state, now.until, now.requests, now.seconds) == ("blocked", until, 6, 0.5)
    assert now.certificate_until == first.certificate_until
    assert (after.state, after.until) == ("blocked", None), "until it is seen to be well"
    (rest, _) = read_rests(database, NOW)
    assert (rest.host, rest.available_at, rest.failures, rest.openings) == ("a.example", until, 8, 2)
    assert read_rests(database, until) == ()


def test_who_asked_for_a_rest_and_had_it_is_well(database: Database) -> None:
    """Resting is no trouble that lasts; a host without any answer has no average."""
    until = NOW + timedelta(hours=1)
    with database.write() as session:
        record_hosts(session, [replace(NEWS, trouble="resting", available_at=until, answers=0)])
        record_hosts(session, [])
    with database.read() as session:
        assert [read_hosts(session, when)[0].state for when in (NOW, until)] == ["resting", "ok"]
        assert read_hosts(session, NOW)[0].seconds is None
