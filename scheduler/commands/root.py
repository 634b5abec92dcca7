"""``replywatch root``: one digest for all captures, to be published; and the proof that a capture is among them."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from scheduler.roots import REST, read_root, write_proof, write_root
from storage.clock import parse_instant
from storage.configuration import Configuration
from storage.database import open_database
from storage.roots import prove_capture, take_root

FILE = click.Path(path_type=Path, dir_okay=False)


def read_until(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """A time with an offset."""
    try:
        return parse_instant(value) if value else None
    except ValueError:
        raise click.BadParameter("use a time with an offset such as 2026-03-02T09:00:00+08:00") from None


@click.command("root")
@click.option("--until", callback=read_until, help="Captures up to this time; ten minutes ago by default.")
@click.option("--previous", type=FILE, help="The root before this one, to which it is chained.")
@click.option("--prove", "record_id", help="Write the proof that this record (urn:uuid:…) is in the root --in.")
@click.option("--in", "within", type=FILE, help="The root file for --prove.")
@click.option("--output", type=FILE, help="A file; standard output by default.")
@click.pass_obj
def command(
    configuration: Configuration,
    until: datetime | None,
    previous: Path | None,
    record_id: str | None,
    within: Path | None,
    output: Path | None,
) -> None:
    """Write one digest over all captures as a small JSON file, to be published or time-stamped elsewhere.

    Whoever has that file can later tell that the captures are the same: `replywatch verify --root FILE`.
    """
    if (record_id is None) != (within is None):
        raise click.UsageError("--prove and --in go together")
    with closing(open_database(configuration.database_url)) as database:
        if record_id and within:
            proof = prove_capture(database, read_root(within), record_id.strip("<>"))
            if proof is None:
                raise click.ClickException(f"{record_id} is not in {within}, or its captures are not those of today")
            text = write_proof(proof)
        else:
            chained = read_root(previous).root if previous else None
            text = write_root(take_root(database, until or configuration.clock.now() - REST, chained))
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
