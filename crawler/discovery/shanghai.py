"""Shanghai: ``.pagination("setPage", CURRENT, TOTAL)`` counted from 1, ``index_2.html``, articles ``/DAY/HEX.html``."""

import re

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource
from crawler.discovery.scripts import SET_PAGE

ARTICLE = re.compile(r"/\d{8}/[0-9a-fA-F]{32}\.html[\"']")


def is_present(source: ListSource) -> bool:
    """The pager's script, or the articles' names."""
    return bool(SET_PAGE.search(source.own_text) or ARTICLE.search(source.own_text))


def read_page(source: ListSource) -> ListPage:
    """A column's page."""
    return read_markup(source, FAMILY.name)


FAMILY = Family("shanghai", is_present, read_page)
