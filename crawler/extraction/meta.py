"""The official meta tags of a page (《政府网站发展指引》, 国办发〔2017〕47号), and the vendors' own."""

import html
import re

from crawler.extraction.dates import read_moment
from crawler.extraction.labels import clean_value
from crawler.extraction.outline import Outline

_TAG = re.compile(r"<[^<>]{0,200}>")
_SEPARATORS = re.compile(r"[，,;；、\s|]+")
# Exact case matters: keywords and description in lower case are ordinary tags for search engines.
_OFFICIAL = frozenset(
    [
        "sitename",
        "sitedomain",
        "siteidcode",
        "columnname",
        "columndescription",
        "columnkeywords",
        "columntype",
        "articletitle",
        "pubdate",
        "contentsource",
        "author",
        "url",
        "image",
    ]
)


def read_meta(outline: Outline) -> dict[str, list[str]]:
    """Name in lower case -> values in the order of the page; ``Keywords`` and ``Description`` keep their capital.

    Values are unescaped and freed of literal tags; empty ones and ``null`` are left out.
    """
    values: dict[str, list[str]] = {}
    for element in outline.nodes:
        if element.tag != "meta":
            continue
        name = (element.get("name") or element.get("property") or "").strip()
        value = clean_value(_TAG.sub("", html.unescape(element.get("content") or "")))
        if name and value:
            key = name if name in {"Keywords", "Description"} else name.lower()
            values.setdefault(key, []).append(value)
    return values


def official_pairs(meta: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The official tags as pairs, for the record of everything that a page says of itself."""
    return [
        (name, value)
        for name, values in meta.items()
        if name.lower() in _OFFICIAL or name == "Keywords"
        for value in values
    ]


def first_meta(meta: dict[str, list[str]], *names: str) -> str | None:
    """The first value under the first of the names that has one."""
    return next((meta[name][0] for name in names if meta.get(name)), None)


def meta_moments(meta: dict[str, list[str]]) -> list[str]:
    """Every time that a page's meta tags give for its publication, the official tag first."""
    names = ("pubdate", "publishdate", "firstpublishedtime", "article:published_time", "pubtime")
    moments = (read_moment(value) for name in names for value in meta.get(name, ()))
    return [moment for moment in moments if moment]


def split_keywords(value: str | None) -> tuple[str, ...]:
    """Keywords, whatever separates them; a Python list written out as text is read as one."""
    if not value:
        return ()
    bare = value.strip("[]【】").replace("'", " ").replace('"', " ")
    return tuple(dict.fromkeys(word for word in _SEPARATORS.split(bare) if word))
