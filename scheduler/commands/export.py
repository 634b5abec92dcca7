"""``replywatch export``: the archive and the latest versions for other tools."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from tqdm import tqdm

from crawler.interpretation import Interpretation, document_json
from review.masking import mask_document
from review.report_csv import guard_cell
from scheduler.commands.since import Since
from scheduler.parquet import ParquetMissingError, write_parquet
from storage.archive.exporting import export_warc
from storage.archive.indexes import write_cdxj
from storage.archive.wacz import Package, pack_wacz
from storage.captures import stream_captures, stream_listed
from storage.clock import format_instant
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.latest import LatestVersion, stream_latest
from storage.records import Document, Finding, Outcome
from storage.sites import list_sites

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to export, from where to where."""

    configuration: Configuration
    database: Database
    output: Path
    sites: tuple[str, ...]
    since: datetime | None
    is_masked: bool


@click.command("export")
@click.option("--format", "form", type=click.Choice(["wacz", "warc", "cdxj", "jsonl", "csv", "parquet"]), required=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@click.option("--site", "sites", multiple=True, metavar="KEY", help="Only this site; may be given several times.")
@click.option("--since", type=Since(), help="Only what was captured since: 7d, a date, or a time with an offset.")
@click.option(
    "--unmasked", is_flag=True, help="Keep clerks' telephone numbers and names in contact lines (jsonl, csv, parquet)."
)
@click.pass_obj
def command(
    configuration: Configuration,
    form: str,
    output: Path,
    sites: tuple[str, ...],
    since: datetime | None,
    *,
    unmasked: bool,
) -> None:
    """Export captures (wacz, warc, cdxj) or the latest version of each page (jsonl, csv, parquet).

    Derived text is masked as in reports; WARC and WACZ hold the pages as they were published.
    """
    if str(output) == "-":
        raise click.UsageError("--output -: an export goes to a file")
    selection = Selection(
        configuration=configuration,
        database=open_database(configuration.database_url),
        output=output,
        sites=sites,
        since=since,
        is_masked=not unmasked,
    )
    check_sites(selection)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        count = FORMATS[form](selection)
    except OSError as error:
        raise click.FileError(str(output), error.strerror or "") from error
    click.echo(f"{output}: {count} {'captures' if form in ('wacz', 'warc', 'cdxj') else 'pages'}")


def check_sites(selection: Selection) -> None:
    """Refuse keys that no site has: an export that is empty for a slip of the pen looks like an archive without pages.

    Raises:
        click.UsageError: there is no such site.
    """
    with selection.database.read() as session:
        known = list_sites(session)
    if unknown := [key for key in selection.sites if key not in known]:
        there = f"there are {', '.join(known)}" if known else "there are none yet"
        raise click.UsageError(f"--site {unknown[0]}: no such site; {there}")


def export_wacz(selection: Selection) -> int:
    """Captures, their index and a list of pages in one file."""
    configuration = selection.configuration
    package = Package(
        title="replywatch",
        description=", ".join(selection.sites) or "all sites",
        software=configuration.user_agent.split(" ")[0],
        created=configuration.clock.now(),
    )
    return pack_wacz(
        selection.output,
        directory=configuration.archive_dir,
        entries=show_progress(stream_captures(selection.database, sites=selection.sites, since=selection.since)),
        pages=stream_listed(selection.database, sites=selection.sites, since=selection.since),
        package=package,
    )


def export_records(selection: Selection) -> int:
    """The records themselves, byte for byte."""
    entries = stream_captures(selection.database, sites=selection.sites, since=selection.since)
    return export_warc(selection.configuration.archive_dir, show_progress(entries), selection.output)


def export_index(selection: Selection) -> int:
    """The index of all captures that can be replayed."""
    entries = stream_captures(selection.database, sites=selection.sites, since=selection.since)
    return write_cdxj(show_progress(entries), selection.output)


def export_lines(selection: Selection) -> int:
    """One JSON object a page and line."""
    count = 0
    with selection.output.open("w", encoding="utf-8", newline="\n") as stream:
        for values in describe_pages(selection):
            stream.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    return count


def export_table(selection: Selection) -> int:
    """One row a page; lists and objects are JSON in their cell."""
    count = 0
    with selection.output.open("w", encoding="utf-8-sig", newline="") as stream:
        writer: csv.DictWriter[str] | None = None
        for values in describe_pages(selection):
            if writer is None:
                writer = csv.DictWriter(stream, list(values))
                writer.writeheader()
            writer.writerow({name: guard_cell(show_cell(value)) for name, value in values.items()})
            count += 1
    return count


def export_parquet(selection: Selection) -> int:
    """One row a page, lists of texts and numbers typed."""
    blank = LatestVersion(url="", site="", captured_at=datetime.now(UTC), number=0, document=Document())
    columns = list(describe_version(blank, is_masked=False))
    try:
        return write_parquet(describe_pages(selection), columns, selection.output)
    except ParquetMissingError as error:
        raise click.UsageError(str(error)) from error


def describe_pages(selection: Selection) -> Iterator[dict[str, object]]:
    """The latest version of each page with the keys of ``extract`` and its own."""
    versions = stream_latest(selection.database, sites=selection.sites, since=selection.since)
    for version in show_progress(versions):
        yield describe_version(version, is_masked=selection.is_masked)


def describe_version(version: LatestVersion, *, is_masked: bool) -> dict[str, object]:
    """One page's version as it is exported."""
    document = mask_document(version.document) if is_masked else version.document
    return {
        "url": version.url,
        "site_key": version.site,
        "captured_at": format_instant(version.captured_at),
        "version": version.number,
    } | document_json(Interpretation(Finding(Outcome.OK), document, document.encoding))


def show_cell(value: object) -> str:
    """A value as text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def show_progress(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The entries, with a bar on a terminal."""
    return tqdm(entries, desc="export", disable=not sys.stderr.isatty())


FORMATS: dict[str, Callable[[Selection], int]] = {
    "wacz": export_wacz,
    "warc": export_records,
    "cdxj": export_index,
    "jsonl": export_lines,
    "csv": export_table,
    "parquet": export_parquet,
}
