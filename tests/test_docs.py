"""The documentation is true: what it names exists, what exists is named, and its examples would be accepted."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from crawler.arguments import KNOWN, RECHECKS, parse_arguments
from scheduler.cli import COMMANDS, main
from seeds.catalog import check_files
from seeds.models import CMS_NAMES, Column, Site
from storage.comparison.signals import SIGNALS
from storage.configuration import KEYS, PREFIX, Configuration, load_configuration
from storage.records import ChangeKind

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
EXTRA = re.compile(r"(?:replywatch|\.)\[(\w+)\]")
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
SEPARATORS = ("|", "&&", "||", ";")
ASSIGNMENT = re.compile(r"[A-Z_]+=")


def read_page(name: str) -> str:
    """One of the three pages."""
    return (ROOT / name).read_text(encoding="utf-8")


def find_blocks(name: str, language: str) -> Iterator[str]:
    """The fenced blocks of a page in a language."""
    yield from (body for found, body in BLOCK.findall(read_page(name)) if found == language)


def split_commands(script: str) -> Iterator[list[str]]:
    """The words of each command of a shell script, without comments, assignments and the folder of the program."""
    for line in script.replace("\\\n", " ").splitlines():
        command: list[str] = []
        for word in [*shlex.split(line, comments=True), ";"]:
            if word in SEPARATORS:
                if command:
                    yield [command[0].rpartition("/")[2], *command[1:]]
                command = []
            elif command or not ASSIGNMENT.match(word):
                command.append(word)


def list_commands(program: str) -> list[list[str]]:
    """Every command of a program in the shell blocks and the inline code of all pages, without the program's name."""
    scripts = [script for page in PAGES for script in find_blocks(page, "sh")]
    scripts += [code for page in PAGES for code in CODE.findall(BLOCK.sub("", read_page(page)))]
    scripts = [script for script in scripts if program in script and "…" not in script]
    return [words[1:] for script in scripts for words in split_commands(script) if words[0] == program]


def read_section(name: str, heading: str) -> str:
    """The text of a section of second level."""
    return read_page(name).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def list_absent() -> set[str]:
    """The subcommands that the README says do not exist yet."""
    return set(re.findall(r"`replywatch (\w+)` does not exist", read_section("README.md", "What is not there yet")))


def find_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The subcommand that words call, and what is left of the words."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, words = words[0], words[1:]
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"no command {name}"
        command = found
    return command, words


def check_words(words: list[str]) -> None:
    """Let click parse a command without running it: options are known, choices allowed, arguments not too many."""
    command, rest = find_command(words)
    context = click.Context(command, info_name=command.name)
    try:
        values, left, _ = command.make_parser(context).parse_args(list(rest))
    except click.UsageError as error:
        pytest.fail(f"replywatch {shlex.join(words)}: {error.format_message()}")
    assert left == [], words
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and isinstance(value := values.get(parameter.name or ""), str):
            assert value in parameter.type.choices, words
        if parameter.required and rest:
            assert values.get(parameter.name or ""), (words, parameter.name)


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_lead_somewhere(page: str) -> None:
    """Every relative link and picture is a file of the project."""
    links = [link for link in LINK.findall(BLOCK.sub("", read_page(page))) if not urlsplit(link).scheme]
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_pictures_are_small_and_drawn_for_both_themes() -> None:
    """The picture of a report is no burden, and that of the rooms has light and dark colours and real text."""
    assert (ROOT / "docs/report.png").stat().st_size < 300_000
    rooms = (ROOT / "docs/rooms.svg").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in rooms
    assert all(f">{room}</text>" in rooms for room in ("seeds", "crawler", "storage", "review", "scheduler"))


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    """Whatever a page tells to make can be made."""
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    scripts = [*find_blocks(page, "sh"), *CODE.findall(BLOCK.sub("", read_page(page)))]
    commands = [words for script in scripts if "make " in script for words in split_commands(script)]
    named = {word for words in commands if words[0] == "make" for word in words[1:] if "=" not in word}
    assert named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES)
def test_extras_exist(page: str) -> None:
    """Whatever a page tells to install beside the program can be installed."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(EXTRA.findall(read_page(page))) <= set(extras)


def list_subcommands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The names that call each command that does something, such as ``("seeds", "check")``."""
    if not isinstance(command, click.Group):
        yield path
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from list_subcommands(found, (*path, name))


@pytest.mark.parametrize("path", list(list_subcommands(main)), ids=" ".join)
def test_every_subcommand_is_shown(path: tuple[str, ...]) -> None:
    """The README has an example of each subcommand."""
    shown = [words for script in find_blocks("README.md", "sh") for words in split_commands(script)]
    assert ["replywatch", *path] in [words[: len(path) + 1] for words in shown]


