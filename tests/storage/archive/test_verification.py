"""Verification finds what is wrong, repair mends what can be mended and takes no good record away."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.archive.members import pack_record, parse_record
from storage.archive.reader import read_record
from storage.archive.verification import BATCH, Fault, FaultKind, Row, verify_archive
from storage.archive.writer import Written
from storage.records import Place
from tests.storage.archive.exchanges import RESPONSES, Exchanges, Scribe, name_original
from tests.storage.archive.test_recovery import crash

if TYPE_CHECKING:
    from storage.archive.adoption import AdoptedCapture


def row_of(written: Written) -> Row:
    """The row that a database has for a capture."""
    return (written.record_id, written.place, written.payload_digest)


def find_faults(scribe: Scribe, rows: list[Row], *, is_repairing: bool = False) -> list[Fault]:
    """All faults, with an adopting database when repairing."""
    return list(verify_archive(scribe.directory, rows, is_repairing=is_repairing, adopt=lambda _: None))


def spoil_byte(path: Path, offset: int) -> None:
    """Rot in one byte."""
    data = bytearray(path.read_bytes())
    data[offset] ^= 0xFF
    path.write_bytes(data)


def count_responses(path: Path) -> int:
    """Responses as warcio sees them, reading the file from its beginning."""
    with path.open("rb") as stream:
        return sum(record.rec_type == "response" for record in ArchiveIterator(stream))


def test_sound_archive_has_no_faults(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """Every kind of record in several files, closed and still written."""
    rows = []
    for _ in range(3):
        scribe = make_scribe()
        for response in RESPONSES.values():
            first = exchanges.make(response)
            written = scribe.write(first)
            rows.append(row_of(written))
            again = exchanges.make(response, url=first.url)
            rows.append(row_of(scribe.write(again, original=name_original(first, written))))
        rows.append(row_of(scribe.write(exchanges.make(b"", error="timeout"))))
    scribe.writer.close()
    assert find_faults(scribe, rows) == []


def test_rows_must_come_file_by_file(make_scribe: Callable[..., Scribe], exchanges: Exchanges) -> None:
    """Otherwise each file would be read again for every row."""
    one, two = make_scribe(), make_scribe()
    rows = [row_of(scribe.write(exchanges.make())) for scribe in (one, two, one)]
    with pytest.raises(ValueError, match="do not come together"):
        find_faults(one, rows)


def test_rows_must_come_by_offset(scribe: Scribe, exchanges: Exchanges) -> None:
    """Rows and records are walked side by side, so that millions of them need no memory."""
    rows = [row_of(scribe.write(exchanges.make())) for _ in range(2)]
    with pytest.raises(ValueError, match="rising offset"):
        find_faults(scribe, rows[::-1])


def test_missing_file_and_records_are_found(scribe: Scribe, exchanges: Exchanges) -> None:
    """Rows without their record: before, at and behind a record that is another's, and in a file that is not there."""
    place = scribe.write(exchanges.make()).place
    written = scribe.write(exchanges.make())
    scribe.writer.close()
    rows: list[Row] = [
        ("urn:uuid:1", Place("gone.warc.gz", 0, 10), None),
        ("urn:uuid:2", Place(place.file, 5, 10), None),
        ("urn:uuid:3", place, None),
        row_of(written),
        row_of(written),
        ("urn:uuid:4", Place(place.file, 10**6, 10), None),
    ]
    faults = find_faults(scribe, rows)
    assert [(fault.kind, fault.record_id) for fault in faults if fault.kind is not FaultKind.ORPHAN] == [
        (FaultKind.MISSING_FILE, None),
        (FaultKind.MISSING_RECORD, "urn:uuid:2"),
        (FaultKind.MISSING_RECORD, "urn:uuid:3"),
        (FaultKind.MISSING_RECORD, written.record_id),
        (FaultKind.MISSING_RECORD, "urn:uuid:4"),
    ]
    assert [fault.offset for fault in faults if fault.kind is FaultKind.ORPHAN] == [place.offset]


