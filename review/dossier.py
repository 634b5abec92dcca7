"""What a dossier says: its pages, its list, its README. Pure functions of values; `review.dossier_file` packs them.

Pages of changes do not say when the dossier was made, so that two dossiers of the same changes have the same pages.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from review.dossier_words import DOSSIER, FILES, NO_ROOT, PROOFS, README, ROOT, VERDICTS
from review.masking import mask_change, mask_text
from review.passages import Piece
from review.personal import Span
from review.presentation import judge_link, present_change
from review.report import Report
from review.report_html import clean_page, make_environment, read_style, read_template, write_policy
from review.report_json import show_change
from review.times import name_zone, show_minute
from review.words import INTERFACE, KINDS, OUTCOMES, Phrase
from storage.clock import format_instant
from storage.comparison.attachment_diff import find_tail
from storage.dossiers import ChosenChange
from storage.records import ChangeKind, ReportedChange
from storage.verdicts import Judgement

LONGEST_TEXT = 200_000  # characters of either text on a page
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What holds for a whole dossier.

    ``selection`` is how the changes were chosen, as names and values. ``hidden`` counts those that rules of the
    operator hid. ``has_verdicts`` adds what reviewers said; ``is_masked`` covers personal data.
    """

    made_at: datetime
    timezone: str = "Asia/Shanghai"
    selection: tuple[tuple[str, str], ...] = ()
    hidden: int = 0
    is_masked: bool = True
    has_verdicts: bool = False

    @property
    def report(self) -> Report:
        """What the report's own parts want to know."""
        return Report(generated_at=self.made_at, timezone=self.timezone, is_masked=self.is_masked)

    def name_zone(self, instant: datetime) -> Phrase:
        """In which zone times are shown."""
        return INTERFACE["zone"].fill(zone=name_zone(self.timezone, self.report.zone, instant))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change in the list."""

    number: int
    file: str
    site_name: str
    column_name: str
    kind: ChangeKind
    title: str
    score: float
    summary: Phrase
    detected_at: datetime
    verdict: Phrase | None


@dataclass(frozen=True, slots=True)
class SaidView:
    """A reviewer's verdict as words."""

    verdict: Phrase
    reviewer: str
    made: str
    note: str


def name_page(number: int, change_id: str) -> str:
    """The file of a change, in the order of the list."""
    return f"changes/{number:04d}-{name_plainly(change_id)[:12]}.html"


def name_plainly(word: str) -> str:
    """An id as a part of a file's name; one that is no plain word goes by its digest."""
    return word if _PLAIN.fullmatch(word) else sha256(word.encode()).hexdigest()


def build_line(number: int, chosen: ChosenChange, frame: Frame) -> Line:
    """A change as a line of the list."""
    shown = cover_change(chosen.reported, frame)
    change = shown.change
    summary = change.difference.summary
    said = present_judgement(chosen.judgement, frame)
    return Line(
        number=number,
        file=name_page(number, change.id),
        site_name=shown.site_name,
        column_name=shown.column_name,
        kind=change.kind,
        title=change.title or change.url,
        score=min(1.0, max(0.0, change.difference.score)),
        summary=Phrase(summary.zh, summary.en or summary.zh),
        detected_at=change.detected_at,
        verdict=said.verdict if said else None,
    )


def cover_change(reported: ReportedChange, frame: Frame) -> ReportedChange:
    """The change as the dossier may show it."""
    return mask_change(reported) if frame.is_masked else reported


def present_judgement(judgement: Judgement | None, frame: Frame) -> SaidView | None:
    """What was said of a change, where the dossier tells it; a note may quote what is covered elsewhere."""
    if judgement is None or not frame.has_verdicts:
        return None
    note = mask_text(judgement.note) if frame.is_masked else judgement.note
    made = show_minute(judgement.made_at, frame.report.zone)
    return SaidView(VERDICTS[judgement.verdict], judgement.reviewer, made, note)


