"""``replywatch report``: what changed, as HTML, Markdown, JSON or CSV."""

import os
from datetime import datetime
from pathlib import Path

import click

from review.formats import RENDERERS
from review.report import Report
from scheduler.commands.compare import compare_all
from scheduler.commands.since import Since
from storage.configuration import Configuration
from storage.database import open_database
from storage.ignoring import read_rules, split_hidden
from storage.incidents.derivation import read_incidents
from storage.incidents.standing import note_standing
from storage.reporting import read_changes


@click.command("report")
@click.option(
    "--since", type=Since(), help="Only changes detected since: 12h, 7d, 2w, a date, or a time with an offset."
)
@click.option("--format", "form", type=click.Choice(list(RENDERERS)), default="html", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write; - is standard output.")
@click.pass_obj
def command(configuration: Configuration, since: datetime | None, form: str, output: Path | None) -> None:
    """Report what changed, ranked by how much it matters.

    HTML goes to DATA_DIR/reports unless --output says otherwise, and the path is printed; the other formats go to
    standard output. Compares first.
    """
    database = open_database(configuration.database_url)
    compare_all(configuration, database)
    note_standing(configuration, database)
    now = configuration.clock.now()
    if output is None and form == "html":
        output = configuration.data_dir / "reports" / f"report-{now.astimezone(configuration.zone):%Y%m%d-%H%M%S}.html"
    folder = output.parent if output and str(output) != "-" else Path()
    shown, hidden = split_hidden(read_changes(database, since), read_rules(database))
    report = Report(
        generated_at=now,
        since=since,
        changes=shown,
        hidden=hidden,
        incidents=read_incidents(database, since),
        timezone=configuration.timezone,
        archive=relative_path(configuration.archive_dir, folder),
    )
    write_text(RENDERERS[form](report), output)


def relative_path(target: Path, folder: Path) -> str:
    """The way from a report's folder to the archive, with slashes."""
    return Path(os.path.relpath(target.absolute(), folder.absolute())).as_posix()


def write_text(text: str, output: Path | None) -> None:
    """Print, or write to a file and print its path."""
    if output is None or str(output) == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.FileError(str(output), error.strerror or "") from error
    click.echo(str(output))
