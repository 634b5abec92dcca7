"""What a fetch really saw, judged before anything is extracted. Pure: plain values in, a finding out.

The order of the tests: transport, status, vendor signature, redirect, soft-404 marks, identity, length, ok. A block
must never be taken for an edit, nor for a removal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rapidfuzz.fuzz import ratio

from crawler.discovery.urls import canonical_url, document_key, host_of, is_listed, resolve_link
from crawler.extraction.numbers import find_numbers
from crawler.extraction.page import ParsedPage, parse_page
from crawler.page_signs import PageSigns, read_signs
from storage.records import Exchange, Finding, Outcome, Role

_OK = Finding(Outcome.OK)
_HOME_PATH = re.compile(r"/?(?:(?:index|default|home|main)(?:\.(?:s?html?|jhtml|jsp|php|aspx?|do))?)?", re.IGNORECASE)
_PERMANENT: Final = frozenset({301, 308})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_REFUSED: Final = frozenset({403, 405})
_NOT_MODIFIED, _TOO_MANY, _UNAVAILABLE, _SERVER = 304, 429, 503, 500
_CLIENT: Final = 400
_CHALLENGES: Final = {412: "ruishu", 521: "knownsec", 512: "knownsec"}
_OTHER_TITLE: Final = 60.0
_BINARY = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".wps", ".et", ".ofd", ".zip", ".rar")
_LONGEST_EXCUSE = 2000  # bytes of what a server says instead of a file
_EXCUSE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|<[?!a-z]|alert\s*\()", re.IGNORECASE)
_HTML_START = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|script|meta|title|div)\b", re.IGNORECASE
)
_BRAND = re.compile(
    r"娱乐城|博彩网|赌场|bet\s?365|棋牌平台|棋牌游戏|葡京|威尼斯人|太阳城集团|开户送|首存|体育投注|真人视讯|百家乐",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is known of an answer before it comes.

    ``hosts`` is the seed's allow-list (empty: any host), ``document_key`` and ``title`` are the page's of old,
    ``home_urls`` front pages besides those that a path tells.
    """

    url: str = ""
    role: Role = Role.PAGE
    hosts: tuple[str, ...] = ()
    site_id_code: str | None = None
    document_key: str | None = None
    title: str | None = None
    home_urls: tuple[str, ...] = ()


def judge_exchange(exchange: Exchange, expected: Expected, page: ParsedPage | None = None) -> Finding:
    """The judgement on one fetch. ``page`` is its parsed body, where the caller has it already.

    Redirects are not followed here: one that leads on within the site is ``moved``, its ``detail`` beginning with
    ``same document`` or ``follow``.
    """
    if (finding := judge_transport(exchange)) is not None:
        return finding
    return next(_judge_answer(exchange, expected, _read_body(exchange, expected, page)), _OK)


def _judge_answer(exchange: Exchange, expected: Expected, signs: PageSigns | None) -> Iterator[Finding]:
    """Every finding on an answer that came whole, the one that counts first."""
    if (finding := _judge_vendor(exchange, signs)) is not None:
        yield finding
    if (finding := _judge_location(exchange, expected)) is not None:
        yield finding
    if signs is not None and (finding := judge_content(signs, expected)) is not None:
        yield finding
    if (finding := _judge_file(exchange, expected, signs)) is not None:
        yield finding


def judge_transport(exchange: Exchange) -> Finding | None:
    """What kept an answer from coming or from coming whole; None when it came."""
    if exchange.error:
        word, _, detail = exchange.error.partition(":")
        try:
            return Finding(Outcome(word.strip()), detail.strip())
        except ValueError:
            return Finding(Outcome.CONNECT_ERROR, exchange.error)
    if exchange.truncated:
        outcome = Outcome.TOO_LARGE if exchange.truncated == "length" else Outcome.TRUNCATED
        return Finding(outcome, exchange.truncated)
    if exchange.status is None:
        return Finding(Outcome.CONNECT_ERROR, "no answer")
    return None


