"""Other people's tools accept and replay the sample archive; each is used where its environment variable names it."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.interoperability.sample_archive import fill_sample, pack_sample

HERE = Path(__file__).parent
PYWB = os.environ.get("PYWB_PYTHON", "")
REPLAYWEB = os.environ.get("REPLAYWEB_PACKAGE", "")


@pytest.mark.parametrize("roll_at", [1, 10**9], ids=["many files", "one file"])
def test_warcio_agrees_with_every_digest(tmp_path: Path, roll_at: int) -> None:
    """Block and payload digests of all records, but for the payload of chunked ones, which warcio does not de-chunk."""
    sample = fill_sample(tmp_path, roll_at=roll_at)
    seen, failed = 0, []
    for path in sample.scribe.paths:
        gzip.decompress(path.read_bytes())
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                is_chunked = record.http_headers and record.http_headers.get_header("Transfer-Encoding") == "chunked"
                record.raw_stream.read()
                seen += 1
                if record.digest_checker.passed is False and not (is_chunked and record.rec_type == "response"):
                    failed.append((record.rec_headers.get_header("WARC-Record-ID"), record.digest_checker.problems))
    assert seen > 90
    assert failed == []


@pytest.mark.slow
@pytest.mark.skipif(not PYWB, reason="PYWB_PYTHON names no interpreter that has pywb")
@pytest.mark.parametrize("roll_at", [1, 10**9], ids=["many files", "one file"])
def test_pywb_replays_every_byte(tmp_path: Path, roll_at: int) -> None:
    """Responses, revisits and spared visits, and their time maps."""
    fill_sample(tmp_path, roll_at=roll_at)
    command = [PYWB, str(HERE / "replay_in_pywb.py"), str(tmp_path), str(tmp_path / "expected.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not REPLAYWEB, reason="REPLAYWEB_PACKAGE names no folder with ReplayWeb.page")
def test_replayweb_page_replays_every_byte(tmp_path: Path) -> None:
    """The exported package opens in a browser, lists its pages, and shows what was captured."""
    sample = fill_sample(tmp_path, roll_at=1)
    pack_sample(sample, tmp_path / "sample.wacz")
    paths = [REPLAYWEB, str(tmp_path / "sample.wacz"), str(tmp_path / "expected.jsonl")]
    command = [sys.executable, str(HERE / "replay_in_browser.py"), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
