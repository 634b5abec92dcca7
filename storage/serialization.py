"""Records to JSON values and back, for the database's JSON columns. What equals its default is left out."""

from typing import Any

from pydantic import TypeAdapter

from storage.records import Change, Document

_documents = TypeAdapter(Document)
_changes = TypeAdapter(Change)


def dump_document(document: Document) -> dict[str, Any]:
    """All of a document but its text, which has a column of its own."""
    values: dict[str, Any] = _documents.dump_python(document, mode="json", exclude_defaults=True, exclude={"text"})
    return values


def load_document(values: dict[str, Any], text: str) -> Document:
    """The inverse of `dump_document`."""
    return _documents.validate_python(values | {"text": text})


def dump_change(change: Change) -> dict[str, Any]:
    """The whole change."""
    values: dict[str, Any] = _changes.dump_python(change, mode="json", exclude_defaults=True)
    return values


def load_change(values: dict[str, Any]) -> Change:
    """The inverse of `dump_change`."""
    return _changes.validate_python(values)
