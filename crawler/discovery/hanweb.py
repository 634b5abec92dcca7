"""Hanweb JCMS (old): the first rows of a list stand in the page as a datastore, the rest comes from ``dataproxy.jsp``.

The proxy gives records by their place (``startrecord`` to ``endrecord``, from 1), in the same XML. A page here is one
such answer: the embedded records, then runs of three of the site's own pages, as its script asks.
"""

import re
from html import unescape
from math import ceil
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.discovery.generic import read_markup
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import SPARES, query_number
from crawler.discovery.rows import read_fragment, unite_items

SIGNS = re.compile(r"dataproxy\.jsp|/col/col\d+|<datastore>", re.IGNORECASE)
RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[(.*?)\]\]>|(.*?))\s*</record>", re.DOTALL | re.IGNORECASE)
PROXY = re.compile(r"[\w./:-]*/dataproxy\.jsp(?:\?[^\"'\s<>]*)?")
TOTAL = re.compile(r"<totalrecord>\s*(\d+)|totalrecord[\"']?\s*[:=]\s*[\"']?(\d+)", re.IGNORECASE)
PER_PAGE = re.compile(r"perpage[\"']?\s*[:=]\s*[\"']?(\d+)", re.IGNORECASE)
PARAMETERS = ("appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
USUAL_SIZE = 15
NEAR = 600  # characters around a mention of the proxy
MENTIONS = 9
RUN = 3  # pages that the site's own script asks for at once


def is_present(source: ListSource) -> bool:
    """The proxy, the embedded store, or the columns' addresses."""
    return bool(SIGNS.search(source.own_text) or SIGNS.search(source.url))


def read_page(source: ListSource) -> ListPage:
    """A column's page or an answer of the proxy."""
    records = [plain or unescape(escaped) for plain, escaped in RECORD.findall(source.text)]
    is_answer = "dataproxy.jsp" in source.url
    proxy = source.url if is_answer else _find_proxy(source)
    if not records and (is_answer or proxy is None):
        return _read_empty(source) if is_answer else read_markup(source, FAMILY.name)
    items = [item for record in records if (item := read_fragment(record, source)) and item.is_document]
    total = _find_number(TOTAL, source.text)
    size = (query_number(source.url, "perpage") if is_answer else None) or _find_number(PER_PAGE, source.text)
    start = (query_number(source.url, "startrecord") if is_answer else None) or 1
    next_start = start + len(records)
    declared = _count_answers(source, total, next_start, size or USUAL_SIZE, has_rows=bool(records))
    return ListPage(
        family=FAMILY.name,
        rows=unite_items(items),
        current=source.number if records else None,
        declared_pages=declared,
        declared_rows=total,
        next_requests=_ask_proxy(source, proxy, next_start, size or USUAL_SIZE, total) if proxy else (),
        is_entry=not records,
    )


def _read_empty(source: ListSource) -> ListPage:
    """An answer without records: whole when it holds the list's frame, a stub otherwise."""
    return ListPage(family=FAMILY.name, current=source.number if "<datastore" in source.text.lower() else None)


def _ask_proxy(source: ListSource, proxy: str, start: int, size: int, total: int | None) -> tuple[PageRequest, ...]:
    """The next run of records and a spare; without a total, the next run is a probe."""
    base = source.number if start > 1 else 0  # a page without embedded records is no page of the list
    requests: list[PageRequest] = []
    for place in range(SPARES if total is not None else 1):
        first = start + place * RUN * size
        if total is not None and first > total:
            break
        last = min(first + RUN * size - 1, total or first + RUN * size - 1)
        url = _set_range(proxy, first, last, size)
        requests.append(PageRequest(url=url, number=base + place + 1, is_probe=total is None and start > 1))
    return tuple(requests)


def _count_answers(source: ListSource, total: int | None, next_start: int, size: int, *, has_rows: bool) -> int | None:
    if total is None or not has_rows:
        return None
    return source.number + ceil(max(total - next_start + 1, 0) / (RUN * size))


def _set_range(proxy: str, first: int, last: int, size: int) -> str:
    address, _, query = proxy.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in RANGE]
    return f"{address}?{urlencode([('startrecord', first), ('endrecord', last), ('perpage', size), *kept])}"


def _find_proxy(source: ListSource) -> str | None:
    """The proxy's address with the parameters that the page names, in an address or in its script."""
    text = source.text
    places = [found.start() for found in re.finditer(r"dataproxy\.jsp", text)][:MENTIONS]
    windows = (text[max(place - NEAR, 0) : place + NEAR] for place in places)  # a page may hold megabytes of pictures
    found = [address.replace("&amp;", "&") for window in windows for address in PROXY.findall(window)]
    if not found:
        return None
    best = max(found, key=lambda address: len(urlsplit(address).query))
    fields = dict(parse_qsl(urlsplit(best).query, keep_blank_values=True))
    for name in PARAMETERS:
        if name not in fields and (value := _find_parameter(source.text, name)) is not None:
            fields[name] = value
    kept = {name: value for name, value in fields.items() if name in PARAMETERS}
    return f"{urljoin(source.url, best.partition('?')[0])}?{urlencode(kept)}"


def _find_parameter(text: str, name: str) -> str | None:
    found = re.search(rf"""\b{name}["']?\s*[:=]\s*(?:["']([^"']*)["']|([\w/.-]+))""", text, re.IGNORECASE)
    return (found[1] if found[1] is not None else found[2]) if found else None


def _find_number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(next(group for group in found.groups() if group)) if found else None


RANGE = frozenset({"startrecord", "endrecord", "perpage", "page"})
FAMILY = Family("hanweb", is_present, read_page)
