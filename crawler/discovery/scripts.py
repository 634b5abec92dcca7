"""Page numbers that a list page hands to its own script: ``createPageHTML`` and its kin.

One function name hides several dialects that count from 0 or from 1. In all of them page 2 is ``STEM_n.EXT`` where n is
what its own call then names as current, so the number given on the first page tells the base.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.numbering import name_pages, places_after
from crawler.discovery.pager import Pager

NUMBER = r"""\s*["']?(\d+)["']?\s*"""
TEXT = r"""\s*["']([^"']*)["']\s*"""
# TRS, also inside an HTML comment; in the definition of the function stand names, no numbers.
TRS_CALL = re.compile(rf"createPage(?:HTML)?\({NUMBER},{NUMBER},{TEXT},{TEXT}")
# UCAP ('page_div') and Hunan's TRS ('paging'): the element's id comes first.
BOX_CALL = re.compile(rf"createPageHTML\({TEXT},{NUMBER},{NUMBER},{TEXT},{TEXT}(?:,{NUMBER})?")
COUNT_PAGE = re.compile(rf"\bcountPage\s*={NUMBER}")
CURRENT_PAGE = re.compile(rf"\b(?:currentPage|nowPage)\s*={NUMBER}")
SET_PAGE = re.compile(rf"""\(\s*["']setPage["']\s*,{NUMBER},{NUMBER}""")
OWN_NAME = re.compile(r"/([^/]*?)(?:_(\d+))?\.(s?html?|jhtml|aspx?|php|jsp)$", re.IGNORECASE)
INDEX_EXTENSION = re.compile(r"""index["'_+\s\w(\-)]{0,60}?["']?\.(s?html?)\b""")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a page's script was told: pages in all, the current one as the site counts, and from what it counts.

    ``rows`` is how many rows there are in all, where the call says so.
    """

    box: str
    total: int
    current: int
    base: int
    stem: str
    extension: str
    rows: int | None = None

    def to_pager(self, source: ListSource) -> Pager:
        """The same as a pager that counts from 1."""
        base = self._settle_base(source)
        return Pager(current=max(self.current - base + 1, 1), declared=self.total, rows=self.rows)

    def next_requests(self, source: ListSource) -> tuple[PageRequest, ...]:
        """The next page and a spare, as far as they are declared."""
        base = self._settle_base(source)
        numbers = {place: place - 1 + base for place in places_after(source.number, self.total)}
        return name_pages(source.url, self.stem, self.extension, numbers)

    def _settle_base(self, source: ListSource) -> int:
        """From what the site counts: seen on the first page, and later in the address that was asked for."""
        found = OWN_NAME.search(urlsplit(source.url).path)
        own = int(found[2]) if found and found[2] and found[1] == self.stem else None
        if own is not None and source.number > 1 and own - source.number in (-1, 0):
            return own - source.number + 1
        return self.current if source.number == 1 and own is None and self.current in (0, 1) else self.base


def read_numbers(source: ListSource) -> Numbers | None:
    """The numbers of a page's script, None when no known call is in the page."""
    text = source.text
    stem, extension = _own_name(source)
    if found := BOX_CALL.search(text):
        rows = int(found[6]) if found[6] else None
        return Numbers(found[1], int(found[2]), int(found[3]), 1, found[4], found[5].lstrip("."), rows)
    if found := TRS_CALL.search(text):
        return Numbers("", int(found[1]), int(found[2]), 0, found[3], found[4].lstrip("."))
    if found := COUNT_PAGE.search(text):
        current = CURRENT_PAGE.search(text)
        return Numbers("", int(found[1]), int(current[1]) if current else 0, 0, stem, extension)
    if found := SET_PAGE.search(text):
        return Numbers("setPage", int(found[2]), int(found[1]), 1, stem, extension)
    return None


def _own_name(source: ListSource) -> tuple[str, str]:
    """Stem and extension of the page's own file; ``index`` in a folder, with the extension its script names."""
    if found := OWN_NAME.search(urlsplit(source.url).path):
        return found[1] or "index", found[3]
    named = INDEX_EXTENSION.search(source.text)
    return "index", named[1] if named else "html"
