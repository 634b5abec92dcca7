"""Why a removal, a move or a return is believed, in neutral words: what was seen, never why or by whom."""

from datetime import datetime, tzinfo

from review.times import show_minute
from review.words import Phrase
from storage.records import Change, ChangeKind

GONE = Phrase(
    "自 {first_gone} 至 {detected_at}，{tries} 次访问均无法访问此页。最近一次正常访问：{last_ok}。",
    "Not reachable between {first_gone} and {detected_at} ({tries} tries). Last reachable: {last_ok}.",
)
CANARY = Phrase(
    "同一栏目的另一页面在同次采集中可正常访问（记录 {canary}）。",
    "Another page of the same column answered as usual in the same run (record {canary}).",
)
NO_CANARY = Phrase(
    "没有同栏目其他页面的对照记录。",
    "No answer of another page of the same column is on record.",
)
RESTORED = Phrase(
    "{detected_at} 起可再次访问；此前最近一次正常访问：{last_ok}。",
    "Reachable again since {detected_at}; before that, last reachable: {last_ok}.",
)
RESTORED_GAP = Phrase(
    "其间自 {first_gone} 起的 {tries} 次访问均无法访问。",
    "In between, from {first_gone} on, {tries} tries did not reach it.",
)
MOVED = Phrase(
    "同一文件现可在新网址访问（{detected_at} 确认）；在原网址最近一次正常访问：{last_ok}。",
    "The same document now answers at a new address (seen {detected_at}); last reachable at the old one: {last_ok}.",
)
DELISTED = Phrase(
    "自 {detected_at} 起，栏目“{column}”的列表不再列出此页；页面本身仍可正常访问（最近一次：{last_ok}）。",
    "No longer listed in column “{column}” since {detected_at}; the page itself answers as usual (last seen: {last_ok}).",
)
RELISTED = Phrase(
    "自 {detected_at} 起，栏目“{column}”的列表再次列出此页。",
    "Listed again in column “{column}” since {detected_at}.",
)
UNKNOWN = Phrase("无记录", "not on record")


def tell_evidence(change: Change, column_name: str, zone: tzinfo) -> tuple[Phrase, ...]:
    """The sentences for a change of kind gone, restored, moved, delisted or relisted; none for other kinds."""
    evidence = change.evidence
    last_ok = (evidence.last_ok if evidence else None) or change.last_good_at
    first_gone = evidence.first_gone if evidence else None
    times = {
        "detected_at": _name_time(change.detected_at, zone),
        "last_ok": _name_time(last_ok, zone),
        "first_gone": _name_time(first_gone or change.detected_at, zone),
    }
    facts = {
        "tries": Phrase(*[str(max(1, evidence.tries if evidence else 1))] * 2),
        "column": Phrase(column_name, column_name),
    }
    match change.kind:
        case ChangeKind.GONE:
            canary = evidence.canary if evidence else None
            chosen = (GONE, CANARY if canary else NO_CANARY)
            facts["canary"] = Phrase(canary or "", canary or "")
        case ChangeKind.RESTORED:
            chosen = (RESTORED, RESTORED_GAP) if first_gone and evidence and evidence.tries else (RESTORED,)
        case ChangeKind.MOVED:
            chosen = (MOVED,)
        case ChangeKind.DELISTED:
            chosen = (DELISTED,)
        case ChangeKind.RELISTED:
            chosen = (RELISTED,)
        case _:
            chosen = ()
    return tuple(_fill_phrase(phrase, {**times, **facts}) for phrase in chosen)


def _name_time(instant: datetime | None, zone: tzinfo) -> Phrase:
    if instant is None:
        return UNKNOWN
    shown = show_minute(instant, zone)
    return Phrase(shown, shown)


def _fill_phrase(phrase: Phrase, values: dict[str, Phrase]) -> Phrase:
    return Phrase(
        phrase.zh.format(**{name: value.zh for name, value in values.items()}),
        phrase.en.format(**{name: value.en for name, value in values.items()}),
    )
