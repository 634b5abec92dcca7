"""One item of a list: its main link, whole title, and the date printed beside it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.discovery.dates import find_dates, is_date_only, read_listed_date
from crawler.discovery.titles import choose_title, clean_text
from crawler.discovery.urls import is_document_url, resolve_link
from storage.records import ListRow

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
LIST_LIKE = re.compile(r"/(?:index|list|default)?(?:_?\d*\.\w+)?$", re.IGNORECASE)
SECONDARY = re.compile(r"^[\[【(（《]?(?:政策)?(?:解读|图解|图文|一图|视频|相关|附件|下载|原文|查看|详情|问答)")
LONGEST_ROW = 400  # characters beside a title; more is a text that happens to hold a link, and its dates are its own
NESTED = ("ul", "ol", "dl", "table")
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "ul", "li", "table", "tr", "td"})
HEADINGS = "self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6"


@dataclass(frozen=True, slots=True)
class Item:
    """A row with what speaks for its being one."""

    row: ListRow
    holder: HtmlElement
    is_document: bool
    weight: float


def title_anchors(root: HtmlElement, base: str) -> Iterator[HtmlElement]:
    """The links below (or at) an element that lead to a page and have a title."""
    for anchor in root.iter("a"):
        if resolve_link(base, anchor.get("href") or "") and is_title(_shown_text(anchor)):
            yield anchor


def is_title(text: str) -> bool:
    """Whether a link's text can be a title: two letters of any language or more, and no word of a pager."""
    letters, signs = len(WORDS.findall(text)), len(SIGNS.findall(text))
    return letters >= 2 and signs >= 3 and not NOT_TITLES.fullmatch(text.strip())  # noqa: PLR2004 - 第1号 is the shortest


def read_item(holder: HtmlElement, following: Iterable[HtmlElement], base: str) -> Item | None:
    """The item in an element and what follows it, None when no link in it has a title."""
    anchor = _main_anchor(holder, base)
    url = resolve_link(base, anchor.get("href") or "") if anchor is not None else None
    if anchor is None or url is None:
        return None
    title = read_title(anchor)
    beside = " ".join([*_text_beside(holder, anchor), *(_plain_text(node) for node in following)])
    if holder is anchor or not find_dates(beside):
        beside = f"{beside} {holder.tail or ''}"
    listed = (read_listed_date(beside) if len(beside) <= LONGEST_ROW else None) or _date_inside(anchor)
    return weigh_item(ListRow(url, title, listed), holder, base)


def weigh_item(row: ListRow, holder: HtmlElement, base: str) -> Item:
    """The item with its weight: a date, an address of a document and a long title speak for it.

    An element with several documents is rather a list than an item, and weighs less.
    """
    if is_document_url(row.url):
        likeness = 2.0
    elif DOCUMENT_LIKE.search(row.url):
        likeness = 1.5
    else:
        likeness = 0.0
    is_dated = row.listed_on is not None
    is_document = likeness > 0 or (is_dated and not LIST_LIKE.search(row.url.partition("?")[0]))
    weight = (3.0 if is_dated else 0.0) + likeness + min(len(row.title), 30) / 15
    return Item(row, holder, is_document, weight / _count_documents(holder, base) if is_document else 0.2)


def read_title(anchor: HtmlElement) -> str:
    """A link's whole title, without dates and badges that stand in elements of their own inside it."""
    return choose_title(_shown_text(anchor), anchor.get("title") or "")


def _shown_text(anchor: HtmlElement) -> str:
    block = _title_block(anchor)
    pieces = [piece for piece in _pieces_of(anchor if block is None else block) if not _is_extra(piece)]
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


def _pieces_of(element: HtmlElement) -> list[str]:
    return [str(text) for text in element.xpath(".//text()[not(ancestor::script or ancestor::style)]")]


def _count_documents(holder: HtmlElement, base: str) -> float:
    """How many documents a holder has, at least one; those in a list inside it count a quarter beside its own."""
    shares: dict[str, float] = {}
    for anchor in title_anchors(holder, base):
        url = resolve_link(base, anchor.get("href") or "") or ""
        if (is_document_url(url) or DOCUMENT_LIKE.search(url)) and not SECONDARY.match(_shown_text(anchor)):
            shares[url] = max(shares.get(url, 0), 0.25 if _is_nested(anchor, holder) else 1)
    has_own = any(share == 1 for share in shares.values())
    return max(1, sum(shares.values()) if has_own else len(shares))


def _main_anchor(holder: HtmlElement, base: str) -> HtmlElement | None:
    """The item's own link: the likeliest of those that stand in no list inside the item."""
    anchors = list(title_anchors(holder, base))
    outer = [anchor for anchor in anchors if not _is_nested(anchor, holder)]
    best, best_weight = None, -10.0
    for place, anchor in enumerate(outer or anchors):
        url = resolve_link(base, anchor.get("href") or "") or ""
        text = _shown_text(anchor)
        weight = 2.0 * bool(is_document_url(url) or DOCUMENT_LIKE.search(url)) + min(len(text), 30) / 30
        weight += (0.7 if place == 0 else 0.0) - (1.5 if SECONDARY.match(text) else 0.0)
        if weight > best_weight:
            best, best_weight = anchor, weight
    return best


def _is_nested(anchor: HtmlElement, holder: HtmlElement) -> bool:
    for node in anchor.iterancestors():
        if node is holder:
            return False
        if node.tag in NESTED:
            return True
    return False


def _text_beside(holder: HtmlElement, anchor: HtmlElement) -> list[str]:
    """The item's text outside every link; a link that is a date and no more is text."""
    if holder is anchor:
        return []
    texts = holder.xpath(".//text()[not(ancestor::a or ancestor::script or ancestor::style)]")
    dates = [text for link in holder.iter("a") if link is not anchor and is_date_only(text := link.text_content())]
    return [clean_text(str(text)) for text in [*texts, *dates] if str(text).strip()]


def _plain_text(node: HtmlElement) -> str:
    texts = node.xpath("descendant-or-self::text()[not(ancestor::a or ancestor::script or ancestor::style)]")
    return clean_text(" ".join(str(text) for text in texts))


def _date_inside(anchor: HtmlElement) -> str | None:
    """A date in an element of its own inside the link, or at the very end or beginning of its text."""
    pieces = [clean_text(piece) for piece in _pieces_of(anchor)]
    for piece in pieces:
        if is_date_only(piece) or (piece and _is_labelled(piece)):
            return read_listed_date(piece)
    for element in anchor.iterdescendants():
        if isinstance(element.tag, str) and len(element) and (split := read_listed_date(" ".join(_pieces_of(element)))):
            text = clean_text(" ".join(_pieces_of(element)))
            if len(text) <= 16:  # noqa: PLR2004 - a date in two pieces and no more
                return split
    loose = LOOSE_DATE.search(clean_text("".join(_pieces_of(anchor))))
    return find_dates(loose[0])[0] if loose and find_dates(loose[0]) else None


def _is_labelled(piece: str) -> bool:
    return bool(re.match(r"(?:发布|公开|发文)?(?:日期|时间)\s*[:：]", piece)) and bool(find_dates(piece))
