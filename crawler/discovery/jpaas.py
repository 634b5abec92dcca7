"""Hanweb jpaas (new): a column page names its list unit, and the publish server answers JSON with ``data.html``.

The page number stands in ``paramJson`` and counts from 1. A column whose page does not say everything may carry the
rest behind ``#`` in its seed: ``#webId=2237&pageId=1229895725&xxgkId=W001-001``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from math import ceil
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.discovery.generic import read_markup
from crawler.discovery.json_lists import name_next, read_counts
from crawler.discovery.listing import Family, Json, ListPage, ListSource, PageRequest
from crawler.discovery.pager import Pager, read_pager

SERVER = "/api-gateway/jpaas-publish-server/front/page/build/unit"
SIGN = "jpaas-publish-server"
UNIT = re.compile(r"""querydata\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
PAIR = re.compile(r"""["']?(\w+)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|(\d+))""")
PAGE_SIZE = re.compile(r"""pageSize\\?["']?\s*:\s*\\?["']?(\d+)""")
LIST_TAG = re.compile(r"列表|list|信息|内容", re.IGNORECASE)
TOTAL = re.compile(
    r"""(?<![a-z])(?:total|count|totalCount|data-total|data-count)["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE
)
PAGES = re.compile(r"""(?:page-?count|total-?pages?|data-pages)["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE)
USUAL_SIZE = 15
# The vendor spells bulidstatic so.
FIXED = {"parseType": "bulidstatic", "pageType": "column"}


def is_present(source: ListSource) -> bool:
    """The publish server's name, in the page or in the address."""
    return SIGN in source.text or SIGN in source.url


def read_page(source: ListSource) -> ListPage:
    """A column's page, which leads to its list units, or an answer of the publish server."""
    if SIGN in urlsplit(source.url).path:
        return _read_answer(source)
    units = _find_units(source)
    if not units:
        return read_markup(source, FAMILY.name)
    requests = tuple(PageRequest(url=_build_url(source.url, unit, 1), number=1) for unit in units)
    return ListPage(family=FAMILY.name, is_entry=True, next_requests=requests)


def _read_answer(source: ListSource) -> ListPage:
    is_answer = source.json is not None
    markup = _find_markup(source.json) if is_answer else source.text
    if not markup:
        return ListPage(family=FAMILY.name, current=source.number if markup is not None else None)
    inner = ListSource(url=urljoin(source.url, "/"), text=f"<div>{markup}</div>", requested=source.requested)
    page = read_markup(inner, FAMILY.name)
    parameters = _read_parameters(source.url)
    counts = read_counts(source.json) if source.json is not None else {}
    total = counts.get("total") or _find_number(TOTAL, markup)
    # The last page is shorter than the others, so that only the first one tells how many there are.
    declared = source.declared or _count_pages(counts, total, markup, read_pager(inner), len(page.rows))
    following = _set_page(source.url, parameters, source.number + 1)
    requests = name_next(
        source,
        following,
        declared,
        has_rows=bool(page.rows),
        is_counted=(total or 0) > len(page.rows),
        spare=_set_page(source.url, parameters, source.number + 2),
    )
    current = page.current or (source.number if page.rows or is_answer else None)
    rows = total or page.declared_rows
    return replace(page, current=current, declared_pages=declared, declared_rows=rows, next_requests=requests)


def _count_pages(counts: Mapping[str, int], total: int | None, markup: str, pager: Pager, shown: int) -> int | None:
    """How many pages there are, from the answer's counts, the markup's attributes, or the pager's words."""
    pages = counts.get("pages") or _find_number(PAGES, markup) or pager.declared
    if pages or not total:
        return pages
    return ceil(total / shown) if shown and total > shown else 1


def _find_markup(value: Json) -> str | None:
    data = value.get("data") if isinstance(value, dict) else None
    found = data.get("html") if isinstance(data, dict) else data
    return found if isinstance(found, str) else None


def _find_units(source: ListSource) -> list[dict[str, str]]:
    """The list units of a column page, those that are paged before the others, with what the seed adds."""
    given = dict(parse_qsl(source.fragment))
    found: list[tuple[bool, dict[str, str]]] = []
    for groups in UNIT.findall(source.text):
        text = unescape(next((group for group in groups if group), ""))
        unit = {name: next((value for value in values if value), "") for name, *values in PAIR.findall(text)}
        size = PAGE_SIZE.search(text)
        is_list = bool(size or LIST_TAG.search(unit.get("tagId", "")))
        found.append((is_list, {**FIXED, **unit, **given, "pageSize": size[1] if size else str(USUAL_SIZE)}))
    lists = [unit for is_list, unit in found if is_list] or [unit for _, unit in found]
    return [unit for place, unit in enumerate(lists) if unit not in lists[:place]]


def _build_url(page_url: str, unit: dict[str, str], number: int) -> str:
    names = ("parseType", "webId", "tplSetId", "pageType", "tagId", "pageId", "xxgkId")
    fields = [(name, unit[name]) for name in names if unit.get(name)]
    inner: dict[str, int | str] = {"pageNo": number, "pageSize": int(unit["pageSize"])}
    if unit.get("xxgkId"):
        inner["xxgkId"] = unit["xxgkId"]
    fields.append(("paramJson", json.dumps(inner, separators=(",", ":"))))
    return f"{urljoin(page_url, SERVER)}?{urlencode(fields)}"


def _read_parameters(url: str) -> dict[str, Json]:
    text = dict(parse_qsl(urlsplit(url).query)).get("paramJson", "{}")
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _set_page(url: str, parameters: dict[str, Json], number: int) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paramJson"]
    inner = json.dumps({"pageSize": USUAL_SIZE, **parameters, "pageNo": number}, separators=(",", ":"))
    return parts._replace(query=urlencode([*kept, ("paramJson", inner)])).geturl()


def _find_number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


FAMILY = Family("jpaas", is_present, read_page)
