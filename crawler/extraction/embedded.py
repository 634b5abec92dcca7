"""A document that the page carries as data: gkmlpt's ``_CONFIG``, Hanweb's datastore, an editor's text area."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.container import has_known_name
from crawler.extraction.outline import BLOCKS, Outline

_DETAIL = re.compile(r"[\"']?DETAIL[\"']?\s*:\s*(?=\{)|(?:_CONFIG|DETAIL|detail|articleData)\s*=\s*(?=\{)")
_CONTENT = re.compile(r"[\"'](?:content|contentHtml|htmlContent|articleContent)[\"']?\s*:\s*(\"(?:[^\"\\]|\\.){20,}\")")
_ASSIGNED = re.compile(r"var\s+\w*[cC]ontent\w*\s*=\s*(\"(?:[^\"\\]|\\.){60,}\")")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_MARKUP = re.compile(r"<(?:p|div|span|table|br)\b", re.IGNORECASE)
_SHORTEST = 20
_LABELS = {
    "identifier": "索引号", "document_number": "文号", "publisher": "发布机构", "keywords": "主题词",
    "first_publish_time": "发布时间", "date": "成文日期", "title": "标题",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Embedded:
    """``markup`` of the text, ``pairs`` of label and value, and the files as (url, name)."""

    markup: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)


def find_embedded(outline: Outline) -> Embedded | None:
    """The longest document that scripts and text areas carry, None when they carry none."""
    found = [embedded for element in outline.nodes for embedded in _read_element(str(element.tag), element.text or "")]
    found += [embedded for element in outline.concealed if (embedded := _read_concealed(element)) is not None]
    return max(found, key=lambda embedded: len(embedded.markup), default=None)


def _read_concealed(element: Element) -> Embedded | None:
    """A vendor's container that is hidden until a script shows it."""
    if element.tag not in BLOCKS or not has_known_name(element):
        return None
    inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return Embedded((element.text or "") + inner)


def _read_element(tag: str, text: str) -> Iterator[Embedded]:
    if len(text) < _SHORTEST:
        return
    if tag == "script":
        yield from _read_script(text)
    elif tag in {"textarea", "template", "noscript"} and _MARKUP.search(text):
        yield Embedded(text)


def _read_script(text: str) -> Iterator[Embedded]:
    if "CDATA" in text or "<record" in text:
        records = _CDATA.findall(text) or [html.unescape(text)]
        yield Embedded("".join(records))
    for match in _DETAIL.finditer(text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        yield from _read_detail(value)
    for pattern in (_CONTENT, _ASSIGNED):
        for match in pattern.finditer(text):
            content = _read_string(match[1])
            if content and _MARKUP.search(content):
                yield Embedded(content)


def _read_string(literal: str) -> str | None:
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _read_detail(value: object) -> Iterator[Embedded]:
    if not isinstance(value, dict):
        return
    inner = value.get("DETAIL", value)
    detail = inner if isinstance(inner, dict) else value
    content = detail.get("content")
    if not isinstance(content, str) or len(content) < _SHORTEST:
        return
    pairs = [(label, str(detail[key])) for key, label in _LABELS.items() if isinstance(detail.get(key), str)]
    for key, word in (("is_abolished", "已废止"), ("is_expired", "已失效")):
        if detail.get(key) in {True, "1", "true"}:
            pairs.append(("有效性", word))
    rows = detail.get("attachment")
    files = (
        [(str(row.get("url") or ""), str(row.get("name") or "")) for row in rows if isinstance(row, dict)]
        if isinstance(rows, list)
        else []
    )
    yield Embedded(content, pairs, files)
