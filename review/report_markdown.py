"""The report as Markdown: for mail, notes and version control."""

import re
from collections.abc import Iterator

from review.evidence import tell_evidence
from review.field_values import show_value
from review.masking import mask_change
from review.presentation import judge_link, link_record
from review.report import Report, arrange_report, compare_files, fold_baselines, group_changes
from review.times import name_zone, show_minute, show_second
from review.words import INTERFACE, KINDS, OUTCOMES, word_field, word_incident, word_reason
from storage.records import Capture, Difference, Hunk, Operation, ReportedChange

LONGEST = 4_000  # characters of one side of a hunk

_SPECIAL = re.compile(r"([\\`*_\[\]>|~$@]|(?<=www)\.|:(?=//))")  # marks, and what some readers make links of
_LEADING = re.compile(r"^([#+=>-]|\d{1,9}(?=[.)]))")  # what makes a heading, list or rule of a line
_BREAKS = re.compile(r"[\r\n\t\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def render_markdown(report: Report, *, language: str = "zh") -> str:
    """The report as CommonMark with tables (GitHub's), in ``zh`` or ``en``; words from pages are escaped."""
    arranged = arrange_report(report)
    writer = _Writer(arranged, language)
    lines = [*writer.write_head(), *writer.write_incidents(), *writer.write_changes(), *writer.write_baselines()]
    return ("\n".join([*lines, *writer.write_foot()]) + "\n").encode("utf-8", "replace").decode()


def escape_words(text: str) -> str:
    """Words from a page on one line, harmless in Markdown and in the HTML made of it."""
    line = _BREAKS.sub(" ", text).strip().replace("&", "&amp;").replace("<", "&lt;")
    words = _SPECIAL.sub(r"\\\1", line)
    return _LEADING.sub(lambda found: f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}", words)


class _Writer:
    """Lines of Markdown in one language."""

    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = language

    def say(self, name: str, **values: object) -> str:
        return INTERFACE[name].fill(**values).read_in(self.language)

    def write_head(self) -> Iterator[str]:
        report = self.report
        told = sum(not one.change.baseline for one in report.changes)
        until = show_minute(report.generated_at, report.zone)
        yield f"# {self.say('product')} · {self.say('report_title')}"
        yield ""
        if report.since is None:
            yield self.say("period_all", until=until) + "  "
        else:
            yield self.say("period", since=show_minute(report.since, report.zone), until=until) + "  "
        yield self.say("one_change") if told == 1 else self.say("change_count", count=told)
        yield ""

    def write_incidents(self) -> Iterator[str]:
        if not self.report.incidents:
            return
        yield f"## {self.say('incidents')}"
        yield ""
        yield self.say("incidents_note")
        yield ""
        for incident in self.report.incidents:
            state = self.say("closed" if incident.closed_at else "open")
            kind = word_incident(incident.kind).read_in(self.language)
            about = " · ".join(map(escape_words, (incident.site, incident.subject, incident.detail)))
            start, last = (show_minute(time, self.report.zone) for time in (incident.opened_at, incident.last_at))
            yield f"- [{state}] **{escape_words(kind)}** {about} ({self.say('since_time', start=start, last=last)})"
        yield ""

    def write_changes(self) -> Iterator[str]:
        yield f"## {self.say('changes')}"
        yield ""
        groups = group_changes(self.report.changes)
        if not groups:
            state = "first" if self.report.changes else "empty"
            yield f"**{self.say(f'{state}_title')}** {self.say(f'{state}_text')}"
            yield ""
        for group in groups:
            yield from self.write_change(group.lead)
            if group.rest:
                yield f"**{self.say('group_rest', count=len(group.rest))}**"
                yield ""
                for reported in group.rest:
                    yield from self.write_change(reported)

    def write_change(self, reported: ReportedChange) -> Iterator[str]:
        shown = mask_change(reported) if self.report.is_masked else reported
        yield from self.write_heading(shown)
        yield from self.write_findings(shown)
        yield from self.write_hunks(shown.change.difference)
        yield from self.write_fields(shown.change.difference)
        yield from self.write_files(shown)
        yield from self.write_capture("before", shown.old)
        yield from self.write_capture("after", shown.new)
        yield ""

    def write_heading(self, shown: ReportedChange) -> Iterator[str]:
        change = shown.change
        facts = (
            self.say("score", score=f"{change.difference.score:.2f}"),
            escape_words(shown.site_name),
            escape_words(shown.column_name),
            show_minute(change.detected_at, self.report.zone),
        )
        link = judge_link(change.url)
        yield f"### {KINDS[change.kind].read_in(self.language)} · {escape_words(change.title or change.url)}"
        yield ""
        yield " · ".join(filter(None, facts)) + "  "
        yield f"<{link.replace('<', '%3C').replace('>', '%3E')}>" if link else escape_words(change.url)
        yield ""

    def write_findings(self, shown: ReportedChange) -> Iterator[str]:
        """The summary, the reasons and the evidence, a paragraph each."""
        change = shown.change
        summary = change.difference.summary
        if gist := (summary.en or summary.zh) if self.language == "en" else summary.zh:
            yield from (escape_words(gist), "")
        if change.difference.reasons:
            words = (word_reason(code).read_in(self.language) for code in change.difference.reasons)
            yield from (f"{self.say('reasons')}: {', '.join(map(escape_words, words))}", "")
        for phrase in tell_evidence(change, shown.column_name, self.report.zone):
            yield from (escape_words(phrase.read_in(self.language)), "")
        if change.evidence and change.evidence.new_url:
            yield from (f"{self.say('new_address')}: {escape_words(change.evidence.new_url)}", "")

    def write_hunks(self, difference: Difference) -> Iterator[str]:
        if difference.hunks:
            yield "```diff"
            for hunk in difference.hunks:
                yield from self.write_hunk(hunk)
            yield "```"
            yield ""

    def write_hunk(self, hunk: Hunk) -> Iterator[str]:
        """A hunk in a fence: every line begins with a sign, so no word of a page can close the fence."""
        moved = f" {self.say('moved_text')}" if hunk.op is Operation.MOVE else ""
        yield f"@@ -{hunk.old_line} +{hunk.new_line} @@{moved}"
        for sign, words in (("-", hunk.old), ("+", hunk.new)):
            cut = f"\n{self.say('cut_text', count=len(words) - LONGEST)}" if len(words) > LONGEST else ""
            for line in (words[:LONGEST] + cut).splitlines():
                yield f"{sign} {line}"

    def write_fields(self, difference: Difference) -> Iterator[str]:
        if difference.fields:
            yield f"| {self.say('field')} | {self.say('old')} | {self.say('new')} |"
            yield "| --- | --- | --- |"
            for name, (old, new) in difference.fields.items():
                words = word_field(name).read_in(self.language)
                yield f"| {escape_words(words)} | {self.show_field(old)} | {self.show_field(new)} |"
            yield ""

    def write_files(self, shown: ReportedChange) -> Iterator[str]:
        changes = compare_files(shown)
        for one in changes:
            file = one.new or one.old
            address = escape_words(file.url) if file else ""
            yield f"- {word_reason(one.code).read_in(self.language)}: {escape_words(one.name)} {address}"
        if changes:
            yield ""

    def show_field(self, value: object) -> str:
        return escape_words(show_value(value)) or self.say("nothing")

    def write_capture(self, name: str, capture: Capture | None) -> Iterator[str]:
        if capture is None:
            return
        place = capture.place
        link = link_record(self.report.archive, place.file) if place else None
        record = (
            f"[{escape_words(place.file)}]({link})" if place and link else escape_words(place.file if place else "–")
        )
        offset = f" @ {place.offset}" if place else ""
        time = show_second(capture.captured_at, self.report.zone)
        outcome = OUTCOMES[capture.outcome].read_in(self.language)
        status = "" if capture.status is None else f" {capture.status}"
        yield f"- {self.say(name)}: {time} · {outcome}{status} · `{capture.record_id}` · {record}{offset}"

    def write_baselines(self) -> Iterator[str]:
        baselines = fold_baselines(self.report.changes)
        if not baselines:
            return
        yield f"## {self.say('baseline')}"
        yield ""
        yield self.say("baseline_note")
        yield ""
        yield f"| {self.say('site')} | {self.say('column')} | {self.say('pages')} |"
        yield "| --- | --- | ---: |"
        for one in baselines:
            yield f"| {escape_words(one.site_name)} | {escape_words(one.column_name)} | {len(one.changes)} |"
        yield ""

    def write_foot(self) -> Iterator[str]:
        report = self.report
        yield "---"
        yield ""
        yield self.say("zone", zone=name_zone(report.timezone, report.zone, report.generated_at)) + "  "
        if report.hidden:
            yield self.say("hidden", count=len(report.hidden)) + "  "
        yield self.say("masked" if report.is_masked else "unmasked") + "  "
        yield self.say("caution")
