"""The elements of a page in document order, with what each one holds.

One pass over the tree counts visible characters, so that every later question (how much text, how much of it links,
what stands before the title) is arithmetic on lists of numbers.
"""

import re

from lxml.etree import _Element as Element

SKIPPED = frozenset(
    "head script style noscript template title link meta base select option optgroup button input textarea svg canvas "
    "video audio object embed iframe frameset applet map xml".split()
)
BLOCKS = frozenset(
    "html body p div section article main header footer aside nav ul ol li dl dt dd table thead tbody tfoot tr td th "
    "caption h1 h2 h3 h4 h5 h6 pre blockquote form fieldset hr address figure figcaption details summary center "
    "menu dir marquee".split()
)
_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_NAMES = frozenset({"hide", "hidden", "d-none", "dn", "none", "display-none", "displaynone", "noshow", "undis"})
_SENTENCE_MARKS = re.compile("[。；！？，、：]|[.;!?,:] ")
_PROSE_MINIMUM = 12


class Outline:
    """Numbers about each element, by its place in document order.

    ``nodes`` are the elements, ``parent`` and ``end`` give the tree (the subtree of ``i`` is ``i`` to ``end[i]``,
    exclusive); ``chars`` counts a subtree's visible characters without white space, ``links`` those inside links,
    ``prose`` those that stand outside links in text that reads like sentences or fills table cells.
    """

    def __init__(self, root: Element) -> None:
        self.nodes: list[Element] = [e for e in root.iter() if isinstance(e.tag, str)]
        self.index: dict[Element, int] = {e: i for i, e in enumerate(self.nodes)}
        size = len(self.nodes)
        self.parent = [-1] * size
        self.end = list(range(1, size + 1))
        self.hidden = [False] * size
        self.chars = [0] * size
        self.links = [0] * size
        self.prose = [0] * size
        self._count()

    def _count(self) -> None:
        index, is_linked = self.index, [False] * len(self.nodes)
        for i, element in enumerate(self.nodes):
            above = element.getparent()
            p = index[above] if above is not None else -1
            self.parent[i] = p
            self.hidden[i] = (p >= 0 and self.hidden[p]) or is_hidden(element)
            is_linked[i] = (p >= 0 and is_linked[p]) or element.tag == "a"
            if not self.hidden[i]:
                self._add_text(i, element.text, is_linked=is_linked[i])
            if p >= 0 and not self.hidden[p]:
                self._add_text(p, element.tail, is_linked=is_linked[p])
        for i in range(len(self.nodes) - 1, 0, -1):
            p = self.parent[i]
            self.chars[p] += self.chars[i]
            self.links[p] += self.links[i]
            self.prose[p] += self.prose[i]
            self.end[p] = max(self.end[p], self.end[i])

    def _add_text(self, i: int, text: str | None, *, is_linked: bool) -> None:
        if not text or text.isspace():
            return
        size = len("".join(text.split()))
        self.chars[i] += size
        if is_linked:
            self.links[i] += size
        elif size >= _PROSE_MINIMUM or _SENTENCE_MARKS.search(text) or self.nodes[i].tag in {"td", "th", "p", "span"}:
            self.prose[i] += size

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

    def own_text(self, i: int) -> str:
        """The visible text of a subtree, white space squeezed to single spaces."""
        return visible_text(self.nodes[i])


def is_hidden(element: Element) -> bool:
    """Whether an element is never shown: not by its kind, its attributes or its own style."""
    if element.tag in SKIPPED or element.get("hidden") is not None:
        return True
    style = element.get("style")
    if style is not None and _HIDDEN_STYLE.search(style):
        return True
    names = element.get("class")
    return names is not None and not _HIDDEN_NAMES.isdisjoint(names.lower().split())


def visible_text(element: Element) -> str:
    """The text of an element that is not hidden, blocks and line breaks as spaces, white space squeezed."""
    parts: list[str] = []
    stack: list[tuple[Element, bool]] = [(element, False)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            parts.append(" " if node.tag in BLOCKS or node.tag == "br" else "")
            parts.append((node.tail or "") if node is not element else "")
            continue
        stack.append((node, True))
        if not isinstance(node.tag, str) or is_hidden(node):
            continue
        parts.append(" " if node.tag in BLOCKS else "")
        parts.append(node.text or "")
        stack.extend((child, False) for child in reversed(node))
    return " ".join("".join(parts).replace("\u200b", "").replace("\ufeff", "").split())
