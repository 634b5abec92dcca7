"""``replywatch import``: captures made by others."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import click
from tqdm import tqdm

from crawler.importing import Importer
from seeds.catalog import CatalogError, Site, load_catalog
from storage.advisory import share_locks
from storage.archive.errors import ArchiveError
from storage.archive.writer import ArchiveWriter
from storage.configuration import Configuration
from storage.database import open_database

Entry = TypeVar("Entry")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def command(configuration: Configuration, files: tuple[Path, ...]) -> None:
    """Take in the captures of WARC and WACZ FILEs, with their own dates; what is here already is passed over.

    Pages of watched hosts go to their site, others to a site named after their host. A broken file is reported, and
    what came before the fault is kept; exit code 1.
    """
    importer = Importer(
        configuration=configuration,
        sites=read_sites(configuration),
        database=open_database(configuration.database_url),
        writer=ArchiveWriter(
            configuration.archive_dir,
            software=configuration.user_agent.split(" ")[0],
            contact=configuration.contact,
            clock=configuration.clock,
            claims=share_locks(configuration.database_url),
        ),
    )
    faults = 0
    with importer.writer:
        for path in files:
            try:
                show_progress(importer.take_file(path), path.name)
            except ArchiveError as error:
                faults += 1
                click.echo(f"replywatch: {error}", err=True)
    show_progress(importer.finish(), "versions")
    click.echo(
        f"{importer.taken} captures of {len(importer.touched)} pages taken in, {importer.known} known already, "
        f"{importer.passed} that are no pages passed over"
    )
    if faults:
        raise SystemExit(1)


def read_sites(configuration: Configuration) -> tuple[Site, ...]:
    """The watched sites; an import needs none."""
    if not configuration.seeds_dir.is_dir():
        return ()
    try:
        return tuple(load_catalog(configuration.seeds_dir).sites.values())
    except CatalogError:
        if any(configuration.seeds_dir.glob("*.toml")):
            raise
        return ()


def show_progress(entries: Iterable[Entry], words: str) -> None:
    """Exhaust the entries, with a bar on a terminal."""
    for _ in tqdm(entries, desc=words, disable=not sys.stderr.isatty()):
        pass
