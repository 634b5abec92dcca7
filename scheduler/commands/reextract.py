"""``replywatch reextract``: read every page again from the archive with the present extractor."""

import sys
from itertools import islice

import click
from tqdm import tqdm

from crawler.extraction import make_fingerprint
from crawler.rereading import read_documents
from storage.configuration import Configuration
from storage.database import open_database
from storage.rebuilding import count_outdated, renew_versions, stream_outdated

BATCH = 200  # documents a transaction


@click.command("reextract")
@click.pass_obj
def command(configuration: Configuration) -> None:
    """Extract the latest version of each page again, on all cores, where another extractor made it.

    What comes out differently is recorded as a version of cause "extractor" and never told as an edit by the site.
    Interrupted, it goes on where it was.
    """
    database = open_database(configuration.database_url)
    extractor = make_fingerprint()
    total, differing, failed = count_outdated(database, extractor), 0, 0
    documents = read_documents(configuration.archive_dir, stream_outdated(database, extractor))
    with tqdm(total=total, unit=" pages", desc="reextract", disable=not sys.stderr.isatty()) as bar:
        while batch := list(islice(documents, BATCH)):
            good = [(body, document) for body, document in batch if not isinstance(document, str)]
            for body, document in batch:
                if isinstance(document, str):
                    failed += 1
                    tqdm.write(f"{body.url}: {document}", file=sys.stderr)
            with database.write() as session:
                differing += renew_versions(session, good)
            bar.update(len(batch))
    click.echo(f"{total} pages read again, {differing} differ" + (f", {failed} could not be read" if failed else ""))
    if failed:
        raise SystemExit(1)
