"""An operator's rules for what need not be shown, and their test against what was told before.

A rule hides and never deletes: what it hid can be counted and looked at.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from storage.comparison.characters import mark_characters
from storage.comparison.folding import fold_text, squash_text
from storage.records import Change, ChangeKind, Hunk, Operation

RULED_KINDS = frozenset({ChangeKind.TEXT, ChangeKind.FIELDS, ChangeKind.ATTACHMENTS, ChangeKind.STATUS})
TEXT = "text"
LEAST_KEPT = 2  # letters that an edit must leave as they were to be known again by them


class RuleError(ValueError):
    """A rule that cannot work; ``pattern`` is what was given."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"no usable pattern: {pattern!r} ({reason})")
        self.pattern = pattern


@dataclass(frozen=True)
class IgnoreRule:
    """Hide changes all of whose edits match.

    ``pattern`` is a regular expression that must be found in every line of both sides of an edit (a side that is empty
    is passed over), in folded text without white space; empty means any. ``site`` is a site's key, empty for all.
    ``field`` is ``text``, a field's name, or empty for text and fields alike.

    Raises:
        RuleError: the pattern is no regular expression, or the rule would hide everything.
    """

    pattern: str = ""
    site: str = ""
    field: str = ""

    def __post_init__(self) -> None:
        if not (self.pattern or self.field):
            raise RuleError(self.pattern, "neither pattern nor field")
        try:
            is_blank = re.compile(self.pattern).search("") is not None
        except re.error as error:
            raise RuleError(self.pattern, str(error)) from error
        if is_blank and self.field in ("", TEXT):
            raise RuleError(self.pattern, "it is found in every text")

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)

    def is_hiding(self, change: Change) -> bool:
        """Whether the rule hides a change: an edit among others that do not match keeps the change visible.

        Only edits are ruled; what became of a page (gone, moved, delisted) is always shown, and so are changes of
        attachments.
        """
        if change.kind not in RULED_KINDS or "attachments" in change.difference.kinds:
            return False
        if self.site and change.site != self.site:
            return False
        edits = list(list_sides(change))
        return bool(edits) and all(self.is_matching(*edit) for edit in edits)

    def is_matching(self, field: str, old: str, new: str) -> bool:
        """Whether one edit of a field (or the text) matches."""
        if self.field and field != self.field:
            return False
        lines = [line for side in (old, new) for line in side.split("\n") if line]
        return all(self.expression.search(line) for line in lines)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule would have hidden: the ids of the changes, and of how many edits it was asked."""

    hidden: tuple[str, ...]
    total: int


def count_hidden(rule: IgnoreRule, changes: Iterable[Change]) -> Backtest:
    """Test a rule against changes that were told: how many of the edits it is about it would have hidden."""
    asked = [change for change in changes if change.kind in RULED_KINDS and rule.site in ("", change.site)]
    return Backtest(tuple(change.id for change in asked if rule.is_hiding(change)), len(asked))


def list_sides(change: Change) -> Iterator[tuple[str, str, str]]:
    """Every edit of a change: the field (``text`` for the text), the lines that were and the lines that are."""
    for hunk in change.difference.hunks:
        yield TEXT, squash_lines(hunk.old), squash_lines(hunk.new)
    for name, pair in change.difference.fields.items():
        old, new = map(squash_text, map(write_value, pair))
        yield name, old, new


def write_value(value: object) -> str:
    """A field's value as text."""
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


def squash_lines(text: str) -> str:
    """The lines of a text, each folded and without white space."""
    return "\n".join(filter(None, map(squash_text, text.split("\n"))))


def suggest_rule(change: Change) -> IgnoreRule:
    """A rule made from a change, which hides it and its like: digits and the words that changed are left open.

    Raises:
        RuleError: the change has no edit that a rule could be made from.
    """
    hunks, fields = change.difference.hunks, change.difference.fields
    if len(fields) == 1 and not hunks:
        return IgnoreRule(site=change.site, field=next(iter(fields)))
    patterns = [generalize_hunk(hunk) for hunk in hunks]
    # Of several fields each value is one in full: a date in the info table is not to hide one in a sentence.
    patterns += [f"^(?:{generalize_sides(*map(write_value, pair))})$" for pair in fields.values()]
    return IgnoreRule(pattern="|".join(dict.fromkeys(patterns)), site=change.site, field="" if fields else TEXT)


def generalize_hunk(hunk: Hunk) -> str:
    """What stays the same in an edit, literally, with a gap where it changed; digits stand for any digits.

    When hardly anything stays the same, or several lines changed, the lines themselves are the pattern.
    """
    is_line = "\n" not in hunk.old.strip() and "\n" not in hunk.new.strip()
    if hunk.op is Operation.REPLACE and is_line:
        marks = mark_characters(hunk.old, hunk.new)
        kept = "".join(old for step, old, _ in marks if step == "equal")
        if len(re.findall(r"[^\W\d_]", kept)) >= LEAST_KEPT:
            return "".join(fold_piece(old) if step == "equal" else ".*" for step, old, _ in marks)
    return generalize_sides(hunk.old, hunk.new)


def generalize_sides(old: str, new: str) -> str:
    """The lines of both sides, one of which a line must hold."""
    lines = (fold_piece(line) for side in (old, new) for line in side.split("\n"))
    return "|".join(dict.fromkeys(filter(None, lines)))


def fold_piece(text: str) -> str:
    """A piece as a pattern: literal but for its digits."""
    return re.sub(r"\d+", r"\\d+", re.escape("".join(fold_text(text).split())))
