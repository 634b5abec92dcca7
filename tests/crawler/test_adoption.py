"""What a crawl that died had written and not committed is taken in as if it had lived."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.adoption import adopt_captures
from storage.archive.adoption import Adopter
from storage.archive.reader import iterate_records
from storage.archive.verification import verify_archive
from storage.captures import stream_places
from storage.database import Database
from storage.records import Outcome
from storage.serialization import load_document
from storage.tables import CaptureRow, PageRow, RunRow, VersionRow
from tests.crawler.scene import Scene, compose_response, render_page

FIRST = render_page("关于增设路灯的答复", "已在人民路新增路灯100盏。")
SECOND = render_page("关于增设路灯的答复", "已在人民路新增路灯200盏。")
COUNTED = render_page("关于增设路灯的答复", "已在人民路新增路灯200盏。", views=17)
LINK = '<p><a href="/files/1.docx">附件：清单.docx</a></p>'
LINKED = render_page("关于增设公交的答复", "已增开班次。", LINK)
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"
FILE = "Content-Type: application/octet-stream\r\n"

Steps = Callable[[Scene, bool], None]


def read_facts(database: Database) -> tuple[object, ...]:
    """Everything of a crawl but places and record ids."""
    with database.read() as session:
        captures = session.scalars(select(CaptureRow).order_by(CaptureRow.captured_at))
        seen = [
            (
                row.page_id,
                row.column_id,
                row.run_id,
                row.role,
                row.url,
                row.outcome,
                row.detail,
                row.status,
                row.version_number,
                row.payload_digest,
                row.is_revisit,
                row.new_url,
                row.new_key,
            )
            for row in captures
        ]
        versions = session.scalars(select(VersionRow).order_by(VersionRow.page_id, VersionRow.number))
        documents = [(row.page_id, row.number, row.cause, load_document(row.document, row.text)) for row in versions]
        pages = [
            (
                row.document_key,
                row.title,
                row.version_number,
                row.document_digest,
                row.entity_digest,
                row.body_digest,
                row.etag,
                row.last_visit_at,
                row.next_due_at.date(),
                row.original_id,
                row.has_doubt,
                row.is_stale,
            )
            for row in session.scalars(select(PageRow).order_by(PageRow.id))
        ]
        return seen, documents, pages


def edit_page(scene: Scene, is_recorded: bool) -> None:  # noqa: FBT001 - steps are called alike
    """A page that was known before: the same again, a 304, an edit, a counter that moved."""
    tagged = compose_response(FIRST, headers='ETag: "1"\r\n')
    scene.visit(scene.watch("1.html"), tagged)
    for answer in (tagged, NOT_MODIFIED, compose_response(SECOND), compose_response(COUNTED)):
        scene.visit(scene.watch("1.html"), answer, is_recorded=is_recorded)


def lose_page(scene: Scene, is_recorded: bool) -> None:  # noqa: FBT001 - likewise
    """A block, a 404, redirects to a relative place and to one that is no address."""
    page = scene.watch("1.html")
    scene.visit(page, compose_response(FIRST), is_recorded=is_recorded)
    scene.visit(page, compose_response("<html>403</html>", 403), is_recorded=is_recorded)
    scene.visit(page, compose_response("<html>404</html>", 404), is_recorded=is_recorded)
    scene.visit(page, compose_response("", 301, "Location: ../new/2.html\r\n"), is_recorded=is_recorded)
    scene.visit(page, compose_response("", 302, "Location: http://[nowhere\r\n"), is_recorded=is_recorded)


def replace_file(scene: Scene, is_recorded: bool) -> None:  # noqa: FBT001 - likewise
    """A page with a file that is replaced."""
    page = scene.watch("2.html")
    scene.visit(page, compose_response(LINKED), is_recorded=is_recorded)
    for body in (b"PK\x03\x04 one", b"PK\x03\x04 two"):
        file = scene.watch("files/1.docx", parent=page)
        scene.visit(file, compose_response(body, headers=FILE), is_recorded=is_recorded)


@pytest.mark.parametrize("steps", [edit_page, lose_page, replace_file])
def test_a_dead_crawl_is_taken_in_as_one_that_lived(steps: Steps, tmp_path: Path) -> None:
    """Captures, versions and pages are the same; the archive's file is closed and agrees with the database."""
    facts = []
    for name, is_recorded in (("lived", True), ("died", False)):
        scene = Scene(tmp_path / name)
        scene.folder.mkdir()
        scene.open()
        steps(scene, is_recorded)
        (scene.close if is_recorded else scene.crash)()
        scene.open()
        scene.close()
        with closing(scene.open_database()) as database:
            facts.append(read_facts(database))
            assert list(verify_archive(scene.archive, stream_places(database))) == []
        assert not list(scene.archive.glob("*.open"))
    lived, died = facts
    for kept, adopted in zip(lived, died, strict=True):
        assert adopted == kept


