"""A digest or an alert as a message: plain text in pieces for chats and webhooks, HTML for mail. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from review.masking import mask_change, mask_text
from review.presentation import judge_link
from review.report import Report, rank_changes, select_incidents
from review.times import show_minute
from review.words import KINDS, Phrase, word_incident, word_reason
from storage.records import Incident, ReportedChange

MOST_TOLD = 40  # changes with their words; the others are counted
MOST_INCIDENTS = 15
MOST_PARTS = 5  # of a plain text
LONGEST_WORDS = 160  # characters of one side of an edit
HUNKS = 3

WORDS: dict[str, Phrase] = {
    "digest": Phrase("变更摘要", "Digest"),
    "alert": Phrase("重要变更提醒", "Alert"),
    "incident": Phrase("采集异常提醒", "Incident"),
    "test": Phrase("测试消息", "Test message"),
    "incident_count": Phrase("新的采集异常 {count} 起。", "New incidents: {count}."),
    "incidents_unshown": Phrase("另有 {count} 起未列出，见 replywatch status。", "{count} more: replywatch status."),
    "changes": Phrase(
        "{since} 至 {until}：{count} 项变更，涉及网站 {sites} 个。",
        "{since} to {until}: changes {count}, sites {sites}.",
    ),
    "silence": Phrase(
        "{since} 至 {until}：{sites} 个网站没有变更。", "{since} to {until}: no change at {sites} sites."
    ),
    "visited": Phrase("访问 {pages} 页（{sites} 个网站）。", "{pages} pages of {sites} sites visited."),
    "site": Phrase("【{name}】{count} 项", "[{name}] changes: {count}"),
    "score": Phrase("重要性 {score}", "score {score}"),
    "unshown": Phrase("另有 {count} 项未列出，见 replywatch report。", "{count} more: see replywatch report."),
    "incidents": Phrase("采集异常（不是页面的变更）", "Incidents (no changes of a page)"),
    "open": Phrase("未结", "open"),
    "closed": Phrase("已结", "closed"),
    "reference": Phrase(
        "编号 {reference}：编号相同即同一消息。", "Reference {reference}: the same reference is the same message."
    ),
    "cut": Phrase("（以下略，见 replywatch report）", "(cut here, see replywatch report)"),
}  # fmt: skip - a phrase a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is to be told: the changes that matter most, and how many there are on each site (by key)."""

    kind: str
    report: Report
    reference: str
    counts: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    pages: int = 0
    sites: int = 0
    language: str = "zh"

    @property
    def total(self) -> int:
        """How many changes there are."""
        return sum(self.counts.values())

    def say(self, word: str, /, **values: object) -> str:
        """Words in the reader's language."""
        return WORDS[word].fill(**values).read_in(self.language)


def write_subject(digest: Digest) -> str:
    """The subject: what it is, of which moment, and how many changes."""
    product = "复文观察" if digest.language == "zh" else "Replywatch"
    until = show_minute(digest.report.generated_at, digest.report.zone)
    number = len(digest.report.incidents) if digest.kind == "incident" else digest.total
    count = "" if digest.kind == "test" else f" · {number}"
    return f"{product} · {digest.say(digest.kind)} {until}{count}"


def write_headline(digest: Digest) -> str:
    """The figures: changes and sites, or silence; and what was visited."""
    report = digest.report
    since = show_minute(report.since or report.generated_at, report.zone)
    until = show_minute(report.generated_at, report.zone)
    if digest.kind == "test":
        return digest.say("test")
    if digest.kind == "incident":
        return digest.say("incident_count", count=len(report.incidents))
    if digest.total:
        figures = digest.say("changes", since=since, until=until, count=digest.total, sites=len(digest.counts))
    else:
        figures = digest.say("silence", since=since, until=until, sites=digest.sites)
    seen = digest.say("visited", pages=digest.pages, sites=digest.sites) if digest.kind == "digest" else ""
    return " ".join(filter(None, (figures, seen)))


def group_sites(digest: Digest) -> dict[str, list[ReportedChange]]:
    """The changes to be told by site, masked; the site with the change that matters most comes first."""
    groups: dict[str, list[ReportedChange]] = {}
    for one in rank_changes(digest.report.changes)[:MOST_TOLD]:
        groups.setdefault(one.change.site, []).append(mask_change(one) if digest.report.is_masked else one)
    return groups


def word_change(shown: ReportedChange, digest: Digest) -> tuple[str, str, str]:
    """Kind and title, the summary, and score with reasons."""
    change = shown.change
    summary = change.difference.summary
    gist = (summary.en or summary.zh) if digest.language == "en" else summary.zh
    reasons = ", ".join(word_reason(code).read_in(digest.language) for code in change.difference.reasons)
    score = digest.say("score", score=f"{change.difference.score:.2f}")
    kind = KINDS[change.kind].read_in(digest.language)
    return f"{kind} · {squash(change.title or change.url)}", squash(gist), " · ".join(filter(None, (score, reasons)))