def _read_body(exchange: Exchange, expected: Expected, page: ParsedPage | None) -> PageSigns | None:
    if page is None and not _HTML_START.match(exchange.body[:512]):
        is_page = expected.role is Role.PAGE and exchange.status is not None and exchange.status < _CLIENT
        return read_signs(parse_page(exchange.body, exchange.header("Content-Type"))) if is_page else None
    return read_signs(page or parse_page(exchange.body, exchange.header("Content-Type")))


def _judge_vendor(exchange: Exchange, signs: PageSigns | None) -> Finding | None:
    """Status and vendor signature together: a challenge may come with any status."""
    status = exchange.status or 0
    if status == _NOT_MODIFIED:
        return Finding(Outcome.NOT_MODIFIED)
    if status in _REFUSED and b"GeoBL" in exchange.body[:4000]:
        return Finding(Outcome.GEO_SUSPECT, "reason:GeoBL", "wzws")
    cookies = " ".join(value for name, value in exchange.headers if name.lower() == "set-cookie")
    has_waf_header = exchange.header("X-Powered-By-CloudWAF") is not None
    if signs is not None and (vendor := signs.find_vendor(cookies, has_waf_header=has_waf_header)) is not None:
        return Finding(Outcome.BLOCKED, f"status {status}", vendor)
    return _judge_status(exchange, status)


def _judge_status(exchange: Exchange, status: int) -> Finding | None:
    detail = f"status {status}"
    if status in _CHALLENGES:
        return Finding(Outcome.BLOCKED, detail, _CHALLENGES[status])
    if status in _GONE:
        return Finding(Outcome.GONE, detail)
    if status == _TOO_MANY or (status == _UNAVAILABLE and exchange.header("Retry-After") is not None):
        return Finding(Outcome.THROTTLED, detail)
    if status in _REFUSED:
        return Finding(Outcome.BLOCKED, detail, "generic")
    if status >= _SERVER:
        return Finding(Outcome.SERVER_ERROR, detail)
    return Finding(Outcome.CLIENT_ERROR, detail) if status >= _CLIENT else None


def _judge_location(exchange: Exchange, expected: Expected) -> Finding | None:
    if exchange.status not in _REDIRECTS:
        return None
    target = resolve_link(exchange.url, exchange.header("Location") or "")
    if target is None:
        return Finding(Outcome.SERVER_ERROR, "redirect without a usable Location")
    return judge_redirect(exchange.url, target, expected, is_permanent=exchange.status in _PERMANENT)


def judge_redirect(url: str, target: str, expected: Expected, *, is_permanent: bool = False) -> Finding:
    """Where a redirect leads: away, home, to the same document, or to another page of the site."""
    hosts = expected.hosts or (host_of(url),)
    if not (is_listed(target, hosts) or _is_same_host(url, target)):
        return Finding(Outcome.REDIRECTED_AWAY, target)
    if is_home(target, expected) and not is_home(url, expected):
        return Finding(Outcome.REDIRECTED_HOME, target)
    if _is_same_page(url, target):
        return Finding(Outcome.MOVED, f"follow: itself {target}")
    key = expected.document_key or document_key(url)
    if document_key(target) == key:
        return Finding(Outcome.MOVED, f"{'same document' if is_permanent else 'follow: same document'} {target}")
    return Finding(Outcome.MOVED, f"follow: another page {target}")


def is_home(url: str, expected: Expected) -> bool:
    """Whether a URL is a site's front page."""
    parts = urlsplit(url)
    homes = {canonical_url(home) for home in expected.home_urls}
    return (not parts.query and _HOME_PATH.fullmatch(parts.path) is not None) or canonical_url(url) in homes


def _is_same_host(url: str, target: str) -> bool:
    return host_of(url) == host_of(target)


def _is_same_page(url: str, target: str) -> bool:
    return canonical_url(url) == canonical_url(target)


