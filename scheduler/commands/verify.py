"""``replywatch verify``: database against archive, archive against its own digests."""

import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from crawler.adoption import adopt_captures
from scheduler.roots import read_proof, read_root
from storage.advisory import SharedLocks
from storage.archive.verification import verify_archive
from storage.captures import stream_places
from storage.clock import format_instant
from storage.configuration import Configuration
from storage.database import open_database
from storage.roots import check_root, is_proved

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("verify")
@click.option("--repair", is_flag=True, help="Mend what can be mended; no good record is ever removed.")
@click.option("--root", "root_file", type=FILE, help="Prove that the captures are those of this root file.")
@click.option("--record", "record_id", help="With --root: only that this record (urn:uuid:…) belongs to it.")
@click.option("--proof", "proof_file", type=FILE, help="With --root: that this proof leads to it; needs no data.")
@click.pass_obj
def command(
    configuration: Configuration,
    root_file: Path | None,
    record_id: str | None,
    proof_file: Path | None,
    *,
    repair: bool,
) -> None:
    """Read every record of the archive; compare it with its digests and with the database.

    Prints a line for each fault; exit code 1 if one is left.
    """
    if root_file is not None:
        verify_root(configuration, root_file, record_id, proof_file)
        return
    if record_id or proof_file:
        raise click.UsageError("--record and --proof need --root FILE")
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


def verify_root(configuration: Configuration, root_file: Path, record_id: str | None, proof_file: Path | None) -> None:
    """Say whether captures, or a proof, fit a root; exit code 1 with the first thing that does not."""
    root = read_root(root_file)
    if proof_file is not None:
        fault = None if is_proved(read_proof(proof_file), root) else f"{proof_file} does not lead to the root"
    else:
        with closing(open_database(configuration.database_url)) as database:
            fault = check_root(database, configuration.archive_dir, root, record_id and record_id.strip("<>"))
    if fault:
        click.echo(fault)
        raise SystemExit(1)
    click.echo(f"belongs to the root of {root.count} captures up to {format_instant(root.until)}")


def advance_bar(bar: "tqdm[NoReturn]", count: int) -> None:
    """Move the bar by some bytes."""
    bar.update(count)
