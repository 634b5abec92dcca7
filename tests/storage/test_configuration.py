"""Configuration: file, environment, overrides, and one clear line for what is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.configuration import ConfigurationError, load_configuration


def test_defaults_work_without_any_setting(tmp_path: Path) -> None:
    """Nothing set: data in data/, SQLite in it, China's time, no private hosts."""
    configuration = load_configuration({}, tmp_path)
    assert configuration.data_dir == Path("data")
    assert configuration.database_url == f"sqlite:///{Path('data').absolute()}/replywatch.sqlite3"
    assert configuration.timezone == "Asia/Shanghai"
    assert configuration.seeds_dir == Path("seeds")
    assert configuration.allow_private_hosts is False


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    """A file elsewhere means its own folder."""
    (tmp_path / "replywatch.toml").write_text('data_dir = "d"\ncontact = "a@b.cn"\n', encoding="utf-8")
    configuration = load_configuration({}, tmp_path)
    assert configuration.data_dir == tmp_path / "d"
    assert configuration.user_agent.endswith("(+a@b.cn)")


def test_environment_wins_over_file_and_overrides_over_both(tmp_path: Path) -> None:
    """The nearer setting counts."""
    (tmp_path / "replywatch.toml").write_text('contact = "file"\ntimezone = "Asia/Urumqi"\n', encoding="utf-8")
    configuration = load_configuration({"REPLYWATCH_CONTACT": "env"}, tmp_path)
    assert (configuration.contact, configuration.timezone) == ("env", "Asia/Urumqi")
    assert load_configuration({"REPLYWATCH_CONTACT": "env"}, tmp_path, {"contact": "cli"}).contact == "cli"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"REPLYWATCH_TIMEZONE": "Mars/Olympus"}, "REPLYWATCH_TIMEZONE=Mars/Olympus"),
        ({"REPLYWATCH_NOW": "2026-01-02T03:04"}, "REPLYWATCH_NOW=2026-01-02T03:04"),
        ({"REPLYWATCH_NOW": "yesterday"}, "a time with an offset such as 2026-"),
        ({"REPLYWATCH_ALLOW_PRIVATE_HOSTS": "perhaps"}, "use true or false"),
        ({"REPLYWATCH_ROBOTS_UNAUTHORIZED": "maybe"}, "allow, deny"),
    ],
)
def test_a_wrong_value_is_named(environment: dict[str, str], words: str, tmp_path: Path) -> None:
    """The message has the setting, its value and what is allowed, in one line."""
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(environment, tmp_path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_key_in_the_file_is_named_with_its_neighbour(tmp_path: Path) -> None:
    """A slip of the pen is found."""
    (tmp_path / "replywatch.toml").write_text('contct = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="did you mean contact"):
        load_configuration({}, tmp_path)


@pytest.mark.parametrize("line", ["data_dir = 5", 'contact = ["a", "b"]', "timezone = 1", "now = 7"])
def test_a_value_of_a_wrong_type_in_the_file_is_named(line: str, tmp_path: Path) -> None:
    """A number is no folder of that name, and a list no contact."""
    (tmp_path / "replywatch.toml").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=line.split(" ", maxsplit=1)[0] + "=.*quotation marks"):
        load_configuration({}, tmp_path)


def test_the_file_may_use_the_types_of_toml(tmp_path: Path) -> None:
    """A truth value, a number and a time need no quotation marks."""
    text = "allow_private_hosts = true\nhost_budget = 12\nnow = 2026-03-02T09:00:00+08:00\n"
    (tmp_path / "replywatch.toml").write_text(text, encoding="utf-8")
    loaded = load_configuration({}, tmp_path)
    assert loaded.allow_private_hosts
    assert loaded.host_budget == 12
    assert loaded.now is not None
    assert loaded.now.isoformat() == "2026-03-02T01:00:00+00:00"


def test_a_child_starts_at_the_parents_present_time(tmp_path: Path) -> None:
    """The child's environment carries our clock, absolute paths and every setting."""
    start = datetime(2026, 1, 2, tzinfo=UTC)
    parent = load_configuration({"REPLYWATCH_NOW": start.isoformat(), "REPLYWATCH_DATA_DIR": "x"}, tmp_path)
    child = load_configuration(parent.child_environment(), Path("/"))
    assert child.now is not None
    assert child.now >= start
    assert child.data_dir == Path("x").absolute()
    assert child.database_url == parent.database_url


def test_weights_are_a_table_of_reasons(tmp_path: Path) -> None:
    """The operator's own weights are read, and a reason that there is not is named with its neighbour."""
    path = tmp_path / "replywatch.toml"
    path.write_text("[weights]\ndeadline = 0.9\nnumber = 1\n", encoding="utf-8")
    assert load_configuration({}, tmp_path).weights == {"deadline": 0.9, "number": 1.0}
    for wrong, words in (("dedline = 0.9", "did you mean deadline"), ("deadline = 2", "from 0 to 1")):
        path.write_text(f"[weights]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(ConfigurationError, match=words):
            load_configuration({}, tmp_path)
