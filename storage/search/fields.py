"""The fields of a version in which words are looked for, and how their values read as one text. Pure."""

from collections.abc import Mapping
from typing import Any

TEXT = "text"
DEFAULT_KIND = "other"  # of a document that says none: what equals its default is not stored
MARKS = {
    "title": "t",
    "index_number": "i",
    "document_number": "d",
    "publisher": "p",
    "source": "o",
    "category": "c",
    "keywords": "w",
    "attachments": "a",
}  # fields beside the text, with the mark of their grams


def read_fields(document: Mapping[str, Any], text: str) -> dict[str, str]:
    """Every field's words, empty where a document has none; the text comes last. ``document`` is as it is stored."""
    return {name: read_value(document.get(name)) for name in MARKS} | {TEXT: text}


def read_kind(document: Mapping[str, Any]) -> str:
    """What kind of document it is."""
    return str(document.get("kind") or DEFAULT_KIND)


def read_value(value: object) -> str:
    """A value as a reader sees it: of files their names, each part of a list on a line of its own."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return str(value.get("name") or "")
    if isinstance(value, list | tuple):
        return "\n".join(read_value(one) for one in value)
    return ""
