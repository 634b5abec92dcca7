"""Which differences between two bodies of a page say nothing: view counters, captchas, tokens, the present time. Pure.

A page that differs from its last good body in such places only is not judged and read again: a round over an archive
is mostly such pages. The rules are narrow, since what they take for nothing nobody sees again: each names a place that
extraction never reads, or a number behind a label that says that it is a counter. Whatever is not sure is read, and so
is what stands in the document itself: a reply may tell how often a site was visited.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from html import unescape
from itertools import islice

_QUERY = re.compile(rb"(\b(?:src|href)\s*=\s*[\"']?[^\"'\s>?#]*)\?[^\"'\s>]*", re.IGNORECASE)
_UNREAD_TAG = re.compile(rb"(?:img|script|link)\s", re.IGNORECASE)  # what extraction does not read
_TOKEN_TAG = re.compile(rb"(?:input|meta)\s[^>]*(?:hidden|csrf|token)", re.IGNORECASE)
_TOKEN = re.compile(rb"(\b(?:value|content)\s*=\s*[\"']?)[A-Za-z0-9+/=_:.-]{8,400}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_COUNTER = re.compile(
    r"(?:浏览|点击|阅读|访问|点赞|打开)(?:次数|人数|数量|量|数|率)?\s*(?:[:：]|为)?\s*[\[（(【]?\s*$|\b(?:views|hits|visits)\s*:?\s*$",
    re.IGNORECASE,
)
_COUNTER_NAME = re.compile(
    rb"\b(?:id|class)\s*=\s*[\"']?(?:views?|hits?|pv|(?:view|hit|click|read|visit|browse)_?-?(?:count|num|number|times|s))"
    rb"[\"'\s>]",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\s*(?:今天是|当前时间|现在时间|系统时间|北京时间)[\d年月日时分秒星期周一二三四五六天:：\-/.,，\s]{4,60}"
)
_SENTENCE = re.compile("[。；！？]")  # a sentence may speak of 访问量 and mean it
_CELL = re.compile(rb"t[dh]\b", re.IGNORECASE)  # a table may count visits and be the document
_LABEL_LINE = 120  # characters; a line of labels is no longer
_LABEL_REACH, _LABEL_PIECES = 40, 6
_CONTEXT = 4  # letters before a number by which it is looked for in the document
_NO_LETTERS = re.compile(r"[\W_]+")
_MOST = 40
"""Differing places; a page with more is another page."""


def is_volatile(old: bytes, new: bytes, read_text: Callable[[], str] = str) -> bool:
    """Whether two bodies (decoded from their content coding) differ in nothing but what changes by itself.

    Works on bytes: ``<`` and ``>`` are themselves in every encoding but UTF-16, whose pages are never taken for alike.
    ``read_text`` gives the text of the old body's document; it is called when a visible text differs.
    """
    before, after = old.split(b"<"), new.split(b"<")
    if len(before) != len(after):
        return False
    places = [place for place, piece in enumerate(after) if piece != before[place]]
    read_flat = cache(lambda: _flatten(read_text()))
    return len(places) <= _MOST and all(_is_volatile_place(before, after, place, read_flat) for place in places)


def _is_volatile_place(before: list[bytes], after: list[bytes], place: int, read_flat: Callable[[], str]) -> bool:
    """Whether one piece (a tag and the text behind it) differs in what says nothing."""
    old, new = before[place], after[place]
    if old.startswith(b"!--") and new.startswith(b"!--"):
        old_end, new_end = old.find(b"-->"), new.find(b"-->")
        return min(old_end, new_end) > 0 and old[old_end:] == new[new_end:]
    (old_tag, _, old_text), (new_tag, _, new_text) = old.partition(b">"), new.partition(b">")
    if old_tag != new_tag and not _is_same_tag(old_tag, new_tag):
        return False
    if old_text == new_text:
        return True
    old_line, new_line = _decode_text(old_text), _decode_text(new_text)
    if _PRESENT.fullmatch(old_line) and _PRESENT.fullmatch(new_line):
        return _flatten(old_line) not in read_flat()
    number = _find_number(old_line, new_line)
    if number is None:
        return False
    lead = old_line[: number.start()]
    return _is_counter(after, place, lead, new_line) and not _is_told(before, place, lead, number[0], read_flat())


def _is_same_tag(old: bytes, new: bytes) -> bool:
    if _UNREAD_TAG.match(old):
        return _QUERY.sub(rb"\1", old) == _QUERY.sub(rb"\1", new)
    return bool(_TOKEN_TAG.match(old)) and _TOKEN.sub(rb"\1", old) == _TOKEN.sub(rb"\1", new)


def _find_number(old: str, new: str) -> re.Match[str] | None:
    """The one number in which two texts differ, where it stands in the old one; None when they differ in more."""
    if _DIGITS.split(old) != _DIGITS.split(new):
        return None
    numbers = zip(_DIGITS.finditer(old), _DIGITS.findall(new), strict=True)
    changed = [one for one, other in numbers if one[0] != other]
    return changed[0] if len(changed) == 1 else None


def _is_counter(pieces: list[bytes], place: int, lead: str, line: str) -> bool:
    """Whether the number behind ``lead`` in a line counts visits, by its label or by its own tag."""
    if _COUNTER.search(lead):
        return len(line) <= _LABEL_LINE and not _SENTENCE.search(line)
    is_alone = not lead.strip(" \t\r\n[（(【") and not _CELL.match(pieces[place])
    return is_alone and (bool(_COUNTER_NAME.search(pieces[place])) or _has_label(pieces, place))


def _is_told(pieces: list[bytes], place: int, lead: str, number: str, told: str) -> bool:
    """Whether the number stands in the document: one behind the same letters, or itself where it is behind none."""
    before = "".join(_decode_text(piece.rpartition(b">")[2]) for piece in pieces[max(place - _LABEL_PIECES, 0) : place])
    context = _flatten(before + lead)[-_CONTEXT:]
    return re.search(re.escape(context) + (r"\d" if context else re.escape(number)), told) is not None


def _flatten(text: str) -> str:
    """Letters and digits alone, in their plain forms."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", unescape(text)))


def _has_label(pieces: list[bytes], place: int) -> bool:
    """Whether the text before a number says that it counts visits; the number's own tags stand between."""
    for piece in islice(reversed(pieces[:place]), _LABEL_PIECES):
        text = _decode_text(piece.rpartition(b">")[2]).strip()
        if text:
            return _COUNTER.search(text[-_LABEL_REACH:]) is not None
    return False


def _decode_text(data: bytes) -> str:
    """The text of a piece; a label is read in either of the encodings that such pages have."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")
