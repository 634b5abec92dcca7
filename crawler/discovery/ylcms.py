"""ylcms (漳州): ``/cms/html/…/index.html``, then ``/cms/sitemanage/index.shtml?siteId=…&page=N``, counted from 1."""

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import places_after, set_query
from crawler.discovery.pager import read_pager

SERVICE = "/cms/sitemanage/index.shtml"


def is_present(source: ListSource) -> bool:
    """The site's meta tag, the columns' and the pager's addresses."""
    return any(sign in source.own_text or sign in source.url for sign in ("siteIdMeta", "/cms/html/", SERVICE))


def read_page(source: ListSource) -> ListPage:
    """A column's page; any link of its pager shows how the others are called."""
    pager = read_pager(source)
    shown = [*pager.numbered.values(), pager.next_url or "", pager.last_url or "", source.url]
    address = next((url for url in shown if SERVICE in url), None)
    places = places_after(source.number, pager.declared)
    requests = [PageRequest(url=set_query(address, "page", place), number=place) for place in places] if address else []
    return read_markup(source, FAMILY.name, pager=pager, next_requests=requests or None)


FAMILY = Family("ylcms", is_present, read_page)
