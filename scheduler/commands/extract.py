"""``replywatch extract``: what one saved page says, as JSON."""

import json
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from crawler.interpretation import document_json, interpret_batch, interpret_file

# Lists come from anywhere: with a byte order mark, and with file names that are no UTF-8, which still name files.
BATCH_FILE = click.File(encoding="utf-8-sig", errors="surrogateescape")


@click.command("extract")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", help="Where the page came from; it helps with links and the site's identity.")
@click.option("--batch", type=BATCH_FILE, metavar="LIST", help="Lines path<TAB>url; - is standard input.")
def command(file: Path | None, url: str | None, batch: TextIO | None) -> None:
    """Print outcome, text and all fields of a saved page FILE as one JSON object.

    With --batch, read many and print one object a line, in the same order; a file that cannot be read gives
    "outcome": "error" and does not end the batch. All cores are used.
    """
    if (file is None) == (batch is None):
        raise click.UsageError("give a FILE, or --batch LIST")
    if file is not None:
        print_json(document_json(interpret_file(file.read_bytes(), url)), indent=1)
    elif batch is not None:
        for values in interpret_batch(batch, os.cpu_count() or 1):
            print_json(values)


def print_json(values: dict[str, object], indent: int | None = None) -> None:
    """One object; a lone surrogate, which JSON may hold and UTF-8 may not, is escaped."""
    text = json.dumps(values, ensure_ascii=False, indent=indent)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