def test_a_crash_in_the_middle_of_a_batch(tmp_path: Path, database_url: str) -> None:
    """What was committed stays, what was not is adopted, once; the dead run is called so."""
    scene = Scene(tmp_path, database_url)
    scene.open()
    scene.visit(scene.watch("1.html"), compose_response(FIRST))
    scene.visit(scene.watch("1.html"), compose_response(SECOND), is_recorded=False)
    scene.crash()
    for _ in range(2):
        scene.open()
        scene.close()
    with closing(scene.open_database()) as database, database.read() as session:
        assert list(session.scalars(select(VersionRow.number))) == [1, 2]
        captures = session.scalars(select(CaptureRow).order_by(CaptureRow.captured_at)).all()
        assert [row.run_id for row in captures] == [1, 1]
        assert session.scalars(select(PageRow.is_stale)).one()
        states = session.scalars(select(RunRow.state).order_by(RunRow.id))
        assert list(states) == ["died", "finished", "finished"]


def test_an_older_capture_takes_its_place_in_time(tmp_path: Path) -> None:
    """A capture that no row knows is adopted behind later visits, and is the version that it was then."""
    scene = Scene(tmp_path)
    scene.open()
    page = scene.watch("1.html")
    scene.visit(page, compose_response(FIRST), is_recorded=False)
    scene.close()
    scene.open()
    scene.visit(page, compose_response(SECOND))
    scene.close()
    adopt_orphans(scene)
    with closing(scene.open_database()) as database, database.read() as session:
        texts = session.scalars(select(VersionRow.text).order_by(VersionRow.number)).all()
        assert ["100盏" in text for text in texts] == [True, False]
        shown = session.scalars(select(CaptureRow.version_number).order_by(CaptureRow.captured_at))
        assert list(shown) == [1, 2]
        assert session.scalars(select(PageRow.version_number)).one() == 2


def adopt_orphans(scene: Scene) -> None:
    """Take in every capture of the archive that no row knows, as ``verify --repair`` does."""
    path = min(scene.archive.glob("*.warc.gz"))
    adopter = Adopter()
    adopted = [capture for record in iterate_records(path) if (capture := adopter.read_capture(record))]
    with closing(scene.open_database()) as database:
        known = {record_id for record_id, _, _ in stream_places(database)}
        fresh = [one for one in adopted if one.capture.record_id not in known]
        assert len(fresh) == 1
        adopt_captures(database, scene.archive, fresh)


def test_a_body_lost_to_the_disk_is_a_doubt(tmp_path: Path) -> None:
    """A good capture whose body cannot be read any more is adopted, without a document; the next crawl starts."""
    scene = Scene(tmp_path)
    scene.open()
    scene.visit(scene.watch("1.html"), compose_response(FIRST), is_recorded=False)
    scene.close()
    (path,) = scene.archive.glob("*.warc.gz")
    adopter = Adopter()
    adopted = [capture for record in iterate_records(path) if (capture := adopter.read_capture(record))]
    path.write_bytes(path.read_bytes()[:-200])
    with closing(scene.open_database()) as database:
        adopt_captures(database, scene.archive, adopted)
        with database.read() as session:
            assert session.scalars(select(CaptureRow.outcome)).one() == Outcome.ENCODING_DOUBT
            assert session.scalars(select(VersionRow)).all() == []
