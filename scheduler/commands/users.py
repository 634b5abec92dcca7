"""``replywatch users``: who may sign in to the reading room."""

import sys
from pathlib import Path

import click

from review.users import UsersError, change_users, check_name, hash_password, read_users
from storage.configuration import Configuration

FILE = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file of users, for serve --users. [default: DATA_DIR/users]",
)


@click.group("users")
def command() -> None:
    """Keep the file of those who may sign in to the reading room (replywatch serve --users FILE)."""


@command.command("add")
@click.argument("name")
@FILE
@click.pass_obj
def add(configuration: Configuration, name: str, path: Path | None) -> None:
    """Add NAME, or give NAME a new password, which signs them out everywhere.

    On a terminal the password is asked for twice and not shown; otherwise it is the first line of standard input.
    """
    path = path or find_default(configuration)
    try:
        name = check_name(name)
        entry = hash_password(read_password(name))
        known: list[str] = []

        def put(users: dict[str, str]) -> None:
            known.extend(users)
            users[name] = entry

        change_users(path, put)
    except UsersError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{path}: {name} {'has a new password' if name in known else 'may sign in'}")


@command.command("remove")
@click.argument("name")
@FILE
@click.pass_obj
def remove(configuration: Configuration, name: str, path: Path | None) -> None:
    """Let NAME in no more. What they said of changes stays."""
    path = path or find_default(configuration)

    def take(users: dict[str, str]) -> None:
        if users.pop(check_name(name), None) is None:
            raise UsersError(f"{path}: there is no user {name}")

    try:
        change_users(path, take)
    except UsersError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{path}: {name} is let in no more")


@command.command("list")
@FILE
@click.pass_obj
def show(configuration: Configuration, path: Path | None) -> None:
    """List the names, one a line."""
    path = path or find_default(configuration)
    try:
        names = sorted(read_users(path)) if path.exists() else []
    except UsersError as error:
        raise click.UsageError(str(error)) from error
    for name in names:
        click.echo(name)


def find_default(configuration: Configuration) -> Path:
    """The file of users of a data folder."""
    return configuration.data_dir / "users"


def read_password(name: str) -> str:
    """The password of a user, without an echo."""
    if sys.stdin.isatty():
        asked: str = click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt="The same again")
        return asked
    return sys.stdin.readline().rstrip("\r\n")
