"""The addresses of a list's other pages, made from numbers: in the query, or in the file's name."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.discovery.listing import PageRequest

SPARES = 2  # pages named ahead: the next one, and one to try when that fails


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


def name_pages(url: str, stem: str, extension: str, numbers: dict[int, int]) -> tuple[PageRequest, ...]:
    """Requests for ``stem_N.extension`` beside a page; ``numbers`` maps places in the list to the site's numbers."""
    return tuple(
        PageRequest(url=urljoin(url, f"{stem}_{site_number}.{extension}"), number=place)
        for place, site_number in numbers.items()
    )


def places_after(number: int, declared: int | None) -> range:
    """The places in the list after ``number``, as far as they are declared and worth naming."""
    return range(number + 1, min(number + SPARES, declared or 0) + 1)
