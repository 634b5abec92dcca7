"""The family of lists without a family: links with dates, and a link to the next page.

The other families of HTML lists use its reading and add what they know of their containers and page numbers.
"""

from collections.abc import Sequence
from dataclasses import replace

from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.pager import Pager, read_pager
from crawler.discovery.rows import find_rows


def read_markup(
    source: ListSource,
    family: str,
    *,
    selectors: Sequence[str] = (),
    pager: Pager | None = None,
    next_requests: Sequence[PageRequest] | None = None,
) -> ListPage:
    """An HTML list page; ``pager`` and ``next_requests`` are what the family knows better than the page's links."""
    pager = pager or read_pager(source)
    found = find_rows(source, selectors, pager.element)
    requests = pager.next_requests(source.number, found.shape) if next_requests is None else tuple(next_requests)
    return ListPage(
        family=family,
        rows=found.rows,
        current=pager.current,
        declared_pages=pager.declared,
        next_requests=tuple(give_shape(request, found.shape) for request in requests),
    )


def give_shape(request: PageRequest, shape: str) -> PageRequest:
    """The request with word of where the rows stood on the page before it."""
    return replace(request, shape=shape)


def read_page(source: ListSource) -> ListPage:
    """Any list page."""
    return read_markup(source, FAMILY.name)


FAMILY = Family("generic", lambda _source: True, read_page)
