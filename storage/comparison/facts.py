"""The facts that a clause states, so that two clauses can be asked which of them differ."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from storage.comparison.lexicon import (
    ADDRESS_LINE,
    AGENT,
    CITED,
    DEADLINE_WORDS,
    FACTS,
    GROUP,
    LATIN_NEGATION,
    LATIN_STAGE,
    LATIN_STAGES,
    LISTED_NAME,
    NAME,
    NEGATION,
    PAST_WORDS,
    PAYER,
    PLACE,
    RESULT_CLASS,
    SCALE,
    SCALE_WORDS,
    SELF,
    SINGLE,
    STAGE,
    STAGES,
    TITLED_NAME,
    UNIT,
)
from storage.comparison.notation import write_value

RANKS = STAGES | LATIN_STAGES
BRACKETS = re.compile(r"[,〔〕﹝﹞\[\]【】()]")  # however a number is bracketed, it is the same one
QUANTITIES = frozenset({"number", "money", "percentage", "date", "duration"})
CODES = {  # reasons whose name is not that of the kind of fact or scale
    "level": "level",
    "reversal": "reversal",
    "opposite": "negation",
    "answer": "refusal",
    "phone": "contact",
    "agent": "unit",
    "payer": "unit",
    "side": "unit",
    "group": "scope",
}
STRONG = 3  # a stage from which on a word binds
HEDGE = 1  # a stage up to which a word leaves everything open


@dataclass(slots=True)
class Facts:
    """What a clause states, kind by kind; ``stages`` are its words of promise and progress.

    Values are in one way of writing; ``words`` says how they stand in the clause.
    """

    values: dict[str, Counter[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    stages: Counter[str] = field(default_factory=Counter)
    is_deadline: bool = False

    def add(self, kind: str, value: str, words: str = "") -> None:
        """Note one fact, and how it is put when not as ``value``."""
        self.values.setdefault(kind, Counter())[value] += 1
        self.words.setdefault(value, words or value)

    def quote_values(self, values: Iterable[str]) -> str:
        """Values as they stand in the clause."""
        return "、".join(self.words[value] for value in values)

    def get(self, kind: str) -> Counter[str]:
        """The facts of a kind."""
        return self.values.get(kind, Counter())


def read_latin(clause: str) -> Facts:
    """Negations and words of promise in Latin script; they need the white space between words."""
    words = Counter(word.lower() for word in LATIN_STAGE.findall(clause))
    facts = Facts(stages=words)
    for value in LATIN_NEGATION.findall(clause):
        facts.add("negation", value.lower())
    return facts


def read_facts(clause: str) -> Facts:
    """The facts of a clause or line that is folded and without white space."""
    facts = Facts(stages=Counter(STAGE.findall(clause)))
    for found in FACTS.finditer(clause):
        kind, words = str(found.lastgroup), BRACKETS.sub("", found.group())
        facts.add(kind, write_value(words) if kind in QUANTITIES else words, words)
    for words in SINGLE.findall(clause):
        facts.add("single", write_value(words), words)
    for value in UNIT.findall(clause):
        facts.add("unit", f"{value}员会" if value.endswith("委") else value, value)
    for value in AGENT.findall(clause):
        facts.add("agent", "" if SELF.match(value) else value, value)
    for kind, pattern in (
        ("negation", NEGATION),
        ("place", PLACE),
        ("reference", CITED),
        ("payer", PAYER),
        ("group", GROUP),
        ("name", TITLED_NAME),
    ):
        for value in pattern.findall(clause):
            facts.add(kind, value)
    for found in RESULT_CLASS.finditer(clause):
        facts.add("result_class", next(filter(None, found.groups())))
    for value in (LISTED_NAME if ADDRESS_LINE.search(clause) else NAME).findall(clause):
        facts.add("name", value)
    facts.is_deadline = bool(DEADLINE_WORDS.search(clause)) and not PAST_WORDS.search(clause)
    for word in SCALE.findall(clause):
        facts.add(f"scale {SCALE_WORDS[word][0]}", word)
    return facts


def compare_facts(old: Facts, new: Facts) -> list[tuple[str, str, str]]:
    """Kinds of facts that differ: (code, what only the old clause states, what only the new one states)."""
    differing = []
    for kind in sorted({*old.values, *new.values} - {"single"}):
        gone, come = old.get(kind) - new.get(kind), new.get(kind) - old.get(kind)
        if kind == "number":
            gone, come = gone or find_single(come, old), come or find_single(gone, new)
        if (gone or come) and not is_synonym(kind, gone, come):
            differing.append((name_kind(kind, old, new), old.quote_values(gone), new.quote_values(come)))
    return differing


def find_single(numbers: Counter[str], facts: Facts) -> Counter[str]:
    """What is one of the kind that ``numbers`` count: 一名 beside 三名."""
    kinds = {number.lstrip("0123456789.") for number in numbers} - {""}
    return Counter(value for value in facts.get("single") if value.lstrip("1") in kinds)


def is_synonym(kind: str, gone: Counter[str], come: Counter[str]) -> bool:
    """Whether words were exchanged for others that say the same.

    One negation is as good as another; on a scale, words of the same place are, and a word that only came or went says
    nothing by itself, unless it bounds a number.
    """
    if kind == "negation":
        return gone.total() == come.total()
    if not kind.startswith("scale "):
        return False
    if kind == "scale bound" and not (gone and come):
        return False
    return not (gone and come) or {SCALE_WORDS[word] for word in gone} == {SCALE_WORDS[word] for word in come}


def name_kind(kind: str, old: Facts, new: Facts) -> str:
    """The reason for a kind of fact: a date or a duration in a promise is a deadline."""
    if kind in ("date", "duration"):
        is_deadline = old.is_deadline or new.is_deadline
        return "deadline" if is_deadline else "date" if kind == "date" else "number"
    if kind.startswith("scale "):
        return CODES.get(kind.partition(" ")[2], "scope")
    return CODES.get(kind, kind)


def compare_stages(old: Facts, new: Facts) -> tuple[int, str, str]:
    """How far the words of promise and progress fell (positive: weaker), and the words.

    A word that stands for itself counts when it is strong (done, bound to) or a hedge; words of mere activity do not.
    """
    gone, come = old.stages - new.stages, new.stages - old.stages
    words = "、".join(gone), "、".join(come)
    if gone and come:
        return (max(map(RANKS.__getitem__, gone)) - max(map(RANKS.__getitem__, come)), *words)
    fall = 0
    for word in gone:
        fall += weigh_word(word)
    for word in come:
        fall -= weigh_word(word)
    return (fall, *words)


def weigh_word(word: str) -> int:
    """What is lost with a word: 1 with a strong one, -1 with a hedge."""
    return int(RANKS[word] >= STRONG) - int(RANKS[word] <= HEDGE)
