"""Conditional requests: ask for a page only if it differs from what we have (RFC 9110, section 13). Pure."""

import re

UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


def conditional_headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The request headers for the validators of our last good capture, sent back exactly as they came.

    Empty when there are none, or none that can stand in a header: then the page is fetched in full.
    """
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if value and not UNSENDABLE.search(value)}
