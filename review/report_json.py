"""The report for programs: the JSON of ``replywatch report --format json``."""

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime

from review.masking import mask_change
from review.report import Report, arrange_report, compare_files
from storage.clock import format_instant
from storage.comparison.attachment_diff import AttachmentChange
from storage.records import Difference, Evidence, Hunk, Incident, ReportedChange


def render_json(report: Report) -> str:
    """The report as one JSON object, in reading order; times are ISO 8601 in UTC with ``Z``."""
    arranged = arrange_report(report)
    value = {
        "generated_at": format_instant(report.generated_at),
        "since": _show_instant(report.since),
        "changes": [show_change(mask_change(one) if report.is_masked else one, one) for one in arranged.changes],
        "hidden": [one.change.id for one in report.hidden],
        "incidents": [show_incident(incident) for incident in arranged.incidents],
    }
    return write_json(value) + "\n"


def write_json(value: object) -> str:
    """A value with the records that it holds as JSON; what is no Unicode becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_show_value)
    return text.encode("utf-8", "replace").decode()


def show_change(shown: ReportedChange, original: ReportedChange) -> dict[str, object]:
    """One change as plain values. ``original`` is the same change unmasked; it only tells what was covered."""
    change = shown.change
    difference = change.difference
    return {
        "id": change.id,
        "url": change.url,
        "site": change.site,
        "site_name": shown.site_name,
        "column": change.column,
        "column_name": shown.column_name,
        "title": change.title,
        "kind": change.kind.value,
        "kinds": list(difference.kinds),
        "score": round(difference.score, 4),
        "reasons": list(difference.reasons),
        "summary": difference.summary.zh,
        "summary_en": difference.summary.en,
        "detected_at": format_instant(change.detected_at),
        "last_good_at": _show_instant(change.last_good_at),
        "from_version": change.from_version,
        "to_version": change.to_version,
        "group": change.group,
        "baseline": change.baseline,
        "fields": {name: list(pair) for name, pair in difference.fields.items()},
        "hunks": show_hunks(difference, original.change.difference),
        "attachments": [_show_file(one) for one in compare_files(shown)],
        "evidence": None if change.evidence is None else show_evidence(change.evidence),
        "record_id": change.record_id,
    }


def _show_file(change: AttachmentChange) -> dict[str, object]:
    """What became of a file: the state (added, removed, replaced, renamed) and both sides."""
    return {
        "state": change.code.removeprefix("attachment_"),
        "old": None if change.old is None else asdict(change.old),
        "new": None if change.new is None else asdict(change.new),
    }


def show_hunks(shown: Difference, original: Difference) -> list[dict[str, object]]:
    """The hunks as ``diff`` prints them, with ``masked`` true where personal data were covered."""
    pairs = zip(shown.hunks, original.hunks, strict=True)
    return [_show_hunk(hunk, is_masked=hunk != unmasked) for hunk, unmasked in pairs]


def _show_hunk(hunk: Hunk, *, is_masked: bool) -> dict[str, object]:
    return {**asdict(hunk), "op": hunk.op.value, "masked": is_masked}


def show_evidence(evidence: Evidence) -> dict[str, object]:
    """Why a removal, a move or a delisting is believed."""
    return {
        "first_ok": _show_instant(evidence.first_ok),
        "last_ok": _show_instant(evidence.last_ok),
        "first_gone": _show_instant(evidence.first_gone),
        "tries": evidence.tries,
        "canary": evidence.canary,
        "new_url": evidence.new_url,
    }


def show_incident(incident: Incident) -> dict[str, object]:
    """An incident as plain values; ``closed_at`` is null while it is open."""
    return {
        "kind": incident.kind,
        "site": incident.site,
        "subject": incident.subject,
        "detail": incident.detail,
        "opened_at": format_instant(incident.opened_at),
        "last_at": format_instant(incident.last_at),
        "closed_at": _show_instant(incident.closed_at),
    }


def _show_instant(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _show_value(value: object) -> object:
    """What ``json`` does not know by itself: the records that a field may hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return format_instant(value)
    return str(value)
