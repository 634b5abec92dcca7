"""Another archive's software reads our captures through Memento and CDX, from the served reading room."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.web.application import create_application
from storage.configuration import Configuration
from storage.database import open_database
from storage.mementos import find_mementos, load_response
from tests.review.web.archive_world import OTHER_URL, URL, fill_world
from tests.review.web.rooms import serve_room

HERE = Path(__file__).parent
PYWB = os.environ.get("PYWB_PYTHON", "")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[str]:
    """The address of a served reading room; beside its archive lies what is expected of it."""
    database, archive = open_database(f"sqlite:///{tmp_path}/replywatch.sqlite3"), tmp_path / "archive"
    fill_world(database, archive)
    lines = []
    for url in (URL, OTHER_URL):
        for holding in find_mementos(database, url):
            body = load_response(database, archive, holding.capture).body
            stamp = f"{holding.capture.captured_at:%Y%m%d%H%M%S}"
            wanted = {"url": url, "timestamp": stamp, "status": str(holding.capture.status)}
            lines.append(json.dumps(wanted | {"body": base64.b64encode(body).decode()}) + "\n")
    (tmp_path / "expected.jsonl").write_text("".join(lines))
    application = create_application(Configuration(data_dir=tmp_path), database)
    with serve_room(application) as address:
        yield address
    database.close()


@pytest.mark.slow
@pytest.mark.skipif(not PYWB, reason="PYWB_PYTHON names no interpreter that has pywb")
def test_pywb_reads_time_maps_and_index(room: str, tmp_path: Path) -> None:
    """Every capture is listed and replayed with equal bytes, as a Memento archive and as a CDX server."""
    (tmp_path / "pywb").mkdir()
    command = [PYWB, str(HERE / "read_in_pywb.py"), str(tmp_path / "pywb"), str(tmp_path / "expected.jsonl"), room]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
