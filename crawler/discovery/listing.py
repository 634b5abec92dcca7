"""The shapes that pass between a list page, its family's reader and the walker. Pure values, no network."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.records import ListRow

ABSOLUTE = re.compile(r"https?://([^\"'\s<>/?#]+)[^\"'\s<>]*")
Json = Any  # what json.loads gives: nothing is known of it before it is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One page of a list to ask for.

    ``number`` is the page's place in the list, counted from 1, whatever the site counts from. ``is_probe`` marks a page
    that nothing promised: an absent, empty or repeated answer to it is the list's ordinary end. ``shape`` says where
    the rows stood on the page before, so that a last page of one row is read like the others; ``declared`` repeats how
    many pages the page before declared.
    """

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    number: int | None = None
    is_probe: bool = False
    shape: str = ""
    declared: int | None = None

    @property
    def identity(self) -> tuple[str, str, bytes]:
        """What makes two requests the same one."""
        return self.method, self.url, self.body


@dataclass(frozen=True, kw_only=True)
class ListSource:
    """One list page as it was served: decoded text, and the tree when the caller has parsed it already.

    ``url`` is the address that answered (after redirects). ``requested`` is what was asked for, ``kind`` the column's
    kind (提案, 建议, 建议提案), by which a page that holds several lists tells which is meant.
    """

    url: str
    text: str
    content_type: str = ""
    tree: html.HtmlElement | None = None
    requested: PageRequest | None = None
    kind: str = ""

    @cached_property
    def root(self) -> html.HtmlElement:
        """The page's tree; an empty page has an empty tree."""
        return self.tree if self.tree is not None else parse_markup(self.text)

    @cached_property
    def json(self) -> Json | None:
        """The page as JSON, None when it is none. A JSONP wrapping is taken off."""
        text = self.text.strip().lstrip("\ufeff")
        if not text.startswith(("{", "[")):
            text = text[text.find("(") + 1 : text.rfind(")")] if text.endswith((")", ");")) else ""
        try:
            return json.loads(text) if text else None
        except ValueError:
            return None

    @cached_property
    def own_text(self) -> str:
        """The text without addresses on other hosts: they tell another site's family."""
        own = urlsplit(self.url).netloc
        return ABSOLUTE.sub(lambda found: found[0] if found[1] == own else "", self.text)

    @cached_property
    def base(self) -> str:
        """What relative links stand on: the ``base`` element, else the page's own address."""
        declared = self.root.xpath("string(//base/@href)")
        return urljoin(self.url, str(declared).strip())

    @property
    def number(self) -> int:
        """The place in the list of the page that was asked for, counted from 1."""
        return (self.requested.number if self.requested else None) or 1

    @property
    def declared(self) -> int | None:
        """How many pages the page before declared."""
        return self.requested.declared if self.requested else None

    @property
    def fragment(self) -> str:
        """What the column's address says behind ``#``: never sent, but some families name the list there."""
        return urlsplit(self.requested.url if self.requested else self.url).fragment

    @property
    def shape(self) -> str:
        """Where the rows stood on the page before; empty on a first page."""
        return self.requested.shape if self.requested else ""


def parse_markup(text: str) -> html.HtmlElement:
    """The tree of an HTML text or fragment; never fails, what holds no markup gives an empty ``html`` element."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    body = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        return html.document_fromstring(body, parser=parser)
    except etree.ParserError:
        return html.document_fromstring(b"<html></html>")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """What one list page says.

    ``current`` (from 1), ``declared_pages`` and ``declared_rows`` are the page's own words, None when it is silent.
    ``next_requests`` are the pages to ask for next, nearest first; a further one is a spare, asked only when the nearer
    one fails. An ``is_entry`` page has no rows of its own and leads to the lists in ``next_requests``, all of which are
    to be walked. ``frame`` counts the page's links besides the rows: by it a whole page with an empty list is told from
    a stub.
    """

    family: str
    rows: tuple["ListRow", ...] = ()
    current: int | None = None
    declared_pages: int | None = None
    declared_rows: int | None = None
    next_requests: tuple[PageRequest, ...] = ()
    is_entry: bool = False
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Family:
    """One CMS family: its name, how it is recognised in a page, and how its list page is read."""

    name: str
    is_present: "Callable[[ListSource], bool]"
    read_page: "Callable[[ListSource], ListPage]"
