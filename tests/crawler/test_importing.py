"""Captures made by others: judged, copied, and put into the order of time, once."""

import gzip
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from crawler.importing import Importer, is_page
from storage.archive.errors import ArchiveError
from storage.archive.importing import ImportedCapture, read_captures
from storage.archive.verification import verify_archive
from storage.archive.writer import ArchiveWriter
from storage.captures import stream_places
from storage.changes import derive_changes
from storage.records import Change, Outcome
from storage.reporting import read_changes
from storage.tables import CaptureRow, RunRow, VersionRow
from tests.crawler.scene import HOST, MONDAY, SITE, Scene, compose_response, render_page

ZONE = ZoneInfo("Asia/Shanghai")
TITLE = "关于增设路灯的答复"


def say(number: int) -> str:
    """The page when so many lamps stood there."""
    return render_page(TITLE, f"已在人民路新增路灯{number}盏。")


def make_record(  # noqa: PLR0913 - a record has that many sides
    day: str,
    body: str | bytes,
    *,
    path: str = "1.html",
    host: str = HOST,
    status: int = 200,
    kind: str = "response",
    fields: str = "",
    number: int = 0,
) -> bytes:
    """A record as other tools write it."""
    block = compose_response(body, status) if not body or isinstance(body, str) else body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://{host}/{path}\r\nWARC-Date: {day}T01:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{day.replace('-', '')}{number:04d}>\r\n{fields}"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def write_file(path: Path, records: Iterable[bytes], tail: bytes = b"") -> Path:
    """A file of others, a member a record."""
    path.write_bytes(b"".join(gzip.compress(record) for record in records) + tail)
    return path


def import_file(scene: Scene, *paths: Path, sites: bool = True) -> Importer:
    """Take in files as ``replywatch import`` does."""
    with closing(scene.open_database()) as database:
        writer = ArchiveWriter(scene.archive, software="t/1", contact="", clock=scene.configuration.clock)
        importer = Importer(scene.configuration, (SITE,) if sites else (), database, writer)
        with writer:
            for path in paths:
                for _ in importer.take_file(path):
                    pass
        for _ in importer.finish():
            pass
        for _ in derive_changes(database, ZONE):
            pass
    return importer


def read_texts(scene: Scene) -> list[str]:
    """The text of each version, in order."""
    with closing(scene.open_database()) as database, database.read() as session:
        return list(session.scalars(select(VersionRow.text).order_by(VersionRow.page_id, VersionRow.number)))


def read_told(scene: Scene) -> list[Change]:
    """What is told, oldest first."""
    with closing(scene.open_database()) as database:
        return [reported.change for reported in read_changes(database, None)]


def read_captures_of(scene: Scene) -> list[CaptureRow]:
    """All captures in order of time."""
    with closing(scene.open_database()) as database, database.read() as session:
        found = list(session.scalars(select(CaptureRow).order_by(CaptureRow.captured_at, CaptureRow.id)))
        session.expunge_all()
        return found


@pytest.fixture
def scene(tmp_path: Path, database_url: str) -> Scene:
    """An operator who has never crawled, on each kind of database in turn."""
    return Scene(tmp_path, database_url)


@pytest.fixture
def lone_scene(tmp_path: Path) -> Scene:
    """The same on SQLite alone."""
    return Scene(tmp_path)


def test_a_history_made_by_others_is_told_with_its_own_dates(scene: Scene) -> None:
    """Versions, changes and visits bear the times at which others saw the page; the records are copied whole."""
    path = write_file(
        scene.folder / "others.warc.gz",
        [
            make_record("2024-05-01", say(300)),
            make_record("2023-01-02", say(100)),
            make_record("2023-07-01", say(200)),
        ],
    )
    importer = import_file(scene, path)
    assert (importer.taken, importer.known, importer.passed) == (3, 0, 0)
    assert [str(number) in text for number, text in zip((100, 200, 300), read_texts(scene), strict=True)] == [True] * 3
    assert [(change.kind, f"{change.detected_at:%Y-%m-%d}") for change in read_told(scene)] == [
        ("new", "2023-01-02"),
        ("text", "2023-07-01"),
        ("text", "2024-05-01"),
    ]
    assert {change.site for change in read_told(scene)} == {"city"}
    with closing(scene.open_database()) as database:
        assert list(verify_archive(scene.archive, stream_places(database))) == []


