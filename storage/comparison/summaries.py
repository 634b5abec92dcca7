"""One line that tells a person what happened, in Chinese and in English."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storage.comparison.attachment_diff import AttachmentChange
from storage.comparison.characters import mark_characters
from storage.comparison.judgement import Reason
from storage.comparison.notation import write_value
from storage.comparison.outline import END, Outline
from storage.comparison.signals import SIGNALS
from storage.records import Hunk, Operation, Summary

MOST_PARTS = 3
LONGEST_WORD = 24
LONGEST_MARKED = 600  # characters; the words that changed in more are not sought for one line
FIRST_WORDS = 16
PLACES = {"": ("正文", "in the text"), END: ("文末", "at the end")}
SENTENCE = re.compile(r"[^。！？!?\n]+")

FIELD_NAMES = {
    "title": ("标题", "title"),
    "publisher": ("发布机构", "publisher"),
    "source": ("来源", "source"),
    "index_number": ("索引号", "index number"),
    "document_number": ("文号", "document number"),
    "keywords": ("关键词", "keywords"),
    "category": ("分类", "category"),
    "written_on": ("成文日期", "date of writing"),
    "published_at": ("发布日期", "date of publication"),
    "effective_on": ("生效日期", "date of effect"),
    "validity": ("效力状态", "validity"),
    "openness": ("公开属性", "openness"),
    "result_class": ("办理结果", "result class"),
}
FACT_NAMES = {
    "deadline": ("完成时限", "deadline"),
    "money": ("金额", "amount"),
    "percentage": ("比例", "percentage"),
    "number": ("数字", "number"),
    "date": ("日期", "date"),
    "reference": ("引用文件", "cited document"),
    "result_class": ("办理结果", "result class"),
}
COUNTED = ("punctuation", "layout", "numbering", "notation", "courtesy", "contact", "copies")
MARKS_ALONE = frozenset({"punctuation", "numbering"})  # that came or went are edits in a place, not sentences
CONTEXT = 4  # characters shown beside changed words
FILE_WORDS = {
    "attachment_removed": ("删去附件", "attachment removed: "),
    "attachment_added": ("新增附件", "attachment added: "),
    "attachment_replaced": ("替换附件", "attachment replaced: "),
    "attachment_renamed": ("附件改名", "attachment renamed: "),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the line with the weight that decides whether it is said."""

    weight: float
    zh: str
    en: str


def summarize_changes(
    judged: Sequence[tuple[Hunk, Sequence[Reason]]],
    fields: Mapping[str, tuple[object, object]],
    files: Iterable[AttachmentChange],
    outlines: tuple[Outline, Outline],
) -> Summary:
    """The line: what weighs most first, at most three parts, then how much else there is."""
    parts = [say_field(name, pair) for name, pair in fields.items()]
    parts += [say_file(change) for change in files]
    parts += [part for hunk, reasons in judged for part in say_replacement(hunk, reasons)]
    parts += count_small(judged)
    parts += count_pieces(judged, outlines)
    seen: dict[str, Part] = {}
    for part in sorted(parts, key=lambda part: -part.weight):
        seen.setdefault(part.zh, part)
    ranked = list(seen.values())
    said, more = ranked[:MOST_PARTS], len(ranked) - MOST_PARTS
    zh, en = "；".join(part.zh for part in said), "; ".join(part.en for part in said)
    if more > 0:
        zh, en = f"{zh}；另有{more}处修改", f"{en}; {more} more"
    return Summary(zh=zh, en=en[:1].upper() + en[1:])


def say_field(name: str, pair: tuple[object, object]) -> Part:
    """A field: what it was and is."""
    zh, en = FIELD_NAMES[name]
    old, new = ("、".join(map(str, value)) if isinstance(value, list) else str(value or "") for value in pair)
    weight = SIGNALS[name].weight
    if not old:
        return Part(weight, f"{zh}新增“{shorten(new)}”", f"{en} set to “{shorten(new)}”")
    if not new:
        return Part(weight, f"{zh}“{shorten(old)}”被删去", f"{en} “{shorten(old)}” removed")
    old, new = show_change(old, new)
    return Part(weight, f"{zh}由“{old}”改为“{new}”", f"{en} changed from “{old}” to “{new}”")


def say_file(change: AttachmentChange) -> Part:
    """A file: what became of it."""
    zh, en = FILE_WORDS[change.code]
    name = shorten(change.name)
    return Part(SIGNALS[change.code].weight, f"{zh}《{name}》", f"{en}{name}")


def say_replacement(hunk: Hunk, reasons: Sequence[Reason]) -> list[Part]:
    """An edited clause: each fact with its old and new value, or else the words that changed."""
    if hunk.op is not Operation.REPLACE:
        return []
    facts = [reason for reason in reasons if reason.code in FACT_NAMES and (reason.old or reason.new)]
    parts = [say_fact(reason) for reason in facts]
    others = [reason for reason in reasons if reason.code not in FACT_NAMES and reason.code not in COUNTED]
    if others and (not facts or max(map(weigh_reason, others)) > max(map(weigh_reason, facts))):
        old, new = show_change(hunk.old, hunk.new)
        weight = max(map(weigh_reason, others))
        parts.append(Part(weight, f"“{old}”改为“{new}”", f"“{old}” became “{new}”"))
    return parts