def word_incidents(digest: Digest) -> Iterator[str]:
    """One line an incident, the open ones first."""
    report = digest.report
    chosen = select_incidents(report.incidents, since=report.since)
    for one in chosen[:MOST_INCIDENTS]:
        yield word_line(one, digest)
    if len(chosen) > MOST_INCIDENTS:
        yield digest.say("incidents_unshown", count=len(chosen) - MOST_INCIDENTS)


def word_line(one: Incident, digest: Digest) -> str:
    """An incident in a line."""
    zone = digest.report.zone
    state = digest.say("closed" if one.closed_at else "open")
    kind = word_incident(one.kind).read_in(digest.language)
    about = " · ".join(filter(None, (digest.names.get(one.site, one.site), one.subject, squash(one.detail))))
    return (
        f"[{state}] {kind} · {mask_text(about)} ({show_minute(one.opened_at, zone)} – {show_minute(one.last_at, zone)})"
    )


def write_blocks(digest: Digest) -> Iterator[str]:
    """The message in blocks that are not torn apart."""
    yield write_headline(digest)
    groups = group_sites(digest)
    for site, members in groups.items():
        head = digest.say("site", name=digest.names.get(site, site), count=digest.counts.get(site, len(members)))
        for number, shown in enumerate(members):
            title, gist, why = word_change(shown, digest)
            lines = [f"■ {title}", *filter(None, (gist, why, judge_link(shown.change.url)))]
            yield "\n".join([head, *lines] if number == 0 else lines)
    if unshown := digest.total - sum(map(len, groups.values())):
        yield digest.say("unshown", count=unshown)
    if incidents := list(word_incidents(digest)):
        yield "\n".join([digest.say("incidents"), *incidents])
    yield digest.say("reference", reference=digest.reference)


def render_plain(digest: Digest, limit: int) -> tuple[str, ...]:
    """The message as plain text in pieces of at most ``limit`` bytes, `MOST_PARTS` at most; each names its number."""
    room = max(limit - 200, 200)  # for the number of the piece and the note that there is more
    parts = [""]
    for block in write_blocks(digest):
        piece = cut_bytes(block, room)
        joined = f"{parts[-1]}\n\n{piece}".strip()
        if len(joined.encode()) <= room:
            parts[-1] = joined
        else:
            parts.append(piece)
    if len(parts) > MOST_PARTS:
        note, foot = digest.say("cut"), digest.say("reference", reference=digest.reference)
        parts = [*parts[: MOST_PARTS - 1], f"{cut_bytes(parts[MOST_PARTS - 1], room - 200)}\n\n{note}\n{foot}"]
    if len(parts) == 1:
        return tuple(parts)
    return tuple(f"({number}/{len(parts)})\n{part}" for number, part in enumerate(parts, 1))


def cut_bytes(text: str, most: int) -> str:
    """The text cut to a number of bytes, at a character's border."""
    whole = text.encode()
    return text if len(whole) <= most else whole[: max(most - 3, 0)].decode(errors="ignore") + "…"


def squash(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def render_mail(digest: Digest) -> str:
    """The message as HTML with plain styles, which every mail program shows."""
    parts = [f"<p>{escape(write_headline(digest))}</p>"]
    groups = group_sites(digest)
    for site, members in groups.items():
        head = digest.say("site", name=digest.names.get(site, site), count=digest.counts.get(site, len(members)))
        parts.append(f"<h2 style='font-size:1.1em'>{escape(head)}</h2>")
        parts.extend(write_item(shown, digest) for shown in members)
    if unshown := digest.total - sum(map(len, groups.values())):
        parts.append(f"<p>{escape(digest.say('unshown', count=unshown))}</p>")
    if incidents := list(word_incidents(digest)):
        parts.append(f"<h2 style='font-size:1.1em'>{escape(digest.say('incidents'))}</h2>")
        parts.append(f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in incidents)}</ul>")
    parts.append(f"<p style='color:#666'>{escape(digest.say('reference', reference=digest.reference))}</p>")
    return "\n".join(parts)


def write_item(shown: ReportedChange, digest: Digest) -> str:
    """One change with its first edits."""
    title, gist, why = word_change(shown, digest)
    link = judge_link(shown.change.url)
    head = f'<a href="{escape(link)}">{escape(title)}</a>' if link else escape(title)
    lines = [f"<b>{head}</b>", escape(gist), f"<span style='color:#666'>{escape(why)}</span>"]
    lines += [f"<del>{escape(old)}</del> → <ins>{escape(new)}</ins>" for old, new in list_edits(shown)]
    return f"<p>{'<br>'.join(filter(None, lines))}</p>"


def list_edits(shown: ReportedChange) -> Sequence[tuple[str, str]]:
    """Both sides of the first edits of the text, cut."""
    hunks = shown.change.difference.hunks[:HUNKS]
    return [(squash(one.old)[:LONGEST_WORDS], squash(one.new)[:LONGEST_WORDS]) for one in hunks]
