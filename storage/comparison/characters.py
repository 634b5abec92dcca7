"""What changed inside a clause, character by character, cleaned up so that a reader sees whole words change.

A number, a date, an amount, a name and the words that weigh (`storage.comparison.lexicon`) are one piece each.
"""

import re

from rapidfuzz.distance import LCSseq

from storage.comparison.alignment import count_head
from storage.comparison.folding import fold_text, squash_text
from storage.comparison.lexicon import (
    DATE,
    DOCUMENT_NUMBER,
    DURATION,
    MONEY,
    NAME,
    NEGATION,
    NUMBER,
    PERCENTAGE,
    PHONE,
    STAGES,
    UNIT,
)

Mark = tuple[str, str, str]  # equal, insert, delete or replace; the old piece; the new piece
Step = tuple[str, int, int, int, int]
LONGEST_SCRAP = 2  # equal characters between two edits that would only confuse
MOST_CELLS = 9_000_000  # pieces old times new; beyond, the middle is shown as replaced
COMMON_WORDS = (
    "建设 发展 工作 项目 资金 投资 改造 整治 修复 提升 改善 加大 加快 加强 减少 增加 提高 降低 扩大 缩小 同意 采纳 "
    "答复 办理 负责 牵头 协助 主办 会办 全部 部分 大部分 所有 各级 有关 相关 目前 今后 近期 长期 永久 临时 免费 "
    "收费 公开 保密 有效 失效 废止 继续 暂停 恢复 符合 违反"
)
WORDS = "|".join(sorted({*STAGES, *COMMON_WORDS.split()}, key=lambda word: (-len(word), word)))
TOKEN = re.compile(
    f"{DOCUMENT_NUMBER}|{PERCENTAGE}|{MONEY}|{DATE}|{DURATION}|{PHONE}|{NUMBER}|[A-Za-z]+(?:['’-][A-Za-z]+)*"
    rf"|{NAME.pattern}|{UNIT.pattern}|{NEGATION.pattern}|{WORDS}|\S"
)


def mark_characters(old: str, new: str) -> list[Mark]:
    """The steps from ``old`` to ``new`` in order: (operation, old piece, new piece).

    The old pieces together are ``old``, the new ones ``new``; pieces of an ``equal`` may differ in white space and
    width, which are never told.
    """
    if squash_text(old) == squash_text(new):
        return [("equal", old, new)] if old or new else []
    old_keys, old_starts = split_tokens(old)
    new_keys, new_starts = split_tokens(new)
    steps = merge_steps(list_steps(old_keys, new_keys), old_starts, new_starts)
    return [
        (tag, old[old_starts[i1] : old_starts[i2]], new[new_starts[j1] : new_starts[j2]])
        for tag, i1, i2, j1, j2 in steps
    ]


def split_tokens(text: str) -> tuple[list[str], list[int]]:
    """What is compared as one piece, and where each begins (white space goes with the piece before it)."""
    found = list(TOKEN.finditer(fold_text(text)))
    if not found:
        return ([""], [0, len(text)]) if text else ([], [0])
    starts = [token.start() for token in found] + [len(text)]
    starts[0] = 0
    return [token.group() for token in found], starts


def list_steps(old: list[str], new: list[str]) -> list[Step]:
    """Equal, deleted, inserted and replaced pieces."""
    head = count_head(old, new)
    tail = count_head(old[head:][::-1], new[head:][::-1])
    end_old, end_new = len(old) - tail, len(new) - tail
    steps: list[Step] = [("equal", 0, head, 0, head)] if head else []
    if (end_old - head) * (end_new - head) > MOST_CELLS:
        steps.append(("replace", head, end_old, head, end_new))
    else:
        steps += [
            (step.tag, step.src_start + head, step.src_end + head, step.dest_start + head, step.dest_end + head)
            for step in LCSseq.opcodes(old[head:end_old], new[head:end_new])
        ]
    return [*steps, ("equal", end_old, len(old), end_new, len(new))] if tail else steps


def merge_steps(steps: list[Step], old_starts: list[int], new_starts: list[int]) -> list[Step]:
    """Join edits that only a scrap of equal text keeps apart: no longer than either edit beside it, two at most."""
    merged: list[Step] = []
    for step in steps:
        merged.append(step)
        if step[0] != "equal" and len(merged) > 1 and merged[-2][0] != "equal":
            merged[-2:] = [join_steps(merged[-2], step)]
        while is_scrap(merged[-3:], old_starts, new_starts):
            merged[-3:] = [join_steps(merged[-3], merged[-1])]
    return merged


def is_scrap(steps: list[Step], old_starts: list[int], new_starts: list[int]) -> bool:
    """Whether the middle one of three steps is equal text too short to help a reader."""
    if len(steps) != len(("before", "middle", "after")):
        return False
    before, middle, after = steps
    if middle[0] != "equal" or before[0] == "equal" or after[0] == "equal":
        return False
    length = old_starts[middle[2]] - old_starts[middle[1]]
    sizes = [
        max(old_starts[step[2]] - old_starts[step[1]], new_starts[step[4]] - new_starts[step[3]])
        for step in (before, after)
    ]
    return length <= LONGEST_SCRAP and length <= min(sizes)


def join_steps(first: Step, last: Step) -> Step:
    """One step from the start of the first to the end of the last."""
    i1, i2, j1, j2 = first[1], last[2], first[3], last[4]
    return ("replace" if i2 > i1 and j2 > j1 else "delete" if i2 > i1 else "insert", i1, i2, j1, j2)
