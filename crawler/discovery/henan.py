"""Henan: articles at ``/YYYY/MM-DD/ID.html``; the pager's links or its words tell the pages."""

import re

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource

ARTICLE = re.compile(r"/(?:19|20)\d{2}/\d{2}-\d{2}/\d+\.html[\"']")


def is_present(source: ListSource) -> bool:
    """The articles' names."""
    return bool(ARTICLE.search(source.own_text))


def read_page(source: ListSource) -> ListPage:
    """A column's page."""
    return read_markup(source, FAMILY.name)


FAMILY = Family("henan", is_present, read_page)
