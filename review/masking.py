"""Personal data of clerks hidden in what a reader is shown. Pure; the archive stays as it was published.

Masks keep the length of the text, so that every offset and line number stays true, and a change of a hidden value
still shows as a change.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from review.personal import MASK, Span, find_personal, is_person
from storage.records import Difference, Document, Hunk, ReportedChange, Summary

_KEPT_DIGITS = 3
_SIGNERS = frozenset({"signed_by", "reply.signed_by"})


def mask_text(text: str) -> str:
    """The text with mobile numbers (but for their first three digits) and names in contact lines covered.

    As long as before, and masking twice is masking once.
    """
    return _cover_spans(text, find_personal(text))


def mask_change(reported: ReportedChange) -> ReportedChange:
    """The change with title, fields, hunks, summary and both texts masked; addresses and evidence stay."""
    change = reported.change
    old_text, new_text = _mask_optional(reported.old_text), _mask_optional(reported.new_text)
    difference = change.difference
    hunks = tuple(_mask_hunk(hunk, reported, old_text, new_text) for hunk in difference.hunks)
    secrets = _collect_secrets(reported)
    masked = Difference(
        changed=difference.changed,
        kinds=difference.kinds,
        score=difference.score,
        reasons=difference.reasons,
        fields={name: _mask_pair(name, pair) for name, pair in difference.fields.items()},
        hunks=hunks,
        summary=_mask_summary(difference.summary, secrets),
    )
    return replace(
        reported,
        change=replace(change, title=mask_text(change.title), difference=masked),
        old_text=old_text,
        new_text=new_text,
        old_attachments=tuple(replace(file, name=mask_text(file.name)) for file in reported.old_attachments),
        new_attachments=tuple(replace(file, name=mask_text(file.name)) for file in reported.new_attachments),
    )


def mask_document(document: Document) -> Document:
    """The document as an export shows it: title, text, signer, names of files, and each value as beside its label."""
    reply = document.reply
    return replace(
        document,
        reply=replace(reply, signed_by=_mask_signer(reply.signed_by)) if reply else None,
        title=_mask_optional(document.title),
        text=mask_text(document.text),
        attachments=tuple(replace(file, name=mask_text(file.name)) for file in document.attachments),
        raw_fields=tuple(
            (label, mask_text(f"{label}：{value}")[len(label) + 1 :]) for label, value in document.raw_fields
        ),
    )


def _cover_spans(text: str, spans: Iterable[Span]) -> str:
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], _cover_value(text[start:end])]
        position = end
    return "".join([*parts, text[position:]])


def _cover_value(value: str) -> str:
    """A value hidden; of a number the first three digits stay, which say only that it is a mobile number."""
    kept = re.match(r"[+＋0-9０-９ -]*", value)
    start = min(_KEPT_DIGITS, kept.end() if kept else 0)
    return value[:start] + MASK * (len(value) - start)


def _mask_optional(text: str | None) -> str | None:
    return None if text is None else mask_text(text)


def _mask_hunk(hunk: Hunk, reported: ReportedChange, old_text: str | None, new_text: str | None) -> Hunk:
    """A hunk takes its words from the masked text, where a label may stand in the clause before it."""
    return replace(
        hunk,
        old=_cut_masked(hunk.old, hunk.old_start, reported.old_text, old_text),
        new=_cut_masked(hunk.new, hunk.new_start, reported.new_text, new_text),
    )


def _cut_masked(words: str, start: int, text: str | None, masked: str | None) -> str:
    end = start + len(words)
    if text is None or masked is None or text[start:end] != words:
        return mask_text(words)
    return masked[start:end]


def _collect_secrets(reported: ReportedChange) -> frozenset[str]:
    """The hidden values of this change, because a summary may quote one without its label."""
    hunks = reported.change.difference.hunks
    texts = [reported.old_text, reported.new_text, *(hunk.old for hunk in hunks), *(hunk.new for hunk in hunks)]
    return frozenset(text[start:end] for text in texts if text for start, end in find_personal(text))


def _mask_summary(summary: Summary, secrets: frozenset[str]) -> Summary:
    return Summary(_mask_known(summary.zh, secrets), _mask_known(summary.en, secrets))


def _mask_known(text: str, secrets: frozenset[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _cover_value(secret))
    return mask_text(text)


def _mask_pair(name: str, pair: tuple[object, object]) -> tuple[object, object]:
    old, new = pair
    return _mask_value(name, old), _mask_value(name, new)


def _mask_signer(value: str | None) -> str | None:
    """Who signed: a unit is shown, a person is not."""
    return _cover_value(value) if value and is_person(value) else _mask_optional(value)


def _mask_value(name: str, value: object) -> object:
    if isinstance(value, str):
        return _mask_signer(value) if name in _SIGNERS else mask_text(value)
    if isinstance(value, tuple | list):
        return tuple(_mask_value(name, one) for one in value)
    if isinstance(value, dict):
        return {key: _mask_value(str(key), one) for key, one in value.items()}
    return value
