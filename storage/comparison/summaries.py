"""One line that tells a person what happened, in Chinese and in English."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storage.comparison.attachment_diff import AttachmentChange
from storage.comparison.judgement import Reason
from storage.comparison.lexicon import TOP_HEADING
from storage.comparison.signals import SIGNALS
from storage.records import Hunk, Operation, Summary

MOST_PARTS = 3
LONGEST_WORD = 24
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
    "name": ("姓名", "name"),
    "unit": ("单位", "unit"),
    "place": ("地名", "place"),
    "reference": ("引用文件", "cited document"),
    "document_number": ("文号", "document number"),
    "result_class": ("办理结果", "result class"),
    "level": ("层级", "level"),
    "negation": ("", ""),
    "scope": ("", ""),
    "reversal": ("", ""),
    "modality": ("", ""),
    "commitment_weakened": ("", ""),
}
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


@dataclass(frozen=True, slots=True)
class Sections:
    """Where the numbered parts of a text begin."""

    starts: tuple[int, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of_text(cls, text: str) -> "Sections":
        """Read the headings 一、 二、 … and 第…部分 of a text."""
        starts, numbers, offset = [], [], 0
        for line in text.split("\n"):
            found = TOP_HEADING.match(line.strip())
            if found:
                starts.append(offset)
                numbers.append(found.group(1) or found.group(2))
            offset += len(line) + 1
        return cls(tuple(starts), tuple(numbers))

    def find_number(self, offset: int) -> str:
        """The number of the part in which ``offset`` lies, empty before the first."""
        place = bisect_right(self.starts, offset)
        return self.numbers[place - 1] if place else ""


def summarize_changes(
    judged: Sequence[tuple[Hunk, Sequence[Reason]]],
    fields: Mapping[str, tuple[object, object]],
    files: Iterable[AttachmentChange],
    texts: tuple[str, str],
) -> Summary:
    """The line: what weighs most first, at most three parts, then how much else there is."""
    parts = [say_field(name, pair) for name, pair in fields.items()]
    parts += [say_file(change) for change in files]
    parts += [part for hunk, reasons in judged for part in say_replacement(hunk, reasons)]
    parts += count_pieces(judged, texts)
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
    old, new = (shorten("、".join(map(str, value)) if isinstance(value, list) else str(value or "")) for value in pair)
    weight = SIGNALS[name].weight
    if not old:
        return Part(weight, f"{zh}新增“{new}”", f"{en} set to “{new}”")
    if not new:
        return Part(weight, f"{zh}“{old}”被删去", f"{en} “{old}” removed")
    return Part(weight, f"{zh}由“{old}”改为“{new}”", f"{en} changed from “{old}” to “{new}”")


def say_file(change: AttachmentChange) -> Part:
    """A file: what became of it."""
    zh, en = FILE_WORDS[change.code]
    name = shorten(change.name)
    return Part(SIGNALS[change.code].weight, f"{zh}《{name}》", f"{en}{name}")


def say_replacement(hunk: Hunk, reasons: Sequence[Reason]) -> list[Part]:
    """An edited clause: each fact with its old and new value, or the clauses themselves."""
    if hunk.op is not Operation.REPLACE:
        return []
    parts = []
    for reason in reasons:
        weight = SIGNALS[reason.code].weight * reason.strength
        old, new = shorten(reason.old), shorten(reason.new)
        if reason.code in FACT_NAMES and (old or new):
            parts.append(say_fact(reason.code, old, new, weight))
        elif reason.code in ("wording", "rewritten", "courtesy", "layout", "numbering", "punctuation", "contact"):
            signal = SIGNALS[reason.code]
            parts.append(Part(weight, f"{signal.zh}1处", f"{signal.en} in one place"))
    return parts


def say_fact(code: str, old: str, new: str, weight: float) -> Part:
    """A fact: its old and its new value."""
    zh, en = FACT_NAMES[code]
    if not zh:
        old, new = f"“{old}”" if old else "", f"“{new}”" if new else ""
    if old and new:
        return Part(weight, f"{zh}由{old}改为{new}", f"{en} {old} became {new}".strip())
    if old:
        return Part(weight, f"删去{zh}{old}", f"{en} {old} removed".strip())
    return Part(weight, f"增加{zh}{new}", f"{en} {new} added".strip())


def count_pieces(judged: Sequence[tuple[Hunk, Sequence[Reason]]], texts: tuple[str, str]) -> list[Part]:
    """Removed, added and moved pieces, counted by the part of the text in which they stood."""
    sections = {Operation.DELETE: Sections.of_text(texts[0]), Operation.INSERT: Sections.of_text(texts[1])}
    counts: Counter[tuple[Operation, str]] = Counter()
    weights: dict[tuple[Operation, str], float] = {}
    for hunk, reasons in judged:
        if hunk.op is Operation.REPLACE:
            continue
        is_added = hunk.op is Operation.INSERT
        piece, start = (hunk.new, hunk.new_start) if is_added else (hunk.old, hunk.old_start)
        start += len(piece) - len(piece.lstrip())
        key = (hunk.op, sections[hunk.op].find_number(start) if hunk.op in sections else "")
        counts[key] += max(1, len(SENTENCE.findall(piece.strip())))
        weight = max((SIGNALS[reason.code].weight * reason.strength for reason in reasons), default=0.0)
        weights[key] = max(weights.get(key, 0.0), weight)
    return [
        say_count(operation, number, count, weights[operation, number]) for (operation, number), count in counts.items()
    ]


def say_count(operation: Operation, section: str, count: int, weight: float) -> Part:
    """So many sentences came or went in a part."""
    if operation is Operation.MOVE:
        return Part(weight, f"移动{count}句", f"{count} sentence{'s' * (count > 1)} moved")
    verb_zh, verb_en = ("删去", "removed") if operation is Operation.DELETE else ("新增", "added")
    where_zh = f"第{section}部分" if section else "正文"
    where_en = f"part {section}" if section else "the text"
    return Part(weight, f"{where_zh}{verb_zh}{count}句", f"{count} sentence{'s' * (count > 1)} {verb_en} in {where_en}")


def shorten(value: str) -> str:
    """A value that fits into a line."""
    flat = " ".join(value.split())
    return flat if len(flat) <= LONGEST_WORD else flat[: LONGEST_WORD - 1] + "…"
