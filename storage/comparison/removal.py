"""Gone and restored: what the answers of a page itself say.

Rule: at least three gone answers on at least three calendar days, each with a canary in its run and no doubt that the
site answers by place of origin. A good answer resets the count; all other outcomes neither count nor reset.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from storage.comparison.history import Observation, PageHistory, SiteContext
from storage.records import Evidence, Outcome

LEAST_TRIES = 3
LEAST_DAYS = 3
MISSING = frozenset({Outcome.GONE, Outcome.GONE_SOFT, Outcome.REDIRECTED_HOME, Outcome.REDIRECTED_AWAY})


@dataclass(frozen=True, slots=True)
class RemovalEvent:
    """A page was found gone, or came back after that was told, or answered that it has moved.

    ``kind`` is gone, missing (not there any more, by answers of which some only lead to the front page: told by itself
    it would prove nothing, but a page that appeared elsewhere may explain it), moved, or restored.
    """

    kind: str
    seen: Observation
    evidence: Evidence
    last_version: int | None


@dataclass(slots=True)
class _Streak:
    """Answers since the last good one."""

    answers: list[tuple[Observation, str]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def is_proof(self, context: SiteContext) -> bool:
        days = {seen.captured_at.astimezone(context.timezone).date() for seen, _ in self.answers}
        return len(self.answers) >= LEAST_TRIES and len(days) >= LEAST_DAYS


def find_removal_events(page: PageHistory, context: SiteContext) -> Iterator[RemovalEvent]:
    """All such events of a page in order of time."""
    first_ok: Observation | None = None
    last_ok: Observation | None = None
    version: int | None = None
    gone, missing = _Streak(), _Streak()
    is_told = False
    for seen in page.observations:
        if seen.outcome.is_good:
            if is_told:
                yield RemovalEvent("restored", seen, weigh_evidence(first_ok, last_ok, gone, seen), version)
            gone, missing, is_told = _Streak(), _Streak(), False
            first_ok, last_ok = first_ok or seen, seen
            version = seen.version if seen.version is not None else version
        elif last_ok is None:
            continue
        elif seen.outcome is Outcome.MOVED and seen.new_url and is_other_place(page.url, seen.new_url):
            ...
