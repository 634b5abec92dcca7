"""郑州, 新郑, 新密: JEECMS with ``?a=path&p=COLUMN&page=N``, counted from 1, and articles at ``/DIR/ID.jhtml``.

A list stands in ``ul.common-list`` (each link holds a ``span`` with the title and an ``em`` with the date), or in
``ul.page-list``, where each link is followed by a card ``ul.pubinfo-card`` and printed again for mobile phones.
"""

import re

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import places_after, query_number, set_query
from crawler.discovery.pager import read_pager

ADDRESS = re.compile(r"[?&]a=path(?:&|&amp;)")
SELECTORS = tuple(f"//ul[contains(concat(' ', @class, ' '), ' {name} ')]" for name in ("common-list", "page-list"))


def is_present(source: ListSource) -> bool:
    """The site's own links carry ``a=path``, its articles end in ``.jhtml``."""
    has_address = bool(ADDRESS.search(source.url) or ADDRESS.search(source.own_text))
    return has_address and (
        ".jhtml" in source.own_text or "common-list" in source.own_text or "pubinfo" in source.own_text
    )


def read_page(source: ListSource) -> ListPage:
    """A column's page."""
    pager = read_pager(source)
    shown = [pager.next_url, *pager.numbered.values(), source.url]  # the site's own links may carry an empty d=
    address = next((url for url in shown if url and query_number(url, "page")), source.url)
    requests = [
        PageRequest(url=set_query(address, "page", place), number=place)
        for place in places_after(source.number, pager.declared)
    ]
    pager.current = pager.current or query_number(source.url, "page")
    return read_markup(
        source,
        FAMILY.name,
        selectors=SELECTORS,
        pager=pager,
        next_requests=requests or pager.next_requests(source.number, ""),
    )


FAMILY = Family("zhengzhou", is_present, read_page)
