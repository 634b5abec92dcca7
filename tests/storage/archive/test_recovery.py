"""After a crash every record that was synced is there, none is torn, and nothing is taken in twice."""

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from storage.archive.adoption import AdoptedCapture
from storage.archive.reader import iterate_records, read_record
from storage.archive.recovery import Recovery, Tear, recover_archive
from storage.archive.writer import Written
from storage.records import Finding, Outcome, Place, Role
from tests.storage.archive.exchanges import RESPONSES, Exchanges, Scribe, name_original


def end_of(written: Written) -> dict[str, int]:
    """What the database knows when this capture is the last."""
    return {written.place.file: written.place.offset + written.place.length}


def crash(scribe: Scribe, tail: bytes = b"") -> Path:
    """Lets go of the writer's file as a dying process does, after ``tail`` was written; returns its path."""
    segment = scribe.writer._segment
    assert segment
    os.pwrite(segment._descriptor, tail, segment.end)
    segment.is_usable = False
    scribe.writer.close()
    return scribe.paths[0]


def test_unknown_records_are_adopted_with_all_that_the_database_needs(scribe: Scribe, exchanges: Exchanges) -> None:
    """What a capture was is read back from its record."""
    known = scribe.write(exchanges.make())
    exchange = exchanges.make(RESPONSES["gzip-chunked"])
    finding = Finding(Outcome.BLOCKED, "speed gate", "knownsec")
    written = scribe.write(exchange, role=Role.ATTACHMENT, finding=finding, run_id=31)
    crash(scribe)
    (adopted,) = recover_archive(scribe.directory, end_of(known)).adopted
    capture = adopted.capture
    assert (capture.record_id, capture.place) == (written.record_id, written.place)
    assert (capture.url, capture.captured_at) == (exchange.url, exchange.started_at)
    assert (capture.role, adopted.run_id) == (Role.ATTACHMENT, "31")
    assert (capture.outcome, capture.detail, capture.vendor) == (Outcome.BLOCKED, "speed gate", "knownsec")
    assert (capture.status, capture.headers) == (200, exchange.headers)
    digests = (written.payload_digest, written.entity_digest, written.body_digest)
    assert (capture.payload_digest, capture.entity_digest, capture.body_digest) == digests
    assert adopted.original_id is None


def test_revisits_and_failures_are_adopted(scribe: Scribe, exchanges: Exchanges) -> None:
    """A revisit names its original; a 304 has its status and headers; a failed fetch has its outcome."""
    first = exchanges.make()
    known = scribe.write(first)
    original = name_original(first, known)
    scribe.write(exchanges.make(url=first.url), original=original)
    not_modified = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    scribe.write(exchanges.make(not_modified, url=first.url), original=original, finding=Finding(Outcome.NOT_MODIFIED))
    scribe.write(exchanges.make(b"", error="timeout"), finding=Finding(Outcome.TIMEOUT))
    crash(scribe)
    adopted = recover_archive(scribe.directory, end_of(known)).adopted
    assert [item.original_id for item in adopted] == [known.record_id, known.record_id, None]
    assert [item.capture.status for item in adopted] == [200, 304, None]
    assert [item.capture.outcome for item in adopted] == [Outcome.OK, Outcome.NOT_MODIFIED, Outcome.TIMEOUT]
    assert adopted[1].capture.header("etag") == '"1"'
    assert {item.capture.payload_digest for item in adopted} == {known.payload_digest, None}


@pytest.mark.parametrize(
    "tail",
    [
        b"\x1f\x8b\x08\x00torn",
        b"\0" * 5000,
        b"\x1f",
        os.urandom(300_000),
        b"\x1f\x8b\x08torn" + gzip.compress(b"a compressed page within the torn record", mtime=0) + b"rest",
        os.urandom(1 << 16)[:-1] + gzip.compress(b"astride two reads", mtime=0),
    ],
    ids=["head", "zeros", "one byte", "noise", "head and member", "noise and member"],
)
def test_torn_tail_is_cut_off(scribe: Scribe, exchanges: Exchanges, tail: bytes) -> None:
    """Half a record, zeros, garbage, compressed pages that are no records: it goes, and the file is closed."""
    known = scribe.write(exchanges.make())
    end = end_of(known)[known.place.file]
    crash(scribe, tail)
    recovery = recover_archive(scribe.directory, end_of(known))
    assert recovery == Recovery(closed=(known.place.file,), cut=(Tear(known.place.file, end, len(tail)),))
    assert [path.name for path in scribe.paths] == [known.place.file]
    assert scribe.paths[0].stat().st_size == end


def test_cut_at_any_byte_whole_records_survive(scribe: Scribe, exchanges: Exchanges) -> None:
    """Wherever the last write broke off, exactly the captures that were whole are adopted."""
    known, *unknown = (scribe.write(exchanges.make(b"HTTP/1.1 200 OK\r\n\r\n%d" % number)) for number in range(4))
    whole = crash(scribe).read_bytes()
    path = scribe.directory / f"{known.place.file}.open"
    for size in range(end_of(known)[known.place.file], len(whole), 13):
        for old in scribe.paths:
            old.unlink()
        path.write_bytes(whole[:size])
        adopted = recover_archive(scribe.directory, end_of(known)).adopted
        expected = [item.record_id for item in unknown if end_of(item)[item.place.file] <= size]
        assert [item.capture.record_id for item in adopted] == expected
        assert scribe.paths == [scribe.directory / known.place.file]


