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


class RuleError(ValueError):
    """A rule that cannot work; ``pattern`` is what was given."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"no usable pattern: {pattern!r} ({reason})")
        self.pattern = pattern


@dataclass(frozen=True)
class IgnoreRule:
    """Hide changes all of whose edits match.

    ``pattern`` is a regular expression that must be found in both sides of an edit (a side that is empty is passed
    over), in folded text without white space; empty means any. ``site`` is a site's key, empty for all. ``field`` is
    ``text``, a field's name, or empty for text and fields alike.

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
            re.compile(self.pattern)
        except re.error as error:
            raise RuleError(self.pattern, str(error)) from error

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
        return all(self.expression.search(side) for side in (old, new) if side)


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
    """Every edit of a change: the field (``text`` for the text), what it was and what it is."""
    for hunk in change.difference.hunks:
        yield TEXT, squash_text(hunk.old), squash_text(hunk.new)
    for name, pair in change.difference.fields.items():
        old, new = ("、".join(map(str, side)) if isinstance(side, list) else str(side or "") for side in pair)
        yield name, squash_text(old), squash_text(new)


def suggest_rule(change: Change) -> IgnoreRule:
    """A rule made from a change: its first edit with the digits and the words that changed left open.

    Raises:
        RuleError: the change has no edit that a rule could be made from.
    """
    hunk = next(iter(change.difference.hunks), None)
    if hunk is not None:
        return IgnoreRule(pattern=generalize_hunk(hunk), site=change.site, field=TEXT)
    field = next(iter(change.difference.fields), "")
    return IgnoreRule(site=change.site, field=field)


def generalize_hunk(hunk: Hunk) -> str:
    """What stays the same in an edit, literally, with a gap where it changed; digits stand for any digits."""
    if hunk.op is Operation.REPLACE:
        pieces = [fold_piece(old) if step == "equal" else ".*" for step, old, _ in mark_characters(hunk.old, hunk.new)]
        pattern = "".join(pieces)
        if pattern.strip(".*"):
            return pattern
    return fold_piece(hunk.old or hunk.new)


def fold_piece(text: str) -> str:
    """A piece as a pattern: literal but for its digits."""
    return re.sub(r"\d+", r"\\d+", re.escape("".join(fold_text(text).split())))
