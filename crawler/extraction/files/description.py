"""From a file's text to a document of its own, and by which rules and libraries it was made."""

import hashlib
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crawler.extraction.classification import classify_document
from crawler.extraction.document import read_signed
from crawler.extraction.files.isolation import IsolatedReader
from crawler.extraction.files.reading import FileText
from crawler.extraction.reply import read_reply
from storage.records import Document

_SUFFIX = re.compile(r"\.[A-Za-z]{2,5}$")
_LIBRARIES = ("pypdfium2", "python-calamine", "olefile")


def extract_file(
    reader: IsolatedReader, body: bytes, *, url: str, name: str = "", content_type: str | None = None
) -> Document:
    """The document that a file is, read in a process apart; ``name`` is what the link to it says. Never raises."""
    tail = unquote(urlsplit(url).path.rpartition("/")[2])
    return describe_file(reader.read(body, name if "." in name else tail, content_type), name.strip() or tail)


def describe_file(file: FileText, name: str) -> Document:
    """The file as a document: its name is the title, and the letter in it is read like the text of a page.

    A file without text has the reason among the doubts.
    """
    text = file.text or ""
    lines, stem = text.split("\n"), _SUFFIX.sub("", name)
    kind = classify_document(stem, None, text) if text else "other"
    return Document(
        kind=kind,
        title=name or None,
        text=text,
        signed_on=read_signed(lines),
        reply=read_reply(stem, None, lines, None) if kind == "reply" else None,
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
