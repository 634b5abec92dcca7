"""Which characters the bytes of a page are.

The rule: byte-order mark, then the charset of the HTTP header, then that of the page's meta element, each checked by a
strict decode; then strict trials of utf-8 and gb18030. gb2312 and gbk are read as gb18030. Nothing is ever guessed.
"""

import codecs
import re
from dataclasses import dataclass

from storage.records import Encoding

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_WINDOW = 8192
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CHINESE = frozenset({"gb2312", "gbk", "cp936", "hz", "gb18030", "gb2312-80", "gb_2312-80", "x-gbk", "euc-cn"})
# One-byte charsets decode anything: a server's default of this kind proves nothing, so the trials come first.
_ONE_BYTE = frozenset({"iso8859-1", "latin_1", "cp1252", "ascii", "iso8859-15"})
_CJK = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
_ABOVE_ASCII = re.compile(r"[^\x00-\x7f]")
_CJK_MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's characters; ``encoding`` says what was declared and used, ``doubts`` what was not sure."""

    text: str
    encoding: Encoding
    doubts: tuple[str, ...] = ()


def decode_body(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page's body by the rule above; ``content_type`` is the HTTP header's value, when there was one.

    The doubt ``encoding`` stands for a declaration that the bytes contradict, ``encoding_broken`` for bytes that are
    in no known encoding: those are decoded with replacement characters, never with another alphabet.
    """
    declared = find_declared(body, content_type)
    for mark, name in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(name, errors="replace")
            return Decoded(text, Encoding(declared, name), ())
    for name in _order_trials(declared):
        text_or_none = _decode_strictly(body, name)
        if text_or_none is not None:
            contradicted = declared is not None and _canonical(declared) not in {name, *_ONE_BYTE}
            return Decoded(text_or_none, Encoding(declared, name), ("encoding",) if contradicted else ())
    name = _choose_least_broken(body, declared)
    return Decoded(body.decode(name, errors="replace"), Encoding(declared, name), ("encoding_broken",))


def find_declared(body: bytes, content_type: str | None = None) -> str | None:
    """The declared charset in lower case: the HTTP header's, else the page's own, else None."""
    if content_type and (header := _HTTP_CHARSET.search(content_type)):
        return header[1].lower()
    window = body[:_META_WINDOW]
    found = _XML_CHARSET.search(window) or _META_CHARSET.search(window)
    return found[1].decode("ascii", errors="replace").lower() if found else None


def _canonical(name: str) -> str:
    """Python's name of a charset; gb2312 and gbk count as gb18030; an unknown name stays as it is."""
    if name in _CHINESE:
        return "gb18030"
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return name


def _order_trials(declared: str | None) -> list[str]:
    first = [] if declared is None or _canonical(declared) in _ONE_BYTE else [_canonical(declared)]
    names = dict.fromkeys([*first, "utf-8", "gb18030"])
    return [name for name in names if _is_codec(name)]


def _is_codec(name: str) -> bool:
    try:
        # utf-16 without a mark decodes any even number of bytes, and codecs such as rot13 are no charsets.
        return codecs.lookup(name)._is_text_encoding and not name.startswith(("utf-16", "utf-32", "utf-7"))  # noqa: SLF001 - the only sign there is
    except (LookupError, ValueError):
        return False


def _decode_strictly(body: bytes, name: str) -> str | None:
    """The text when the bytes are valid, a character cut off at the very end forgiven.

    Bytes of UTF-8 can be valid gb18030 by chance, hardly ever the other way round: when both hold, valid UTF-8 that
    reads as Chinese wins.
    """
    try:
        text = codecs.getincrementaldecoder(name)("strict").decode(body)
    except (UnicodeError, LookupError):
        return None
    if name == "utf-8":
        return text
    other = _decode_strictly(body, "utf-8")
    return None if other is not None and _reads_as_chinese(other) else text


def _reads_as_chinese(text: str) -> bool:
    above = len(_ABOVE_ASCII.findall(text))
    return above > 0 and len(_CJK.findall(text)) >= above * _CJK_MAJORITY


def _choose_least_broken(body: bytes, declared: str | None) -> str:
    names = _order_trials(declared)
    return min(names, key=lambda name: body.decode(name, errors="replace").count("\ufffd"))
