"""A comparison of two saved pages, shown as a report with one change in it."""

from datetime import datetime

from review.report import Report
from review.report_html import render_html
from review.report_markdown import render_markdown
from storage.records import Change, ChangeKind, Difference, Document, ReportedChange


def report_difference(old: Document, new: Document, difference: Difference, now: datetime, url: str) -> Report:
    """The report of one comparison made at ``now``; without a difference it is an empty one. Nothing is masked.

    ``url`` is where the pages came from, or the name of a file.
    """
    if not difference.changed:
        return Report(generated_at=now)
    change = Change(
        id=url,
        document_key=url,
        url=url,
        site="",
        column="",
        title=new.title or old.title or "",
        kind=ChangeKind(difference.kinds[0]),
        detected_at=now,
        record_id="",
        difference=difference,
    )
    shown = ReportedChange(
        change=change,
        site_name="",
        column_name="",
        old_text=old.text,
        new_text=new.text,
        old_attachments=old.attachments,
        new_attachments=new.attachments,
    )
    return Report(generated_at=now, changes=(shown,), is_masked=False)


def render_difference(report: Report, form: str) -> str:
    """The comparison as ``html`` or ``text``."""
    return render_html(report) if form == "html" else render_markdown(report)
