"""The addresses of a list's other pages, made from numbers: in the query, or in the file's name."""

import re
from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.discovery.listing import PageRequest

SPARES = 2  # pages named ahead: the next one, and one to try when that fails
# Where a list's own address holds its page number.
OWN_NUMBER = re.compile(
    r"(?:(?<=[?&]page=)|(?<=[?&]pageIndex=)|(?<=[?&]pageNo=)|(?<=[?&]pageNum=)|(?<=[?&]PAGENUM=)|(?<=[?&]pageindex=)"
    r"|(?<=[?&]currentPage=)|(?<=[?&]curPage=)|(?<=[?&]pn=)|(?<=/page_)|(?<=/page)|(?<=/list_)|(?<=/index_)|(?<=/))"
    r"(\d{1,5})(?=&|$|\.s?html?$|/$)"
)
RUN = re.compile(r"\d+")


def set_query(url: str, name: str, value: int | str) -> str:
    """The URL with one query parameter set, the others and their order left as they are."""
    parts = urlsplit(url)
    fields = parts.query.split("&") if parts.query else []
    places = [place for place, field in enumerate(fields) if field.partition("=")[0] == name]
    if places:
        fields[places[0]] = f"{name}={value}"
    else:
        fields.append(f"{name}={value}")
    return urlunsplit(parts._replace(query="&".join(fields), fragment=""))


def query_number(url: str, name: str) -> int | None:
    """The number in a query parameter."""
    found = re.search(rf"(?:^|&){re.escape(name)}=(\d+)(?:&|$)", urlsplit(url).query)
    return int(found[1]) if found else None


def name_pages(url: str, stem: str, extension: str, numbers: Mapping[int, int]) -> tuple[PageRequest, ...]:
    """Requests for ``stem_N.extension`` beside a page; ``numbers`` maps places in the list to the site's numbers."""
    return tuple(
        PageRequest(url=urljoin(url, f"{stem}_{site_number}.{extension}"), number=place)
        for place, site_number in numbers.items()
    )


def places_after(number: int, declared: int | None) -> range:
    """The places in the list after ``number``, as far as they are declared and worth naming."""
    return range(number + 1, min(number + SPARES, declared or 0) + 1)


def own_number(url: str) -> int | None:
    """The page number in a list's own address, None when there is none."""
    found = OWN_NUMBER.search(url)
    return int(found[1]) if found else None


def set_own_number(url: str, number: int) -> str:
    """The list's address with another page number in its place."""
    return OWN_NUMBER.sub(str(number), url, count=1)


def number_link(url: str, links: Mapping[int, str]) -> int | None:
    """Which page an address is, from that of another page it differs from in one number."""
    for place, other in links.items():
        if url == other:
            return place
        numbers, others = RUN.findall(url), RUN.findall(other)
        changed = [(int(a), int(b)) for a, b in zip(numbers, others, strict=False) if a != b]
        if RUN.split(url) == RUN.split(other) and len(changed) == 1:
            value, base = changed[0]
            return place + value - base if value > base and abs(base - place) <= 1 else None
    return None


def extend_links(links: Mapping[int, str], number: int) -> str | None:
    """The address of a page whose link is not shown, from those that are.

    At least two addresses that differ in one number, by as much as their pages do, show how the rest are called.
    """
    places = sorted(links)
    for first, second in pairwise(places):
        before, after = RUN.split(links[first]), RUN.split(links[second])
        numbers, others = RUN.findall(links[first]), RUN.findall(links[second])
        changed = [place for place, (a, b) in enumerate(zip(numbers, others, strict=False)) if a != b]
        if before != after or len(changed) != 1:
            continue
        spot = changed[0]
        step = (int(others[spot]) - int(numbers[spot])) / (second - first)
        if step not in (1, -1):
            continue
        value = int(numbers[spot]) + int(step) * (number - first)
        numbers[spot] = str(value)
        pieces = [piece for pair in zip(before, [*numbers, ""], strict=True) for piece in pair]
        return "".join(pieces) if value >= 0 else None
    return None
