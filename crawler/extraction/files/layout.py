"""The text of ofd, the national format of fixed layout (GB/T 33190): zipped XML that places pieces of text."""

import posixpath
import re
from collections.abc import Iterator
from zipfile import ZipFile

from lxml.etree import QName
from lxml.etree import _Element as Element

from crawler.extraction.files.packages import open_package, parse_part

_SAME_LINE = 0.5  # heights of a piece: what lies no lower stands on the same line
_COLUMN_GAP = 1.5  # likewise in its widths


def read_text(body: bytes) -> str:
    """The text of all pages, a line of the print a line.

    Raises:
        FileFault: it is broken or unfolds beyond measure.
    """
    package = open_package(body)
    lines: list[str] = []
    for document in _find_texts(parse_part(package, "OFD.xml"), "DocRoot"):
        root = document.strip("/")
        tree = parse_part(package, root)
        for page in (one.get("BaseLoc", "") for one in _find_all(tree, "Page")):
            lines += _read_page(package, posixpath.join(posixpath.dirname(root), page.strip("/")))
    return "\n".join(lines)


def _read_page(package: ZipFile, name: str) -> Iterator[str]:
    """The pieces of a page by their boxes (x, y, width, height): from the top down, then from left to right."""
    pieces = [(_read_box(piece), "".join(_find_texts(piece, "TextCode"))) for piece in _find_pieces(package, name)]
    line: list[tuple[tuple[float, float, float, float], str]] = []
    for box, text in sorted(pieces, key=lambda piece: (piece[0][1], piece[0][0])):
        if line and box[1] > line[0][0][1] + _SAME_LINE * max(box[3], line[0][0][3]):
            yield _write_line(line)
            line = []
        line.append((box, text))
    if line:
        yield _write_line(line)


def _write_line(line: list[tuple[tuple[float, float, float, float], str]]) -> str:
    parts: list[str] = []
    end = 0.0
    for (left, _, width, height), text in sorted(line):
        parts.append("\t" if parts and left - end > _COLUMN_GAP * height else "")
        parts.append(text)
        end = left + width
    return "".join(parts)


def _find_pieces(package: ZipFile, name: str) -> list[Element]:
    return _find_all(parse_part(package, name), "TextObject")


def _read_box(piece: Element) -> tuple[float, float, float, float]:
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", piece.get("Boundary") or "")]
    left, top, width, height = (*numbers[:4], 0.0, 0.0, 0.0, 0.0)[:4]
    return left, top, width, height


def _find_all(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if isinstance(one.tag, str) and QName(one).localname == name]


def _find_texts(element: Element, name: str) -> list[str]:
    return [(one.text or "").strip() for one in _find_all(element, name)]
