"""Plain numbered lists: ``?page=N``, ``?pageIndex=N``, ``page_N.html``, ``list/N.htm``, ``/N.html``, counted from 1.

Where the page neither links nor counts its pages, the next number is a probe: the list ends with the first one that is
absent, empty or a repetition.
"""

from dataclasses import replace

from crawler.discovery.generic import read_markup
from crawler.discovery.json_lists import read_json_page
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import own_number, set_own_number


def is_present(source: ListSource) -> bool:
    """The own address ends in the number of the page that was asked for."""
    own = own_number(source.url)
    return own is not None and own in {source.number, source.number - 1}


def read_page(source: ListSource) -> ListPage:
    """A column's page."""
    page = read_json_page(source, FAMILY.name) or read_markup(source, FAMILY.name)
    own = own_number(source.url)
    if own is None:
        return page
    page = replace(page, current=page.current or (source.number if page.rows else None))
    if page.next_requests or not page.rows or page.declared_pages is not None:
        return page
    url = set_own_number(source.url, own + 1)
    return replace(page, next_requests=(PageRequest(url=url, number=source.number + 1, is_probe=True),))


FAMILY = Family("numbered", is_present, read_page)
