"""The file of users: hashes, names, faults, and that it is replaced whole."""

import stat
from pathlib import Path

import pytest

from review.users import (
    UsersError,
    UsersFile,
    change_users,
    check_name,
    check_password,
    hash_password,
    parse_hash,
    read_users,
)

PASSWORD = "a long enough password"  # noqa: S105 - opens nothing


@pytest.fixture(scope="module")
def entry() -> str:
    """A hash of the password; it takes a while to make."""
    return hash_password(PASSWORD)


def test_a_password_fits_its_hash_alone(entry: str) -> None:
    """Salted, so that two hashes of one password differ; composed and decomposed letters are the same password."""
    users = {"林": entry, "zoë": hash_password("motdepasse café")}
    assert check_password(users, "林", PASSWORD)
    assert check_password(users, "zoë", "motdepasse café")
    assert not check_password(users, "林", f"{PASSWORD} ")
    assert not check_password(users, "王", PASSWORD)
    assert not check_password(users, "林", PASSWORD * 100)
    assert entry != hash_password(PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_passwords_are_neither_short_nor_endless(password: str) -> None:
    """Twelve characters at least, a thousand at most."""
    with pytest.raises(UsersError, match="12 to 1000 characters"):
        hash_password(password)


@pytest.mark.parametrize("name", ["", "  ", "a:b", "#a", "a\nb", "x" * 101, "a\u202eb"])
def test_names_that_are_none(name: str) -> None:
    """What would break the line, or read as something else, is refused."""
    with pytest.raises(UsersError, match="a name has"):
        check_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "$scrypt$ln=30,r=8,p=1$AAAA$AAAA",
        "$scrypt$ln=15,r=8,p=99$AAAA$AAAA",
        "$scrypt$ln=15,r=0,p=1$AAAA$AAAA",
        "$scrypt$ln=15,r=8,p=1$AAAAA$AAAA",
    ],
)
def test_hashes_that_are_none(text: str) -> None:
    """Nothing but our own form, and none that would take all memory."""
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        parse_hash(text)


def test_the_file_is_replaced_whole_and_private(tmp_path: Path, entry: str) -> None:
    """Only its owner reads it; others' lines stay, names are sorted; nothing else is left in the folder."""
    path = tmp_path / "new" / "users"
    change_users(path, lambda users: users.update({"王": entry}))
    change_users(path, lambda users: users.update({"林": entry}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(read_users(path)) == ["林", "王"]
    assert [one.name for one in path.parent.iterdir()] == ["users"]


def test_a_refused_change_changes_nothing(tmp_path: Path, entry: str) -> None:
    """The old file stands when a change fails."""
    path = tmp_path / "users"
    change_users(path, lambda users: users.update({"王": entry}))

    def refuse(users: dict[str, str]) -> None:
        users.clear()
        raise UsersError("no")

    with pytest.raises(UsersError):
        change_users(path, refuse)
    assert list(read_users(path)) == ["王"]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path, entry: str) -> None:
    """The one line says how to mend it."""
    path = tmp_path / "users"
    change_users(path, lambda users: users.update({"王": entry}))
    path.chmod(0o640)
    with pytest.raises(UsersError, match="chmod 600"):
        read_users(path)


def test_the_file_is_read_again_when_it_changes(tmp_path: Path, entry: str) -> None:
    """A new user is known without a restart; a file that went wrong or away lets nobody in."""
    path = tmp_path / "users"
    change_users(path, lambda users: users.update({"王": entry}))
    users = UsersFile(path)
    assert list(users.read()) == ["王"]
    change_users(path, lambda users: users.update({"林": entry}))
    assert list(users.read()) == ["林", "王"]
    path.write_text("王:nonsense\n", encoding="utf-8")
    assert users.read() == {}
    assert "line 1 is no user" in users.fault
    path.unlink()
    assert users.read() == {}
