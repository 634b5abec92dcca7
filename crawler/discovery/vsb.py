"""VSB (博达): ``x.htm``, then ``x/N.htm`` with N counting down to 1, so that only the link tells the next page."""

import re
from urllib.parse import urljoin

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.pager import Pager, read_pager
from crawler.discovery.urls import resolve_link

SIGNS = re.compile(r"vsb_content|pb_sys_common|/__local/|_vsb_|id=[\"']line_u?\d|class=[\"']p_next")
SELECTORS = ("//*[*[starts-with(@id, 'line_') or starts-with(@id, 'lineu')]]",)
NEXT = "//span[contains(concat(' ', @class, ' '), ' p_next ')]//a/@href"
COUNTED = re.compile(r"/(\d+)(\.html?)$")


def is_present(source: ListSource) -> bool:
    """The editor's, the pager's and the rows' own names."""
    return bool(SIGNS.search(source.own_text))


def read_page(source: ListSource) -> ListPage:
    """A column's page. The number in the next link says how many pages are left."""
    pager = read_pager(source)
    following = next((resolve_link(source.base, str(href)) for href in source.root.xpath(NEXT)), pager.next_url)
    place = pager.current or source.number
    counted = COUNTED.search(following) if following else None
    if counted and _counts_down(source, pager, int(counted[1])):
        pager.declared = max(place + int(counted[1]), pager.declared or 0)
    requests = [PageRequest(url=following, number=source.number + 1)] if following else []
    if following and counted and int(counted[1]) > 1:
        spare = urljoin(following, f"{int(counted[1]) - 1}{counted[2]}")
        requests.append(PageRequest(url=spare, number=source.number + 2))
    return read_markup(source, FAMILY.name, selectors=SELECTORS, pager=pager, next_requests=requests or None)


def _counts_down(source: ListSource, pager: Pager, following: int) -> bool:
    """Whether the addresses fall: against the own one, or, on the first page, against the last link (``/1.htm``)."""
    if own := COUNTED.search(source.url):
        return int(own[1]) == following + 1
    return following == 1 or bool(pager.last_url and pager.last_url.endswith(("/1.htm", "/1.html")))


FAMILY = Family("vsb", is_present, read_page)
