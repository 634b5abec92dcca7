"""Records are read back from their places, and revisits with the help of their originals."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage.archive.errors import ArchiveError, MissingOriginalError, TornRecordError
from storage.archive.reader import Reference, iterate_records, parse_date, read_record, read_response
from storage.records import Finding, Outcome, Place
from tests.storage.archive.exchanges import PAGE, RESPONSES, Exchanges, Scribe, name_original


@pytest.mark.parametrize("kind", RESPONSES)
def test_reads_back_what_was_written(scribe: Scribe, exchanges: Exchanges, kind: str) -> None:
    """Block, status, headers, entity and body, while the file is open and after."""
    exchange = exchanges.make(RESPONSES[kind])
    place = scribe.write(exchange).place
    for _ in range(2):
        record = read_record(scribe.directory, place)
        assert (record.block, record.url, record.date) == (exchange.response, exchange.url, exchange.started_at)
        response = read_response(scribe.directory, place)
        assert (response.status, response.headers) == (exchange.status, exchange.headers)
        assert (response.entity, response.body) == (exchange.entity, exchange.body)
        scribe.writer.close()


def test_revisit_is_read_with_its_original(scribe: Scribe, exchanges: Exchanges) -> None:
    """Head of the revisit, body of the original, which the caller finds by what the revisit refers to."""
    first = exchanges.make()
    written = scribe.write(first)
    head = first.response.replace(b"200 OK\r\n", b"200 OK\r\nX-Served: twice\r\n")
    revisit = scribe.write(exchanges.make(head, url=first.url), original=name_original(first, written))
    asked: list[Reference] = []

    def find_original(reference: Reference) -> Place:
        asked.append(reference)
        return written.place

    response = read_response(scribe.directory, revisit.place, find_original)
    assert asked == [Reference(written.record_id, first.url, first.started_at.replace(microsecond=0))]
    assert ("X-Served", "twice") in response.headers
    assert response.body == PAGE


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1 304 Not Modified\r\nStatus: 304 Not Modified\r\n",
        b"HTTP/1.1 304 Not Modified\r\n",
        b"HTTP/1.0 304\r\n",
        b"HTTP/1.1 304 not modified\n",
    ],
)
def test_not_modified_is_read_as_its_original(scribe: Scribe, exchanges: Exchanges, line: bytes) -> None:
    """What a visitor saw is the original; the 304 itself can be read from its metadata record."""
    first = exchanges.make()
    written = scribe.write(first)
    original = name_original(first, written)
    head = line + b'ETag: "1"\r\n\r\n'
    revisit = scribe.write(exchanges.make(head, url=first.url), original=original)
    response = read_response(scribe.directory, revisit.place, lambda _: written.place)
    assert (response.status, response.body) == (200, PAGE)
    scribe.writer.close()
    kept = [record.response for record in iterate_records(scribe.paths[0]) if record.type == "metadata"]
    assert [(item.status, item.head) for item in kept if item] == [(304, head)]


def test_revisit_without_original_says_which(scribe: Scribe, exchanges: Exchanges) -> None:
    """The error names the record that is wanted; a ring of revisits ends."""
    first = exchanges.make()
    written = scribe.write(first)
    revisit = scribe.write(exchanges.make(url=first.url), original=name_original(first, written))
    with pytest.raises(MissingOriginalError) as caught:
        read_response(scribe.directory, revisit.place)
    assert caught.value.record_id == written.record_id
    with pytest.raises(ArchiveError, match="holds no response"):
        read_response(scribe.directory, revisit.place, lambda _: revisit.place)


def test_records_without_response_say_so(scribe: Scribe, exchanges: Exchanges) -> None:
    """A failed fetch has a record and no response."""
    place = scribe.write(exchanges.make(b"", error="dns_error"), finding=Finding(Outcome.DNS_ERROR)).place
    assert read_record(scribe.directory, place).response is None
    with pytest.raises(ArchiveError, match="holds no response"):
        read_response(scribe.directory, place)


@pytest.mark.parametrize(("offset", "length"), [(1, 0), (0, 1), (0, -1), (10**6, 0), (-40, 40)])
def test_wrong_places_are_torn(scribe: Scribe, exchanges: Exchanges, offset: int, length: int) -> None:
    """A place that is not exactly a record's is an error that says where."""
    place = scribe.write(exchanges.make()).place
    scribe.write(exchanges.make())
    with pytest.raises(TornRecordError) as caught:
        read_record(scribe.directory, Place(place.file, place.offset + offset, place.length + length))
    assert caught.value.file == place.file


@pytest.mark.parametrize("name", ["none.warc.gz", "../secret.warc.gz", "/etc/passwd"])
def test_other_files_are_refused(scribe: Scribe, exchanges: Exchanges, name: str) -> None:
    """Names come from a database or an index, and must not lead out of the archive."""
    place = scribe.write(exchanges.make()).place
    (scribe.directory.parent / "secret.warc.gz").write_bytes(b"")
    with pytest.raises(ArchiveError, match="no such file"):
        read_record(scribe.directory, replace(place, file=name))


def test_torn_tail_is_reported_behind_the_good_records(scribe: Scribe, exchanges: Exchanges) -> None:
    """All whole records come first; then an error says where the tear begins, wherever the file was cut."""
    last = [scribe.write(exchanges.make()).place for _ in range(3)][-1]
    scribe.writer.close()
    whole = scribe.paths[0].read_bytes()
    for size in range(last.offset + 1, len(whole), 97):
        scribe.paths[0].write_bytes(whole[:size])
        seen: list[str] = []
        with pytest.raises(TornRecordError) as caught:
            seen.extend(record.type for record in iterate_records(scribe.paths[0]))
        assert caught.value.offset == last.offset
        # A list's extend keeps what came before the error.
        assert seen.count("response") == 2


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-03-01T08:01:00.123456Z", datetime(2026, 3, 1, 8, 1, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T08:01:00Z", datetime(2026, 3, 1, 8, 1, tzinfo=UTC)),
        ("2026-03-01T16:01:00+08:00", datetime(2026, 3, 1, 8, 1, tzinfo=UTC)),
        ("20260301080100", datetime(2026, 3, 1, 8, 1, tzinfo=UTC)),
    ],
)
def test_dates_are_utc(text: str, date: datetime) -> None:
    """The forms in which archives write dates."""
    assert parse_date(text) == date


def test_identifiers_find_their_records(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """Places of several files and writers do not get mixed up."""
    written = [make_scribe().write(exchanges.make()) for _ in range(3)]
    for item in written:
        assert read_record(make_scribe().directory, item.place).record_id == item.record_id
