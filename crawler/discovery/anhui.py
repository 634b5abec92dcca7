"""Anhui's label service: ``/site/label/8888?labelName=publicInfoList&…&pageIndex=N&isJson=true``, counted from 1."""

import re
from html import unescape
from urllib.parse import urljoin

from crawler.discovery.generic import read_markup
from crawler.discovery.json_lists import read_json_page
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import set_query

SIGN = "/site/label/8888"
ADDRESS = re.compile(r"[\"']([^\"'\s<>]*/site/label/8888\?[^\"'\s<>]*labelName=publicInfoList[^\"'\s<>]*)[\"']")


def is_present(source: ListSource) -> bool:
    """The service's path, in the page or in the address."""
    return SIGN in source.own_text or SIGN in source.url


def read_page(source: ListSource) -> ListPage:
    """An answer of the service, or a page that names it and shows no rows of its own."""
    if page := read_json_page(source, FAMILY.name):
        return page
    page = read_markup(source, FAMILY.name)
    named = ADDRESS.search(unescape(source.text))
    if page.rows or page.next_requests or not named:
        return page
    url = set_query(set_query(urljoin(source.url, named[1]), "isJson", "true"), "pageIndex", 1)
    return ListPage(family=FAMILY.name, is_entry=True, next_requests=(PageRequest(url=url, number=1),))


FAMILY = Family("anhui", is_present, read_page)