def test_rows_that_disagree_are_found(scribe: Scribe, exchanges: Exchanges) -> None:
    """A wrong length and a wrong digest."""
    written = scribe.write(exchanges.make())
    scribe.writer.close()
    place = written.place
    wrong = (written.record_id, Place(place.file, place.offset, 9), "sha1:" + "A" * 32)
    assert [fault.kind for fault in find_faults(scribe, [wrong])] == [FaultKind.MISMATCH, FaultKind.MISMATCH]


@pytest.mark.parametrize("field", ["WARC-Block-Digest", "WARC-Payload-Digest", "Replywatch-Entity-Digest"])
def test_record_that_disagrees_with_itself_is_found(scribe: Scribe, exchanges: Exchanges, field: str) -> None:
    """A forged record in a sound gzip member is given away by its digests."""
    written = scribe.write(exchanges.make())
    scribe.writer.close()
    path, place = scribe.paths[0], written.place
    fields, block = parse_record(gzip.decompress(path.read_bytes()[place.offset :]))
    other = {"WARC-Block-Digest": "sha1:" + "A" * 32, "WARC-Payload-Digest": "sha1:" + "B" * 32}
    forged = [(name, other.get(name, "0" * 64) if name == field else value) for name, value in fields]
    record = pack_record(tuple(item for item in forged if item[0] != "Content-Length"), block, 9)
    path.write_bytes(path.read_bytes()[: place.offset] + record)
    row: Row = (written.record_id, Place(place.file, place.offset, len(record)), written.payload_digest)
    assert [(fault.kind, fault.detail.split()[0]) for fault in find_faults(scribe, [row])] == [
        (FaultKind.DIGEST, field)
    ]


def test_orphans_are_adopted(scribe: Scribe, exchanges: Exchanges) -> None:
    """A capture that no row knows is handed over with its place; requests are no captures."""
    known, orphan = scribe.write(exchanges.make()), scribe.write(exchanges.make())
    scribe.writer.close()
    taken: list[AdoptedCapture] = []
    faults = list(verify_archive(scribe.directory, [row_of(known)], is_repairing=True, adopt=taken.extend))
    assert [(fault.kind, fault.record_id, fault.is_mended) for fault in faults] == [
        (FaultKind.ORPHAN, orphan.record_id, True)
    ]
    assert [item.capture.place for item in taken] == [orphan.place]
    assert find_faults(scribe, [row_of(known), row_of(orphan)]) == []


def test_many_orphans_are_adopted_in_batches(scribe: Scribe, exchanges: Exchanges) -> None:
    """A lost database is filled again without holding all of the archive in memory."""
    written = [scribe.write(exchanges.make(RESPONSES["empty"])).record_id for _ in range(BATCH + 3)]
    scribe.writer.close()
    batches: list[list[str]] = []
    faults = list(
        verify_archive(
            scribe.directory,
            [],
            is_repairing=True,
            adopt=lambda captures: batches.append([item.capture.record_id for item in captures]),
        )
    )
    assert [len(batch) for batch in batches] == [BATCH, 3]
    assert [fault.record_id for fault in faults] == written == [*batches[0], *batches[1]]
    assert all(fault.is_mended for fault in faults)


def test_torn_tail_moves_to_a_side_file(scribe: Scribe, exchanges: Exchanges) -> None:
    """It is found without being touched, and moved when repairing; then all is well."""
    row = row_of(scribe.write(exchanges.make()))
    scribe.writer.close()
    path = scribe.paths[0]
    sound = path.read_bytes()
    path.write_bytes(sound + b"\x1f\x8b\x08torn")
    assert [(fault.kind, fault.is_mended) for fault in find_faults(scribe, [row])] == [(FaultKind.TORN_TAIL, False)]
    assert path.read_bytes() != sound
    assert [fault.is_mended for fault in find_faults(scribe, [row], is_repairing=True)] == [True]
    assert path.read_bytes() == sound
    assert path.with_name(f"{path.name}.{len(sound)}.torn").read_bytes() == b"\x1f\x8b\x08torn"
    assert find_faults(scribe, [row]) == []


