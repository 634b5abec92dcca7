"""From a file's text to a document of its own, and by which rules and libraries it was made."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from crawler.extraction.classification import classify_document
from crawler.extraction.document import read_signed
from crawler.extraction.files.reading import FileText
from crawler.extraction.reply import read_reply
from storage.records import Document

_LIBRARIES = ("pypdfium2", "python-calamine", "olefile")


def describe_file(file: FileText, name: str) -> Document:
    """The file as a document: its name is the title, and the letter in it is read like the text of a page.

    A file without text has the reason among the doubts.
    """
    text = file.text or ""
    lines = text.split("\n")
    kind = classify_document(name, None, text) if text else "other"
    return Document(
        kind=kind,
        title=name or None,
        text=text,
        signed_on=read_signed(lines),
        reply=read_reply(name, None, lines, None) if kind == "reply" else None,
        doubts=(file.reason,) if file.reason else (),
        extractor=make_file_fingerprint(),
    )


@cache
def make_file_fingerprint() -> str:
    """``files-<digest> pypdfium2-… python-calamine-… olefile-…``; a library that is not installed is left out."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return " ".join([f"files-{digest.hexdigest()[:12]}", *filter(None, map(_name_library, _LIBRARIES))])


def _name_library(name: str) -> str | None:
    try:
        return f"{name}-{version(name)}"
    except PackageNotFoundError:
        return None
