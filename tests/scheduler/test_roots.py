"""``root`` and ``verify --root``: a digest over all captures, and what is found out with it."""

import json
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from storage.tables import CaptureRow
from tests.scheduler.office import Office

UNTIL = ("--until", "2027-01-01T00:00:00+00:00")


def take_root(office: Office) -> Path:
    """The root of all captures there are."""
    path = office.folder / "root.json"
    office.get("root", *UNTIL, "--output", path)
    return path


def read_ids(office: Office) -> list[str]:
    """The records of all captures."""
    with closing(office.scene.open_database()) as database, database.read() as session:
        return list(session.scalars(select(CaptureRow.record_id).order_by(CaptureRow.id)))


def test_captures_belong_to_their_root(office: Office) -> None:
    """All of them, each of them, and by a proof that needs no data; another id does not."""
    path = take_root(office)
    ids = read_ids(office)
    assert json.loads(path.read_text())["count"] == len(ids)
    assert office.get("verify", "--root", path).startswith(f"belongs to the root of {len(ids)} captures")
    assert office.get("verify", "--root", path, "--record", f"<{ids[0]}>").startswith("belongs")
    proof = office.folder / "proof.json"
    office.get("root", "--prove", ids[-1], "--in", path, "--output", proof)
    assert office.get("verify", "--root", path, "--proof", proof).startswith("belongs")
    assert office.run("verify", "--root", path, "--record", "urn:uuid:0").exit_code == 1
    assert office.run("root", "--prove", "urn:uuid:0", "--in", path).exit_code == 1


def test_an_altered_capture_is_named(office: Office) -> None:
    """A row that says other than its record is named; a forged proof and a lost capture are found out."""
    path = take_root(office)
    ids = read_ids(office)
    proof = office.folder / "proof.json"
    office.get("root", "--prove", ids[0], "--in", path, "--output", proof)
    proof.write_text(proof.read_text().replace("http", "https", 1))
    assert office.run("verify", "--root", path, "--proof", proof).exit_code == 1
    with closing(office.scene.open_database()) as database, database.write() as session:
        row = session.scalars(select(CaptureRow).where(CaptureRow.record_id == ids[1])).one()
        row.url += "x"
    result = office.run("verify", "--root", path)
    assert result.exit_code == 1
    assert ids[1] in result.stdout
    assert "another URL" in result.stdout


def test_roots_are_chained_and_later_captures_leave_them_alone(office: Office) -> None:
    """A root names the one before; what was made before its time is over still fits."""
    path = take_root(office)
    later = json.loads(office.get("root", *UNTIL, "--previous", path))
    assert later["previous"] == json.loads(path.read_text())["root"]
    early = json.loads(office.get("root", "--until", "2000-01-01T00:00:00Z"))
    assert early["count"] == 0


def test_wrong_use_is_told_in_a_line(office: Office) -> None:
    """A file that is no root, a time without offset, an option without its partner: exit code 2."""
    wrong = office.folder / "wrong.json"
    wrong.write_text("{}")
    for words in (
        ("verify", "--root", wrong),
        ("verify", "--record", "x"),
        ("root", "--until", "2026"),
        ("root", "--prove", "x"),
    ):
        assert office.run(*words).exit_code == 2
