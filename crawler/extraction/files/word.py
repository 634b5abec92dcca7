"""The text of docx: what a reader of the printed document sees, insertions accepted, deletions left out."""

from collections.abc import Iterator

from lxml.etree import QName
from lxml.etree import _Element as Element

from crawler.extraction.files.packages import open_package, parse_part

_SKIPPED = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "rPr", "pPr", "sectPr", "tblPr", "tblGrid"}
)
_BREAKS = frozenset({"br", "cr"})
_TEXTS = frozenset({"t", "noBreakHyphen", "tab", "ptab"})


def read_text(body: bytes) -> str:
    """The main text of a docx file; headers, footers and notes are left out.

    Raises:
        FileFault: it is broken or unfolds beyond measure.
    """
    root = parse_part(open_package(body), "word/document.xml")
    return "\n".join(read_lines(root))


def read_lines(element: Element) -> Iterator[str]:
    """The paragraphs and table rows below an element, in the order of the document.

    What floats over a paragraph (text boxes) follows it.
    """
    for child in element:
        name = _name(child)
        if name == "p":
            boxes: list[Element] = []
            yield "".join(_read_runs(child, boxes))
            for box in boxes:
                yield from read_lines(box)
        elif name == "tbl":
            yield from _read_table(child)
        elif name not in _SKIPPED:
            yield from read_lines(child)


def _read_runs(element: Element, boxes: list[Element]) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name in _SKIPPED:
            continue
        if name == "txbxContent":
            boxes.append(child)
        elif name in _BREAKS:
            yield "\n"
        elif name == "t":
            yield child.text or ""
        elif name in _TEXTS:
            yield "-" if name == "noBreakHyphen" else " "
        else:
            yield from _read_runs(child, boxes)


def _read_table(table: Element) -> Iterator[str]:
    """A row a line; a row with one cell that is not empty lays out a page: its paragraphs are the document's."""
    for row in _find_all(table, "tr"):
        cells = [[line for line in read_lines(cell) if line.strip()] for cell in _find_all(row, "tc")]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            yield from filled[0]
        elif filled:
            yield "\t".join(" ".join(cell).replace("\t", " ").replace("\n", " ") for cell in cells)


def _find_all(element: Element, name: str) -> Iterator[Element]:
    """The nearest descendants of a name: rows and cells may be wrapped in controls and in tracked insertions."""
    for child in element:
        found = _name(child)
        if found == name:
            yield child
        elif found not in _SKIPPED:
            yield from _find_all(child, name)


def _name(element: Element) -> str:
    return QName(element).localname if isinstance(element.tag, str) else ""
