"""Every mistake of a user is one line on standard error and exit code 2, without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import open_database
from tests.scheduler.office import Office

PAGE = "<html><body>x</body></html>"


def check_mistake(office: Office, words: list[str], said: str, **settings: str) -> None:
    """The command ends with 2 and one line that says so."""
    result = office.run(*words, **settings)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("replywatch: ")
    assert said in line
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["conquer"], "conquer"),
        (["--loud"], "--loud"),
        (["report", "--format", "pdf"], "pdf"),
        (["report", "--since", "yesterday"], "2026-01-02T03:04+08:00"),
        (["report", "--since", "2026-01-02T03:04"], "+08:00"),
        (["report", "--since", "99999999999w"], "7d"),
        (["report", "--since", "2026-02-30"], "7d"),
        (["status", "now"], "now"),
        (["extract"], "FILE"),
        (["extract", "nowhere.html"], "nowhere.html"),
        (["extract", "--batch", "nowhere.tsv"], "nowhere.tsv"),
        (["diff"], "OLD and NEW"),
        (["diff", "nowhere.html", "nothing.html"], "nowhere.html"),
        (["export"], "--format"),
        (["export", "--format", "jsonl"], "--output"),
        (["export", "--format", "jsonl", "--output", "-"], "a file"),
        (["import"], "FILES"),
        (["import", "nowhere.warc.gz"], "nowhere.warc.gz"),
        (["seeds", "check", "nowhere.toml"], "nowhere.toml"),
        (["seeds", "chek"], "chek"),
        (["run", "--every", "0"], "--every"),
    ],
)
def test_wrong_words(new_office: Office, words: list[str], said: str) -> None:
    """The line names what is wrong; nothing was made."""
    check_mistake(new_office, words, said)
    assert not (new_office.folder / "data" / "archive").exists()


@pytest.mark.parametrize("command", ["compare", "report", "status", "verify", "reextract", "run"])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DATABASE_URL": "oracle+nonsense://x"}, "sqlite:///PATH"),
        ({"DATABASE_URL": "replywatch.sqlite3"}, "sqlite:///PATH"),
        ({"DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/none?connect_timeout=1"}, "127.0.0.1"),
        ({"TIMEZONE": "Mars"}, "REPLYWATCH_TIMEZONE=Mars"),
        ({"NOW": "noon"}, "REPLYWATCH_NOW=noon"),
        ({"ALLOW_PRIVATE_HOSTS": "perhaps"}, "use true or false"),
    ],
)
def test_wrong_settings(new_office: Office, command: str, settings: dict[str, str], said: str) -> None:
    """Whatever the command; a password is not shown."""
    seeds = new_office.folder / "seeds"
    seeds.mkdir()
    (seeds / "a.toml").write_text(
        'key = "a"\nname = "A"\nhosts = ["127.0.0.1:1"]\n[[columns]]\nkind = "提案"\nurl = "http://127.0.0.1:1/"\n'
    )
    check_mistake(new_office, [command], said, **settings)
    assert "secret" not in new_office.run(command, **settings).output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact = ", "replywatch.toml"),
        ("contcat = 'me'", "contact"),
        ("REPLYWATCH_CONTACT = 'me'", "known are"),
        ("robots_unauthorized = 'perhaps'", "allow, deny"),
        ("[contact]\nname = 'me'\n[x]", "x is no setting"),
    ],
)
def test_a_wrong_file(new_office: Office, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    """The line names file and key."""
    monkeypatch.chdir(new_office.folder)
    Path("replywatch.toml").write_text(text, encoding="utf-8")
    result = new_office.run("status")
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1)
    assert said in result.stderr


@pytest.mark.parametrize("form", ["html", "md", "json", "csv"])
def test_a_report_that_cannot_be_written(office: Office, form: str) -> None:
    """A folder that is a file, a file that is a folder."""
    (office.folder / "file").touch()
    (office.folder / "folder").mkdir()
    for output in ("file/report", "folder"):
        check_mistake(office, ["report", "--format", form, "--output", str(office.folder / output)], output)


@pytest.mark.parametrize("form", ["jsonl", "csv", "warc", "wacz", "cdxj"])
def test_an_export_that_cannot_be_written(office: Office, form: str) -> None:
    """Likewise."""
    (office.folder / "file").touch()
    check_mistake(office, ["export", "--format", form, "--output", str(office.folder / "file" / "x")], "file")


def test_a_folder_that_cannot_be_used(new_office: Office) -> None:
    """A data folder that is a file."""
    (new_office.folder / "data").touch()
    check_mistake(new_office, ["status"], "data")


def test_a_database_of_a_newer_release(new_office: Office) -> None:
    """A downgrade is not tried."""
    new_office.get("status")
    database = open_database(new_office.scene.configuration.database_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    check_mistake(new_office, ["status"], "newer replywatch")


def test_a_file_that_is_no_database(new_office: Office) -> None:
    """It is named, and left as it is."""
    path = new_office.folder / "data" / "replywatch.sqlite3"
    path.parent.mkdir()
    path.write_text("Dear database, " * 100, encoding="utf-8")
    check_mistake(new_office, ["status"], "replywatch.sqlite3")
    assert path.read_text(encoding="utf-8").startswith("Dear")


def test_wrong_seeds(new_office: Office) -> None:
    """``seeds check`` says all faults and 1; a command that needs them says 2."""
    seeds = new_office.folder / "seeds"
    seeds.mkdir()
    (seeds / "a.toml").write_text('key = "b"\n', encoding="utf-8")
    result = new_office.run("seeds", "check")
    assert result.exit_code == 1
    assert "a.toml" in result.stdout
    result = new_office.run("run")
    assert result.exit_code == 2
    assert "a.toml" in result.stderr
    assert "Traceback" not in result.output


def test_the_service_needs_a_contact_for_public_hosts(new_office: Office) -> None:
    """It says how to set one, before it starts."""
    seeds = new_office.folder / "seeds"
    seeds.mkdir()
    (seeds / "a.toml").write_text(
        'key = "a"\nname = "A"\nhosts = ["a.example"]\n[[columns]]\nkind = "提案"\nurl = "http://a.example/"\n'
    )
    check_mistake(new_office, ["run"], "REPLYWATCH_CONTACT", CONTACT="")


def test_help_and_version_are_no_mistakes(new_office: Office) -> None:
    """Every command explains itself."""
    text = new_office.get("--help")
    for command in ("compare", "diff", "export", "extract", "import", "reextract", "report", "run", "seeds", "status"):
        assert f"  {command} " in text
        assert "Usage: " in new_office.get(command, "--help")
    assert new_office.get("--version").startswith("replywatch, version ")


def test_a_reader_who_leaves_is_no_mistake(office: Office) -> None:
    """``replywatch report … | head``: no traceback when the pipe is closed."""
    program = str(Path(sys.executable).with_name("replywatch"))
    environment = os.environ | {"REPLYWATCH_DATA_DIR": str(office.folder / "data")}
    with subprocess.Popen(
        [program, "report", "--format", "json"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
