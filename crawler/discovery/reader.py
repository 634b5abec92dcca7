"""Reads a list page by its family: the one the seed names, or the one the page shows."""

from crawler.discovery import (
    anhui,
    generic,
    gkmlpt,
    hanweb,
    hebei,
    henan,
    jpaas,
    numbered,
    shanghai,
    sudy,
    trs,
    ucap,
    vsb,
    ylcms,
    zhengzhou,
)
from crawler.discovery.listing import Family, ListPage, ListSource
from crawler.discovery.titles import clean_text
from crawler.discovery.urls import is_document_url
from storage.records import ListRow

# In the order in which they are recognised; the first that fits reads the page.
FAMILIES: tuple[Family, ...] = (
    gkmlpt.FAMILY,
    jpaas.FAMILY,
    hanweb.FAMILY,
    vsb.FAMILY,
    ucap.FAMILY,
    trs.FAMILY,
    zhengzhou.FAMILY,
    ylcms.FAMILY,
    anhui.FAMILY,
    sudy.FAMILY,
    shanghai.FAMILY,
    hebei.FAMILY,
    henan.FAMILY,
    numbered.FAMILY,
    generic.FAMILY,
)
BY_NAME = {family.name: family for family in FAMILIES}


class DiscoveryError(Exception):
    """The base of what can go wrong in discovery."""


class UnknownFamilyError(DiscoveryError):
    """A seed names a family that there is not; ``cms`` is the name."""

    def __init__(self, cms: str) -> None:
        super().__init__(f"unknown family {cms!r}; there are auto, {', '.join(BY_NAME)}")
        self.cms = cms


def read_list(source: ListSource, cms: str = "auto") -> ListPage:
    """The rows of a list page and the pages to ask for next.

    A column whose address is itself a document's (its list is not known yet) is a list of that one document.

    Raises:
        UnknownFamilyError: ``cms`` is neither ``auto`` nor a family.
    """
    family = choose_family(source, cms)
    if source.number == 1 and source.json is None and is_document_url(source.url):
        return _read_document(source, family)
    return family.read_page(source)


def _read_document(source: ListSource, family: Family) -> ListPage:
    """A list of one row, the page itself; without a title it is no document but a stub."""
    title = source.root.xpath("string((//meta[@name='ArticleTitle']/@content | //title)[1])")
    rows = (ListRow(source.url, clean_text(str(title))),) if clean_text(str(title)) else ()
    return ListPage(family=family.name, rows=rows, current=1, declared_pages=1)


def choose_family(source: ListSource, cms: str = "auto") -> Family:
    """The family that reads a page: the named one, else the first whose signs the page shows.

    Raises:
        UnknownFamilyError: ``cms`` is neither ``auto`` nor a family.
    """
    if cms == "auto":
        return next(family for family in FAMILIES if family.is_present(source))
    if cms not in BY_NAME:
        raise UnknownFamilyError(cms)
    return BY_NAME[cms]
