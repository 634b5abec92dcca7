"""The links of a page that can be rows: they lead to a page and have a title. Read once, looked up often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.discovery.dates import find_dates, is_date_only
from crawler.discovery.titles import clean_text
from crawler.discovery.urls import is_document_url, resolve_link

WORDS = re.compile(r"[^\W\d_]")
SIGNS = re.compile(r"\w")
NOT_TITLES = re.compile(
    r"[\[【(（<《]?(?:首页|末页|尾页|上一?页|下一?页|前一?页|后一?页|更多|查看更多|返回|返回列表|more|next|prev(?:ious)?|first|last"
    r"|home|跳转|确定|go)[\]】)）>》+\s…]*",
    re.IGNORECASE,
)
BADGE = re.compile(r"[\[【(（]?(?:置顶|顶|热|新|new!?|hot!?|top|\d{1,4})[\]】)）.、]?", re.IGNORECASE)
LOOSE_DATE = re.compile(
    r"^\s*[\[（(【]?\s*(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*[\]）)】]?|"
    r"[\[（(【]?\s*(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*[\]）)】]?\s*$"
)
DOCUMENT_LIKE = re.compile(
    r"(?:/[^/?]*\d[^/?]*\.(?:s?html?|jhtml|aspx?|php|jsp|do)|\.(?:pdf|docx?|wps|ofd|xlsx?|zip|rar)|/content_\d+"
    r"|/(?!(?:19|20)\d\d(?:/|\?|$))\d{4,}/?)(?:\?|$)|[?&]\w*id=\w*\d",
    re.IGNORECASE,
)
SECONDARY = re.compile(
    r"^[\[【(（《]?(?:政策)?(?:解读|图解|图文|一图|视频|相关|附件|下载|原文|查看|详情|问答)|政策解读|一图读懂|图文解读"
)
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "ul", "li", "table", "tr", "td"})


@dataclass(frozen=True, slots=True)
class TitleLink:
    """A link with its absolute URL and shown text; ``likeness`` (0 to 2): how much the URL looks like a document's."""

    anchor: HtmlElement
    url: str
    text: str
    likeness: float

    @property
    def is_secondary(self) -> bool:
        """Whether the text says that the link leads to something beside the document: 解读, 附件."""
        return bool(SECONDARY.search(self.text))


TitleLinks = Mapping[HtmlElement, TitleLink]


def find_links(root: HtmlElement, base: str) -> TitleLinks:
    """All title links of a page, by their elements, in the order of the page."""
    links: dict[HtmlElement, TitleLink] = {}
    for anchor in root.iter("a"):
        text = read_shown_text(anchor)
        if is_title(text) and (url := resolve_link(base, anchor.get("href") or "")):
            links[anchor] = TitleLink(anchor, url, text, rate_url(url))
    return links


def select_links(element: HtmlElement, links: TitleLinks) -> list[TitleLink]:
    """The title links below or at an element."""
    return [links[anchor] for anchor in element.iter("a") if anchor in links]


def rate_url(url: str) -> float:
    """2 for a dialect of documents, 1.5 for a number in a file's name or an id, 0 for what looks like a list."""
    if is_document_url(url):
        return 2.0
    return 1.5 if DOCUMENT_LIKE.search(url) else 0.0


def is_title(text: str) -> bool:
    """Whether a link's text can be a title: two letters of any language or more, and no word of a pager."""
    letters, signs = len(WORDS.findall(text)), len(SIGNS.findall(text))
    return letters >= 2 and signs >= 3 and not NOT_TITLES.fullmatch(text.strip())  # noqa: PLR2004 - 第1号 is the shortest


def read_shown_text(anchor: HtmlElement) -> str:
    """A link's text without dates and badges that stand in elements of their own, or its ``title`` attribute."""
    block = _title_block(anchor)
    pieces = [piece for piece in read_pieces(anchor if block is None else block) if not _is_extra(piece)]
    text = LOOSE_DATE.sub("", "".join(pieces)) if find_dates("".join(pieces)) else "".join(pieces)
    return clean_text(text) or clean_text(anchor.get("title") or "")


def _title_block(anchor: HtmlElement) -> HtmlElement | None:
    """In a link around a whole card, the heading or the first block with a title."""
    blocks = [node for node in anchor.iterdescendants() if node.tag in BLOCKS]
    for block in sorted(blocks, key=lambda node: not str(node.tag).startswith("h")):
        text = clean_text(block.text_content())
        is_leaf = not any(child.tag in BLOCKS for child in block.iterdescendants())
        if is_leaf and is_title(text) and not is_date_only(text):
            return block
    return None


def _is_extra(piece: str) -> bool:
    text = piece.strip()
    return bool(text) and (is_date_only(text) or bool(BADGE.fullmatch(text)))


def read_pieces(element: HtmlElement) -> list[str]:
    """The pieces of text in an element, without scripts and styles."""
    return [str(text) for text in element.xpath(".//text()[not(ancestor::script or ancestor::style)]")]
