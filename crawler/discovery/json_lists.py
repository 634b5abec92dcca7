"""Lists that are served as JSON: records with a title and an address, a total, and a page number in the query."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from math import ceil

from crawler.discovery.dates import find_dates
from crawler.discovery.listing import Json, ListPage, ListSource, PageRequest, parse_markup
from crawler.discovery.numbering import own_number, set_own_number
from crawler.discovery.titles import clean_text
from crawler.discovery.urls import resolve_link
from storage.records import ListRow

Record = Mapping[str, Json]
TITLES = ("title", "articleTitle", "name", "infoTitle", "subject")
ADDRESSES = ("url", "link", "href", "linkUrl", "articleUrl", "infoUrl")
DATES = (
    "publishedTimeStr",
    "publishDate",
    "publishTime",
    "publishedTime",
    "pubDate",
    "date",
    "first_publish_time",
    "releaseDate",
    "createDate",
)
TOTALS = ("total", "totalCount", "totalRecord", "totalRecords", "recordCount", "totalNum", "totalElements", "count")
PAGE_COUNTS = ("pageCount", "totalPage", "totalPages", "pages", "pageTotal")
SIZES = ("rows", "pageSize", "size", "perPage", "limit")
CURRENTS = ("page", "pageIndex", "pageNo", "pageNum", "currentPage", "current")
CHINA = timezone(timedelta(hours=8))  # dates are printed as the site's readers see them
MILLISECONDS = 10**11  # a time stamp above this counts thousandths of seconds
EARLIEST = 631152000  # 1990; a smaller number is no time stamp of a web page


def read_json_page(source: ListSource, family: str, next_url: str | None = None) -> ListPage | None:
    """A JSON list page, None when the source holds no records of this kind, does not count any and has no empty list.

    ``next_url`` is the next page's address where the family knows it; else the page number in the own address counts
    on. Without a total in the answer the next page is a probe.
    """
    if source.json is None:
        return None
    records = find_records(source.json)
    counts = read_counts(source.json)
    if not records and not counts.keys() & {"total", "pages"} and not has_empty_list(source.json):
        return None
    rows = tuple(row for record in records if (row := read_record(record, source.base)))
    declared = _count_pages(counts, len(records)) if source.number == 1 else source.declared
    if url := next_url or _count_on(source.url):
        is_counted = counts.get("total", 0) > len(records)
        requests = name_next(source, url, declared, has_rows=bool(rows), is_counted=is_counted)
    else:
        requests = ()
    current = counts.get("current") or source.number
    return ListPage(
        family=family,
        rows=rows,
        current=current,
        declared_pages=declared,
        declared_rows=counts.get("total"),
        next_requests=requests,
    )


def name_next(
    source: ListSource,
    url: str,
    declared: int | None,
    *,
    has_rows: bool,
    is_counted: bool = False,
    spare: str | None = None,
) -> tuple[PageRequest, ...]:
    """The request for the next page: promised by the number of declared pages, or on suspicion.

    Suspicion is due without such a number, and at the end of a list that counts more rows than it shows
    (``is_counted``): rows pinned above the first page make its pages seem larger and fewer than they are. ``spare`` is
    the page after the next one, where ``url`` does not show its number.
    """
    if declared is None or source.number >= declared:
        is_open = has_rows and (declared is None or is_counted)
        probe = PageRequest(url=url, number=source.number + 1, is_probe=True, declared=declared)
        return (probe,) if is_open else ()
    request = PageRequest(url=url, number=source.number + 1, declared=declared)
    after = spare or _count_on(url) if source.number + 1 < declared else None
    return (request, replace(request, url=after, number=source.number + 2)) if after else (request,)


def find_records(value: Json) -> Sequence[Record]:
    """The outermost list of records with a title and an address."""
    level = [value]
    while level:
        for item in level:
            if isinstance(item, list) and (records := [one for one in item if _is_record(one)]):
                return records
        level = [child for item in level for child in _children(item)]
    return ()


def has_empty_list(value: Json) -> bool:
    """Whether a list without members stands anywhere: an answer that says that there are no rows."""
    return value == [] or any(has_empty_list(child) for child in _children(value))


def read_record(record: Record, base: str) -> ListRow | None:
    """One record's row, None when its address leads nowhere."""
    url = resolve_link(base, str(_first(record, ADDRESSES) or ""))
    title = str(_first(record, TITLES) or "")
    if "<" in title or "&" in title:
        title = str(parse_markup(f"<div>{title}</div>").text_content())
    return ListRow(url, clean_text(title), read_date(_first(record, DATES))) if url and title else None


def read_date(value: Json) -> str | None:
    """A date in a record: a text that begins with one, or a time stamp in (milli)seconds, read in China's time."""
    text = str(value or "").strip()
    if re.fullmatch(r"\d{9,13}", text):
        seconds = int(text) / (1000 if int(text) > MILLISECONDS else 1)
        return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).date().isoformat() if seconds > EARLIEST else None
    return next(iter(find_dates(text)), None)


def read_counts(value: Json) -> dict[str, int]:
    """What the answer says of itself: ``total`` records, ``pages``, ``size`` of a page, ``current`` page."""
    counts: dict[str, int] = {}
    level = [value]
    for _depth in range(3):
        for item in level:
            if isinstance(item, dict):
                for name, keys in (("total", TOTALS), ("pages", PAGE_COUNTS), ("size", SIZES), ("current", CURRENTS)):
                    if name not in counts and (number := _to_number(_first(item, keys))) is not None:
                        counts[name] = number
        level = [child for item in level if isinstance(item, dict) for child in _children(item)]
    return counts


def _count_pages(counts: Mapping[str, int], shown: int) -> int | None:
    if counts.get("pages"):
        return counts["pages"]
    total = counts.get("total")
    if total is None:
        return None
    size = counts.get("size") or shown
    if total > shown > 0:  # a size that was asked for may not be granted
        size = min(shown, size)
    return ceil(total / size) if size else None


def _count_on(url: str) -> str | None:
    """The address of the page after: pages 0 and 1 are the same where a site counts from 0 as well."""
    own = own_number(url)
    return set_own_number(url, max(own, 1) + 1) if own is not None else None


def _is_record(value: Json) -> bool:
    return isinstance(value, dict) and bool(_first(value, TITLES)) and bool(_first(value, ADDRESSES))


def _children(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _first(record: Record, keys: Sequence[str]) -> Json | None:
    return next((record[key] for key in keys if record.get(key) not in (None, "", [], {})), None)


def _to_number(value: Json) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() else None
