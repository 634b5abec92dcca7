"""TRS WCM: ``index_N.html`` from 0, in Hunan from 1; Chongqing's ``createPage`` and ministries' ``countPage``."""

import re

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource
from crawler.discovery.scripts import COUNT_PAGE

SIGNS = re.compile(r"TRS_Editor|trs_editor_view|createPage(?:HTML)?\(\s*\d|createPageHTML\(\s*['\"]paging['\"]")
ARTICLE = re.compile(r"/t\d{8}_\d+\.s?html?[\"']")


def is_present(source: ListSource) -> bool:
    """The editor's name, the pager's script, or the articles' names."""
    return bool(SIGNS.search(source.own_text) or COUNT_PAGE.search(source.own_text) or ARTICLE.search(source.own_text))


def read_page(source: ListSource) -> ListPage:
    """A column's page. Lists of its search service (``/was5/web/search``) are read by the links of their pager."""
    return read_markup(source, FAMILY.name)


FAMILY = Family("trs", is_present, read_page)
