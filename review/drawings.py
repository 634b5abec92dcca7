"""Archived SVG made ready to be shown: what draws is kept, what acts or reaches out is left away. Pure functions.

A drawing that somebody opens alone is a document of its own, with scripts, links and clocks that can set an address
anew after it was checked. So elements are kept by what they are known to do, and no other.
"""

from collections.abc import Callable

from lxml import etree

from review.replay import resolve_url

SVG = "http://www.w3.org/2000/svg"
_DRAWING = """svg g defs symbol use switch a title desc metadata style view path rect circle ellipse line polyline
    polygon text tspan textPath image marker pattern clipPath mask linearGradient radialGradient stop filter feBlend
    feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight
    feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence"""
_KEPT = frozenset(_DRAWING.split())
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def prepare_drawing(body: bytes, url: str, archived: Callable[[str], str]) -> str | None:
    """The drawing with links that lead into the archive; None for what is no drawing, or no well-formed one.

    ``archived`` gives the archive's address for a URL. Entities of outside are never fetched.
    """
    parser = etree.XMLParser(resolve_entities="internal", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.tag != f"{{{SVG}}}svg":
        return None
    for node in list(root.iter()):
        if not _is_kept(node):
            _remove(node)
            continue
        for name in list(node.attrib):
            _mend_attribute(node, str(name), url, archived)
    drawn: str = etree.tostring(root, encoding="unicode", with_tail=False)
    return drawn


def _is_kept(node: etree._Element) -> bool:
    """Whether it is an element of SVG that only draws; an entity that could not be resolved has no name."""
    if not isinstance(node.tag, str):
        return False
    name = etree.QName(node)
    return name.namespace == SVG and name.localname in _KEPT


def _mend_attribute(node: etree._Element, name: str, url: str, archived: Callable[[str], str]) -> None:
    local = name.rpartition("}")[2].lower()
    if local.startswith("on") or name == _BASE or local in ("ping", "base"):
        del node.attrib[name]
        return
    if local not in ("href", "src"):
        return
    link = str(node.get(name, "")).strip()
    kind = etree.QName(node).localname
    if link.startswith("#") or (kind == "image" and link.startswith("data:image/")):
        return
    target = resolve_url(url, link) if kind in ("a", "image") else None
    if target is None:
        del node.attrib[name]
    else:
        node.set(name, archived(target))


def _remove(node: etree._Element) -> None:
    """Take an element away with all that is in it, and leave the text that follows it."""
    parent, tail = node.getparent(), node.tail
    if parent is None:
        return
    before = node.getprevious()
    parent.remove(node)
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
