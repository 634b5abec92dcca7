"""The pager of a list page, read from its links and words: current page, declared pages, links by number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from lxml.html import HtmlElement

from crawler.discovery.links import is_title
from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.numbering import extend_links, number_link, own_number, set_own_number
from crawler.discovery.titles import clean_text
from crawler.discovery.urls import canonical_url, resolve_link

NEXT = re.compile(r"[\[<（(]?(?:下一?[页頁]|后一?页|next(?:\s*page)?)\s*[>›»\])）]*|[>›»]|&gt;", re.IGNORECASE)
LAST = re.compile(r"[\[<（(]?(?:尾页|末页|最后一?页|最末页|last(?:\s*page)?)\s*[>›»\])）]*|>>|»»|>\|", re.IGNORECASE)
NUMBER = re.compile(r"[\[（(]?\s*(\d{1,5})\s*[\]）)]?")
OF_PAGES = re.compile(r"(?:第\s*)?(\d{1,5})\s*(?:页\s*)?[/／]\s*(?:共\s*)?(\d{1,5})\s*页?")
TOTAL_PAGES = re.compile(
    r"(?:共计?|总共|总)\s*(?:有)?\s*(\d{1,5})\s*页|总?页数\s*[:：]?\s*(\d{1,5})|page\s+\d{1,5}\s+of\s+(\d{1,5})",
    re.IGNORECASE,
)
THIS_PAGE = re.compile(
    r"第\s*(\d{1,5})\s*页|当前(?:是|在|页)?\s*第?[:：]?\s*(\d{1,5})|page\s+(\d{1,5})\s+of", re.IGNORECASE
)
TOTAL_ROWS = re.compile(r"(?:共计?|总共|总)\s*(?:有)?\s*(\d{1,7})\s*(?:条|篇|个|项|则)")
ROWS_A_PAGE = re.compile(r"每页\s*(?:显示)?\s*(\d{1,4})\s*(?:条|篇|个|项|则)?")
CALENDAR = re.compile(r"calend|rili|datepicker", re.IGNORECASE)
DAYS = 20  # numbers in the cells of a table that make it a calendar
ADDRESS = re.compile(r"[./?]")
TRIES = 6  # words for another page that are looked at, the last ones of the page first
LONGEST = 400  # characters of a pager; a box with more text is the page around it
CURRENT_CLASSES = ("current", "active", "cur", "on", "this", "selected", "p_no_d", "thisclass", "hover", "now")


class Link(NamedTuple):
    """A link of a pager: what it says and where it leads (None: nowhere without its script)."""

    text: str
    url: str | None
    element: HtmlElement


@dataclass(slots=True)
class Pager:
    """What a page says of its list's pages; ``numbered`` gives the addresses of other pages by number."""

    element: HtmlElement | None = None
    current: int | None = None
    declared: int | None = None
    rows: int | None = None
    highest: int = 0  # number shown, linked or not
    next_url: str | None = None
    last_url: str | None = None
    numbered: dict[int, str] = field(default_factory=dict)

    def next_requests(self, number: int, shape: str) -> tuple[PageRequest, ...]:
        """The page after ``number``, and a spare where its link is shown or can be told from those that are."""
        first = self.next_url or self.numbered.get(number + 1) or self._extend(number + 1)
        urls = {number + 1: first, number + 2: self._name_spare(first, number) if first else None}
        return tuple(PageRequest(url=url, number=place, shape=shape) for place, url in urls.items() if url)

    def _name_spare(self, first: str, number: int) -> str | None:
        """The page behind ``first``: from the other links, or from the number in its own address."""
        own = own_number(first)
        if found := self._extend(number + 2):
            return found
        is_counted = own in {number, number + 1} and number + 2 <= (self.declared or 0)
        return set_own_number(first, own + 1) if own is not None and is_counted else None

    def _extend(self, number: int) -> str | None:
        if number > (self.declared or 0):
            return None
        return self.numbered.get(number) or extend_links(self.numbered, number)


def read_pager(source: ListSource) -> Pager:
    """The pager of a page; an empty one when there is none."""
    links = list(_pager_links(source))
    box = _find_box(links)
    pager = Pager(element=box, next_url=_find_head_link(source))
    if box is None:
        return pager
    here, place = canonical_url(source.url), None
    for link in _links_inside(box, links):
        place = _take_link(pager, link, here) or place
    _read_words(pager, clean_text(" ".join(str(text) for text in box.xpath(".//text()[not(ancestor::script)]"))))
    pager.current = pager.current or _marked_number(box) or place
    if pager.declared is None:
        pager.declared = _count_links(pager, source.number)
    return pager


def _count_links(pager: Pager, number: int) -> int | None:
    """How many pages the links show: the highest number, or what the link to the last page is called.

    A link to the next page alone declares nothing: it may be there for ever.
    """
    here = pager.current or number
    links = dict(pager.numbered)
    if pager.next_url:
        links.setdefault(here + 1, pager.next_url)
    last = number_link(pager.last_url, links) if pager.last_url else None
    return max(pager.highest, last or 0, here) if pager.highest or last else None


