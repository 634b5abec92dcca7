"""The ``replywatch`` command: one module a subcommand in ``scheduler.commands``, loaded when it is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import click

from storage.configuration import ConfigurationError, load_configuration
from storage.database import DatabaseError

COMMANDS = {
    "compare": "compare",
    "diff": "diff",
    "dossier": "dossier",
    "export": "export",
    "extract": "extract",
    "ignore": "ignore",
    "import": "importing",
    "notify": "notify",
    "reextract": "reextract",
    "report": "report",
    "root": "root",
    "run": "run",
    "seeds": "seeds",
    "serve": "serve",
    "status": "status",
    "users": "users",
    "verify": "verify",
    "witness": "witness",
    "worker": "worker",
    "withhold": "withhold",
}
WRONG_USE = 2


class UsersMistake(click.ClickException):
    """Something that the user can set right: one line, exit code 2, no traceback."""

    exit_code = WRONG_USE

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the one line."""
        click.echo(f"replywatch: {self.message}", err=True)


class LazyGroup(click.Group):
    """Finds a subcommand's module when it is asked for, so that ``--help`` and small commands start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All subcommands by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of a subcommand; it calls its command ``command``."""
        if cmd_name not in COMMANDS:
            return None
        loaded: click.Command = import_module(f"scheduler.commands.{COMMANDS[cmd_name]}").command
        return loaded

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words before the subcommand."""
        with tell_mistakes():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run, and turn what a user can set right into one line."""
        with tell_mistakes():
            return super().invoke(ctx)


@contextmanager
def tell_mistakes() -> Iterator[None]:
    """One line and exit code 2 for what a user can set right: words, settings, seeds, files that cannot be had."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # it shows the help
    except (click.UsageError, click.FileError) as error:
        message = error.format_message()
        hint = f" (see {error.ctx.command_path} --help)" if isinstance(error, click.UsageError) and error.ctx else ""
        raise UsersMistake(" ".join(message.split()) + hint) from error
    except OSError as error:
        if error.filename is None:  # no file's fault: a pipe that was closed, a network that is down
            raise
        raise UsersMistake(f"{error.filename}: {error.strerror}") from error
    except known_errors() as error:
        raise UsersMistake(str(error)) from error


def known_errors() -> tuple[type[Exception], ...]:
    """The rooms' errors whose message tells a user what to do."""
    from crawler.locks import SiteBusyError  # noqa: PLC0415 - as below
    from seeds.catalog import CatalogError  # noqa: PLC0415 - pydantic is slow to load and seldom needed
    from storage.archive.errors import ArchiveError  # noqa: PLC0415 - likewise

    return (ConfigurationError, DatabaseError, CatalogError, ArchiveError, SiteBusyError)


@click.group(
    "replywatch", cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="replywatch")
@click.pass_context
def main(context: click.Context) -> None:
    """Watch government replies to proposals (提案) and suggestions (建议): archive, compare, report.

    Crawl with `scrapy crawl replies`; then `replywatch report` shows what changed. Settings come from replywatch.toml
    in the working folder and from REPLYWATCH_… in the environment.
    """
    context.obj = load_configuration()
