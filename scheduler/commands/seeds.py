"""``replywatch seeds``: check the seed files."""

from pathlib import Path

import click

from seeds.catalog import CatalogError, check_files, load_catalog
from storage.configuration import Configuration


@click.group("seeds")
def command() -> None:
    """The seed files: which sites and columns to watch."""


@command.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def check(configuration: Configuration, files: tuple[Path, ...]) -> None:
    """Check FILEs, or all seed files; a line for each fault, and exit code 1 if there is one."""
    try:
        faults = list(check_files(files) if files else ())
        catalog = None if files else load_catalog(configuration.seeds_dir)
    except CatalogError as error:
        faults, catalog = list(error.faults), None
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise SystemExit(1)
    if catalog is None:
        click.echo(f"{len(files)} seed files, no fault")
    else:
        columns = sum(len(site.columns) for site in catalog.sites.values())
        click.echo(f"{len(catalog.sites)} sites, {columns} columns, no fault")
