"""``replywatch witness``: ask an outside archive for copies of what changed."""

import json
from contextlib import closing
from dataclasses import asdict

import click

from scheduler.witness import PLACE, ask_witness
from storage.configuration import Configuration
from storage.database import open_database
from storage.witnessing import read_witnesses


@click.command("witness")
@click.option("--ask", "template", help='Where to ask, such as "https://web.archive.org/save/{url}".')
@click.option(
    "--score", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="The least score of a change."
)
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="Requests in 24 hours.")
@click.pass_obj
def command(configuration: Configuration, template: str | None, score: float, most: int) -> None:
    """Ask an outside archive to keep a copy of each page that changed or went away; without --ask, list the answers.

    Nothing is asked unless you say whom. Run it from cron: what failed is asked again, ever later, six times in all.
    """
    if template is not None and (PLACE not in template or not template.startswith(("http://", "https://"))):
        raise click.UsageError(f"--ask {template}: use an http address with {PLACE} in it")
    with closing(open_database(configuration.database_url)) as database:
        if template is None:
            for one in read_witnesses(database):
                click.echo(json.dumps(asdict(one), default=str, ensure_ascii=False))
            return
        kept, failed = ask_witness(configuration, database, template, least_score=score, a_day=most)
    click.echo(f"{kept} copies made, {failed} requests without one")
