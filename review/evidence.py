"""Why a removal, a move or a return is believed, in neutral words: what was seen, never why or by whom."""

from datetime import datetime, tzinfo

from review.times import show_minute
from review.words import Phrase
from storage.records import Change, ChangeKind, Evidence

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
    "No longer listed in column “{column}” since {detected_at}; the page itself still answers (last seen: {last_ok}).",
)
RELISTED = Phrase(
    "自 {detected_at} 起，栏目“{column}”的列表再次列出此页。",
    "Listed again in column “{column}” since {detected_at}.",
)
SENTENCES: dict[ChangeKind, tuple[Phrase, ...]] = {
    ChangeKind.RESTORED: (RESTORED,),
    ChangeKind.MOVED: (MOVED,),
    ChangeKind.DELISTED: (DELISTED,),
    ChangeKind.RELISTED: (RELISTED,),
}
UNKNOWN = Phrase("无记录", "not on record")


def tell_evidence(change: Change, column_name: str, zone: tzinfo) -> tuple[Phrase, ...]:
    """The sentences for a change of kind gone, restored, moved, delisted or relisted; none for other kinds."""
    evidence = change.evidence or Evidence()
    values = {
        "detected_at": _name_time(change.detected_at, zone),
        "last_ok": _name_time(evidence.last_ok or change.last_good_at, zone),
        "first_gone": _name_time(evidence.first_gone or change.detected_at, zone),
        "tries": _repeat_word(str(max(1, evidence.tries))),
        "column": _repeat_word(column_name),
        "canary": _repeat_word(evidence.canary or ""),
    }
    return tuple(_fill_phrase(phrase, values) for phrase in _choose_sentences(change.kind, evidence))


def _choose_sentences(kind: ChangeKind, evidence: Evidence) -> tuple[Phrase, ...]:
    if kind is ChangeKind.GONE:
        return GONE, CANARY if evidence.canary else NO_CANARY
    if kind is ChangeKind.RESTORED and evidence.first_gone and evidence.tries:
        return RESTORED, RESTORED_GAP
    return SENTENCES.get(kind, ())


def _name_time(instant: datetime | None, zone: tzinfo) -> Phrase:
    if instant is None:
        return UNKNOWN
    return _repeat_word(show_minute(instant, zone))


def _repeat_word(word: str) -> Phrase:
    return Phrase(word, word)


def _fill_phrase(phrase: Phrase, values: dict[str, Phrase]) -> Phrase:
    return Phrase(
        phrase.zh.format(**{name: value.zh for name, value in values.items()}),
        phrase.en.format(**{name: value.en for name, value in values.items()}),
    )
