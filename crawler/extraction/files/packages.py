"""Zip packages (docx, xlsx, ofd): what they are and their parts, never unfolded beyond a limit."""

import io
import zipfile
from zipfile import ZipFile

from lxml import etree

from crawler.extraction.files.faults import FileFault, Reason

MAX_PARTS = 5000
MAX_UNFOLDED = 150_000_000  # bytes of all parts together that are text; pictures are not unfolded
MAX_PART = 60_000_000
_TEXT_PARTS = (".xml", ".rels", ".bin")
_ENCRYPTED = 0x1  # a bit of a part's flags


def find_package_kind(body: bytes) -> str | None:
    """``docx``, ``xlsx`` (with all that the same library reads) or ``ofd``; None for another package.

    Raises:
        FileFault: it is broken, locked or unfolds beyond measure.
    """
    names = set(open_package(body).namelist())
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    if "OFD.xml" in names:
        return "ofd"
    is_sheet = "mimetype" in names and b"opendocument.spreadsheet" in body[:200]
    return "xlsx" if is_sheet else None


def open_package(body: bytes) -> ZipFile:
    """The package, its parts' declared sizes within the limits.

    Raises:
        FileFault: it is broken, locked or unfolds beyond measure.
    """
    try:
        package = ZipFile(io.BytesIO(body))
    except zipfile.BadZipFile:
        raise FileFault(Reason.UNREADABLE) from None
    parts = package.infolist()
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise FileFault(Reason.UNREADABLE)
    sizes = [part.file_size for part in parts if part.filename.lower().endswith(_TEXT_PARTS)]
    if len(parts) > MAX_PARTS or sum(sizes) > MAX_UNFOLDED or max(sizes, default=0) > MAX_PART:
        raise FileFault(Reason.TOO_LARGE)
    return package


def parse_part(package: ZipFile, name: str) -> etree._Element:
    """The root of an XML part. Entities are not expanded and nothing is fetched.

    Raises:
        FileFault: there is no such part, or it is larger than declared.
        lxml.etree.XMLSyntaxError: it is broken.
    """
    try:
        with package.open(name) as stream:
            data = stream.read(MAX_PART + 1)
    except KeyError:
        raise FileFault(Reason.UNREADABLE) from None
    if len(data) > MAX_PART:
        raise FileFault(Reason.TOO_LARGE)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(data, parser)
