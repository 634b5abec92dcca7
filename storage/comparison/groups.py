"""Which changes are one event on many pages: the same difference, a renamed bureau, a line of a template."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256

from storage.comparison.characters import mark_characters
from storage.comparison.folding import squash_text
from storage.records import Difference, Hunk, Operation

LONGEST_CLAUSE = 2_000  # longer pieces are told apart whole


def digest_parts(*parts: str) -> str:
    """A short digest of some words: 32 hexadecimal digits."""
    return sha256("\x1f".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def group_page(document_key: str) -> str:
    """The group of what concerns one page alone."""
    return digest_parts("page", document_key)


def group_difference(site: str, difference: Difference) -> str:
    """The group of a difference: equal where the same words were put for the same words, whatever stands around them.

    Where and how often on a page does not matter.
    """
    edits = {json.dumps(edit, ensure_ascii=False) for edit in list_edits(difference)}
    return digest_parts("diff", site, *sorted(edits))


def list_edits(difference: Difference) -> Iterator[Sequence[object]]:
    """The normalised edits of a difference."""
    for hunk in difference.hunks:
        yield from reduce_hunk(hunk)
    for name, (old, new) in difference.fields.items():
        if isinstance(old, str) and isinstance(new, str):
            yield from (["field", name, before, after] for before, after in list_replacements(old, new))
        else:
            yield ["field", name, fold_value(old), fold_value(new)]
    if not difference.hunks and not difference.fields:
        yield ["other", *difference.kinds, difference.summary.zh]


def reduce_hunk(hunk: Hunk) -> Iterator[Sequence[object]]:
    """An edited clause as its changed words; any other hunk as a whole."""
    if hunk.op is Operation.REPLACE and max(len(hunk.old), len(hunk.new)) <= LONGEST_CLAUSE:
        yield from (["text", before, after] for before, after in list_replacements(hunk.old, hunk.new))
    else:
        yield [hunk.op.value, squash_text(hunk.old), squash_text(hunk.new)]


def list_replacements(old: str, new: str) -> list[tuple[str, str]]:
    """The words that were put for others."""
    return [
        (squash_text(before), squash_text(after)) for tag, before, after in mark_characters(old, new) if tag != "equal"
    ]


def fold_value(value: object) -> object:
    """A field's value without order, white space and width."""
    if isinstance(value, list):
        return sorted(squash_text(str(member)) for member in value)
    return squash_text(str(value or ""))
