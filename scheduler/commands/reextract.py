"""``replywatch reextract``: read every page again from the archive with the present extractor."""

import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click
from tqdm import tqdm

from crawler.extraction import make_fingerprint
from crawler.extraction.files import make_file_fingerprint
from crawler.rereading import read_documents
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.rebuilding import count_outdated, renew_versions, stream_outdated
from storage.records import Role

BATCH = 200  # documents a transaction


@dataclass(frozen=True, slots=True)
class Figures:
    """How many documents were read again, how many came out differently, and how many could not be read."""

    total: int
    differing: int
    failed: int


@click.command("reextract")
@click.pass_obj
def command(configuration: Configuration) -> None:
    """Extract the latest version of each page and each attachment again, on all cores, where another extractor made it.

    What comes out differently is recorded as a version of cause "extractor" and never told as an edit by the site.
    Interrupted, it goes on where it was.
    """
    database = open_database(configuration.database_url)
    archive = configuration.archive_dir
    files = renew_all(database, archive, Role.ATTACHMENT, make_file_fingerprint())  # first: pages take text from them
    pages = renew_all(database, archive, Role.PAGE, make_fingerprint())
    failed = files.failed + pages.failed
    if files.total:
        click.echo(f"{files.total} files read again, {files.differing} differ")
    click.echo(
        f"{pages.total} pages read again, {pages.differing} differ"
        + (f", {failed} could not be read" if failed else "")
    )
    if failed:
        raise SystemExit(1)


def renew_all(database: Database, archive: Path, role: Role, extractor: str) -> Figures:
    """Read all pages (or files) again whose latest version another extractor made, and record what differs."""
    total, differing, failed = count_outdated(database, extractor, role), 0, 0
    documents = read_documents(archive, stream_outdated(database, extractor, role))
    with tqdm(total=total, unit=f" {role}s", desc="reextract", disable=not sys.stderr.isatty()) as bar:
        while batch := list(islice(documents, BATCH)):
            good = [(body, document) for body, document in batch if not isinstance(document, str)]
            for body, document in batch:
                if isinstance(document, str):
                    failed += 1
                    tqdm.write(f"{body.url}: {document}", file=sys.stderr)
            with database.write() as session:
                differing += renew_versions(session, good)
            bar.update(len(batch))
    return Figures(total, differing, failed)
