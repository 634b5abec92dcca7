"""gkmlpt (Guangdong): an index page with ``window._CONFIG`` (``SID``, ``TREE``), and a JSON API of 100 rows a page.

The API's pages 0 and 1 are the same, so counting starts at 1. A column names its category behind ``#`` in the seed
(``…/gkmlpt/index#4321``); without one, the tree's categories are chosen by the column's kind.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.discovery.generic import read_markup
from crawler.discovery.json_lists import read_json_page
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest

SIGN = "/gkmlpt/"
SID = re.compile(r"""\bSID["']?\s*:\s*["']?([\w-]+)""")
TREE = re.compile(r"""\bTREE["']?\s*:\s*(?=[\[{])""")
WORDS = {"提案": ("提案",), "建议": ("建议",)}
Node = dict[str, Any]


def is_present(source: ListSource) -> bool:
    """The platform's path, in the page or in the address."""
    return (
        SIGN in source.own_text
        or SIGN in source.url
        or ("window._CONFIG" in source.own_text and bool(TREE.search(source.own_text)))
    )


def read_page(source: ListSource) -> ListPage:
    """The index page, which leads to the lists of its categories, or an answer of the API."""
    if page := read_json_page(source, FAMILY.name):
        return page
    sid = SID.search(source.text)
    categories = choose_categories(source) if sid else []
    if not sid or not categories:
        return read_markup(source, FAMILY.name)
    base = source.url.partition(SIGN)[0] if SIGN in source.url else _root_of(source.url)
    requests = tuple(
        PageRequest(url=f"{base}/gkmlpt/api/all/{category}?page=1&sid={sid[1]}", number=1) for category in categories
    )
    return ListPage(family=FAMILY.name, is_entry=True, next_requests=requests)


def choose_categories(source: ListSource) -> list[str]:
    """The categories of the column: the one behind ``#``, else those of the tree that are named after its kind."""
    if named := re.search(r"\d+", source.fragment):
        return [named[0]]
    found = TREE.search(source.text)
    if not found:
        return []
    try:
        tree, _ = json.JSONDecoder().raw_decode(source.text, found.end())
    except ValueError:
        return []
    words = WORDS.get(source.kind, ("提案", "建议"))
    return list(dict.fromkeys(str(node["id"]) for node in _find_leaves(tree, words)))


def _find_leaves(value: Any, words: tuple[str, ...]) -> Iterator[Node]:  # noqa: ANN401 - JSON of an unknown shape
    """The nodes that bear one of the words and hold no further node that does."""
    children = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    below = [node for child in children if isinstance(child, list | dict) for node in _find_leaves(child, words)]
    if below:
        yield from below
    elif isinstance(value, dict) and "id" in value and any(word in _name_of(value) for word in words):
        yield value


def _name_of(node: Node) -> str:
    return str(node.get("name") or node.get("title") or node.get("label") or "")


def _root_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


FAMILY = Family("gkmlpt", is_present, read_page)
