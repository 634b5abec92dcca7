"""The text of OLE files: doc and wps (one binary format, MS-DOC), and the old spreadsheets xls and et."""

import io
import re
import struct
from collections.abc import Iterator

import olefile

from crawler.extraction.files import sheets
from crawler.extraction.files.faults import FileFault, Reason

_LEAST_VERSION = 0xC1  # Word 97; what is older keeps its text in code pages
_ENCRYPTED, _TABLE_ONE = 0x0100, 0x0200  # bits of the header's flags
_FLAGS, _LENGTH, _TABLE = 0x0A, 0x4C, 0x01A2  # places in the header: flags, characters of the main text, piece table
_COMPRESSED = 0x40000000  # a bit of a piece's place: one byte a character
_MARKS = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\r": "\n", "\x1e": "-", "\xa0": " "})
_FIELD = re.compile("\x13[^\x13-\x15]*?\x14([^\x13-\x15]*)\x15|\x13[^\x13-\x15]*\x15")  # instruction, then result
_CELL = "\x07"


def read_text(body: bytes) -> str:
    """What a doc or wps, or an xls or et file says.

    Raises:
        FileFault: it is locked, broken, or another kind of OLE file.
    """
    with olefile.OleFileIO(io.BytesIO(body)) as ole:
        if ole.exists("WordDocument"):
            return write_lines(_read_main_text(ole))
        if ole.exists("EncryptedPackage"):
            raise FileFault(Reason.UNREADABLE)
        if not (ole.exists("Workbook") or ole.exists("Book")):
            raise FileFault(Reason.UNSUPPORTED)
    return sheets.read_text(body)


def _read_main_text(ole: olefile.OleFileIO) -> str:
    """The characters of the main text, put together from the pieces in which they are kept (MS-DOC 2.4.1)."""
    stream: bytes = ole.openstream("WordDocument").read()
    version, flags = struct.unpack_from("<H", stream, 2)[0], struct.unpack_from("<H", stream, _FLAGS)[0]
    if flags & _ENCRYPTED:
        raise FileFault(Reason.UNREADABLE)
    if version < _LEAST_VERSION:
        raise FileFault(Reason.UNSUPPORTED)
    length = struct.unpack_from("<i", stream, _LENGTH)[0]
    start, size = struct.unpack_from("<II", stream, _TABLE)
    table: bytes = ole.openstream("1Table" if flags & _TABLE_ONE else "0Table").read()
    return "".join(_read_pieces(stream, table[start : start + size]))[:length]


def _read_pieces(stream: bytes, table: bytes) -> Iterator[str]:
    pieces = _find_pieces(table)
    count = (len(pieces) - 4) // 12
    borders = struct.unpack_from(f"<{count + 1}I", pieces)
    for index in range(count):
        place = struct.unpack_from("<I", pieces, (count + 1) * 4 + index * 8 + 2)[0]
        characters = borders[index + 1] - borders[index]
        if characters < 0 or characters > len(stream):
            raise FileFault(Reason.UNREADABLE)
        if place & _COMPRESSED:
            start = (place & ~_COMPRESSED) // 2
            yield stream[start : start + characters].decode("cp1252", errors="replace")
        else:
            yield stream[place : place + characters * 2].decode("utf-16-le", errors="replace")


def _find_pieces(table: bytes) -> bytes:
    """The piece table behind the formats that may stand before it (MS-DOC 2.9.38)."""
    at = 0
    while at < len(table) and table[at] == 1:
        at += 3 + struct.unpack_from("<H", table, at + 1)[0]
    if at >= len(table) or table[at] != 2:  # noqa: PLR2004 - the mark of the piece table
        raise FileFault(Reason.UNREADABLE)
    size = struct.unpack_from("<I", table, at + 1)[0]
    return table[at + 5 : at + 5 + size]


def write_lines(text: str) -> str:
    """Paragraphs and table rows a line each.

    Every cell ends with a mark, and every row with one more. Which mark ends a row stands in the formats; here it is
    found by counting: the rows of a table have the same number of cells.
    """
    while (shown := _FIELD.sub(lambda match: match[1] or "", text)) != text:
        text = shown
    lines: list[str] = []
    row: list[str] = []
    for token in _split_cells(text.translate(_MARKS)):
        *paragraphs, last = token.split("\n")
        if any(line.strip() for line in paragraphs) or not token.endswith(_CELL):
            lines += _split_rows(row) if row and not token.endswith(_CELL) else []
            row = [] if not token.endswith(_CELL) else row
        if token.endswith(_CELL):
            if not row:
                lines += paragraphs
                row = [last.removesuffix(_CELL)]
            else:
                row.append(" ".join(part for part in (*paragraphs, last.removesuffix(_CELL)) if part.strip()))
        else:
            lines += [*paragraphs, last]
    return "\n".join([*lines, *_split_rows(row)])


def _split_cells(text: str) -> list[str]:
    return [token for token in re.split(f"(?<={_CELL})", text) if token]


def _split_rows(cells: list[str]) -> list[str]:
    """The rows of the cells of one table with their end marks, which look like empty cells."""
    for width in range(1, len(cells)):
        if len(cells) % (width + 1) == 0 and not any(cells[width :: width + 1]):
            rows = (cells[start : start + width] for start in range(0, len(cells), width + 1))
            return ["\t".join(row) for row in rows]
    return ["\t".join(cells)] if cells else []
