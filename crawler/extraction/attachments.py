"""The files that belong to a document, found by link and by name."""

import re
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from crawler.extraction.noise import is_tail_heading
from crawler.extraction.outline import Outline
from storage.records import Attachment

_TYPES = "pdf|docx?|xlsx?|xlsm|pptx?|wps|et|dps|ofd|ceb|zip|rar|7z|rtf|csv|txt"
_FILE = re.compile(rf"\.({_TYPES})$", re.IGNORECASE)
_NAMED_FILE = re.compile(
    rf"\.({_TYPES})\s*[】\]）)》”\"]*(?:\s*[（(【\[]?\s*(?:[\d.]+\s*[KMkm][Bb]?|下载|点击下载)\s*[】\]）)]?)?$",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(
    r"downfile\.jsp|download\.jsp|downloadattach|virtual_attach_file|/attach(?:ment)?/\d|attachment\.do|filedown|"
    r"download(?:file)?\.(?:do|aspx?|php|action)|/attachDir/|/module/download/",
    re.IGNORECASE,
)
_PLACES_TO_SKIP = re.compile(
    r"(?:^|[\s_-])(?:nav|footer|foot|header|related|relalinks|xgwd|xgwj|glgj|sidebar|friendlink|recommend)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SCHEMES = frozenset({"", "http", "https", "ftp"})


def find_attachments(outline: Outline, places: tuple[int, ...], start: int, url: str | None) -> tuple[Attachment, ...]:
    """The document's files in the order of the page; ``start`` is the place of the title or of the text.

    A link without words is left out: it is a ghost that an editor deleted in part.
    """
    base = _find_base(outline, url)
    found: dict[str, Attachment] = {}
    last = places[-1]
    for i in range(start, len(outline.nodes)):
        element = outline.nodes[i]
        if element.tag != "a" or outline.hidden[i] or not (href := (element.get("href") or "").strip()):
            continue
        name = outline.text_of(i)
        kind = file_type(href, name)
        if kind is None or not name or _is_outside(outline, i, last):
            continue
        address = resolve_url(base, href)
        if address is not None and address not in found:
            found[address] = Attachment(address, name, kind)
    return tuple(found.values())


def file_type(href: str, name: str) -> str | None:
    """The type by address or printed name: ``pdf``; empty for a download of unknown type; None for what is no file."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES:
        return None
    candidates = [unquote(parts.path), *(value for _, value in parse_qsl(parts.query, max_num_fields=None))]
    for candidate in candidates:
        if match := _FILE.search(candidate.strip()):
            return match[1].lower()
    if match := _NAMED_FILE.search(name):
        return match[1].lower()
    return "" if _DOWNLOAD.search(href) else None


def resolve_url(base: str | None, href: str) -> str | None:
    """The absolute address, or the address as it stands when the page's own is unknown; None for broken ones."""
    try:
        return urljoin(base, href) if base else href
    except ValueError:
        return None


def _find_base(outline: Outline, url: str | None) -> str | None:
    for element in outline.nodes:
        if element.tag == "base" and (href := element.get("href")):
            return resolve_url(url, href)
        if element.tag == "body":
            break
    return url


def _is_outside(outline: Outline, i: int, last: int) -> bool:
    """Whether a link stands in a box that is none of the document's: below a heading of related things, in a footer."""
    for up in outline.ancestors(i):
        if up <= last < outline.end[up]:
            return False
        element = outline.nodes[up]
        if _PLACES_TO_SKIP.search(f"{element.get('class') or ''} {element.get('id') or ''} {element.tag!s}"):
            return True
        kids = outline.children(up)
        first = next((k for k in kids if outline.chars[k]), None)
        if (
            first is not None
            and is_tail_heading(text := outline.text_of(first))
            and "相关" in text
            and "附件" not in text
        ):
            return True
    return False
