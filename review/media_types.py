"""What a browser would make of an archived answer, by its media type, and so how it is given out. Pure functions.

Only what is known to be passive goes out under its own type: a type that nobody thought of may be one that a browser
builds a document from, and a document can run scripts, follow timers and open connections.
"""

import re
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit

_ESSENCE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_TEXTS = ("text/plain", "text/css", "text/csv", "text/javascript", "application/javascript", "application/json")
_PAGES = ("", "text/html", "application/xhtml+xml")
_SOURCES = ("application/xml", "text/xml", "text/xsl", "application/xml-dtd", "application/xslt+xml")
_PASSIVE = ("image/", "font/", "audio/", "video/")
LONGEST_NAME = 100


class Manner(StrEnum):
    """How an answer is given out."""

    PAGE = "page"  # made ready to be shown
    DRAWING = "drawing"  # SVG, made ready to be shown
    SOURCE = "source"  # other XML, whose source is shown as plain text
    PASSIVE = "passive"  # as it came: nothing in it can act
    FILE = "file"  # to be saved, never shown


def judge_type(header: str) -> Manner:
    """How an answer with this ``Content-Type`` is given out; a page when it has none, as most servers mean it."""
    essence = read_essence(header)
    if essence in _PAGES:
        return Manner.PAGE
    if essence == "image/svg+xml":
        return Manner.DRAWING
    if essence in _SOURCES or essence.endswith("+xml"):
        return Manner.SOURCE
    return Manner.PASSIVE if essence in _TEXTS or essence.startswith(_PASSIVE) else Manner.FILE


def read_essence(header: str) -> str:
    """Type and subtype; ``application/octet-stream`` for what is no media type, empty when nothing is said.

    Of several values that a server or a proxy joined with commas, the first counts.
    """
    essence = re.split(r"[;,]", header, maxsplit=1)[0].strip().lower()
    if not essence:
        return ""
    return essence if _ESSENCE.fullmatch(essence) else "application/octet-stream"


def write_type(header: str) -> str:
    """The header made anew: type, subtype and character set, and nothing that could be read otherwise."""
    essence, charset = read_essence(header) or "application/octet-stream", _CHARSET.search(header)
    return f"{essence}; charset={charset[1]}" if charset else essence


def write_disposition(url: str) -> str:
    """The header by which an answer is saved under the last name in its address."""
    try:
        name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        name = ""
    name = "".join(one for one in name if one.isprintable() and one not in '\\/:*?"<>|').strip(". ")[-LONGEST_NAME:]
    return f"attachment; filename*=UTF-8''{quote(name or 'archived', safe='')}"