def test_without_knowledge_everything_is_adopted(scribe: Scribe, exchanges: Exchanges) -> None:
    """A lost database can be filled again from the archive."""
    written = [scribe.write(exchanges.make()) for _ in range(3)]
    crash(scribe, b"\x1f\x8b")
    adopted = recover_archive(scribe.directory, {}).adopted
    assert [item.capture.record_id for item in adopted] == [item.record_id for item in written]


def test_second_recovery_finds_nothing(scribe: Scribe, exchanges: Exchanges) -> None:
    """It can be run at every start."""
    scribe.write(exchanges.make())
    crash(scribe)
    assert recover_archive(scribe.directory, {}).adopted
    assert recover_archive(scribe.directory, {}) == Recovery()


def test_crash_while_adopting_loses_nothing(scribe: Scribe, exchanges: Exchanges) -> None:
    """The file stays open until the database has committed, so that the next start adopts the same records."""
    scribe.write(exchanges.make())
    crash(scribe, b"\x1f\x8b\x08")

    def fail(_: Sequence[AdoptedCapture]) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        recover_archive(scribe.directory, {}, fail)
    taken: list[AdoptedCapture] = []
    recovery = recover_archive(scribe.directory, {}, taken.extend)
    assert (len(taken), len(recovery.closed)) == (1, 1)


def test_living_writers_are_left_alone(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """The file of a writer that lives is busy, and it writes on undisturbed."""
    scribe = make_scribe()
    place = scribe.write(exchanges.make()).place
    assert recover_archive(scribe.directory, {}) == Recovery(busy=(place.file,))
    again = scribe.write(exchanges.make())
    assert read_record(scribe.directory, again.place).record_id == again.record_id


def test_empty_file_is_removed(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """A crash within the very first write leaves a file with nothing in it."""
    scribe = make_scribe()
    file = scribe.write(exchanges.make()).place.file
    path = crash(scribe)
    path.write_bytes(path.read_bytes()[:100])
    recovery = recover_archive(scribe.directory, {})
    assert (recovery.removed, recovery.closed, scribe.paths) == ((file,), (), [])


def test_good_records_behind_damage_are_not_cut_off(scribe: Scribe, exchanges: Exchanges) -> None:
    """A tear with whole records behind it is damage: it is reported, and every byte stays."""
    known = scribe.write(exchanges.make())
    spoilt = scribe.write(exchanges.make())
    scribe.write(exchanges.make())
    path = crash(scribe)
    data = bytearray(path.read_bytes())
    data[spoilt.place.offset + 50] ^= 0xFF
    path.write_bytes(data)
    recovery = recover_archive(scribe.directory, end_of(known))
    assert (len(recovery.damaged), recovery.cut) == (1, ())
    assert scribe.paths[0].read_bytes() == data


def test_records_that_the_disk_lost_are_reported(scribe: Scribe, exchanges: Exchanges) -> None:
    """A file that is shorter than the database says is closed behind its last good record."""
    first, last = scribe.write(exchanges.make()), scribe.write(exchanges.make())
    path = crash(scribe)
    path.write_bytes(path.read_bytes()[: last.place.offset + 10])
    recovery = recover_archive(scribe.directory, end_of(last))
    assert recovery.damaged[0].offset == last.place.offset + 10
    assert recovery.closed == (first.place.file,)
    assert read_record(scribe.directory, first.place).record_id == first.record_id


WRITING = """
import os, sys
from pathlib import Path
from tests.storage.archive.exchanges import Exchanges, Scribe

scribe, exchanges, count = Scribe(Path(sys.argv[1]), roll_at=400_000), Exchanges(), 0
while True:
    batch = []
    for _ in range(5):
        count += 1
        body = os.urandom(count * 997 % 60_000)
        written = scribe.write(exchanges.make(b"HTTP/1.1 200 OK\\r\\n\\r\\n" + body))
        place = written.place
        batch.append(f"{written.record_id} {place.file} {place.offset} {place.length}\\n")
    scribe.writer.sync()
    os.write(1, "".join(batch).encode())
"""


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment_nothing_synced_is_lost(tmp_path: Path, seed: int) -> None:
    """A writer is killed in the middle of its work; all it has synced can be read, and the rest is whole."""
    log, archive = tmp_path / "log", tmp_path / "archive"
    with log.open("wb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-c", WRITING, str(archive)], cwd=Path(__file__).parents[3], stdout=stream
        )
        while not log.stat().st_size:
            assert child.poll() is None
            time.sleep(0.01)
        time.sleep(random.Random(seed).random() / 4)  # noqa: S311 - no secret, a moment
        child.send_signal(signal.SIGKILL)
        child.wait()
    synced = {line.split()[0]: line.split()[1:] for line in log.read_text().splitlines()}
    places = {name: Place(file, int(offset), int(length)) for name, (file, offset, length) in synced.items()}
    committed = list(places.items())[: len(places) // 2]
    ends: dict[str, int] = {}
    for _, place in committed:
        ends[place.file] = place.offset + place.length
    recovery = recover_archive(archive, ends)
    found = {
        record.record_id: record.place
        for path in archive.iterdir()
        for record in iterate_records(path)
        if record.type == "response"
    }
    assert places.items() <= found.items()
    adopted = {item.capture.record_id for item in recovery.adopted}
    assert len(recovery.adopted) == len(adopted)
    open_at_death = {name for name, place in found.items() if place.file in recovery.closed}
    assert open_at_death - {name for name, _ in committed} == adopted
