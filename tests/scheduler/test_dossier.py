"""``replywatch dossier`` and ``replywatch users``: what they write, and one line for what cannot be."""

import json
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from review.users import check_password, read_users
from scheduler.cli import main
from storage.database import open_database
from storage.dossiers import list_chosen
from storage.inbox import Selection
from storage.withholding import withhold_page
from tests.storage.world import World

PASSWORD = "a long enough password"  # noqa: S105 - opens nothing


def run(*words: str, given: str = "") -> Result:
    """The command in the working folder."""
    return CliRunner().invoke(main, list(words), input=given)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A data folder in which two pages were edited."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    world = World(open_database(f"sqlite:///{tmp_path}/data/replywatch.sqlite3"))
    world.edit_pages(("a", "b"), "投入资金100万元。", lambda place: f"投入资金{place + 2}00万元。")
    return world


def test_a_dossier_of_all_or_of_some(world: World, tmp_path: Path) -> None:
    """It compares first; ids and options narrow it; a root goes in as it is; the file is there whole."""
    result = run("dossier", "--output", "out/all.zip")
    assert (result.exit_code, result.stdout) == (0, "out/all.zip: 2 changes\n")
    ids = list_chosen(world.database, Selection(verdict=None))
    (tmp_path / "root.json").write_text(run("root", "--until", "2026-04-01T00:00:00Z").stdout, encoding="utf-8")
    words = ["--site", "jia", "--kind", "text", "--score", "0.01", "--since", "2026-03-01", "--root", "root.json"]
    assert run("dossier", ids[1], "--output", "one.zip", *words).exit_code == 0
    package = ZipFile("one.zip")
    values = json.loads(package.read("changes.json"))
    assert [one["id"] for one in values["changes"]] == [ids[1]]
    assert values["selection"] == {
        "changes": "1",
        "since": "2026-02-28T16:00:00.000000Z",
        "site": "jia",
        "kind": "text",
        "score": "0.01",
    }
    assert package.read("root.json") == (tmp_path / "root.json").read_bytes()
    package.extractall("unpacked")
    proofs = sorted(Path("unpacked/proofs").iterdir())
    assert len(proofs) == 2
    for proof in proofs:
        assert run("verify", "--root", "unpacked/root.json", "--proof", str(proof)).exit_code == 0


@pytest.mark.usefixtures("world")
def test_a_root_that_the_captures_do_not_give(tmp_path: Path) -> None:
    """Another root is refused with one line, and there is no dossier."""
    text = run("root", "--until", "2026-04-01T00:00:00Z").stdout
    (tmp_path / "root.json").write_text(text.replace(json.loads(text)["root"], "0" * 64), encoding="utf-8")
    result = run("dossier", "--output", "d.zip", "--root", "root.json")
    assert (result.exit_code, Path("d.zip").exists()) == (2, False)
    assert "do not give this root" in result.stderr


@pytest.mark.usefixtures("world")
def test_a_later_capture_has_no_proof(tmp_path: Path) -> None:
    """A root of the first day proves the captures of that day alone."""
    text = run("root", "--until", "2026-03-02T12:00:00Z").stdout
    (tmp_path / "root.json").write_text(text, encoding="utf-8")
    assert run("dossier", "--output", "d.zip", "--root", "root.json").exit_code == 0
    names = [name for name in ZipFile("d.zip").namelist() if name.startswith("proofs/")]
    assert len(names) == 2
    assert json.loads(text)["count"] == 2


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none", "--output", "d.zip"], "none: no such change, or the options leave it out"),
        (["--site", "yi", "--output", "d.zip"], "no such site; there are jia"),
        (["--output", "-"], "goes to a file"),
        (["--output", "d.zip", "--root", "data/replywatch.sqlite3"], "no root; make one"),
        (["--output", "d.zip", "--wacz"], "one.warc.gz"),
        (["--output", "data/replywatch.sqlite3/d.zip"], "File exists"),
    ],
)
def test_one_line_for_what_cannot_be(words: list[str], said: str) -> None:
    """Wrong use ends with one line and 2, and leaves no file."""
    result = run("dossier", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not Path("d.zip").exists()


def test_a_withheld_change_looks_as_if_there_were_none(world: World) -> None:
    """Its id is no id any more, and the file of all is without it."""
    run("compare")
    first, _ = list_chosen(world.database, Selection(verdict=None))
    withhold_page(world.database, "a.example/a", "asked for", world.now)
    withhold_page(world.database, "a.example/b", "asked for", world.now)
    assert "no such change" in run("dossier", first, "--output", "d.zip").stderr
    assert run("dossier", "--output", "d.zip").stdout == "d.zip: 0 changes\n"


def test_users_are_added_listed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From standard input as a script would; the file is the owner's alone, and nothing shows the password."""
    monkeypatch.chdir(tmp_path)
    result = run("users", "add", "林晓岚", given=f"{PASSWORD}\n")
    path = tmp_path / "data" / "users"
    assert result.exit_code == 0
    assert result.output.endswith("data/users: 林晓岚 may sign in\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check_password(read_users(path), "林晓岚", PASSWORD)
    assert PASSWORD not in path.read_text(encoding="utf-8") + result.output
    assert "has a new password" in run("users", "add", "林晓岚", given=f"{PASSWORD}2\n").output
    assert check_password(read_users(path), "林晓岚", f"{PASSWORD}2")
    assert run("users", "list").output == "林晓岚\n"
    assert run("users", "remove", "林晓岚").exit_code == 0
    assert run("users", "list").output == ""


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (["add", "林"], "short\n", "a password has 12 to 1000 characters"),
        (["add", "a:b"], f"{PASSWORD}\n", "a name has 1 to 100"),
        (["remove", "林"], "", "there is no user 林"),
        (["list", "--file", "open"], "", "chmod 600"),
        (["add", "林", "--file", "broken"], f"{PASSWORD}\n", "line 1 is no user"),
    ],
)
def test_one_line_about_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], given: str, said: str
) -> None:
    """Each fault has its line and 2."""
    monkeypatch.chdir(tmp_path)
    for name, mode in (("open", 0o644), ("broken", 0o600)):
        (tmp_path / name).write_text("nonsense\n", encoding="utf-8")
        (tmp_path / name).chmod(mode)
    result = run("users", *words, given=given)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--public-url", "https://room.example"], "would let anybody in"),
        (["--public-url", "https://room.example/path"], "use an address such as"),
        (["--public-url", "ftp://room.example"], "use an address such as"),
        (["--users", "empty"], "nobody is in it"),
        (["--users", "broken"], "line 1 is no user"),
    ],
)
def test_serve_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str) -> None:
    """A room for others without a lock, an address that is none, and files in which nobody is."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("empty", ""), ("broken", "nonsense\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    result = run("serve", *words)
    assert result.exit_code == 2
    assert said in result.stderr
