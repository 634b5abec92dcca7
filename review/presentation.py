"""A report's values made ready for a page: words chosen, times in the operator's zone, addresses judged safe.

Pure functions. The templates only lay out what stands here.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from review.evidence import tell_evidence
from review.field_values import show_value
from review.masking import mask_change
from review.passages import Passage, Piece, build_passages, cut_pieces, find_marks, has_both, widen_spans
from review.report import Report, compare_files
from review.timeline import Timeline, draw_timeline
from review.times import show_second
from review.words import INTERFACE, KINDS, OUTCOMES, Phrase, word_field, word_reason
from storage.comparison.attachment_diff import AttachmentChange
from storage.records import Capture, ChangeKind, ReportedChange

EXCERPT = 240  # characters of a page's beginning
OPEN_PASSAGES = 8  # shown at once; the others are folded
MOST_PASSAGES = 120  # in one change; more would drown the page
_MARKED_VALUE = 2_000  # characters of a field's value up to which changed characters are marked


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field, old and new, cut where they differ."""

    name: Phrase
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]

    @property
    def is_partly(self) -> bool:
        """Whether some characters are marked and others are not."""
        return has_both([*self.old, *self.new])


@dataclass(frozen=True, slots=True)
class CaptureView:
    """The evidence of one capture as words."""

    time: str
    instant: datetime
    outcome: Phrase
    detail: str
    status: str
    record_id: str
    payload_digest: str
    url: str
    file: str
    file_link: str | None
    place: Phrase | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change as the page shows it."""

    anchor: str
    shown: ReportedChange
    kind: Phrase
    also: tuple[Phrase, ...]
    title: str
    link: str | None
    new_link: str | None
    summary: Phrase
    score: float
    reasons: tuple[Phrase, ...]
    versions: Phrase | None
    evidence: tuple[Phrase, ...]
    passages: tuple[Passage, ...]
    folded_passages: tuple[Passage, ...]
    unshown_passages: int
    fields: tuple[FieldRow, ...]
    attachments: tuple[AttachmentChange, ...]
    excerpt: str
    excerpt_name: Phrase
    timeline: Timeline | None
    old: CaptureView | None
    new: CaptureView | None


def present_change(reported: ReportedChange, report: Report, *, is_brief: bool = False) -> ChangeView:
    """Everything that the page says about one change; with ``is_brief`` as `review.masking.mask_change` has it."""
    shown = mask_change(reported, is_brief=is_brief) if report.is_masked else reported
    change = shown.change
    difference = change.difference
    passages, unshown = build_passages(shown, reported, MOST_PASSAGES)
    evidence = change.evidence
    return ChangeView(
        anchor=f"c-{quote(change.id, safe='')}",
        shown=shown,
        kind=KINDS[change.kind],
        also=tuple(_word_kind(kind) for kind in difference.kinds if kind != change.kind),
        title=change.title or change.url,
        link=judge_link(change.url),
        new_link=judge_link(evidence.new_url) if evidence and evidence.new_url else None,
        summary=Phrase(difference.summary.zh, difference.summary.en or difference.summary.zh),
        score=min(1.0, max(0.0, difference.score)),
        reasons=tuple(word_reason(code) for code in difference.reasons),
        versions=_word_versions(change.from_version, change.to_version),
        evidence=tell_evidence(change, shown.column_name, report.zone),
        passages=passages[:OPEN_PASSAGES],
        folded_passages=passages[OPEN_PASSAGES:],
        unshown_passages=unshown,
        fields=_present_fields(shown, reported),
        attachments=compare_files(shown),
        excerpt=_cut_excerpt(shown),
        excerpt_name=INTERFACE["excerpt_old" if change.kind in _EXCERPT_OF_OLD else "excerpt_new"],
        timeline=draw_timeline(shown.timeline, change.detected_at),
        old=present_capture(shown.old, report),
        new=present_capture(shown.new, report),
    )


def judge_link(url: str) -> str | None:
    """The address when a reader may follow it: http or https, with a host and without control characters; else None."""
    if any(character <= " " or character == "\x7f" for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def link_record(archive: str | None, file: str) -> str | None:
    """The relative address of a WARC file below the archive's folder; None when it would lead out of it."""
    steps = file.split("/")
    if archive is None or not file or any(step in ("", ".", "..") for step in steps):
        return None
    folder = quote(archive.rstrip("/"), safe="/.")
    return f"{folder}/{quote(file, safe='/')}" if folder else f"./{quote(file, safe='/')}"


def _word_kind(kind: str) -> Phrase:
    return KINDS[ChangeKind(kind)] if kind in KINDS else Phrase(kind, kind)


def _word_versions(old: int | None, new: int | None) -> Phrase | None:
    if old is not None and new is not None and old != new:
        return INTERFACE["versions"].fill(old=old, new=new)
    number = new if new is not None else old
    return None if number is None else INTERFACE["first_version"].fill(new=number)


def _present_fields(shown: ReportedChange, original: ReportedChange) -> tuple[FieldRow, ...]:
    originals = original.change.difference.fields
    return tuple(
        _present_field(name, pair, originals[name])
        for name, pair in shown.change.difference.fields.items()
        if name != "attachments"
    )


def _present_field(name: str, pair: tuple[object, object], original: tuple[object, object]) -> FieldRow:
    old, new = show_value(pair[0]), show_value(pair[1])
    old_words, new_words = show_value(original[0]), show_value(original[1])
    is_marked = bool(old and new) and max(len(old), len(new)) <= _MARKED_VALUE
    old_spans, new_spans = find_marks(old_words, new_words) if is_marked else ((), ())
    return FieldRow(
        word_field(name),
        cut_pieces(old, widen_spans(old_spans, old, old_words)),
        cut_pieces(new, widen_spans(new_spans, new, new_words)),
    )


_EXCERPT_OF_OLD = frozenset({ChangeKind.GONE, ChangeKind.DELISTED, ChangeKind.MOVED})
_EXCERPT_OF_NEW = frozenset({ChangeKind.NEW, ChangeKind.RESTORED, ChangeKind.RELISTED})


def _cut_excerpt(shown: ReportedChange) -> str:
    """How the text begins, for changes that show no text otherwise."""
    kind = shown.change.kind
    if shown.change.difference.hunks or kind not in _EXCERPT_OF_OLD | _EXCERPT_OF_NEW:
        return ""
    text = shown.old_text or shown.new_text if kind in _EXCERPT_OF_OLD else shown.new_text or shown.old_text
    excerpt = (text or "").strip()
    return excerpt[:EXCERPT] + ("…" if len(excerpt) > EXCERPT else "")


def present_capture(capture: Capture | None, report: Report) -> CaptureView | None:
    """The evidence of a capture; the link leads to the WARC file that holds its record."""
    if capture is None:
        return None
    place = capture.place
    vendor = f" ({capture.vendor})" if capture.vendor else ""
    return CaptureView(
        time=show_second(capture.captured_at, report.zone),
        instant=capture.captured_at,
        outcome=OUTCOMES[capture.outcome],
        detail=f"{capture.detail}{vendor}".strip(),
        status="" if capture.status is None else str(capture.status),
        record_id=capture.record_id,
        payload_digest=capture.payload_digest or "",
        url=capture.url,
        file=place.file if place else "",
        file_link=link_record(report.archive, place.file) if place else None,
        place=INTERFACE["offset"].fill(offset=place.offset, length=place.length) if place else None,
    )
