"""A page, parsed once: its characters, its tree, and the outline of the tree."""

import re
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from crawler.extraction.container import Core, find_core
from crawler.extraction.encoding import decode_body
from crawler.extraction.meta import read_meta
from crawler.extraction.outline import Outline
from crawler.extraction.title import read_window_title, split_window
from storage.records import Encoding

# A real page has one or two million characters at most; what follows is cut off, with a doubt.
MAX_CHARACTERS = 6_000_000
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# libxml2 drops what stands behind an early end of the page, where browsers read on.
_EARLY_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_EMPTY = "<html><body></body></html>"


@dataclass(frozen=True)
class ParsedPage:
    """What all judgements and extraction steps share. The tree is never changed.

    ``source`` is the decoded page, ``root`` its html element, ``size`` the number of bytes it was read from.
    """

    source: str
    root: etree._Element
    encoding: Encoding
    size: int
    doubts: tuple[str, ...] = ()

    @cached_property
    def outline(self) -> Outline:
        """The tree's elements in document order with what each holds; made at the first use."""
        return Outline(self.root)

    @cached_property
    def core(self) -> Core:
        """The place of the element that holds the document or most of it; found at the first use."""
        titles = [*self.meta.get("articletitle", ()), *split_window(read_window_title(self.outline))]
        return find_core(self.outline, titles)

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """The meta tags: name in lower case -> values; see `read_meta`."""
        return read_meta(self.outline)


def parse_page(body: bytes, content_type: str | None = None) -> ParsedPage:
    """Decode and parse a page's decoded body. Never raises: broken markup and no markup give what tree they can."""
    decoded = decode_body(body[: MAX_CHARACTERS * 4], content_type)
    doubts = list(decoded.doubts)
    source = decoded.text
    if len(source) > MAX_CHARACTERS:
        source = source[:MAX_CHARACTERS]
        doubts.append("oversize")
    return ParsedPage(source, parse_markup(source), decoded.encoding, len(body), tuple(doubts))


def parse_markup(source: str) -> etree._Element:
    """The html element of some markup; an empty page for what holds none."""
    clean = _EARLY_END.sub("", _NO_CHARACTERS.sub("", source))
    # A parser keeps state: one for each parse is the only safe way with several threads.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(clean.encode("utf-8", errors="replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    return root if root is not None else etree.fromstring(_EMPTY, etree.HTMLParser())
