"""What a hunk means: the reasons that a reader would give for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from storage.comparison.facts import Facts, compare_facts, compare_stages, read_facts
from storage.comparison.folding import squash_text
from storage.comparison.lexicon import (
    ADDRESS_LINE,
    COMMITMENT,
    CONTACT,
    COURTESY,
    FACTS,
    HEADING,
    LAYOUT,
    MARK,
    NAME,
    NUMBERING,
    PHONE,
    REFUSAL,
    SIGNED_LINE,
    UNIT,
)
from storage.comparison.pairing import LEAST_LIKENESS
from storage.records import Hunk, Operation

LONG_LAYOUT = 120  # a longer line is a paragraph of the letter, whatever words it holds
LONGEST_UNIT = 24  # characters of a line that is but a unit's name
SHORT_STATEMENT = 10  # characters; shorter statements say less
MANY_CHARACTERS = 12  # changed ones beyond which an edit is a rewriting
MOST_LINES = 60  # of a removed or added piece; more lines do not make it matter more
LONG_CLAUSE = 4_000  # beyond, a clause is not searched for facts
FACT_CODES = ("money", "percentage", "number", "deadline", "date")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, how strong it is here (1 is usual), and the words that changed."""

    code: str
    old: str = ""
    new: str = ""
    strength: float = 1.0


def judge_hunk(hunk: Hunk, old_line: str, new_line: str) -> list[Reason]:
    """The reasons of one hunk; ``old_line`` and ``new_line`` are the whole lines in which it begins."""
    if hunk.op is Operation.MOVE:
        return [Reason("moved_text", hunk.old, hunk.new)]
    if hunk.op is Operation.DELETE:
        return [reason for line in judge_lines(hunk.old, old_line, "removed") for reason in line]
    if hunk.op is Operation.INSERT:
        return [reason for line in judge_lines(hunk.new, new_line, "added") for reason in line]
    return judge_replacement(hunk, squash_text(old_line), squash_text(new_line))


def judge_lines(piece: str, line: str, fate: str) -> Iterator[list[Reason]]:
    """The reasons of every line of a removed or added piece; ``line`` is the whole first line."""
    lines = [squash_text(part) for part in piece.split("\n")]
    lines = [part for part in lines if part][:MOST_LINES]
    whole_first = squash_text(line)
    for index, part in enumerate(lines):
        whole = whole_first if index == 0 and part in whole_first else part
        following = lines[index + 1] if index + 1 < len(lines) else ""
        yield judge_piece(part, whole, fate, following)


def judge_piece(piece: str, line: str, fate: str, following: str = "") -> list[Reason]:  # noqa: PLR0911 - a decision list
    """The reasons of one removed or added piece within ``line``; the first that fits speaks."""
    sides = (piece, "") if fate == "removed" else ("", piece)
    if not MARK.sub("", piece):
        return [Reason("punctuation", *sides)]
    if NUMBERING.match(piece):
        return [Reason("numbering", *sides)]
    if is_layout(line):
        return [Reason("layout", *sides)]
    if CONTACT.search(line) or PHONE_ONLY.match(piece):
        return [Reason("contact", *sides)]
    if piece == line and ADDRESS_LINE.match(piece):
        return [Reason("name", *sides)]
    if piece == line and SIGNED_LINE.match(piece):
        return [Reason("date", *sides)]
    if piece == line and UNIT.search(piece) and len(piece) <= LONGEST_UNIT and piece.endswith(UNIT.findall(piece)[-1]):
        return [Reason("unit", *sides)]
    if is_courteous(piece) or is_courteous(line):
        return [Reason("courtesy", *sides)]
    if piece == line and HEADING.match(piece) and following and not HEADING.match(following):
        return [Reason(f"section_{fate}", *sides)]
    return judge_statement(piece, fate, sides)


PHONE_ONLY = re.compile(rf"^\(?{PHONE}\)?[,;。]?$")