def weigh_reason(reason: Reason) -> float:
    """What a reason weighs by the table."""
    return SIGNALS[reason.code].weight * reason.strength


def say_fact(reason: Reason) -> Part:
    """A fact: its old and its new value."""
    zh, en = FACT_NAMES[reason.code]
    weight, old, new = weigh_reason(reason), shorten(reason.old), shorten(reason.new)
    if old and new:
        return Part(weight, f"{zh}由{old}改为{new}", f"{en} changed from {old} to {new}")
    if old:
        return Part(weight, f"删去{zh}{old}", f"{en} {old} removed")
    return Part(weight, f"增加{zh}{new}", f"{en} {new} added")


def show_change(old: str, new: str) -> tuple[str, str]:
    """The words that changed with a little of what stands beside them."""
    old, new = (" ".join(value.split()) for value in (old, new))
    if max(len(old), len(new)) <= LONGEST_WORD:
        return old, new
    if max(len(old), len(new)) > LONGEST_MARKED:
        return shorten(old), shorten(new)
    marks = mark_characters(old, new)
    head = len(marks[0][1]) if marks[0][0] == "equal" else 0
    tail = len(marks[-1][1]) if marks[-1][0] == "equal" else 0
    first, last = max(0, head - CONTEXT), max(0, tail - CONTEXT)
    return shorten(old[first : len(old) - last]), shorten(new[first : len(new) - last])


def count_small(judged: Sequence[tuple[Hunk, Sequence[Reason]]]) -> list[Part]:
    """Edits of which only the number is worth a word."""
    counts = Counter(
        reason.code
        for hunk, reasons in judged
        for reason in reasons
        if reason.code in (COUNTED if hunk.op is Operation.REPLACE else MARKS_ALONE)
    )
    return [
        Part(SIGNALS[code].weight, f"{SIGNALS[code].zh}{count}处", f"{SIGNALS[code].en} in {say_places(count)}")
        for code, count in counts.items()
    ]


def say_places(count: int) -> str:
    """So many places."""
    return "one place" if count == 1 else f"{count} places"


def count_pieces(judged: Sequence[tuple[Hunk, Sequence[Reason]]], outlines: tuple[Outline, Outline]) -> list[Part]:
    """Removed, added and moved pieces, counted by the part of the text in which they stood, with the first words."""
    outline_of = {Operation.DELETE: outlines[0], Operation.INSERT: outlines[1]}
    counts: dict[tuple[Operation, str], Count] = {}
    for hunk, reasons in judged:
        if hunk.op is Operation.REPLACE or {reason.code for reason in reasons} <= MARKS_ALONE:
            continue
        is_added = hunk.op is Operation.INSERT
        piece, start = (hunk.new, hunk.new_start) if is_added else (hunk.old, hunk.old_start)
        start += len(piece) - len(piece.lstrip())
        part = outline_of[hunk.op].find_number(start) if hunk.op in outline_of else ""
        count = counts.setdefault((hunk.op, part), Count())
        heaviest = max(reasons, key=weigh_reason, default=None)
        if heaviest:
            # What only concerns a clerk or the page is named, not quoted.
            signal, first = SIGNALS[heaviest.code], piece.strip().split("\n")[0]
            names = (signal.zh, signal.en) if heaviest.code in COUNTED else (first, first)
            count.add(piece, names, weigh_reason(heaviest))
    return [say_count(operation, part, count) for (operation, part), count in counts.items()]


@dataclass(slots=True)
class Count:
    """So many sentences, the weight of the heaviest and its words."""

    sentences: int = 0
    weight: float = -1.0
    words: tuple[str, str] = ("", "")

    def add(self, piece: str, words: tuple[str, str], weight: float) -> None:
        """Count the sentences of one more piece; ``words`` say what it is in either language."""
        self.sentences += max(1, len(SENTENCE.findall(piece.strip())))
        if weight > self.weight:
            zh, en = words
            self.weight, self.words = weight, (shorten(zh, FIRST_WORDS), en if zh != en else shorten(en, FIRST_WORDS))


def say_count(operation: Operation, part: str, count: Count) -> Part:
    """So many sentences came or went in a part."""
    number, (zh, en) = count.sentences, count.words
    many = "s" if number > 1 else ""
    if operation is Operation.MOVE:
        return Part(count.weight, f"移动{number}句（{zh}）", f"{number} sentence{many} moved ({en})")
    verb_zh, verb_en = ("删去", "removed") if operation is Operation.DELETE else ("新增", "added")
    where_zh, where_en = PLACES.get(part, (f"第{part}部分", f"in part {write_value(part)}"))
    return Part(
        count.weight,
        f"{where_zh}{verb_zh}{number}句（{zh}）",
        f"{number} sentence{many} {verb_en} {where_en} ({en})",
    )


def shorten(value: str, length: int = LONGEST_WORD) -> str:
    """A value that fits into a line."""
    flat = " ".join(value.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
