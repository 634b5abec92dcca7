"""UCAP (开普): static pages ``name_N.shtml``, or a JSON list at ``/searchList/CHANNEL``; both count from 1."""

import re
from urllib.parse import urljoin

from crawler.discovery.generic import read_markup
from crawler.discovery.json_lists import read_json_page
from crawler.discovery.listing import Family, ListPage, ListSource, PageRequest
from crawler.discovery.numbering import set_query
from crawler.discovery.scripts import read_numbers

SIGNS = re.compile(
    r"UCAP-?CONTENT|<meta\s[^>]*name=[\"']channelid[\"']|createPageHTML\(\s*['\"]page_div['\"]", re.IGNORECASE
)
SERVICE = re.compile(r"[\"']([^\"'\s<>]*/(?:searchList|common/search)/[\w-]+[^\"'\s<>]*)[\"']")
SCRIPT_CHANNEL = re.compile(r"\bchannelId[\"']?\s*[:=]\s*[\"']([0-9a-f]{32}|\d+)[\"']", re.IGNORECASE)
QUERY = "_isAgg=true&_isJson=true&_pageSize=20&_template=index&page=1"


def is_present(source: ListSource) -> bool:
    """The body's id, the channel's meta tag, the pager's script, or an answer of the list service."""
    has_service = "/searchList/" in source.url or "/common/search/" in source.url
    return bool(SIGNS.search(source.own_text)) or (has_service and source.json is not None)


def read_page(source: ListSource) -> ListPage:
    """A column's page or an answer of the list service.

    A page without a pager of its own gets its list from the service, and leads there, when it names the service for its
    channel, or has a channel and shows no rows.
    """
    if page := read_json_page(source, FAMILY.name):
        return page
    page = read_markup(source, FAMILY.name)
    if read_numbers(source) or page.next_requests:
        return page
    named, channel = SERVICE.search(source.text), _find_channel(source)
    service = _find_service(source, named, channel)
    if service and (not page.rows or (named and channel and channel in named[1])):
        return ListPage(family=FAMILY.name, is_entry=True, next_requests=(PageRequest(url=service, number=1),))
    return page


def _find_service(source: ListSource, named: re.Match[str] | None, channel: str) -> str | None:
    """The list service's address: as the page names it, else made from its channel."""
    if named is None:
        return urljoin(source.url, f"/searchList/{channel}?{QUERY}") if channel else None
    address = urljoin(source.url, named[1].replace("&amp;", "&"))
    if "?" not in address:
        return f"{address}?{QUERY}"
    return set_query(set_query(address, "_isJson", "true"), "page", 1)


def _find_channel(source: ListSource) -> str:
    """The channel's id, from the meta tag or a script's variable."""
    found = source.root.xpath("string(//meta[translate(@name, 'CHANELID', 'chanelid')='channelid']/@content)")
    scripted = SCRIPT_CHANNEL.search(source.text)
    return str(found).strip() or (scripted[1] if scripted else "")


FAMILY = Family("ucap", is_present, read_page)
