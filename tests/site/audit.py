"""Hold a report against the truth of the script: what was found, what was missed, what was made up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tests.site.truth import Expected

_ZONE = ZoneInfo("Asia/Shanghai")

Told = Mapping[str, object]  # one change of ``replywatch report --format json``


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The truth's changes that were told, those that were not, and what was told beside them."""

    found: tuple[tuple[Expected, Told], ...]
    missed: tuple[Expected, ...]
    false: tuple[Told, ...]

    @property
    def is_met(self) -> bool:
        """All was found, and nothing was made up."""
        return not self.missed and not self.false


def audit_report(changes: Sequence[Told], truth: Iterable[Expected], *, first_day: date) -> Audit:
    """Match the changes of a JSON report with the truth by kind, address and day.

    ``first_day`` is the calendar day (of the Asia/Shanghai zone) of round 0. What was there on the first visit is no
    news: it is left out on both sides, provided that the report marks it so.
    """
    wanted = [expected for expected in truth if not expected.is_baseline]
    found, false = [], []
    for told in changes:
        if told.get("baseline"):
            continue
        match = next((expected for expected in wanted if _is_same(told, expected, first_day)), None)
        if match is None:
            false.append(told)
            continue
        wanted.remove(match)
        found.append((match, told))
    missed = tuple(expected for expected in wanted if not expected.is_optional)
    return Audit(found=tuple(found), missed=missed, false=tuple(false))


def count_day(told: Told, first_day: date) -> int:
    """The round in which a change was established."""
    detected = datetime.fromisoformat(str(told["detected_at"]))
    return (detected.astimezone(_ZONE).date() - first_day).days


def _is_same(told: Told, expected: Expected, first_day: date) -> bool:
    return (
        told["kind"] == expected.kind
        and urlsplit(str(told["url"])).path in expected.paths
        and (expected.round if expected.since is None else expected.since)
        <= count_day(told, first_day)
        <= expected.round
    )
