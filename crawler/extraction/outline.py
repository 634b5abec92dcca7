"""The elements of a page in document order, with what each one holds.

One pass over the tree counts visible characters, so that every later question (how much text, how much of it links,
what stands before the title) is arithmetic on lists of numbers.
"""

import re

from lxml import etree
from lxml.etree import _Element as Element

SKIPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "title",
        "link",
        "meta",
        "base",
        "select",
        "option",
        "optgroup",
        "button",
        "input",
        "textarea",
        "svg",
        "canvas",
        "video",
        "audio",
        "object",
        "embed",
        "iframe",
        "frameset",
        "applet",
        "map",
        "xml",
    ]
)
BLOCKS = frozenset(
    [
        "html",
        "body",
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "form",
        "fieldset",
        "hr",
        "address",
        "figure",
        "figcaption",
        "details",
        "summary",
        "center",
        "menu",
        "dir",
        "marquee",
    ]
)
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_NAMES = frozenset({"hide", "hidden", "d-none", "dn", "none", "display-none", "displaynone", "noshow", "undis"})
_FILE_LINK = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|ceb|zip|rar|7z|rtf|txt)(?:$|[?&#])|downfile\.jsp|download\.jsp|"
    r"DownloadAttach|virtual_attach_file|/attachment/\d",
    re.IGNORECASE,
)
_SENTENCE_MARKS = re.compile("[。；！？，、：]|[.;!?,:] ")
_PROSE_MINIMUM = 12
_ROWS = frozenset({"li", "dd", "dt", "p", "ul", "ol"})
_LONGEST_ROW = 150


class Outline:
    """Numbers about each element, by its place in document order.

    ``nodes`` are the elements, ``parent`` and ``end`` give the tree (the subtree of ``i`` is ``i`` to ``end[i]``,
    exclusive); ``chars`` counts a subtree's visible characters without white space, ``links`` those inside links,
    ``prose`` those that stand outside links in text that reads like sentences or fills table cells.
    """

    def __init__(self, root: Element) -> None:
        self.nodes: list[Element] = []
        self.concealed: set[Element] = set()
        for element in root.iter():
            if isinstance(element.tag, str):
                self.nodes.append(element)
            else:
                self.concealed.add(element)
        self.index: dict[Element, int] = {e: i for i, e in enumerate(self.nodes)}
        size = len(self.nodes)
        self.parent = [-1] * size
        self.end = list(range(1, size + 1))
        self.hidden = [False] * size
        self.chars = [0] * size
        self.links = [0] * size
        self.prose = [0] * size
        self._texts: dict[int, str] = {}
        self._count()

    def _count(self) -> None:
        index, is_linked = self.index, [False] * len(self.nodes)
        for i, element in enumerate(self.nodes):
            above = element.getparent()
            p = index[above] if above is not None else -1
            self.parent[i] = p
            if p >= 0 and self.hidden[p]:
                self.hidden[i] = True
            elif is_hidden(element):
                self.hidden[i] = True
                self.concealed.add(element)
            is_linked[i] = (p >= 0 and is_linked[p]) or (element.tag == "a" and is_plain_link(element))
            if not self.hidden[i]:
                self._add_text(i, element.text, is_linked=is_linked[i])
            if p >= 0 and not self.hidden[p]:
                self._add_text(p, element.tail, is_linked=is_linked[p])
        for i in range(len(self.nodes) - 1, 0, -1):
            p = self.parent[i]
            if self.links[i] * 2 > self.chars[i] and self._is_row(i):
                self.prose[i] = 0
            self.chars[p] += self.chars[i]
            self.links[p] += self.links[i]
            self.prose[p] += self.prose[i]
            self.end[p] = max(self.end[p], self.end[i])

    def _is_row(self, i: int) -> bool:
        """Whether an element can be a row of links or a list of them: the dates beside the links are no prose."""
        tag = self.nodes[i].tag
        return tag in _ROWS or (tag == "tr" and self.chars[i] <= _LONGEST_ROW)

    def _add_text(self, i: int, text: str | None, *, is_linked: bool) -> None:
        if not text or text.isspace():
            return
        size = len("".join(text.split()))
        self.chars[i] += size
        if is_linked:
            self.links[i] += size
        elif (
            size >= _PROSE_MINIMUM
            or self.nodes[i].tag == "a"
            or _SENTENCE_MARKS.search(text)
            or self.nodes[i].tag in {"td", "th", "p", "span"}
        ):
            self.prose[i] += size

    def discount(self, i: int) -> None:
        """Count a subtree's prose as none, in all the elements around it too."""
        if taken := self.prose[i]:
            for place in self.ancestors(i):
                self.prose[place] -= taken
            self.prose[i : self.end[i]] = [0] * (self.end[i] - i)

    def chars_between(self, start: int, stop: int) -> int:
        """Visible characters of the elements that lie wholly between two places."""
        total, at = 0, start
        while at < stop:
            if self.end[at] <= stop:
                total += self.chars[at]
                at = self.end[at]
            else:
                at += 1
        return total

    def children(self, i: int) -> list[int]:
        """The places of an element's children."""
        found, at, end = [], i + 1, self.end[i]
        while at < end:
            found.append(at)
            at = self.end[at]
        return found

    def ancestors(self, i: int) -> list[int]:
        """The places of the elements around one, the nearest first."""
        found, at = [], self.parent[i]
        while at >= 0:
            found.append(at)
            at = self.parent[at]
        return found

    def text_of(self, i: int) -> str:
        """The visible text of a subtree, white space squeezed to single spaces, kept for the next question."""
        if i not in self._texts:
            if not self.chars[i]:
                self._texts[i] = ""
            elif self.end[i] == i + 1:
                self._texts[i] = squeeze_space(self.nodes[i].text or "")
            else:
                self._texts[i] = self._read_text(self.nodes[i])
        return self._texts[i]

    def _read_text(self, element: Element) -> str:
        parts: list[str] = []
        walker = etree.iterwalk(element, events=("start", "end"))
        for event, node in walker:
            if event == "end":
                parts.append(" " if node.tag in BLOCKS or node.tag == "br" else "")
                if node is not element:
                    parts.append(node.tail or "")
            elif node in self.concealed:
                walker.skip_subtree()
            else:
                parts.append(f" {node.text or ''}" if node.tag in BLOCKS else node.text or "")
        return squeeze_space("".join(parts))


def is_plain_link(element: Element) -> bool:
    """Whether an element leads to another page. A link to a file counts as text: its name belongs to a document."""
    return element.tag == "a" and _FILE_LINK.search(element.get("href") or "") is None


def is_hidden(element: Element) -> bool:
    """Whether an element is never shown: not by its kind, its attributes or its own style."""
    if element.tag in SKIPPED or element.get("hidden") is not None:
        return True
    style = element.get("style")
    if style is not None and _HIDDEN_STYLE.search(style):
        return True
    names = element.get("class")
    return names is not None and not _HIDDEN_NAMES.isdisjoint(names.lower().split())


def squeeze_space(text: str) -> str:
    """White space of every kind as single spaces, none at the edges; invisible characters taken out."""
    return " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())