def test_every_format_is_shown() -> None:
    """The README has an example of each format of reports and exports."""
    shown = list_commands("replywatch")
    for name in ("report", "export"):
        command, _ = find_command([name])
        choices = next(one.type.choices for one in command.params if isinstance(one.type, click.Choice))
        used = {words[words.index("--format") + 1] for words in shown if words[:1] == [name] and "--format" in words}
        assert used | {"html"} >= set(choices)


def test_commands_that_are_said_to_be_missing_are() -> None:
    """The chapter on what is not there yet does not grow old."""
    assert list_absent() & set(COMMANDS) == set()


@pytest.mark.parametrize("words", list_commands("replywatch"), ids=shlex.join)
def test_replywatch_would_accept(words: list[str]) -> None:
    """Every command shown is a known subcommand with known options."""
    if words[:1] == [] or words[0] in list_absent():
        return
    check_words(words)


@pytest.mark.parametrize("words", list_commands("scrapy"), ids=shlex.join)
def test_scrapy_would_accept(words: list[str]) -> None:
    """Every crawl shown is one of the spider, with arguments that it takes and settings that there are."""
    assert words[:2] == ["crawl", "replies"]
    pairs = list(zip(words[2::2], words[3::2], strict=True))
    assert {option for option, _ in pairs} <= {"-a", "-s", "-L"}
    parse_arguments(dict(value.split("=", 1) for option, value in pairs if option == "-a"))
    settings = [value.partition("=")[0] for option, value in pairs if option == "-s"]
    assert set(settings) <= {PREFIX + key.upper() for key in KEYS}


def test_every_argument_of_the_crawl_is_explained() -> None:
    """The arguments and each way to recheck stand in the README."""
    crawl = read_section("README.md", "Commands")
    assert [word for word in (*KNOWN, *RECHECKS) if f"`{word}`" not in crawl] == []


def test_every_setting_is_explained_with_its_default() -> None:
    """The table of settings names each key and the default that it has."""
    rows = re.findall(r"^\| `REPLYWATCH_(\w+)` \| (.+?) \|", read_page("README.md"), re.MULTILINE)
    assert {name.lower() for name, _ in rows} == set(KEYS)
    shown = {name.lower(): "" if default == "empty" else default.strip("`") for name, default in rows}
    default = Configuration()
    for key in set(KEYS) - {"database_url"}:
        value = getattr(default, key)
        assert shown[key] == ("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))
    assert shown["database_url"].replace("{DATA_DIR}", str(Path("data").absolute())) == load_default().database_url


def load_default() -> Configuration:
    """The configuration of an operator who has set nothing."""
    return load_configuration(environment={}, folder=ROOT / "tests")


def test_example_configuration_is_accepted_and_whole(tmp_path: Path) -> None:
    """The example file, with every setting switched on, has all keys and can be read."""
    example = (ROOT / "replywatch.toml.example").read_text(encoding="utf-8")
    settings = re.findall(r"^# ((\w+) = .*)$", example, re.MULTILINE)
    assert {key for _, key in settings} == set(KEYS)
    (tmp_path / "replywatch.toml").write_text("\n".join(line for line, _ in settings), encoding="utf-8")
    assert load_configuration(environment={}, folder=tmp_path).contact == "archive@example.org"


def test_example_seed_has_no_fault(tmp_path: Path) -> None:
    """The seed file in the README passes the check."""
    (block,) = find_blocks("README.md", "toml")
    path = tmp_path / "example.toml"
    path.write_text(block, encoding="utf-8")
    assert check_files([path]) == []


def test_every_key_of_a_seed_is_explained() -> None:
    """The chapter on seeds names each key and each CMS family."""
    chapter = read_section("README.md", "Add a site")
    keys = {*Site.model_fields, *Column.model_fields, *CMS_NAMES}
    missing = {key for key in keys if not re.search(rf"`{key}`|^{key} = |\[\[{key}\]\]", chapter, re.MULTILINE)}
    assert missing == set()


def test_every_kind_of_change_is_explained() -> None:
    """The chapter on reports names each kind, and the scores it quotes are those of the table."""
    chapter = read_section("README.md", "How to read a report")
    assert [kind for kind in ChangeKind if f"`{kind.value}`" not in chapter] == []
    assert f"a number changed {SIGNALS['number'].weight}" in " ".join(chapter.split())
    assert f"punctuation {SIGNALS['punctuation'].weight}" in " ".join(chapter.split())
