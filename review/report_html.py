"""The report as one HTML file that needs nothing else: no network, no font, no script from elsewhere.

The page's own style and script are admitted by their digest (Content Security Policy, Level 3), and nothing else is.
"""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from review.masking import mask_change, mask_text
from review.presentation import judge_link, present_change
from review.report import Report, arrange_report, count_kinds, fold_baselines, group_changes, split_groups
from review.times import name_zone, show_day, show_minute
from review.words import INTERFACE, KINDS, OUTCOMES, Phrase, word_incident
from storage.clock import format_instant
from storage.comparison.attachment_diff import find_tail
from storage.records import ChangeKind

OPEN_CHANGES = 12  # shown unfolded; the long tail opens at a click
OPEN_GROUP = 3  # further changes of a group that are listed under the first; more are folded
DETAILED_CHANGES = 1_000  # with diff and evidence; the rest is a list, so that the file stays small
LISTED_CHANGES = 5_000  # in that list; the other formats hold them all
BASELINE_TITLES = 100  # listed under a column's count

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def render_html(report: Report, *, language: str = "zh") -> str:
    """The report as a self-contained page in Chinese and English.

    ``language`` (``zh`` or ``en``) is shown first where no script runs; with a script the browser's language decides.
    """
    arranged = arrange_report(report)
    groups, listed = split_groups(group_changes(arranged.changes), DETAILED_CHANGES)
    style, script = read_style(), read_template("report.js")
    page = (
        make_environment()
        .get_template("report.html")
        .render(
            report=arranged,
            language=language,
            groups=[(group, [present_change(one, report) for one in group.changes]) for group in groups],
            listed=[mask_change(one) if report.is_masked else one for one in listed[:LISTED_CHANGES]],
            unlisted=max(0, len(listed) - LISTED_CHANGES),
            counts=count_kinds(arranged.changes),
            baselines=fold_baselines(arranged.changes),
            site_names={one.change.site: one.site_name for one in arranged.changes},
            figures=_word_figures(arranged),
            period=_word_period(report),
            zone=INTERFACE["zone"].fill(zone=name_zone(report.timezone, report.zone, report.generated_at)),
            words=INTERFACE,
            kinds=KINDS,
            outcomes=OUTCOMES,
            style=style,
            script=script,
            policy=write_policy(style, script),
            open_changes=OPEN_CHANGES,
            open_group=OPEN_GROUP,
            baseline_titles=BASELINE_TITLES,
            show_minute=lambda instant: show_minute(instant, report.zone),
            format_instant=format_instant,
            find_tail=find_tail,
            mask_title=mask_text if report.is_masked else str,
            judge_link=judge_link,
            word_incident=word_incident,
        )
    )
    return clean_page(page)


def clean_page(page: str) -> str:
    """The page with a replacement character for whatever no page may hold."""
    return _UNPRINTABLE.sub("\ufffd", page)


@cache
def make_environment() -> Environment:
    """The report's templates."""
    return Environment(
        loader=PackageLoader("review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def read_template(name: str) -> str:
    """A file beside the templates, such as a style or a script."""
    return files("review").joinpath("templates", name).read_text("utf-8")


def read_style() -> str:
    """The report's style, with its colours in the dark for browsers that prefer them; paper is always light."""
    dark = read_template("dark.css")
    return f"{read_template('report.css')}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def write_policy(style: str, script: str) -> str:
    """A policy that admits exactly this style and this script, and no request to anywhere."""
    sources = f"style-src {_name_digest(style)}; script-src {_name_digest(script)}"
    return f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"


def _name_digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _word_period(report: Report) -> Phrase:
    until = show_day(report.generated_at, report.zone)
    if report.since is None:
        return INTERFACE["period_all"].fill(until=until)
    return INTERFACE["period"].fill(since=show_day(report.since, report.zone), until=until)


def _word_figures(report: Report) -> tuple[Phrase, ...]:
    """The headline: how many changes on how many sites, baseline pages, open incidents."""
    told = [one.change for one in report.changes if not one.change.baseline]
    baseline = sum(one.change.baseline and one.change.kind is ChangeKind.NEW for one in report.changes)
    opened = sum(incident.closed_at is None for incident in report.incidents)
    sites = len({change.site for change in told})
    figures = [INTERFACE["one_change"] if len(told) == 1 else INTERFACE["change_count"].fill(count=len(told))]
    if told:
        figures.append(INTERFACE["one_site"] if sites == 1 else INTERFACE["site_count"].fill(count=sites))
    if baseline:
        figures.append(INTERFACE["baseline_count"].fill(count=baseline))
    if opened:
        figures.append(INTERFACE["incident_count"].fill(count=opened))
    return tuple(figures)
