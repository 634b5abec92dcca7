"""Sort-friendly keys of URLs (SURT), by which replay tools look captures up.

The rules are those of the Wayback Machine's canonicaliser: a key that differs from what a replay tool makes of the same
URL hides the capture. The Python package that holds them is under the AGPL and no longer kept, hence our own.
"""

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^/?#]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:]*)(?::(?P<port>\d*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_SAFE = bytes(set(range(0x21, 0x7F)) - set(b"#%"))
_PATH_SESSION = re.compile(r"/\((?:[a-z]\([0-9a-z]{24}\)|[0-9a-z]{24})+\)(?=/.+\.aspx)")
_QUERY_SESSIONS = (
    re.compile(r"(?:^|(?<=&))(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}(?:&|$)", re.IGNORECASE),
    re.compile(r"(?:^|(?<=&))aspsessionid[a-z]{8}=[a-z]{24}(?:&|$)", re.IGNORECASE),
    re.compile(r"(?:^|(?<=&))cfid=[^&]+&cftoken=[^&]+(?:&|$)", re.IGNORECASE),
)


def make_key(url: str) -> str:
    """The key of a URL: ``https://www.x.gov.cn/A/?b=2&a=1`` is ``cn,gov,x)/a?a=1&b=2``. Other URIs stay as they are."""
    found = _URL.match(url.strip())
    if not found:
        return url
    scheme, port = found["scheme"].lower(), found["port"] or ""
    suffix = f":{port}" if port and port != _DEFAULT_PORTS.get(scheme) else ""
    query = _clean_query(found["query"] or "")
    return f"{_reverse_host(found['host'])}{suffix}){_clean_path(found['path'])}{'?' if query else ''}{query}"


def _reverse_host(host: str) -> str:
    """Labels from the right, without a leading ``www.`` or ``www2.``; other scripts in their ASCII form."""
    if host.startswith("["):
        return host.strip("[]").lower()
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        host = quote_from_bytes(host.encode())
    labels = [label for label in re.sub(r"^www\d*\.", "", host.lower().strip(".")).split(".") if label]
    return ",".join(reversed(labels))


def _clean_path(path: str) -> str:
    segments: list[str] = []
    for segment in _unquote_wholly(path).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return _PATH_SESSION.sub("", _quote_again("/" + "/".join(segments)).lower())


def _clean_query(query: str) -> str:
    query = _quote_again(_unquote_wholly(query))
    for pattern in _QUERY_SESSIONS:
        query = pattern.sub("", query, count=1)
    arguments = query.lower().split("&")
    return "&".join(sorted(arguments, key=lambda argument: argument.split("=", 1)))


def _unquote_wholly(text: str) -> str:
    """Percent-decode until nothing changes; bytes are kept as Latin-1 characters."""
    data = text.encode()
    while (decoded := unquote_to_bytes(data)) != data:
        data = decoded
    return data.decode("latin-1")


def _quote_again(text: str) -> str:
    return quote_from_bytes(text.encode("latin-1"), safe=_SAFE)
