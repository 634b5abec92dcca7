"""Archived pages made ready to be shown: text in the right characters, every way out closed. Pure functions.

The policy that goes with a page lets no script run and no request leave; what is done here is for what a policy does
not govern: names looked up and connections opened beforehand, jumps by a timer, links to the live site.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

POLICY = (
    "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline' 'self'; font-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)
_ADDRESS = re.compile(r"https?://[\w.:\[\]-]+/[\w./-]*")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252"}
_BEGINNING = 4096  # bytes in which a page declares its encoding
_ACTING = """script base iframe frame fencedframe object embed applet portal audio video template animate animatecolor
    animatemotion animatetransform set discard mpath handler listener"""
_DROPPED = frozenset(_ACTING.split())  # the clocks of SVG among them: they can set an address after it was turned
_REACHING = """srcset ping background poster action formaction data manifest imagesrcset attributionsrc xml:base"""
_LOADING = frozenset(_REACHING.split())
_MARKUP = re.compile(r"<[a-z/!?]", re.IGNORECASE)
_REFUSED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_policy(archive: str) -> str:
    """The policy of a page made ready to be shown; ``archive`` is the address below which its parts lie.

    The page keeps its origin: without it a browser sends no cookie with the requests for its pictures and style sheets,
    and a room with users would turn them away. An origin is of use to scripts, and neither the sandbox nor the policy
    allows one; nor forms, frames, plugins, pop-ups, or jumps of the page around it. What a style sheet asks for must
    lie in the archive, so that it can reach nothing else of the room. What a reader follows may be saved: an archived
    attachment is given out as a file.
    """
    policy = f"{POLICY} allow-same-origin allow-downloads"
    return policy.replace("'self'", archive, 2) if _ADDRESS.fullmatch(archive) else policy


def decode_page(body: bytes, content_type: str, used: str | None = None) -> str:
    """The text of a page: in the encoding that the extractor used, else in what it declares, UTF-8 or GB 18030."""
    declared = [used, *_CHARSET.findall(content_type)]
    declared += [name.decode("ascii", "replace") for name in _META_CHARSET.findall(body[:_BEGINNING])]
    names = [_WIDER.get(name.lower(), name) for name in declared if name]
    for name in [*names, "utf-8", "gb18030"]:
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(names[0] if names and _is_encoding(names[0]) else "utf-8", "replace")


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True


def list_parts(text: str, url: str) -> tuple[str, ...]:
    """The pictures and style sheets that a page shows, as absolute URLs, each once."""
    tree = _parse(text)
    base = _find_base(tree, url)
    found = [node.get("src", "") for node in tree.iter("img")]
    found += [node.get("href", "") for node in tree.iter("link") if _is_style(node)]
    return tuple(dict.fromkeys(filter(None, (resolve_url(base, one) for one in found))))


def prepare_page(text: str, url: str, archived: Callable[[str], str], parts: Iterable[str]) -> str:
    """The page with links that lead into the archive and without what reaches out.

    ``archived`` gives the archive's address for a URL; ``parts`` are the pictures and style sheets that it holds.
    """
    tree, held = _parse(text), frozenset(parts)
    base = _find_base(tree, url)
    for node in list(tree.iter(etree.Element)):
        is_dropped = node.tag in _DROPPED or (node.tag == "link" and not _is_style(node))
        if is_dropped or _is_refresh(node) or _is_disguise(node):
            _remove(node)
            continue
        for name in [one for one in node.attrib if one.lower().startswith("on") or one.lower() in _LOADING]:
            del node.attrib[name]
        for name in ("src", "href", "{http://www.w3.org/1999/xlink}href", "xlink:href"):
            if name in node.attrib:
                _turn_link(node, name, base, archived, held)
    body: str = html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return body


def resolve_url(base: str, link: str) -> str | None:
    """The absolute address of a link when it is one of the web."""
    try:
        target = urljoin(base, link.strip())
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if parts.scheme in ("http", "https") and parts.netloc else None


def _turn_link(
    node: html.HtmlElement, name: str, base: str, archived: Callable[[str], str], held: frozenset[str]
) -> None:
    link = node.get(name, "")
    if link.startswith("#") or (node.tag == "img" and link.startswith("data:image/")):
        return
    target = resolve_url(base, link)
    is_link = node.tag in ("a", "area")
    if target is None or not (is_link or target in held):
        del node.attrib[name]
    else:
        node.set(name, archived(target))


def _parse(text: str) -> html.HtmlElement:
    """A whole document; libxml2 takes no control characters."""
    data = _REFUSED.sub("\ufffd", text).encode() or b" "
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except (etree.ParserError, ValueError):
        return html.document_fromstring(b"<html><head></head><body></body></html>", parser=parser)


def _find_base(tree: html.HtmlElement, url: str) -> str:
    declared = next((node.get("href", "") for node in tree.iter("base") if node.get("href")), "")
    return resolve_url(url, declared) or url


def _is_style(node: html.HtmlElement) -> bool:
    return "stylesheet" in node.get("rel", "").lower().split() and set(node.get("rel", "").lower().split()) <= {
        "stylesheet",
        "alternate",
    }


def _is_refresh(node: html.HtmlElement) -> bool:
    """Whether it is a tag that jumps, or speaks as a header would."""
    return node.tag == "meta" and ("http-equiv" in node.attrib or "charset" in node.attrib)


def _is_disguise(node: html.HtmlElement) -> bool:
    """Whether it is a style that a browser may read as markup, as it does within SVG and MathML."""
    return node.tag == "style" and _MARKUP.search(node.text or "") is not None


def _remove(node: html.HtmlElement) -> None:
    if node.tag == "embed":
        node.drop_tag()  # it has no end, so the parser takes what follows for its content
    elif node.getparent() is not None:
        node.drop_tree()