def render_change(number: int, chosen: ChosenChange, frame: Frame, before: str = "", after: str = "") -> str:
    """The page of a change with its number in the list; ``before`` and ``after`` are the files of its neighbours."""
    reported = chosen.reported
    view = present_change(reported, frame.report)
    shown = view.shown
    hunks = shown.change.difference.hunks
    texts = (shown.old_text or "", shown.new_text or "")
    return _render(
        "dossier_change.html",
        frame,
        zone=frame.name_zone(shown.change.detected_at),
        number=number,
        view=view,
        judgement=present_judgement(chosen.judgement, frame),
        old_text=mark_text(texts[0], [(one.old_start, one.old_start + len(one.old)) for one in hunks]),
        new_text=mark_text(texts[1], [(one.new_start, one.new_start + len(one.new)) for one in hunks]),
        is_cut=max(map(len, texts)) > LONGEST_TEXT,
        before=before.rpartition("/")[2],
        after=after.rpartition("/")[2],
        outcomes=OUTCOMES,
        judge_link=judge_link,
        find_tail=find_tail,
    )


def mark_text(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """A whole text, at most `LONGEST_TEXT` characters of it, with the changed clauses marked."""
    pieces: list[Piece] = []
    position, text = 0, text[:LONGEST_TEXT]
    for start, end in sorted(spans):
        if start < end and start >= position:
            pieces += [Piece(text[position:start]), Piece(text[start:end], is_marked=True)]
            position = end
    return tuple(piece for piece in [*pieces, Piece(text[position:])] if piece.text)


def render_index(lines: Sequence[Line], frame: Frame, contents: Sequence[str]) -> str:
    """The list, by site in the order of their first change; ``contents`` are the names of what is in the dossier."""
    sites: dict[str, list[Line]] = {}
    for line in lines:
        sites.setdefault(line.site_name, []).append(line)
    count, places = len(lines), len(sites)
    kinds = Counter(line.kind for line in lines)
    figures = [INTERFACE["one_change"] if count == 1 else INTERFACE["change_count"].fill(count=count)]
    if places:
        figures.append(INTERFACE["one_site"] if places == 1 else INTERFACE["site_count"].fill(count=places))
    return _render(
        "dossier_index.html",
        frame,
        zone=frame.name_zone(frame.made_at),
        made=tell_making(frame),
        figures=figures,
        counts={kind: kinds[kind] for kind in ChangeKind if kinds[kind]},
        sites=list(sites.items()),
        contents=[(name, FILES[name]) for name in contents],
    )


def tell_making(frame: Frame) -> Phrase:
    """When the dossier was made."""
    return DOSSIER["made"].fill(time=show_minute(frame.made_at, frame.report.zone))


def render_readme(frame: Frame, contents: Sequence[str]) -> str:
    """The README in both languages."""
    made, zone = tell_making(frame), name_zone(frame.timezone, frame.report.zone, frame.made_at)
    masked = INTERFACE["masked" if frame.is_masked else "unmasked"]
    root = PROOFS if "proofs/" in contents else ROOT if "root.json" in contents else NO_ROOT
    texts = []
    for language in ("zh", "en"):
        files = "\n".join(f"  {name:<20} {FILES[name].read_in(language)}" for name in contents)
        said = {"masked": masked, "root": root, "made": made, "caution": INTERFACE["caution"]}
        words = {name: phrase.read_in(language) for name, phrase in said.items()}
        texts.append(README.read_in(language).format(files=files, zone=zone, **words))
    return "\n\n".join(texts)


def show_chosen(chosen: ChosenChange, frame: Frame) -> dict[str, object]:
    """A change as plain values, with the keys of ``report --format json``, and its verdict where that is told."""
    values = show_change(cover_change(chosen.reported, frame), chosen.reported)
    said = chosen.judgement
    if said is None or not frame.has_verdicts:
        return values
    note = mask_text(said.note) if frame.is_masked else said.note
    judged = {"verdict": said.verdict.value, "reviewer": said.reviewer, "note": note}
    return values | {"judgement": judged | {"made_at": format_instant(said.made_at)}}


class _Look:
    """Style and script, and the policy that admits nothing else."""

    @cached_property
    def style(self) -> str:
        return read_style() + read_template("dossier.css")

    @cached_property
    def script(self) -> str:
        return read_template("report.js") + read_template("dossier.js")

    @cached_property
    def policy(self) -> str:
        return write_policy(self.style, self.script)


_LOOK = _Look()


def _render(template: str, frame: Frame, **values: object) -> str:
    shared: Mapping[str, object] = {
        "frame": frame,
        "words": INTERFACE,
        "said": DOSSIER,
        "kinds": KINDS,
        "style": _LOOK.style,
        "script": _LOOK.script,
        "policy": _LOOK.policy,
        "show_minute": lambda instant: show_minute(instant, frame.report.zone),
        "format_instant": format_instant,
    }
    return clean_page(make_environment().get_template(template).render(**shared, **values))