def test_the_second_time_nothing_is_taken(scene: Scene) -> None:
    """The same file again, or the same captures in a file of another name: all known, nothing grows."""
    records = [make_record("2023-01-02", say(100)), make_record("2023-07-01", say(200))]
    import_file(scene, write_file(scene.folder / "others.warc.gz", records))
    told, size = read_told(scene), sum(path.stat().st_size for path in scene.archive.iterdir())
    renamed = write_file(scene.folder / "renamed.warc.gz", reversed(records))
    other_ids = [record.replace(b"0000-4000-8000", b"0000-4000-9000") for record in records]
    importer = import_file(scene, renamed, write_file(scene.folder / "copied.warc.gz", other_ids))
    assert (importer.taken, importer.known) == (0, 4)
    assert len(read_captures_of(scene)) == 2
    assert read_told(scene) == told
    assert sum(path.stat().st_size for path in scene.archive.iterdir()) == size


def test_older_captures_of_a_page_that_was_crawled(scene: Scene) -> None:
    """They come before what we saw; no change of ours loses its id, and the next visit compares with the latest."""
    scene.open()
    for number in (300, 400):
        scene.visit(scene.watch("1.html"), compose_response(say(number)))
    scene.close()
    before = {change.id for change in read_told(scene) if change.kind == "text"}
    import_file(scene, write_file(scene.folder / "old.warc.gz", [make_record("2023-01-02", say(100))]))
    ours = [change for change in read_told(scene) if change.detected_at >= MONDAY]
    assert before <= {change.id for change in ours}
    assert [(change.from_version, change.to_version) for change in ours] == [(1, 2), (2, 3)]
    assert [shown.version_number for shown in read_captures_of(scene)] == [1, 2, 3]
    scene.open()
    sight = scene.visit(scene.watch("1.html"), compose_response(say(400)))
    scene.close()
    assert sight.written is not None
    assert sight.written.is_revisit
    assert len(read_texts(scene)) == 3


def test_a_replaced_file_is_still_told_after_an_import(lone_scene: Scene) -> None:
    """What was told of a page's files survives that its versions are made anew."""
    scene = lone_scene
    linked = render_page("答复", "已办。", '<p><a href="/files/1.docx">附件：清单.docx</a></p>')
    scene.open()
    page = scene.watch("1.html")
    scene.visit(page, compose_response(linked))
    for body in (b"PK one", b"PK two"):
        scene.visit(scene.watch("files/1.docx", parent=page), compose_response(body))
    scene.close()
    import_file(scene, write_file(scene.folder / "other.warc.gz", [make_record("2023-01-02", "", path="9.html")]))
    before = [change for change in read_told(scene) if change.kind == "attachments"]
    assert len(before) == 1
    import_file(scene, write_file(scene.folder / "old.warc.gz", [make_record("2023-01-02", say(1))]))
    after = [change for change in read_told(scene) if change.kind == "attachments"]
    assert [change.id for change in after] == [change.id for change in before]


def test_a_broken_file_keeps_what_came_before(lone_scene: Scene) -> None:
    """The fault is an `ArchiveError`, and what was taken in before it becomes versions."""
    scene = lone_scene
    path = write_file(scene.folder / "torn.warc.gz", [make_record("2023-01-02", say(100))], tail=b"\x1f\x8b\x08torn")
    with pytest.raises(ArchiveError, match="torn"):
        import_file(scene, path)
    assert len(read_captures_of(scene)) == 1


def test_gone_by_the_captures_of_others(lone_scene: Scene) -> None:
    """What a file holds of one day is one run: within it another page's good answer is the canary."""
    scene = lone_scene
    records = [make_record("2023-01-02", say(100)), make_record("2023-01-02", say(7), path="2.html", number=1)]
    for day in (3, 4, 5):
        records.append(make_record(f"2023-01-0{day}", "<html>404</html>", status=404))
        records.append(make_record(f"2023-01-0{day}", say(7), path="2.html", number=1))
    import_file(scene, write_file(scene.folder / "days.warc.gz", records))
    (gone,) = (change for change in read_told(scene) if change.kind == "gone")
    assert gone.evidence is not None
    assert gone.evidence.tries == 3
    with closing(scene.open_database()) as database, database.read() as session:
        assert set(session.scalars(select(RunRow.state))) == {"imported"}
        assert len(session.scalars(select(RunRow.token)).all()) == 4


def test_a_revisit_shows_what_was_shown_before(lone_scene: Scene) -> None:
    """A record that refers to an earlier one is a visit without news."""
    scene = lone_scene
    digest = "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
    revisit = make_record("2023-02-02", b"HTTP/1.1 200 OK\r\n\r\n", kind="revisit", fields=digest)
    import_file(scene, write_file(scene.folder / "r.warc.gz", [make_record("2023-01-02", say(100)), revisit]))
    assert [(row.outcome, row.version_number) for row in read_captures_of(scene)] == [
        (Outcome.OK, 1),
        (Outcome.NOT_MODIFIED, 1),
    ]


