"""Personal data of clerks hidden in what a reader is shown. Pure; the archive stays as it was published.

Masks keep the length of the text, so that every offset and line number stays true, and a change of a hidden value
still shows as a change.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from review.personal import MASK, Span, find_personal, is_person
from storage.records import Difference, Document, Hunk, ReportedChange, Summary

LONG = 200_000  # characters; shorter texts are always read whole
KEPT_BEGINNING = 100_000  # characters of a long text
KEPT_AROUND = 10_000  # characters before and after a hunk in a long text
_MARGIN = 500  # characters beyond a window that are read with it: a label may stand there
_KEPT_DIGITS = 3
_SIGNERS = frozenset({"signed_by", "reply.signed_by"})


def mask_text(text: str) -> str:
    """The text with mobile numbers (but for their first three digits) and names in contact lines covered.

    As long as before, and masking twice is masking once.
    """
    return _cover_spans(text, find_personal(text))


def mask_change(reported: ReportedChange, *, is_brief: bool = False) -> ReportedChange:
    """The change with title, fields, hunks, summary and both texts masked; addresses and evidence stay.

    With ``is_brief`` a long text is read at its beginning and about the hunks alone (`KEPT_BEGINNING`, `KEPT_AROUND`),
    and everything else of it is covered: reading ten million characters takes half a minute.
    """
    change = reported.change
    difference = change.difference
    old_spans = [(hunk.old_start, hunk.old_start + len(hunk.old)) for hunk in difference.hunks]
    new_spans = [(hunk.new_start, hunk.new_start + len(hunk.new)) for hunk in difference.hunks]
    old_text, old_secrets = _mask_parts(reported.old_text, old_spans, is_brief=is_brief)
    new_text, new_secrets = _mask_parts(reported.new_text, new_spans, is_brief=is_brief)
    hunks = tuple(_mask_hunk(hunk, reported, old_text, new_text) for hunk in difference.hunks)
    secrets = old_secrets | new_secrets | _collect_secrets(difference.hunks)
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


def _mask_parts(text: str | None, spans: Iterable[Span], *, is_brief: bool) -> tuple[str | None, frozenset[str]]:
    """A text masked, and the values that were hidden in it."""
    if text is None:
        return None, frozenset()
    parts: list[str] = []
    secrets: set[str] = set()
    position = 0
    for start, end in _choose_windows(len(text), spans) if is_brief and len(text) > LONG else ((0, len(text)),):
        margin = max(0, start - _MARGIN), min(len(text), end + _MARGIN)
        words = text[margin[0] : margin[1]]
        hidden = find_personal(words)
        secrets.update(words[first:last] for first, last in hidden)
        covered = _cover_spans(words, hidden)[start - margin[0] : end - margin[0]]
        parts += [MASK * (start - position), covered]
        position = end
    return "".join([*parts, MASK * (len(text) - position)]), frozenset(secrets)


def _choose_windows(length: int, spans: Iterable[Span]) -> list[Span]:
    """What is read of a long text: its beginning, and around each of the spans."""
    wanted = [(0, KEPT_BEGINNING), *((start - KEPT_AROUND, end + KEPT_AROUND) for start, end in spans)]
    windows: list[Span] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in wanted):
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], max(end, windows[-1][1])
        else:
            windows.append((start, end))
    return windows


def _collect_secrets(hunks: Iterable[Hunk]) -> frozenset[str]:
    """The hidden values of hunks, because a summary may quote one without its label."""
    texts = [words for hunk in hunks for words in (hunk.old, hunk.new)]
    return frozenset(text[start:end] for text in texts for start, end in find_personal(text))


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
