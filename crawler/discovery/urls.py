"""Which URLs are one page, and which pages are one document.

A document's identity is host and CMS document id, not its URL: the same reply stands under two columns, with http and
https, and in a mobile twin. Two documents must never share a key, so an id is used only where its dialect is known to
number documents across the whole site; everything else is told apart by path and query.
"""

import hashlib
import re
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
SESSION_NAME = re.compile(r"jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken", re.IGNORECASE)
TRACKING_NAME = re.compile(r"utm_\w+|spm|spm_id_from|isappinstalled|wechat_redirect|hm(?:sr|pl|cu|kw|ci)|gclid|fbclid")
SHARED_FROM = frozenset({"from=singlemessage", "from=groupmessage", "from=timeline"})
KEY_LENGTH = 800  # characters; an index entry of PostgreSQL has 2,704 bytes
CACHE_BUSTER = re.compile(r"_=\d*")
UNSENDABLE = re.compile(r"[\t\r\n\x00\ud800-\udfff]")  # JSON can hold them; neither UTF-8 nor a database takes them all
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
TWIN_HOST = re.compile(r"(?:www|m)\.(?=[^.]+\.)")


class Dialect(NamedTuple):
    """How a family writes a document's id into the path; the groups together are the id."""

    name: str
    pattern: re.Pattern[str]


HEX = r"[0-9a-fA-F]{32}"
UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
PAGE = r"\.(?:s?html?|jhtml)$"
# The date of a path stays in the id: twins of one document share it, and it keeps apart the documents of two
# installations that were merged behind one host. The column does not.
DIALECTS = (
    Dialect("nfcms", re.compile(r"/m?post_(\d+)" + PAGE)),
    Dialect("trs", re.compile(r"/t(\d{8}_\d+)" + PAGE)),
    Dialect("trs", re.compile(r"/t(\d{4,})" + PAGE)),
    Dialect("hanweb", re.compile(r"/art/(\d{4})/0?(\d{1,2})/0?(\d{1,2})/art_\d+_(\d+)" + PAGE)),
    Dialect("hex", re.compile(rf"/art/\d{{4}}/art_({HEX})" + PAGE)),
    Dialect("hex", re.compile(rf"/({HEX})" + PAGE)),
    Dialect("hex", re.compile(rf"/({UUID})" + PAGE)),
    Dialect("ucap", re.compile(r"/c(\d+)/content" + PAGE)),
    Dialect("sudy", re.compile(r"/(\d{4})/(\d{4})/c\d+a(\d+)/page" + PAGE)),
    Dialect("jhtml", re.compile(r"/(\d+)\.jhtml$")),
    Dialect("vsb", re.compile(r"^(.*)/info/\d+/(\d+)" + PAGE)),
    Dialect("henan", re.compile(r"^(.*/(?:19|20)\d{2}/\d{2}-\d{2}/\d+)\.html$")),
    Dialect("artview", re.compile(r"^(.*)/artview/\d+/(\d+)" + PAGE)),
)


def canonical_url(url: str) -> str:
    """One spelling of a URL, for comparing; ask the site for the URL as it was found.

    Scheme (always https) and host are normalised, default port, user name, fragment, session ids and tracking
    parameters dropped, dot segments resolved, escapes written one way, and parameters sorted by name where the query is
    made of ``name=value`` pairs (parameters of one name keep their order).

    Raises:
        ValueError: the URL has no host, or a port that is no number.
    """
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError(f"no host in {url!r}")
    query = _settle_query(parts.query)
    return f"https://{_settle_host(parts)}{_settle_path(parts.path)}" + (f"?{query}" if query else "")


def document_key(url: str) -> str:
    """What makes two URLs one document: ``host#dialect:id`` where the path tells the CMS id, else the canonical URL.

    Raises:
        ValueError: as `canonical_url`.
    """
    parts = urlsplit(canonical_url(url))
    for dialect in () if parts.query else DIALECTS:
        if found := dialect.pattern.search(parts.path):
            number = "-".join(found.groups())
            name = dialect.name
            number = number.lower() if name == "hex" else number
            return shorten_key(f"{TWIN_HOST.sub('', parts.netloc, count=1)}#{name}:{number}")
    return shorten_key(parts.netloc + parts.path + (f"?{parts.query}" if parts.query else ""))


def shorten_key(key: str) -> str:
    """The key, or of one that is too long for a database's index the beginning and a digest of the whole."""
    return key if len(key) <= KEY_LENGTH else f"{key[:KEY_LENGTH]}~{hashlib.sha256(key.encode()).hexdigest()}"


def is_document_url(url: str) -> bool:
    """Whether the path is of a dialect in which only documents are written."""
    path = _settle_path(urlsplit(url).path)
    return any(dialect.pattern.search(path) for dialect in DIALECTS)


def host_of(url: str) -> str:
    """The host in lower case, with the port when it is not the scheme's own: as it stands in an allow-list.

    Raises:
        ValueError: as `canonical_url`.
    """
    return _settle_host(urlsplit(url.strip()))


def is_listed(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an http(s) URL's host (and port, if not the default one) is on an allow-list."""
    try:
        return urlsplit(url).scheme in DEFAULT_PORTS and host_of(url) in {host.lower() for host in hosts}
    except ValueError:
        return False


def resolve_link(base: str, href: str) -> str | None:
    """The absolute http(s) URL of a link without its fragment, None when it leads to no page."""
    cleaned = UNSENDABLE.sub("", href.strip()).replace("\\", "/")
    if not cleaned or cleaned.startswith("#"):
        return None
    try:
        url = urljoin(base, cleaned).partition("#")[0].replace(" ", "%20")
        parts = urlsplit(url)
        return url if parts.scheme in DEFAULT_PORTS and _settle_host(parts) else None
    except ValueError:
        return None


def _settle_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").lower()
    if not host.isascii():
        with suppress(UnicodeError):  # no valid name stays as written and resolves nowhere
            host = host.encode("idna").decode("ascii")
    port = parts.port
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port in (None, *DEFAULT_PORTS.values()) else f"{bracketed}:{port}"


def _settle_path(path: str) -> str:
    plain = SESSION_PATH.sub("", _settle_escapes(path))
    kept: list[str] = []
    segments = plain.split("/")[1:] if plain.startswith("/") else plain.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _settle_query(query: str) -> str:
    fields = [field for field in _settle_escapes(query).split("&") if field and not _is_noise(field)]
    if all("=" in field for field in fields):
        fields.sort(key=lambda field: field.partition("=")[0])
    return "&".join(fields)


def _is_noise(field: str) -> bool:
    name = field.partition("=")[0]
    return bool(
        SESSION_NAME.fullmatch(name)
        or TRACKING_NAME.fullmatch(name)
        or CACHE_BUSTER.fullmatch(field)
        or field in SHARED_FROM
    )


def _settle_escapes(text: str) -> str:
    """Escapes in capitals, and none for a character that needs none. Other bytes stay: they may be GBK."""
    escaped = "".join(char if char.isascii() and char > " " else _escape_text(char) for char in text)
    return ESCAPE.sub(_settle_escape, escaped)


def _escape_text(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def _settle_escape(found: re.Match[str]) -> str:
    char = chr(int(found[0][1:], 16))
    return char if char in UNRESERVED else found[0].upper()
