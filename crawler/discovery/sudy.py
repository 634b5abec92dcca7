"""苏迪 WebPlus: ``list.htm``, ``list2.htm``, articles ``/YYYY/MMDD/cCOLUMNaID/page.htm``; not to be taken for 博达."""

import re
from urllib.parse import urljoin

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import places_after
from crawler.discovery.pager import read_pager

SIGNS = re.compile(r"/c\d+a\d+/page\.htm|wp_paging|wp_articlecontent|_wp3services")
OWN_NAME = re.compile(r"/(\d+/)?(list)\d*(\.htm|\.psp)$")
SELECTORS = tuple(
    f"//*[contains(concat(' ', @class, ' '), ' {name} ')]" for name in ("wp_article_list", "news_list", "wp_list")
)


def is_present(source: ListSource) -> bool:
    """The articles' addresses and the names of the parts."""
    return bool(SIGNS.search(source.own_text))


def read_page(source: ListSource) -> ListPage:
    """A column's page."""
    pager = read_pager(source)
    pager.current = _read_count(source, "curr_page") or pager.current
    pager.declared = _read_count(source, "all_pages") or pager.declared
    own = OWN_NAME.search(source.url)
    places = places_after(source.number, pager.declared)
    requests = (
        [PageRequest(url=urljoin(source.url, f"{own[2]}{place}{own[3]}"), number=place) for place in places]
        if own
        else []
    )
    return read_markup(source, FAMILY.name, selectors=SELECTORS, pager=pager, next_requests=requests or None)


def _read_count(source: ListSource, name: str) -> int | None:
    text = str(source.root.xpath(f"string(//*[contains(concat(' ', @class, ' '), ' {name} ')])")).strip()
    return int(text) if text.isdecimal() else None


FAMILY = Family("sudy", is_present, read_page)
