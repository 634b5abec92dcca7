"""Changes as an Atom feed (RFC 4287): for all sites, for one, or for a page. Pure.

An entry's id is a urn made of the change's id, which survives every derivation, so that no reader sees one twice.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree
from lxml.builder import ElementMaker

from review.evidence import tell_evidence
from review.masking import mask_change
from review.presentation import judge_link
from review.report import Report, rank_changes
from review.words import INTERFACE, KINDS, word_reason
from storage.clock import format_instant
from storage.records import ReportedChange

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
MOST_ENTRIES = 100
MOST_HUNKS = 10  # told in an entry
LONGEST = 600  # characters of one side of a hunk
LANGUAGES = {"zh": "zh-CN", "en": "en"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_E = ElementMaker(namespace=ATOM, nsmap={None: ATOM})


def render_feed(
    report: Report, *, feed_id: str = "urn:replywatch:all", title: str = "", link: str = "", language: str = "zh"
) -> str:
    """The latest changes of a report as one Atom document, the latest first; baselines are no news.

    ``feed_id`` is an IRI that stays the same, ``title`` what the feed is about (a site's or a page's name), ``link``
    the address at which the feed itself is served, when it is known. ``updated`` is the time of the latest change, so
    that the same changes give the same document.
    """
    told = [one for one in report.changes if not one.change.baseline]
    latest = sorted(rank_changes(told), key=lambda one: one.change.detected_at, reverse=True)[:MOST_ENTRIES]
    updated = max((one.change.detected_at for one in latest), default=report.since or EPOCH)
    product = INTERFACE["product"].read_in(language)
    name = title or INTERFACE["report_title"].read_in(language)
    feed = _E.feed(
        _E.id(feed_id),
        _E.title(clean(f"{product} · {name}")),
        _E.updated(format_instant(updated)),
        _E.author(_E.name(product)),
        _E.generator("replywatch"),
    )
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", LANGUAGES[language])
    if link:
        feed.append(_E.link(rel="self", type=MEDIA_TYPE, href=clean(link)))
    feed.extend(build_entry(one, report, language) for one in latest)
    document = etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document.decode()


def build_entry(reported: ReportedChange, report: Report, language: str) -> etree._Element:
    """One change: what, where, when, how much it matters, and its first passages as plain text."""
    shown = mask_change(reported, is_brief=True) if report.is_masked else reported
    change = shown.change
    kind = KINDS[change.kind].read_in(language)
    entry = _E.entry(
        _E.id(name_entry(change.id)),
        _E.title(clean(f"{kind} · {change.title or change.url}")),
        _E.updated(format_instant(change.detected_at)),
        _E.published(format_instant(change.detected_at)),
        _E.author(_E.name(clean(shown.site_name or change.site))),
        _E.category(term=change.kind.value, label=kind),
        _E.category(term=clean(change.site), scheme="urn:replywatch:site", label=clean(shown.site_name)),
    )
    if address := judge_link(change.url):
        entry.append(_E.link(rel="alternate", href=clean(address)))
    summary = change.difference.summary
    gist = (summary.en or summary.zh) if language == "en" else summary.zh
    entry.append(_E.summary(clean(gist or kind), type="text"))
    entry.append(_E.content(clean("\n".join(tell_change(shown, report, language))), type="text"))
    return entry


def name_entry(change_id: str) -> str:
    """The IRI of a change, the same in every feed."""
    return f"urn:replywatch:change:{change_id}"


def tell_change(shown: ReportedChange, report: Report, language: str) -> Iterable[str]:
    """The change in lines: score and reasons, the evidence, the first passages."""
    change = shown.change
    score = INTERFACE["score"].fill(score=f"{change.difference.score:.2f}").read_in(language)
    reasons = ", ".join(word_reason(code).read_in(language) for code in change.difference.reasons)
    yield " · ".join(filter(None, (score, reasons, shown.column_name)))
    for phrase in tell_evidence(change, shown.column_name, report.zone):
        yield phrase.read_in(language)
    for hunk in change.difference.hunks[:MOST_HUNKS]:
        yield from (f"{sign} {words[:LONGEST].strip()}" for sign, words in (("-", hunk.old), ("+", hunk.new)) if words)


def clean(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text)
