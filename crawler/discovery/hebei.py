"""Hebei: columns and articles are named by UUIDs, ``/columns/UUID/YYYYMM/DD/UUID.html``; the pager's links count."""

import re

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource
from crawler.discovery.urls import UUID

COLUMN = re.compile(rf"/columns/{UUID}/")


def is_present(source: ListSource) -> bool:
    """The columns' addresses."""
    return bool(COLUMN.search(source.own_text) or COLUMN.search(source.url))


def read_page(source: ListSource) -> ListPage:
    """A column's page."""
    return read_markup(source, FAMILY.name)


FAMILY = Family("hebei", is_present, read_page)
