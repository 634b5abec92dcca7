"""The facts that a clause states, so that two clauses can be asked which of them differ."""

import re
from collections import Counter
from dataclasses import dataclass, field

from storage.comparison.lexicon import (
    ADDRESS_LINE,
    CITED,
    DEADLINE_WORDS,
    FACTS,
    LATIN_NEGATION,
    LATIN_STAGE,
    LATIN_STAGES,
    LISTED_NAME,
    NAME,
    NEGATION,
    PAST_WORDS,
    PLACE,
    RESULT_CLASS,
    SCALE,
    SCALE_WORDS,
    STAGE,
    STAGES,
    UNIT,
)

RANKS = STAGES | LATIN_STAGES
BRACKETS = re.compile(r"[,〔〕﹝﹞\[\]【】()]")  # however a number is bracketed, it is the same one
STRONG = 3  # a stage from which on a word binds
HEDGE = 1  # a stage up to which a word leaves everything open


@dataclass(slots=True)
class Facts:
    """What a clause states, kind by kind; ``stages`` are its words of promise and progress."""

    values: dict[str, Counter[str]] = field(default_factory=dict)
    stages: Counter[str] = field(default_factory=Counter)
    is_deadline: bool = False

    def add(self, kind: str, value: str) -> None:
        """Note one fact."""
        self.values.setdefault(kind, Counter())[value] += 1

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
        facts.add(str(found.lastgroup), BRACKETS.sub("", found.group()))
    for kind, pattern in (("negation", NEGATION), ("unit", UNIT), ("place", PLACE), ("reference", CITED)):
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
    for kind in sorted({*old.values, *new.values}):
        gone, come = old.get(kind) - new.get(kind), new.get(kind) - old.get(kind)
        if (gone or come) and not is_synonym(kind, gone, come):
            differing.append((name_kind(kind, old, new), "、".join(gone), "、".join(come)))
    return differing


def is_synonym(kind: str, gone: Counter[str], come: Counter[str]) -> bool:
    """Whether words were exchanged for others that say the same.

    One negation is as good as another; on a scale, words of the same place are, and a word that only came or went says
    nothing by itself.
    """
    if kind == "negation":
        return gone.total() == come.total()
    if not kind.startswith("scale "):
        return False
    return not (gone and come) or {SCALE_WORDS[word] for word in gone} == {SCALE_WORDS[word] for word in come}


def name_kind(kind: str, old: Facts, new: Facts) -> str:
    """The reason for a kind of fact: a date or a duration in a promise is a deadline."""
    if kind in ("date", "duration"):
        is_deadline = old.is_deadline or new.is_deadline
        return "deadline" if is_deadline else "date" if kind == "date" else "number"
    if kind.startswith("scale "):
        scale = kind.partition(" ")[2]
        return scale if scale in ("level", "reversal") else "scope"
    return "contact" if kind == "phone" else kind


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
