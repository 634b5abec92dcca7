"""One item of a list: its main link, whole title, and the date printed beside it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.discovery.dates import find_dates, is_date_only, read_listed_date
from crawler.discovery.links import LOOSE_DATE, TitleLink, TitleLinks, read_pieces, select_links
from crawler.discovery.titles import choose_title, clean_text
from storage.records import ListRow

LIST_LIKE = re.compile(r"/(?:index|list|default)?(?:_?\d*\.\w+)?$", re.IGNORECASE)
LONGEST_ROW = 400  # characters beside a title; more is a text that happens to hold a link, and its dates are its own
NESTED = ("ul", "ol", "dl", "table")
MOST_DOCUMENTS = 12  # in one item; what holds more is a part of the page
SPLIT_DATE = 16  # characters of a date in two pieces
BESIDE = "[not(ancestor::a or ancestor::script or ancestor::style)]"
LABELS = ".//*[@title and not(normalize-space()) and not(self::a)]/@title"  # a card whose labels are no text
LABEL = re.compile(r"(?:发布|公开|发文)?(?:日期|时间)\s*[:：]")


@dataclass(frozen=True, slots=True)
class Item:
    """A row with what speaks for its being one."""

    row: ListRow
    holder: HtmlElement
    is_document: bool
    weight: float


def read_item(holder: HtmlElement, following: Iterable[HtmlElement], links: TitleLinks) -> Item | None:
    """The item in an element and what follows it, None when no link in it has a title.

    A date, an address of a document and a long title speak for it. An element with several documents is rather a list
    than an item, and weighs less.
    """
    inside = select_links(holder, links)
    if not inside:
        return None
    main = _choose_main(inside, holder)
    title = choose_title(main.text, main.anchor.get("title") or "")
    documents = _count_documents(inside, holder)
    if documents > MOST_DOCUMENTS:
        return Item(ListRow(main.url, title), holder, is_document=False, weight=0.2)
    others = _other_boxes(holder, main.anchor, links)
    behind = (node for node in following if all(link.url == main.url for link in select_links(node, links)))
    listed = _date_beside(holder, main.anchor, behind, others) or _date_inside(main.anchor)
    is_document = main.likeness > 0 or (listed is not None and not LIST_LIKE.search(main.url.partition("?")[0]))
    weight = (3.0 if listed else 0.0) + main.likeness + min(len(title), 30) / 15
    return Item(ListRow(main.url, title, listed), holder, is_document, weight / documents if is_document else 0.2)


def _choose_main(inside: list[TitleLink], holder: HtmlElement) -> TitleLink:
    """The item's own link: the likeliest of those that stand in no list inside the item, the first among equals."""
    outer = [link for link in inside if not is_nested(link.anchor, holder)] or inside

    def weigh_link(link: TitleLink) -> float:
        weight = 2.0 * (link.likeness > 0) + min(len(link.text), 30) / 30
        return weight + (0.7 if link is outer[0] else 0.0) - (1.5 if link.is_secondary else 0.0)

    return max(outer, key=weigh_link)


def _count_documents(inside: list[TitleLink], holder: HtmlElement) -> float:
    """How many documents a holder has, at least one; those in a list inside it count a quarter beside its own."""
    shares: dict[str, float] = {}
    for link in inside:
        if link.likeness and not link.is_secondary:
            share = 0.25 if is_nested(link.anchor, holder) else 1
            shares[link.url] = max(shares.get(link.url, 0), share)
    has_own = any(share == 1 for share in shares.values())
    return max(1, sum(shares.values()) if has_own else len(shares))


def is_nested(anchor: HtmlElement, holder: HtmlElement) -> bool:
    """Whether a link stands in a list of its own inside an item."""
    for node in anchor.iterancestors():
        if node is holder:
            return False
        if node.tag in NESTED:
            return True
    return False


def _other_boxes(holder: HtmlElement, anchor: HtmlElement, links: TitleLinks) -> set[HtmlElement]:
    """The lists of other links inside an item; their dates are not its own."""
    above = set(anchor.iterancestors())
    return {box for box in holder.iter(*NESTED) if box not in above and select_links(box, links)}


def _date_beside(
    holder: HtmlElement, anchor: HtmlElement, following: Iterable[HtmlElement], others: set[HtmlElement]
) -> str | None:
    """The date in the item's text outside its links, in what follows, or right behind the item."""
    pieces = [*_text_beside(holder, anchor, others), *(_plain_text(node) for node in following)]
    beside = " ".join(piece for piece in pieces if piece)
    if holder is anchor or not find_dates(beside):
        beside = f"{beside} {clean_text(holder.tail or '')}"
    return read_listed_date(beside) if len(beside) <= LONGEST_ROW else None


def _text_beside(holder: HtmlElement, anchor: HtmlElement, others: set[HtmlElement]) -> list[str]:
    """The item's text outside every link; a link that is a date and no more is text."""
    if holder is anchor:
        return []
    texts = holder.xpath(f".//text(){BESIDE} | {LABELS}")
    if others:
        texts = [text for text in texts if others.isdisjoint([text.getparent(), *text.getparent().iterancestors()])]
    dates = [text for link in holder.iter("a") if link is not anchor and is_date_only(text := link.text_content())]
    return [clean_text(str(text)) for text in [*texts, *dates]]


def _plain_text(node: HtmlElement) -> str:
    return clean_text(" ".join(str(text) for text in node.xpath(f"descendant-or-self::text(){BESIDE} | {LABELS}")))


def _date_inside(anchor: HtmlElement) -> str | None:
    """A date in an element of its own inside the link, or at the very end or beginning of its text."""
    for piece in map(clean_text, read_pieces(anchor)):
        if is_date_only(piece) or (LABEL.match(piece) and find_dates(piece)):
            return read_listed_date(piece)
    for element in anchor.iterdescendants():
        text = clean_text(" ".join(read_pieces(element))) if isinstance(element.tag, str) and len(element) else ""
        if len(text) <= SPLIT_DATE and (split := read_listed_date(text)):
            return split
    loose = LOOSE_DATE.search(clean_text("".join(read_pieces(anchor))))
    return next(iter(find_dates(loose[0])), None) if loose else None