def judge_content(signs: PageSigns, expected: Expected) -> Finding | None:
    """What a body says by itself: a redirect in the page, marks, identity, length. None when it is good."""
    if (finding := _judge_jump(signs, expected)) is not None:
        return finding
    if signs.notice is not None:
        return Finding(Outcome.BLOCKED, signs.notice, "generic")
    if signs.soft_mark is not None:
        return Finding(Outcome.GONE_SOFT, signs.soft_mark)
    return _judge_identity(signs, expected) or _judge_length(signs, expected)


def _judge_length(signs: PageSigns, expected: Expected) -> Finding | None:
    if signs.is_broken:
        encoding = signs.page.encoding
        return Finding(Outcome.ENCODING_DOUBT, f"declared {encoding.declared}, used {encoding.used}")
    if signs.is_cut_off:
        return Finding(Outcome.TRUNCATED, "the page ends in the middle")
    if expected.role is Role.LIST:
        return None
    if signs.is_list and expected.title and not signs.shows_title(expected.title):
        return Finding(Outcome.THROTTLED, "a list instead of the document")
    if signs.emptiness and signs.is_unread:
        return Finding(Outcome.ENCODING_DOUBT, "nested too deeply to be read")
    return Finding(Outcome.GONE_SOFT, signs.emptiness) if signs.emptiness else None


def _judge_jump(signs: PageSigns, expected: Expected) -> Finding | None:
    if signs.jump is None:
        return None
    url = expected.url or "http://page.invalid/document"
    target = resolve_link(url, signs.jump)
    if target is None or _is_same_page(url, target):
        return None
    if not expected.url and signs.jump.startswith(("http:", "https:")) and not is_home(target, expected):
        return None  # without the page's own address nothing tells its site from another
    finding = judge_redirect(url, target, expected)
    return Finding(Outcome.REDIRECTED_HOME, target) if not expected.url and is_home(target, expected) else finding


def _judge_identity(signs: PageSigns, expected: Expected) -> Finding | None:
    code, wanted = signs.site_id_code, expected.site_id_code
    if code and wanted and not (code.startswith(wanted) or wanted.startswith(code)):
        return Finding(Outcome.IDENTITY_MISMATCH, f"SiteIDCode {code}")
    if expected.url and expected.hosts and not is_listed(expected.url, expected.hosts):
        return Finding(Outcome.IDENTITY_MISMATCH, f"host {host_of(expected.url)}")
    if brand := _BRAND.search(f"{signs.window_title} {signs.site_name or ''}"):
        return Finding(Outcome.IDENTITY_MISMATCH, f"a clone: {brand[0]}")
    if expected.role is not Role.PAGE or not expected.title or signs.heading.text is None:
        return None
    old, new = set(find_numbers(expected.title)), set(find_numbers(signs.heading.text))
    if old and new and old.isdisjoint(new) and ratio(expected.title, signs.heading.text) < _OTHER_TITLE:
        return Finding(Outcome.IDENTITY_MISMATCH, f"another document: {signs.heading.text}")
    return None


def _judge_file(exchange: Exchange, expected: Expected, signs: PageSigns | None) -> Finding | None:
    if expected.role is Role.LIST and not exchange.body.strip():
        return Finding(Outcome.GONE_SOFT, "an empty answer")
    if expected.role is not Role.ATTACHMENT:
        return None
    if not exchange.body:
        return Finding(Outcome.GONE_SOFT, "an empty file")
    path = urlsplit(expected.url).path.lower()
    if signs is not None and not path.endswith((".htm", ".html", ".shtml")):
        return Finding(Outcome.GONE_SOFT, "a page instead of the file")
    if path.endswith(_BINARY) and len(exchange.body) <= _LONGEST_EXCUSE and _EXCUSE.match(exchange.body):
        return Finding(Outcome.ENCODING_DOUBT, "a message instead of the file")
    return None
