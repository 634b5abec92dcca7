"""Gone, moved and restored: what the answers of a page itself say.

Rule: at least three gone answers on at least three calendar days, each with a canary in its run and no doubt that the
site answers by place of origin. A good answer resets the count; all other outcomes neither count nor reset.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from storage.comparison.history import Observation, PageHistory, SiteContext
from storage.records import Evidence, Outcome

LEAST_TRIES = 3
LEAST_DAYS = 3
# Answers that are no removal by themselves, yet fit one when the same document appeared elsewhere.
EVASIVE = frozenset({Outcome.REDIRECTED_HOME, Outcome.REDIRECTED_AWAY})
MOBILE_PREFIXES = ("www.", "m.", "wap.")


@dataclass(frozen=True, slots=True)
class RemovalEvent:
    """A page was found gone, answered that it has moved, or came back after that was told.

    ``kind`` is gone, moved, restored or missing. Missing means: not there any more, by answers of which some only lead
    to another page. It proves nothing by itself and is never told, but a page that appeared elsewhere may explain it.
    """

    kind: str
    seen: Observation
    evidence: Evidence
    version: int | None  # the last one that was shown


@dataclass(slots=True)
class _Streak:
    """What was seen since the last good answer."""

    last_ok: Observation
    first_ok: Observation
    version: int | None
    gone: list[Observation] = field(default_factory=list)
    missing: list[Observation] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    moved_from: str = ""

    def weigh(self, answers: list[Observation], canary: str | None, new_url: str | None = None) -> Evidence:
        """The evidence that ``answers`` give."""
        return Evidence(
            first_ok=self.first_ok.captured_at,
            last_ok=self.last_ok.captured_at,
            first_gone=answers[0].captured_at if answers else None,
            tries=len(answers),
            canary=canary,
            new_url=new_url,
        )


def find_removal_events(page: PageHistory, context: SiteContext) -> Iterator[RemovalEvent]:
    """All such events of a page in order of time. A page that was never good has none."""
    streak: _Streak | None = None
    for seen in page.observations:
        if seen.outcome.is_good:
            if streak and is_return(streak, seen, page):
                yield RemovalEvent("restored", seen, streak.weigh(streak.gone, None), streak.version)
            streak = begin_streak(streak, seen, page)
        elif streak is None:
            continue
        elif seen.outcome is Outcome.MOVED:
            yield from follow_move(streak, seen, page)
        elif seen.outcome.is_gone or seen.outcome in EVASIVE:
            yield from count_answer(streak, seen, page, context)


def begin_streak(before: _Streak | None, seen: Observation, page: PageHistory) -> _Streak:
    """A good answer resets all counts. That the page has moved stays told while it answers at its new place."""
    version = seen.version if seen.version is not None else before.version if before else None
    streak = _Streak(last_ok=seen, first_ok=before.first_ok if before else seen, version=version)
    if before and before.moved_from and not is_return(before, seen, page):
        streak.moved_from = before.moved_from
        streak.told = {word for word in before.told if word.startswith("moved ")}
    return streak


def is_return(streak: _Streak, seen: Observation, page: PageHistory) -> bool:
    """Whether a good answer is a return: after gone was told, or at the address that the page had moved from."""
    if "gone" in streak.told:
        return True
    return bool(streak.moved_from and seen.url) and is_same_place(streak.moved_from, seen.url or page.url)


def follow_move(streak: _Streak, seen: Observation, page: PageHistory) -> Iterator[RemovalEvent]:
    """The site says where the page is now: told once for each new place; http to https is no move."""
    address = seen.url or page.url
    if not seen.new_url or is_same_place(address, seen.new_url):
        return
    word = f"moved {name_place(seen.new_url)}"
    if word not in streak.told:
        streak.told.add(word)
        streak.moved_from = address
        yield RemovalEvent("moved", seen, streak.weigh([], None, seen.new_url), streak.version)


def count_answer(streak: _Streak, seen: Observation, page: PageHistory, context: SiteContext) -> Iterator[RemovalEvent]:
    """Count an answer that has a canary; the one that completes the evidence makes the event."""
    canary = find_canary(seen, page, context)
    if canary is None or seen.run_id in context.doubted_runs:
        return
    streak.missing.append(seen)
    if seen.outcome.is_gone:
        streak.gone.append(seen)
        if "gone" not in streak.told and is_proof(streak.gone, context):
            streak.told.add("gone")
            yield RemovalEvent("gone", seen, streak.weigh(streak.gone, canary), streak.version)
            return
    if not streak.told & {"gone", "missing"} and is_proof(streak.missing, context):
        streak.told.add("missing")
        yield RemovalEvent("missing", seen, streak.weigh(streak.missing, canary), streak.version)


def find_canary(seen: Observation, page: PageHistory, context: SiteContext) -> str | None:
    """The good answer of another page of one of the page's columns in the same run."""
    own = {other.record_id for other in page.observations if other.run_id == seen.run_id}
    found = (context.canaries.get((seen.run_id, column)) for column in page.columns or ("",))
    return next((canary for canary in found if canary and canary not in own), None)


def is_proof(answers: list[Observation], context: SiteContext) -> bool:
    """Whether there are enough answers on enough calendar days."""
    days = {seen.captured_at.astimezone(context.timezone).date() for seen in answers}
    return len(answers) >= LEAST_TRIES and len(days) >= LEAST_DAYS


def name_place(url: str) -> str:
    """Host, path and query, without what tells only http from https, or a phone's page from a desk's."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    for prefix in MOBILE_PREFIXES:
        host = host.removeprefix(prefix)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    return f"{host}{port}{parts.path or '/'}?{parts.query}"


def is_same_place(first: str, second: str) -> bool:
    """Whether two addresses are one to a reader."""
    return name_place(first) == name_place(second)
