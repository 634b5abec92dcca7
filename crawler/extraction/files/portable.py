"""The text of pdf. Its lines are those of the print; paragraphs are found again by where the lines begin and end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from crawler.extraction.files.faults import FileFault, Reason

MAX_PAGES = 3000
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SENTENCE_ENDS = frozenset("。：；！？.:;!?")
_PAGE_NUMBER = re.compile(r"[-—–－\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*[/,，共]+\s*\d{1,4}\s*页?)?[-—–－\s]*")
_COLUMN_GAP = 1.5  # widths of a character; so much white between two words is the border of a table's cells
_WORD_GAP = 0.4  # less white than this between Chinese and Latin is the typesetter's, and no space
_FULL_LINE = 2.0  # a line that ends no farther than this from the edge of the text may go on in the next
_INDENT = 0.8
_LEAST_INDENT, _MOST_INDENT = 1.2, 3.2  # of a paragraph's first line: two characters, as a rule
_LEAST_EDGE = 0.6  # of the page's width: text whose right edge lies left of this has no full lines


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    left: float
    right: float
    is_generated: bool  # a space or break that the library put in


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Edges:
    left: float
    right: float
    has_indents: bool  # paragraphs begin with an indented line


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[_Line]
    width: float
    size: float  # the width of a character


def read_text(body: bytes) -> str:
    """The text of all pages, without page numbers.

    Raises:
        FileFault: it is locked or broken, or has too many pages.
    """
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError:
        raise FileFault(Reason.UNREADABLE) from None
    if len(document) > MAX_PAGES:
        raise FileFault(Reason.TOO_LARGE)
    pages = [_read_page(document[index], index + 1) for index in range(len(document))]
    return "\n".join(_join_lines([page for page in pages if page.lines]))


def _read_page(page: pypdfium2.PdfPage, number: int) -> _Page:
    glyphs = _read_glyphs(page.get_textpage())
    widths = [glyph.right - glyph.left for glyph in glyphs if glyph.right > glyph.left and _CJK.match(glyph.text)]
    others = [2 * (glyph.right - glyph.left) for glyph in glyphs if glyph.right > glyph.left]
    size = median(widths or others or [10.0])
    lines = list(_split_lines(glyphs, size))
    while lines and _is_page_number(lines[-1].text, number):
        lines.pop()
    if lines and _is_page_number(lines[0].text, number):
        lines.pop(0)
    return _Page(lines, page.get_width(), size)


def _read_glyphs(page: pypdfium2.PdfTextPage) -> list[_Glyph]:
    box = pdfium.FS_RECTF()
    glyphs = []
    for index in range(page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(page, index)
        has_box = pdfium.FPDFText_GetLooseCharBox(page, index, box)
        left, right = (box.left, box.right) if has_box else (0.0, 0.0)
        is_generated = pdfium.FPDFText_IsGenerated(page, index) == 1
        glyphs.append(_Glyph(_write_character(code), min(left, right), max(left, right), is_generated))
    return glyphs


def _write_character(code: int) -> str:
    if code in (0x02, 0xAD, 0xFFFE):  # marks of a hyphen at the end of a line
        return "-"
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004 - Unicode's own borders


def _split_lines(glyphs: list[_Glyph], size: float) -> Iterator[_Line]:
    run: list[_Glyph] = []
    for glyph in (*glyphs, _Glyph("\n", 0, 0, is_generated=True)):
        if glyph.text not in "\r\n":
            run.append(glyph)
            continue
        seen = [one for one in run if one.text.strip()]
        if seen:
            text = _write_line(run, size)
            yield _Line(text, min(one.left for one in seen), max(one.right for one in seen))
        run = []


def _write_line(run: list[_Glyph], size: float) -> str:
    """The characters of a line; what stands far apart is cells, and white that nobody typed is no space."""
    parts: list[str] = []
    before: _Glyph | None = None
    is_spaced = is_typed = False
    for glyph in run:
        if not glyph.text.strip():
            is_spaced, is_typed = True, is_typed or not glyph.is_generated
            continue
        if before is not None:
            parts.append(_write_gap(before, glyph, size, is_spaced=is_spaced, is_typed=is_typed))
        parts.append(glyph.text)
        before, is_spaced, is_typed = glyph, False, False
    return "".join(parts)


def _write_gap(before: _Glyph, after: _Glyph, size: float, *, is_spaced: bool, is_typed: bool) -> str:
    gap = (after.left - before.right) / size
    if gap > _COLUMN_GAP and not is_typed:
        return "\t"
    is_border = bool(_CJK.match(before.text)) != bool(_CJK.match(after.text))
    return " " if is_spaced and (is_typed or gap > _WORD_GAP or not is_border) else ""


def _is_page_number(text: str, number: int) -> bool:
    """Whether a line at the top or the foot of a page counts the pages: in dashes, or bare and near to the truth."""
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and (text != match[1] or int(match[1]) == number)


def _join_lines(pages: list[_Page]) -> Iterator[str]:
    """One paragraph a line: a full line and the next one that begins at the edge belong together, even over pages."""
    paragraph = ""
    before: _Line | None = None
    for page in pages:
        edges = _find_edges(page)
        for line in page.lines:
            if before is not None and _is_continued(before, line, edges, page.size):
                is_split = _is_latin(before.text[-1]) and _is_latin(line.text[0])
                paragraph += f" {line.text}" if is_split else line.text
            else:
                yield paragraph
                paragraph = line.text
            before = line
    yield paragraph


def _is_continued(before: _Line, line: _Line, edges: _Edges, size: float) -> bool:
    if "\t" in before.text + line.text or before.right < edges.right - _FULL_LINE * size:
        return False
    if line.left > edges.left + _INDENT * size:
        return False
    return edges.has_indents or before.text[-1] not in _SENTENCE_ENDS


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _find_edges(page: _Page) -> _Edges:
    """Where a page's text begins and ends; tables, which may be wider, say nothing of it."""
    lines = [line for line in page.lines if "\t" not in line.text] or page.lines
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    indents = [(line.left - left) / page.size for line in lines]
    has_indents = any(_LEAST_INDENT < indent < _MOST_INDENT for indent in indents)
    return _Edges(left, right if right > page.width * _LEAST_EDGE else page.width, has_indents=has_indents)
