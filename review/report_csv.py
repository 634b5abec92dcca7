"""The report as a table: one line a change, for spreadsheets."""

import csv
import io
import json
import re

from review.field_values import show_value
from review.masking import mask_change
from review.report import Report, arrange_report
from review.report_json import show_evidence
from review.times import show_minute
from review.words import KINDS, word_reason
from storage.clock import format_instant
from storage.records import Operation, ReportedChange

COLUMNS = (
    "id",
    "detected_at",
    "detected_local",
    "kind",
    "kind_zh",
    "kinds",
    "score",
    "site",
    "site_name",
    "column",
    "column_name",
    "title",
    "url",
    "summary",
    "summary_en",
    "reasons",
    "reasons_zh",
    "removed_text",
    "added_text",
    "moved_text",
    "fields",
    "last_good_at",
    "from_version",
    "to_version",
    "group",
    "baseline",
    "evidence",
    "record_id",
)

_CELL_LIMIT = 32_000  # a spreadsheet's cell holds 32,767 characters
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠|%]")  # noqa: RUF100 - full-width forms start formulas in East Asian spreadsheets


def render_csv(report: Report) -> str:
    """The report as CSV (RFC 4180), one line a change, with a byte-order mark so that Excel reads UTF-8.

    Cells that a spreadsheet would take for a formula begin with ``'``; line breaks inside a cell become spaces.
    """
    output = io.StringIO()
    writer = csv.DictWriter(output, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for reported in arrange_report(report).changes:
        shown = mask_change(reported) if report.is_masked else reported
        writer.writerow({name: guard_cell(value) for name, value in _show_row(shown, report).items()})
    return "\ufeff" + output.getvalue().encode("utf-8", "replace").decode()


def guard_cell(value: object) -> str:
    """A value as a harmless cell on one line (OWASP, CSV injection)."""
    text = " ".join(show_value(value).replace("\0", "").split())[:_CELL_LIMIT]
    return f"'{text}" if _FORMULA.match(text) else text


def _show_row(reported: ReportedChange, report: Report) -> dict[str, object]:
    change = reported.change
    difference = change.difference
    return {
        "id": change.id,
        "detected_at": format_instant(change.detected_at),
        "detected_local": show_minute(change.detected_at, report.zone),
        "kind": change.kind.value,
        "kind_zh": KINDS[change.kind].zh,
        "kinds": difference.kinds,
        "score": f"{difference.score:.2f}",
        "site": change.site,
        "site_name": reported.site_name,
        "column": change.column,
        "column_name": reported.column_name,
        "title": change.title,
        "url": change.url,
        "summary": difference.summary.zh,
        "summary_en": difference.summary.en,
        "reasons": " ".join(difference.reasons),
        "reasons_zh": [word_reason(code).zh for code in difference.reasons],
        **_show_texts(reported),
        "last_good_at": format_instant(change.last_good_at) if change.last_good_at else "",
        "from_version": change.from_version,
        "to_version": change.to_version,
        "group": change.group,
        "baseline": change.baseline,
        "evidence": json.dumps(show_evidence(change.evidence), ensure_ascii=False) if change.evidence else "",
        "record_id": change.record_id,
    }


def _show_texts(reported: ReportedChange) -> dict[str, object]:
    difference = reported.change.difference
    moved = [hunk.new for hunk in difference.hunks if hunk.op is Operation.MOVE]
    edited = [hunk for hunk in difference.hunks if hunk.op is not Operation.MOVE]
    return {
        "removed_text": " ¦ ".join(hunk.old.strip() for hunk in edited if hunk.old),
        "added_text": " ¦ ".join(hunk.new.strip() for hunk in edited if hunk.new),
        "moved_text": " ¦ ".join(words.strip() for words in moved),
        "fields": "; ".join(
            f"{name}: {show_value(old)} → {show_value(new)}" for name, (old, new) in difference.fields.items()
        ),
    }