def test_pages_of_unwatched_hosts_go_to_a_site_of_their_own(lone_scene: Scene) -> None:
    """Named after the host; without any seeds, too."""
    scene = lone_scene
    path = write_file(scene.folder / "e.warc.gz", [make_record("2023-01-02", say(1), host="other.example:8080")])
    import_file(scene, path, sites=False)
    assert [change.site for change in read_told(scene)] == ["other.example:8080"]


def test_blocks_of_others_are_judged(lone_scene: Scene) -> None:
    """A block page that somebody else archived is a block, and no version."""
    scene = lone_scene
    path = write_file(scene.folder / "b.warc.gz", [make_record("2023-01-02", "<html>blocked</html>", status=521)])
    import_file(scene, path)
    assert [row.outcome for row in read_captures_of(scene)] == [Outcome.BLOCKED]
    assert read_texts(scene) == []


@pytest.mark.parametrize("fields", ["", "WARC-Payload-Digest: sha256:" + "0123456789abcdef" * 4 + "\r\n"])
def test_long_ids_and_digests_are_kept(scene: Scene, fields: str) -> None:
    """Whatever others use to name records and payloads."""
    record = make_record("2023-01-02", say(100), fields=fields)
    named = record.replace(b"<urn:uuid:", b"<https://archive.example/collection/of/very/long/names/" + b"n" * 60)
    revisit = make_record("2023-02-02", b"HTTP/1.1 200 OK\r\n\r\n", kind="revisit", fields=fields)
    importer = import_file(scene, write_file(scene.folder / "l.warc.gz", [named, revisit]))
    assert importer.taken == 2


@pytest.mark.parametrize("path", ["[", "a b c/%zz", "\x07.html", "".join(f"{n:x}" for n in range(1500)) + ".html"])
def test_odd_addresses_do_not_end_an_import(scene: Scene, path: str) -> None:
    """They are taken in or passed over, and what stands behind them is taken in."""
    records = [make_record("2023-01-02", say(1), path=path), make_record("2023-01-03", say(2))]
    importer = import_file(scene, write_file(scene.folder / "o.warc.gz", records))
    assert importer.taken + importer.passed == 2
    assert importer.taken >= 1


@pytest.mark.parametrize("host", ["[::", "a:b:c", "x:99999", ""])
def test_odd_hosts_do_not_end_an_import(lone_scene: Scene, host: str) -> None:
    """Likewise, where there is no host at all."""
    records = [make_record("2023-01-02", say(1), host=host), make_record("2023-01-03", say(2))]
    importer = import_file(lone_scene, write_file(lone_scene.folder / "o.warc.gz", records))
    assert importer.taken >= 1


@pytest.mark.parametrize(
    ("path", "status", "content_type", "expected"),
    [
        ("/1.html", 200, "text/html", True),
        ("/1.html", 404, "", True),
        ("/1", 200, "TEXT/HTML; charset=gbk", True),
        ("/", 200, "text/html", False),
        ("/index.jsp", 200, "text/html", False),
        ("/style.css", 200, "text/css", False),
        ("/data", 200, "application/json", False),
        ("/files/1.docx", 404, "", False),
    ],
)
def test_only_pages_are_taken(path: str, status: int, content_type: str, *, expected: bool) -> None:
    """Documents and what became of them; neither front pages nor what pages are made of."""
    capture = ImportedCapture(
        file="",
        offset=0,
        record_id="",
        url=f"http://{HOST}{path}",
        captured_at=datetime(2023, 1, 2, tzinfo=UTC),
        status=status,
        headers=(("Content-Type", content_type),) if content_type else (),
        entity=b"",
        body=b"",
        payload_digest=None,
        entity_digest=None,
        body_digest=None,
        ip_address=None,
        truncated=None,
        original=None,
        crawl=(),
        packed=(),
        warcinfo=b"",
    )
    assert is_page(capture) is expected


def test_what_is_written_can_be_read_as_others_would(lone_scene: Scene) -> None:
    """An import of our own export of an import takes nothing twice and loses nothing."""
    scene = lone_scene
    import_file(scene, write_file(scene.folder / "a.warc.gz", [make_record("2023-01-02", say(100))]))
    (ours,) = scene.archive.glob("*.warc.gz")
    (capture,) = read_captures(ours)
    assert capture.record_id == read_captures_of(scene)[0].record_id
    assert import_file(scene, ours).known == 1
