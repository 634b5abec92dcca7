"""``replywatch diff``: what changed between two saved pages, and how much it matters."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

import click

from crawler.interpretation import Interpretation, interpret_file
from review.difference import render_difference, report_difference
from scheduler.commands.extract import BATCH_FILE, print_json
from storage.comparison.document_diff import compare_documents, difference_json
from storage.configuration import Configuration
from storage.records import Difference, Document, Outcome

CHUNK = 8  # pairs handed to a process at a time


@click.command("diff")
@click.argument("old", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("new", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", help="Where the pages came from.")
@click.option("--format", "form", type=click.Choice(["json", "text", "html"]), default="json", show_default=True)
@click.option("--batch", type=BATCH_FILE, metavar="LIST", help="Lines old<TAB>new<TAB>url; - is standard input.")
@click.pass_obj
def command(
    configuration: Configuration, old: Path | None, new: Path | None, url: str | None, form: str, batch: TextIO | None
) -> None:
    """Compare two saved pages as documents: text, fields, attachments; with a score, reasons and a summary.

    With --batch, compare many pairs and print one JSON object a line, in the same order.
    """
    weights = dict(configuration.weights)
    if batch is not None and old is None:
        for values in compare_batch(batch, os.cpu_count() or 1, weights):
            print_json(values)
        return
    if old is None or new is None or batch is not None:
        raise click.UsageError("give OLD and NEW, or --batch LIST")
    before, after = interpret_file(old.read_bytes(), url), interpret_file(new.read_bytes(), url)
    difference = compare_interpretations(before, after, weights)
    if form == "json":
        print_json(difference_json(before.finding.outcome, after.finding.outcome, difference), indent=1)
        return
    if not is_comparable(before, after):
        click.echo(describe_refusal(before, after, form))
        return
    now, blank = configuration.clock.now(), Document()
    report = report_difference(before.document or blank, after.document or blank, difference, now, url or str(new))
    click.echo(render_difference(report, form))


def compare_interpretations(
    old: Interpretation, new: Interpretation, weights: Mapping[str, float] | None = None
) -> Difference:
    """What a reader would be told; nothing when one side is no document."""
    if old.document is None or new.document is None or not is_comparable(old, new):
        return Difference()
    return compare_documents(old.document, new.document, weights)


def is_comparable(old: Interpretation, new: Interpretation) -> bool:
    """Whether both sides are the document: a block or an error page is never compared."""
    return old.finding.outcome is Outcome.OK and new.finding.outcome is Outcome.OK


def describe_refusal(old: Interpretation, new: Interpretation, form: str) -> str:
    """Why nothing is compared, as ``text`` or ``html``: to say that nothing changed would not be true."""
    line = f"未作比较 not compared: old {old.finding.outcome}, new {new.finding.outcome}"
    return f"<!doctype html><meta charset=utf-8><title>replywatch diff</title><p>{line}" if form == "html" else line


def compare_line(line: str, weights: Mapping[str, float] | None = None) -> dict[str, object]:
    """One line ``old<TAB>new<TAB>url`` to the JSON object of that pair; a fault becomes one too."""
    old, new, url = (*line.rstrip("\r\n").split("\t"), "", "")[:3]
    if not (old and new):
        return describe_fault("a line is old<TAB>new<TAB>url")
    try:
        before, after = (interpret_file(Path(path).read_bytes(), url.strip() or None) for path in (old, new))
        difference = compare_interpretations(before, after, weights)
        return difference_json(before.finding.outcome, after.finding.outcome, difference)
    except Exception as error:  # noqa: BLE001 - one bad pair must never end a batch of thousands
        return describe_fault(f"{type(error).__name__}: {error}")


def describe_fault(error: str) -> dict[str, object]:
    """The object of a pair that could not be compared: nothing is told of it."""
    return {"outcome": "error", "error": error}


def compare_batch(
    lines: Iterable[str], processes: int, weights: Mapping[str, float] | None = None
) -> Iterator[dict[str, object]]:
    """The objects of many lines, in their order, by so many processes. Blank lines are left out."""
    wanted = (line for line in lines if line.strip())
    compare = partial(compare_line, weights=weights)
    first = list(islice(wanted, CHUNK))
    if processes <= 1 or len(first) < CHUNK:
        yield from map(compare, (*first, *wanted))
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(compare, [*first, *wanted], chunksize=CHUNK)
