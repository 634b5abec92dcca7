"""Which rules and libraries made a document: two documents of one fingerprint differ only because the page did."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from lxml import etree

_LIBRARIES = ("trafilatura",)


@cache
def make_fingerprint() -> str:
    """``rules-<digest> lxml-… libxml2-… trafilatura-…``; the digest covers this package's own code."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    parts = [f"rules-{digest.hexdigest()[:12]}"]
    parts.append(f"lxml-{'.'.join(map(str, etree.LXML_VERSION[:3]))}")
    parts.append(f"libxml2-{'.'.join(map(str, etree.LIBXML_VERSION))}")
    return " ".join([*parts, *(f"{name}-{version(name)}" for name in _LIBRARIES)])
