"""From elements to lines: one paragraph a line, the cells of a table row separated by tabs."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.outline import BLOCKS, INVISIBLE, is_plain_link, squeeze_space

_ASCII_SPACE = re.compile("[ \t\n\r\f\v]+")
_RUN_OF_SPACE = re.compile("  |[\t\n\r\f\v]")
_CELLS = frozenset({"td", "th"})
# A row whose cell holds this many paragraphs lays out a page; it is no row of data.
_LAYOUT_LINES = 8
_CJK_EDGE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or table row.

    ``linked`` counts its characters inside links; ``element`` is the block it began in, or, when it ``is_loose``, the
    block or line break that it follows.
    """

    text: str
    linked: int
    element: Element
    is_loose: bool = False


def render_lines(element: Element, skipped: AbstractSet[Element]) -> list[Line]:
    """The lines of an element, without those of ``skipped`` elements, among which the hidden ones must be."""
    return _Renderer(element, skipped, is_joined=True).run()


def render_cells(element: Element, skipped: AbstractSet[Element]) -> list[Line]:
    """Like the lines, but each table cell alone and a NUL at the borders of inline elements."""
    return _Renderer(element, skipped, is_joined=False).run()


class _Renderer:
    def __init__(self, root: Element, skipped: AbstractSet[Element], *, is_joined: bool) -> None:
        self.root, self.skipped, self.is_joined = root, skipped, is_joined
        self.parts: list[str] = []
        self.linked = 0
        self.open_links = 0
        self.open_pre = 0
        self.at = root
        self.is_loose = False
        # Tables are read inside out: an open row keeps the lines of each of its cells.
        self.lines: list[Line] = []
        self.rows: list[tuple[list[Line], list[list[Line]]]] = []

    def run(self) -> list[Line]:
        walker = etree.iterwalk(self.root, events=("start", "end"))
        for event, node in walker:
            if event == "start":
                if node in self.skipped:
                    walker.skip_subtree()
                else:
                    self._open(node)
            else:
                self._close(node)
        self._flush(self.root, is_loose=True)
        while self.rows:
            self._close_row()
        return self.lines

    def _open(self, node: Element) -> None:
        tag = node.tag
        if tag in BLOCKS or tag == "br":
            self._flush(node, is_loose=tag == "br")
            if not self.is_joined:
                pass
            elif tag == "tr":
                loose: list[Line] = []  # text between the cells, which broken pages have
                self.rows.append((self.lines, [loose]))
                self.lines = loose
            elif tag in _CELLS and self.rows:
                self.lines = []
                self.rows[-1][1].append(self.lines)
            self.open_pre += tag == "pre"
        elif tag == "a" and is_plain_link(node):
            self.open_links += 1
        if not self.is_joined and tag not in BLOCKS:
            self.parts.append("\x00")
        self._add(node.text)

    def _close(self, node: Element) -> None:
        tag = node.tag
        is_open = node not in self.skipped
        if is_open and tag in BLOCKS:
            self._flush(node, is_loose=True)
            self.open_pre -= tag == "pre"
            if tag == "tr" and self.rows:
                self._close_row()
        elif tag == "a" and is_open and is_plain_link(node):
            self.open_links -= 1
        if not self.is_joined and is_open and tag not in BLOCKS:
            self.parts.append("\x00")
        if node is not self.root:
            self._add(node.tail)

    def _add(self, text: str | None) -> None:
        if text and self.open_pre and "\n" in text:
            for line in text.split("\n"):
                self._add(line)
                self._flush(self.at, is_loose=self.is_loose)
        elif text:
            self.parts.append(text)
            if self.open_links:
                self.linked += len("".join(text.split()))

    def _flush(self, node: Element, *, is_loose: bool) -> None:
        if self.parts:
            text = collapse_space("".join(self.parts)) if self.is_joined else _mark_borders(self.parts)
            if text:
                self.lines.append(Line(text, self.linked, self.at, self.is_loose))
            self.parts, self.linked = [], 0
        self.at, self.is_loose = node, is_loose

    def _close_row(self) -> None:
        around, cells = self.rows.pop()
        cells = cells if cells[0] else cells[1:]
        filled = [lines for lines in cells if lines]
        if len(filled) > 1 and all(len(lines) <= _LAYOUT_LINES for lines in filled):
            text = "\t".join(join_lines(lines) for lines in cells).strip()
            around.append(Line(text, sum(line.linked for lines in filled for line in lines), filled[0][0].element))
        else:
            around.extend(line for lines in filled for line in lines)
        self.lines = around


def collapse_space(text: str) -> str:
    """What a browser shows of white space: runs of it as one space, none at the edges, no-break spaces kept inside."""
    if not text.isascii():
        text = INVISIBLE.sub("", text)
    text = text.strip()
    return _ASCII_SPACE.sub(" ", text) if _RUN_OF_SPACE.search(text) else text


def _mark_borders(parts: list[str]) -> str:
    return squeeze_space("".join(parts)).strip("\x00 ")


def join_lines(lines: list[Line]) -> str:
    """The paragraphs of one cell in one line: Chinese runs on, other scripts get a space."""
    joined = ""
    for line in lines:
        is_cjk = joined and _CJK_EDGE.match(joined[-1]) and _CJK_EDGE.match(line.text[0])
        joined += line.text if is_cjk or not joined else " " + line.text
    return joined