def _pager_links(source: ListSource) -> Iterator[Link]:
    known: dict[HtmlElement, bool] = {}
    for anchor in source.root.iter("a"):
        text = clean_text(anchor.text_content()) or clean_text(anchor.get("title") or "")
        is_link = text and (NEXT.fullmatch(text) or LAST.fullmatch(text) or NUMBER.fullmatch(text))
        if is_link and not _is_calendar(anchor, known):
            yield Link(text, resolve_link(source.base, anchor.get("href") or ""), anchor)
    for option in source.root.iter("option"):
        text, value = clean_text(option.text_content()), option.get("value") or ""
        if NUMBER.fullmatch(text.removeprefix("第").removesuffix("页")) and ADDRESS.search(value):
            yield Link(text.removeprefix("第").removesuffix("页"), resolve_link(source.base, value), option)


def _find_head_link(source: ListSource) -> str | None:
    """The next page as the page's head names it."""
    hrefs = (link.get("href") or "" for link in source.root.iter("link") if (link.get("rel") or "").lower() == "next")
    return next((url for href in hrefs if (url := resolve_link(source.base, href))), None)


def _links_inside(box: HtmlElement, links: list[Link]) -> list[Link]:
    return [link for link in links if box is link.element or box in link.element.iterancestors()]


def _is_calendar(anchor: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    """Whether a link stands in a calendar: its days look like page numbers, its arrows never end."""
    for node in anchor.iterancestors():
        if node not in known:
            known[node] = bool(CALENDAR.search(f"{node.get('class') or ''} {node.get('id') or ''}")) or (
                node.tag == "table" and _count_days(node) >= DAYS
            )
        if known[node] or node.tag == "table":
            return known[node]
    return False


def _count_days(table: HtmlElement) -> int:
    return sum(1 for cell in table.iter("td") if NUMBER.fullmatch(clean_text(cell.text_content())))


def _find_box(links: list[Link]) -> HtmlElement | None:
    """The box with the most usable page links around one of the last words for another page, or else around a number.

    The arrows of a picture show lead nowhere, and stand alone.
    """
    anchors = [link for link in links if link.element.tag == "a"]
    worded = [link for link in anchors if not NUMBER.fullmatch(link.text)]
    starts = [*worded[-TRIES:], *([] if worded else anchors[-TRIES:])]
    own = {link.element for link in anchors}
    boxes = list(dict.fromkeys(_grow_box(link.element, own) for link in reversed(starts)))
    sizes = [sum(1 for link in _links_inside(box, links) if link.url) for box in boxes]
    if not boxes or (not worded and max(sizes) < 2):  # noqa: PLR2004 - one number alone is no pager
        return None
    return boxes[sizes.index(max(sizes))]


def _grow_box(anchor: HtmlElement, own: set[HtmlElement]) -> HtmlElement:
    """The largest box around a page link that holds no other text to speak of."""
    box = anchor
    for parent in anchor.iterancestors():
        has_others = any(other not in own and is_title(other.text_content()) for other in parent.iter("a"))
        if has_others or len(clean_text(parent.text_content())) > LONGEST or parent.tag in {"body", "html"}:
            break
        box = parent
    above = anchor.getparent()
    return above if box is anchor and above is not None else box


def _take_link(pager: Pager, link: Link, here: str) -> int | None:
    """Note a link; returns its number when it leads to the page itself."""
    found = NUMBER.fullmatch(link.text)
    if found:
        pager.highest = max(pager.highest, int(found[1]))
    if link.url is None:
        return None
    is_here = canonical_url(link.url) == here
    if found:
        pager.numbered.setdefault(int(found[1]), link.url)
        return int(found[1]) if is_here else None
    if NEXT.fullmatch(link.text) and not is_here:
        pager.next_url = pager.next_url or link.url
    elif LAST.fullmatch(link.text):
        pager.last_url = link.url
    return None


def _read_words(pager: Pager, text: str) -> None:
    if found := OF_PAGES.search(text):
        current, total = int(found[1]), int(found[2])
        if 0 < current <= total:
            pager.current, pager.declared = current, total
    if found := TOTAL_PAGES.search(text):
        pager.declared = int(next(group for group in found.groups() if group))
    rows, size = TOTAL_ROWS.search(text), ROWS_A_PAGE.search(text)
    pager.rows = int(rows[1]) if rows else None
    if pager.declared is None and pager.rows is not None and size and int(size[1]):
        pager.declared = ceil(pager.rows / int(size[1]))
    if pager.current is None and (found := THIS_PAGE.search(text)):
        pager.current = int(next(group for group in found.groups() if group))


def _marked_number(box: HtmlElement) -> int | None:
    """The number that is marked as the current one: by its class, or as the only one that is no link."""
    plain: list[int] = []
    for element in box.iterdescendants():
        if not isinstance(element.tag, str) or not (found := NUMBER.fullmatch(clean_text(element.text_content()))):
            continue
        if any(name in CURRENT_CLASSES for name in (element.get("class") or "").lower().split()):
            return int(found[1])
        if element.tag in {"span", "em", "strong", "b", "i", "font"} and not _has_link(element):
            plain.append(int(found[1]))
    return plain[0] if len(plain) == 1 else None


def _has_link(element: HtmlElement) -> bool:
    return element.find(".//a") is not None or any(node.tag == "a" for node in element.iterancestors())