def test_side_files_are_never_written_over(scribe: Scribe, exchanges: Exchanges) -> None:
    """Two tears at one place leave two side files."""
    row = row_of(scribe.write(exchanges.make()))
    scribe.writer.close()
    path = scribe.paths[0]
    for tail in (b"first", b"second"):
        path.write_bytes(path.read_bytes() + tail)
        find_faults(scribe, [row], is_repairing=True)
    assert [side.read_bytes() for side in sorted(scribe.directory.glob("*.torn"))] == [b"second", b"first"]


def test_damage_is_replaced_by_a_note_of_equal_length(scribe: Scribe, exchanges: Exchanges) -> None:
    """Good records behind a rotten one keep their places, and the file can be read from its beginning again."""
    first, rotten, last = (scribe.write(exchanges.make()) for _ in range(3))
    scribe.writer.close()
    path, rows = scribe.paths[0], [row_of(first), row_of(rotten), row_of(last)]
    spoil_byte(path, rotten.place.offset + 100)
    before = path.read_bytes()
    faults = find_faults(scribe, rows)
    assert [fault.kind for fault in faults] == [FaultKind.DAMAGE, FaultKind.MISSING_RECORD]
    repaired = find_faults(scribe, rows, is_repairing=True)
    assert [fault.is_mended for fault in repaired] == [True, False]
    side = path.with_name(f"{path.name}.{rotten.place.offset}.torn")
    assert side.read_bytes() == before[rotten.place.offset :][: rotten.place.length]
    assert count_responses(path) == 2
    gzip.decompress(path.read_bytes())
    for written in (first, last):
        assert read_record(scribe.directory, written.place).record_id == written.record_id
    # What is gone is gone, and stays reported.
    assert [fault.kind for fault in find_faults(scribe, rows)] == [FaultKind.MISSING_RECORD]


def test_file_of_a_dead_writer_is_closed(scribe: Scribe, exchanges: Exchanges) -> None:
    """Left open and torn: cut, adopted, closed."""
    known, unknown = scribe.write(exchanges.make()), scribe.write(exchanges.make())
    crash(scribe, b"\x1f\x8b\x08torn")
    faults = find_faults(scribe, [row_of(known)], is_repairing=True)
    assert {fault.kind for fault in faults} == {FaultKind.TORN_TAIL, FaultKind.ORPHAN, FaultKind.UNCLOSED}
    assert all(fault.is_mended for fault in faults)
    assert known.place.file in [path.name for path in scribe.paths]
    assert find_faults(scribe, [row_of(known), row_of(unknown)]) == []


def test_file_of_a_living_writer_is_compared_as_far_as_rows_go(scribe: Scribe, exchanges: Exchanges) -> None:
    """Records that are not committed yet are no orphans, and a record that is being written is no tear."""
    known = scribe.write(exchanges.make())
    scribe.write(exchanges.make())
    with scribe.paths[0].open("ab") as stream:
        stream.write(b"\x1f\x8b\x08")
    assert find_faults(scribe, [row_of(known)], is_repairing=True) == []
    assert scribe.paths[0].name.endswith(".open")


def test_progress_adds_up_to_the_bytes_of_the_files(scribe: Scribe, exchanges: Exchanges) -> None:
    """So that a progress bar can be shown."""
    rows = [row_of(scribe.write(exchanges.make())) for _ in range(3)]
    scribe.writer.close()
    steps: list[int] = []
    assert list(verify_archive(scribe.directory, rows, advance=steps.append)) == []
    assert sum(steps) == scribe.paths[0].stat().st_size


def test_foreign_files_in_the_folder_are_left_alone(scribe: Scribe, exchanges: Exchanges) -> None:
    """Side files and notes are no archive files."""
    row = row_of(scribe.write(exchanges.make()))
    scribe.writer.close()
    (scribe.directory / "README.txt").write_text("hello")
    (scribe.directory / "x.warc.gz.17.torn").write_bytes(b"torn")
    assert find_faults(scribe, [row]) == []
