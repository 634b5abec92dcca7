"""From the bytes of a file to its text: the format is known by the bytes, the library is loaded when it is needed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from crawler.extraction.encoding import decode_body
from crawler.extraction.files.faults import FileFault, Reason
from crawler.extraction.files.packages import find_package_kind

MAX_BYTES = 50_000_000  # of a file; larger ones are scans and drawings
MAX_CHARACTERS = 4_000_000
_HEAD = 4096
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_HTML_OF_WORD = b"urn:schemas-microsoft-com:office"  # Word and Excel save pages under the names of their own files
_READERS = {
    "pdf": "portable",
    "docx": "word",
    "xlsx": "sheets",
    "ole": "compound",
    "ofd": "layout",
    "html": "markup",
}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\ufeff\ufffe\uffff]")
_SPACES = re.compile("[ \xa0\u2000-\u200a\u3000]+")
_LETTER = re.compile(r"\w")
_GARBLED_SHARE = 0.1  # of a text's characters; more are a font that does not say what its glyphs mean


@dataclass(frozen=True, slots=True)
class FileText:
    """A file's text, one paragraph a line and table cells separated by tabs; None with the reason when there is none.

    ``reason`` is one of `Reason`.
    """

    text: str | None
    reason: str | None = None


def read_file(body: bytes, name_or_url: str = "", content_type: str | None = None) -> FileText:
    """What a file says. Never raises, but a hostile file may take long, or all memory, or end the process.

    Therefore a crawl reads files by `IsolatedReader`.
    """
    try:
        text = clean_text(_read_text(body, name_or_url, content_type))
    except FileFault as fault:
        return FileText(None, fault.reason)
    except (MemoryError, RecursionError):
        return FileText(None, Reason.TOO_LARGE)
    except Exception:  # noqa: BLE001 - whatever a library makes of a broken file, the file is broken
        return FileText(None, Reason.UNREADABLE)
    if len(text) > MAX_CHARACTERS:
        return FileText(None, Reason.TOO_LARGE)
    return FileText(text) if _LETTER.search(text) else FileText(None, Reason.NO_TEXT)


def _read_text(body: bytes, name: str, content_type: str | None) -> str:
    if len(body) > MAX_BYTES:
        raise FileFault(Reason.TOO_LARGE)
    if not body.strip():
        raise FileFault(Reason.NO_TEXT)
    kind = find_kind(body, name, content_type)
    if kind == "text":
        return decode_body(body, content_type).text
    if kind not in _READERS:
        raise FileFault(Reason.UNSUPPORTED)
    text = _load_reader(kind)(body)
    if len(_UNPRINTABLE.findall(text)) > len(text) * _GARBLED_SHARE:
        raise FileFault(Reason.UNREADABLE)
    return text


def find_kind(body: bytes, name: str, content_type: str | None) -> str | None:
    """The format by its first bytes; only plain text is believed by its name or by the header."""
    head = body[:_HEAD]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return find_package_kind(body)
    if head.startswith(_OLE):
        return "ole"
    if _HTML_OF_WORD in head:
        return "html"
    suffix = name.partition("?")[0].rpartition(".")[2].strip().lower()
    is_plain = suffix in {"txt", "csv"} or (content_type or "").lower().startswith(("text/plain", "text/csv"))
    is_markup = head.lstrip()[:1] == b"<" or head.startswith(b"{\\rtf")
    return "text" if is_plain and b"\x00" not in head and not is_markup else None


def _load_reader(kind: str) -> Callable[[bytes], str]:
    try:
        module = import_module(f"crawler.extraction.files.{_READERS[kind]}")
    except ImportError:
        raise FileFault(Reason.NO_READER) from None
    read: Callable[[bytes], str] = module.read_text
    return read


def clean_text(text: str) -> str:
    """Lines without empty ones, cells without padding, and without characters that nobody sees."""
    rows = (
        "\t".join(_SPACES.sub(" ", cell).strip(" ") for cell in line.split("\t")).rstrip()
        for line in _INVISIBLE.sub("", text).splitlines()
    )
    return "\n".join(row for row in rows if row.strip())
