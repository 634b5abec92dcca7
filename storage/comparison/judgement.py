"""What a hunk means: the reasons that a reader would give for it."""

import re
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from storage.comparison.characters import COMMON_WORDS, mark_characters
from storage.comparison.facts import Facts, compare_facts, compare_stages, read_facts, read_latin
from storage.comparison.folding import squash_text
from storage.comparison.lexicon import (
    COMMITMENT,
    COPIES,
    COURTESY,
    ENUMERATED,
    ENUMERATOR,
    FACTS,
    FUNCTION_WORDS,
    HEADING,
    MARK,
    NUMBERING,
    PROPER_END,
    REFUSAL,
    SIGNED_LINE,
    STAGES,
)
from storage.comparison.lines import is_address, is_contact, is_courteous, is_furniture, is_unit
from storage.comparison.notation import unify_marks, write_value
from storage.comparison.pairing import LEAST_LIKENESS
from storage.records import Hunk, Operation

MOST_LINES = 60  # of a removed or added piece; more lines do not make it matter more
SHORT_STATEMENT = 10  # characters; shorter statements say less
LONGEST_SCRAP = 6  # characters; 同时, put for 此外, removes no text and adds none
LONGEST_PROPER = 4  # characters of a name that may be exchanged for those of another one
MANY_CHARACTERS = 12  # changed ones beyond which an edit is a rewriting
LONG_CLAUSE = 4_000  # beyond, a clause is not searched for facts
HAN_WORD = re.compile("^[一-鿿]+$")
WORDS_OF_LETTERS = frozenset({*STAGES, *COMMON_WORDS.split()})
LATIN_WORD = re.compile("[A-Za-z]{2}")
FACT_CODES = ("money", "percentage", "number", "deadline", "date")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, how strong it is here (1 is usual), and the words that changed."""

    code: str
    old: str = ""
    new: str = ""
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A removed or added piece of one line: the whole line, its number, and the line that follows in the piece.

    All texts are folded and without white space; cells of a table are parted by ``|``.
    """

    text: str
    line: str
    number: int
    fate: str  # removed or added
    following: str = ""
    is_outlook: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the piece is its whole line."""
        return self.text == self.line

    def give_reason(self, code: str, strength: float = 1.0) -> Reason:
        """A reason with the piece on its side."""
        old, new = (self.text, "") if self.fate == "removed" else ("", self.text)
        return Reason(code, old, new, strength)


def flatten_piece(text: str) -> str:
    """Folded and without white space; tabs, which part the cells of a table, become ``|``."""
    return squash_text(text.strip().replace("\t", "|"))


def judge_hunk(hunk: Hunk, old_line: str, new_line: str, *, is_outlook: bool = False) -> list[Reason]:
    """The reasons of one hunk.

    ``old_line`` and ``new_line`` are the whole lines in which it begins; ``is_outlook`` says that it stands in a part
    of the letter that tells what will be done.
    """
    if hunk.op is Operation.MOVE:
        return [Reason("moved_text", hunk.old, hunk.new)]
    if hunk.op is Operation.REPLACE:
        return judge_replacement(hunk, flatten_piece(old_line), flatten_piece(new_line), is_outlook=is_outlook)
    if hunk.op is Operation.DELETE:
        pieces = cut_lines(hunk.old, old_line, hunk.old_line, "removed", is_outlook=is_outlook)
    else:
        pieces = cut_lines(hunk.new, new_line, hunk.new_line, "added", is_outlook=is_outlook)
    return [reason for piece in pieces for reason in judge_piece(piece)]


def cut_lines(text: str, line: str, number: int, fate: str, *, is_outlook: bool) -> list[Piece]:
    """The lines of a removed or added text as pieces; ``line`` is the whole first line, ``number`` its number."""
    lines = [flat for flat in map(flatten_piece, text.split("\n")) if flat][:MOST_LINES]
    wholes = [flatten_piece(line) if index == 0 else flat for index, flat in enumerate(lines)]
    return [
        Piece(flat, whole if flat in whole else flat, number + index, fate, following, is_outlook)
        for index, (flat, whole, following) in enumerate(zip(lines, wholes, [*lines[1:], ""], strict=False))
    ]


def judge_piece(piece: Piece) -> list[Reason]:
    """The reasons of one removed or added piece: what it is, when it is no statement; else what it states."""
    code = name_piece(piece)
    if code == "enumerated":
        return [piece.give_reason(f"section_{piece.fate}", 0.9), *judge_statement(piece)]
    return [piece.give_reason(code)] if code else judge_statement(piece)


def name_piece(piece: Piece) -> str | None:
    """What a piece is, the first that fits; None when it is a statement."""
    text, line = piece.text, piece.line
    signs = (
        ("punctuation", not MARK.sub("", text)),
        ("numbering", NUMBERING.match(text)),
        ("layout", is_furniture(line)),
        ("contact", is_contact(text) or is_contact(line)),
        ("copies", COPIES.match(line)),
        ("name", is_address(piece.line, piece.number)),
        ("date", piece.is_whole and SIGNED_LINE.match(text)),
        ("unit", piece.is_whole and is_unit(text)),
        ("courtesy", is_courteous(text) or is_courteous(line)),
        (f"section_{piece.fate}", piece.is_whole and is_heading(piece)),
        ("enumerated", piece.is_whole and ENUMERATED.match(text)),
    )
    return next((code for code, sign in signs if sign), None)


def is_heading(piece: Piece) -> bool:
    """Whether a line is the heading of lines that came or went with it."""
    return bool(HEADING.match(piece.text) and piece.following and not HEADING.match(piece.following))


def judge_statement(piece: Piece) -> list[Reason]:
    """The reasons of a removed or added statement: what it says decides more than its length."""
    reasons = []
    if REFUSAL.search(piece.text):
        reasons.append(piece.give_reason("refusal"))
    if piece.is_outlook or COMMITMENT.search(piece.text):
        reasons.append(piece.give_reason(f"commitment_{piece.fate}"))
    reasons.append(piece.give_reason(f"text_{piece.fate}", 1.0 if len(piece.text) >= SHORT_STATEMENT else 0.7))
    codes = {code for code, _, _ in compare_facts(read_facts(piece.text[:LONG_CLAUSE]), Facts())}
    share = 0.9 if piece.fate == "removed" else 0.65
    return reasons + [Reason(code, strength=share) for code in FACT_CODES if code in codes]


def judge_replacement(hunk: Hunk, old_line: str, new_line: str, *, is_outlook: bool = False) -> list[Reason]:
    """The reasons of a clause that became another one."""
    old, new = flatten_piece(hunk.old), flatten_piece(hunk.new)
    code = name_replacement((old, old_line, hunk.old_line), (new, new_line, hunk.new_line))
    if code:
        return [Reason(code, hunk.old.strip(), hunk.new.strip())]
    reasons = judge_pair(old, new)
    latin = judge_facts(read_latin(hunk.old), read_latin(hunk.new)) if LATIN_WORD.search(hunk.old + hunk.new) else []
    reasons = [*latin, *(reason for reason in reasons if not latin or reason.code != "wording")]
    is_scrap = max(len(old), len(new)) <= LONGEST_SCRAP and reasons[-1].code == "wording"
    is_other = is_strange(old, new) and not is_scrap
    if is_other:
        # A word of denial in one of two statements that have little in common turns none of them around.
        reasons = [replace(reason, strength=0.6) if reason.code == "negation" else reason for reason in reasons]
    if is_other or "\n" in hunk.old.strip() or "\n" in hunk.new.strip():
        pieces = [
            *cut_lines(hunk.old, old_line, hunk.old_line, "removed", is_outlook=is_outlook),
            *cut_lines(hunk.new, new_line, hunk.new_line, "added", is_outlook=is_outlook),
        ]
        reasons += [reason for piece in pieces for reason in judge_piece(piece)]
    return reasons


def name_replacement(old: tuple[str, str, int], new: tuple[str, str, int]) -> str | None:
    """What a pair of clauses is (each with its line and that line's number), when it states nothing."""
    (before, old_line, old_number), (after, new_line, new_number) = old, new
    signs = (
        ("punctuation", strip_marks(before) == strip_marks(after)),
        ("notation", is_respelt(before, after)),
        ("numbering", NUMBERING.match(before) and NUMBERING.match(after)),
        ("numbering", ENUMERATOR.sub("", before) == ENUMERATOR.sub("", after)),
        ("layout", is_furniture(old_line) and is_furniture(new_line)),
        ("contact", is_contact(old_line) and is_contact(new_line)),
        ("copies", COPIES.match(old_line) and COPIES.match(new_line)),
        ("courtesy", is_courteous(before) and is_courteous(after)),
        ("name", is_other_address(old_line, new_line, old_number, new_number)),
    )
    return next((code for code, sign in signs if sign), None)


def is_respelt(old: str, new: str) -> bool:
    """Whether two clauses state the same values in other ways of writing."""
    if max(len(old), len(new)) > LONG_CLAUSE:
        return False
    return strip_marks(spell_values(old)) == strip_marks(spell_values(new))


def strip_marks(text: str) -> str:
    """The text without marks that mean nothing; brackets and dashes that stand between digits in one form."""
    return MARK.sub("", unify_marks(text))


def spell_values(text: str) -> str:
    """The text with its numbers, amounts and dates in one way of writing."""
    return FACTS.sub(lambda found: found.group() if found["phone"] else write_value(found.group()), text)


def is_other_address(old: str, new: str, old_number: int, new_number: int) -> bool:
    """Whether a letter goes to somebody else; 尊敬的 is no part of a name."""
    if not (is_address(old, old_number) and is_address(new, new_number)):
        return False
    return MARK.sub("", old).removeprefix("尊敬的") != MARK.sub("", new).removeprefix("尊敬的")


def is_strange(old: str, new: str) -> bool:
    """Whether two clauses have too little in common to be one clause, edited."""
    if max(len(old), len(new)) > LONG_CLAUSE:
        return True
    return Indel.normalized_similarity(old, new, score_cutoff=LEAST_LIKENESS) == 0


def judge_pair(old: str, new: str) -> list[Reason]:
    """The reasons of an edit: facts, negations, words of promise; when none of these, the wording."""
    if max(len(old), len(new)) > LONG_CLAUSE:
        return [Reason("rewritten", old, new)]
    reasons = judge_facts(read_facts(COURTESY.sub("", old)), read_facts(COURTESY.sub("", new)))
    if not reasons and COURTESY.search(old) and COURTESY.search(new):
        return [Reason("courtesy", old, new)]
    if not reasons and is_other_proper(old, new):
        return [Reason("place", old, new, strength=0.8)]
    return reasons or [judge_wording(old, new)]


def is_other_proper(old: str, new: str) -> bool:
    """Whether the edit puts one proper name for another: 马头山镇 for 牛头山镇."""
    marks = mark_characters(old, new)
    return any(
        tag == "replace" and is_proper_piece(before, after) and PROPER_END.match(following[1])
        for (tag, before, after), following in zip(marks, [*marks[1:], ("", "", "")], strict=True)
    )


def is_proper_piece(old: str, new: str) -> bool:
    """Whether two exchanged pieces may be parts of proper names: short, and no words of the language itself."""
    if max(len(old), len(new)) > LONGEST_PROPER or not HAN_WORD.match(old + new):
        return False
    pieces = {old, new}
    return not (pieces & FUNCTION_WORDS or pieces <= WORDS_OF_LETTERS)


def judge_facts(before: Facts, after: Facts) -> list[Reason]:
    """What two clauses state differently, and how far their promises fell."""
    reasons = [Reason(code, gone, come) for code, gone, come in compare_facts(before, after)]
    fall, gone, come = compare_stages(before, after)
    if fall > 0:
        reasons.append(Reason("commitment_weakened", gone, come, strength=1.0 if fall > 1 else 0.85))
    if fall:
        reasons.append(Reason("modality", gone, come))
    return reasons


def judge_wording(old: str, new: str) -> Reason:
    """An edit without weighty words: a slip of the pen, or a sentence put anew."""
    distance = Indel.distance(old, new)
    if distance > MANY_CHARACTERS and distance > len(old) * 0.5:
        return Reason("rewritten", old, new)
    return Reason("wording", old, new, strength=min(1.6, 0.8 + distance * 0.05))
