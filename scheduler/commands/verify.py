"""``replywatch verify``: database against archive, archive against its own digests."""

import sys
from functools import partial
from typing import NoReturn

import click
from tqdm import tqdm

from crawler.adoption import adopt_captures
from storage.advisory import SharedLocks
from storage.archive.verification import verify_archive
from storage.captures import stream_places
from storage.configuration import Configuration
from storage.database import open_database


@click.command("verify")
@click.option("--repair", is_flag=True, help="Mend what can be mended; no good record is ever removed.")
@click.pass_obj
def command(configuration: Configuration, *, repair: bool) -> None:
    """Read every record of the archive; compare it with its digests and with the database.

    Prints a line for each fault; exit code 1 if one is left.
    """
    database = open_database(configuration.database_url)
    directory = configuration.archive_dir
    total = sum(path.stat().st_size for path in directory.glob("*.warc.gz*") if path.suffix in (".gz", ".open"))
    left = mended = 0
    with tqdm(total=total, unit="B", unit_scale=True, desc="verify", disable=not sys.stderr.isatty()) as bar:
        faults = verify_archive(
            directory,
            stream_places(database),
            is_repairing=repair,
            adopt=partial(adopt_captures, database, directory),
            advance=partial(advance_bar, bar),
            claims=SharedLocks(database),
        )
        for fault in faults:
            mended += fault.is_mended
            left += not fault.is_mended
            place = fault.file if fault.offset is None else f"{fault.file}:{fault.offset}"
            state = " (mended)" if fault.is_mended else ""
            tqdm.write(
                f"{place}: {fault.kind} {fault.record_id or ''} {fault.detail}".rstrip() + state, file=sys.stdout
            )
    click.echo(f"{total} bytes verified, {left} faults" + (f", {mended} mended" if mended else ""))
    if left:
        raise SystemExit(1)


def advance_bar(bar: "tqdm[NoReturn]", count: int) -> None:
    """Move the bar by some bytes."""
    bar.update(count)
