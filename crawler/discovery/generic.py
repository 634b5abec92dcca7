"""The family of lists without a family: links with dates, and a link to the next page.

The other families of HTML lists use its reading and add what they know of their containers and page numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from crawler.discovery.json_lists import read_json_page
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import own_number, places_after, set_own_number
from crawler.discovery.pager import Pager, read_pager
from crawler.discovery.rows import find_rows
from crawler.discovery.scripts import read_numbers
from crawler.discovery.urls import host_of, resolve_link


def read_markup(
    source: ListSource,
    family: str,
    *,
    selectors: Sequence[str] = (),
    pager: Pager | None = None,
    next_requests: Iterable[PageRequest] | None = None,
) -> ListPage:
    """An HTML list page; ``pager`` and ``next_requests`` are what the family knows better than the page's links.

    Left to itself, it takes the page numbers from a known script call, else from the pager's links, else (when the
    pager counts pages without linking them) from the number in the page's own address.
    """
    links = read_pager(source)
    numbers = read_numbers(source) if pager is None else None
    pager = pager or (numbers.to_pager(source) if numbers else links)
    if next_requests is None and numbers:
        next_requests = numbers.next_requests(source)
    if next_requests is None:
        next_requests = pager.next_requests(source.number, "") or _count_on(source, pager)
    found = find_rows(source, selectors, links.element)
    if not found.rows and not next_requests and (frames := _find_frames(source)):
        return ListPage(family=family, is_entry=True, next_requests=frames)
    return ListPage(
        family=family,
        rows=found.rows,
        current=pager.current,
        declared_pages=pager.declared,
        declared_rows=pager.rows or links.rows,
        next_requests=tuple(replace(request, shape=found.shape) for request in next_requests),
        frame=sum(1 for _ in source.root.iter("a")) - len(found.rows),
    )


def read_page(source: ListSource) -> ListPage:
    """Any list page, also one of JSON records."""
    return read_json_page(source, FAMILY.name) or read_markup(source, FAMILY.name)


def _count_on(source: ListSource, pager: Pager) -> tuple[PageRequest, ...]:
    own = own_number(source.url)
    if own is None or own != source.number:
        return ()
    places = places_after(source.number, pager.declared)
    return tuple(PageRequest(url=set_own_number(source.url, place), number=place) for place in places)


def _find_frames(source: ListSource) -> tuple[PageRequest, ...]:
    """The pages framed by a first page that shows no rows itself: older sites keep the list in a frame."""
    if source.number > 1:
        return ()
    urls = [resolve_link(source.base, node.get("src") or "") for node in source.root.iter("iframe", "frame")]
    ours = dict.fromkeys(url for url in urls if url and host_of(url) == host_of(source.url))
    return tuple(PageRequest(url=url, number=1) for url in ours)


FAMILY = Family("generic", lambda _source: True, read_page)