def judge_statement(piece: str, fate: str, sides: tuple[str, str]) -> list[Reason]:
    """The reasons of a removed or added statement: what it says decides more than its length."""
    reasons = []
    if REFUSAL.search(piece):
        reasons.append(Reason("refusal", *sides))
    if COMMITMENT.search(piece):
        reasons.append(Reason(f"commitment_{fate}", *sides))
    strength = 1.0 if len(piece) >= SHORT_STATEMENT else 0.7
    reasons.append(Reason(f"text_{fate}", *sides, strength=strength))
    facts = read_facts(piece[:LONG_CLAUSE])
    codes = {code for code, _, _ in compare_facts(facts, Facts())}
    share = 0.9 if fate == "removed" else 0.65
    reasons += [Reason(code, strength=share) for code in FACT_CODES if code in codes]
    return reasons


def is_layout(line: str) -> bool:
    """Whether a line belongs to the page around the document."""
    return len(line) <= LONG_LAYOUT and bool(LAYOUT.search(line))


def is_courteous(line: str) -> bool:
    """Whether a line says nothing but what courtesy asks for."""
    if len(line) > LONG_LAYOUT or not COURTESY.search(line) or ADDRESS_LINE.match(line):
        return False
    rest = COURTESY.sub("", line)
    return not any(pattern.search(rest) for pattern in (COMMITMENT, FACTS, UNIT, NAME, REFUSAL))


def judge_replacement(hunk: Hunk, old_line: str, new_line: str) -> list[Reason]:
    """The reasons of a clause that became another one."""
    old, new = squash_text(hunk.old), squash_text(hunk.new)
    if MARK.sub("", old) == MARK.sub("", new):
        return [Reason("punctuation", hunk.old, hunk.new)]
    if NUMBERING.match(old) and NUMBERING.match(new):
        return [Reason("numbering", hunk.old, hunk.new)]
    if is_layout(old_line) and is_layout(new_line):
        return [Reason("layout", hunk.old, hunk.new)]
    if CONTACT.search(old_line) and CONTACT.search(new_line):
        return [Reason("contact", hunk.old, hunk.new)]
    if is_courteous(old) and is_courteous(new):
        return [Reason("courtesy", hunk.old, hunk.new)]
    if "\n" in hunk.old or "\n" in hunk.new or is_strange(old, new):
        return [
            *(reason for line in judge_lines(hunk.old, hunk.old, "removed") for reason in line),
            *(reason for line in judge_lines(hunk.new, hunk.new, "added") for reason in line),
            *judge_pair(old, new),
        ]
    return judge_pair(old, new)


def is_strange(old: str, new: str) -> bool:
    """Whether two clauses have too little in common to be one clause, edited."""
    if max(len(old), len(new)) > LONG_CLAUSE:
        return True
    return Indel.normalized_similarity(old, new, score_cutoff=LEAST_LIKENESS) == 0


def judge_pair(old: str, new: str) -> list[Reason]:
    """The reasons of an edit: facts, negations, words of promise; when none of these, the wording."""
    if max(len(old), len(new)) > LONG_CLAUSE:
        return [Reason("rewritten", old, new)]
    before, after = read_facts(COURTESY.sub("", old)), read_facts(COURTESY.sub("", new))
    reasons = [Reason(code, gone, come) for code, gone, come in compare_facts(before, after)]
    fall, gone, come = compare_stages(before, after)
    if fall > 0:
        reasons.append(Reason("commitment_weakened", gone, come, strength=1.0 if fall > 1 else 0.85))
    if fall:
        reasons.append(Reason("modality", gone, come))
    if not reasons and COURTESY.search(old) and COURTESY.search(new):
        return [Reason("courtesy", old, new)]
    return reasons or [judge_wording(old, new)]


def judge_wording(old: str, new: str) -> Reason:
    """An edit without weighty words: a slip of the pen, or a sentence put anew."""
    distance = Indel.distance(old, new)
    if distance > MANY_CHARACTERS and distance > len(old) * 0.5:
        return Reason("rewritten", old, new)
    return Reason("wording", old, new, strength=min(1.6, 0.8 + distance * 0.05))
