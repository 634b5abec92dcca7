"""Who is told what, when and where: the tables ``[[subscribers]]`` of ``replywatch.toml``.

Addresses are Apprise URLs and hold secrets: nothing here prints one. ``${NAME}`` in an address is taken from the
environment, so that the file need not hold it.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.records import ChangeKind

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = (
    "name",
    "url",
    "schedule",
    "sites",
    "kinds",
    "min_score",
    "alert_score",
    "language",
    "incidents",
    "incident_alerts",
    "silence",
)  # fmt: skip - a line of names
HINT = 'use "daily 08:00", "mon 08:00", "mon,thu 08:00", "immediate" or "alerts"'
TABLE = "subscribers"

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_NAME = re.compile(r"[\w.-]{1,100}")


class SubscriptionError(ValueError):
    """A subscriber's table is wrong; the message is one line that names the entry."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When digests go: on ``days`` (0 is Monday) at a time of day; with ``is_immediate`` as soon as there is news.

    Without days, and not immediate, there are no digests, only alerts.
    """

    days: frozenset[int] = frozenset()
    at: time = time(8)
    is_immediate: bool = False

    def find_period(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The last time at or before ``now`` at which a digest was due, in the zone; None when there is none."""
        today = now.astimezone(zone).date()
        for back in range(8):
            day = today - timedelta(days=back)
            moment = datetime.combine(day, self.at, tzinfo=zone)
            if day.weekday() in self.days and moment <= now:
                return moment
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One who is told. Without sites or kinds, all of them; ``alert_score`` None means no alerts on changes.

    ``has_incidents`` puts incidents into digests, ``has_incident_alerts`` tells each at once when it opens.
    """

    name: str
    urls: tuple[str, ...] = field(repr=False)
    schedule: Schedule
    sites: frozenset[str] = frozenset()
    kinds: frozenset[ChangeKind] = frozenset()
    min_score: float = 0.0
    alert_score: float | None = None
    language: str = "zh"
    has_incidents: bool = True
    has_incident_alerts: bool = False
    has_silence: bool = True

    def wants(self, site: str, kind: str, score: float) -> bool:
        """Whether a change of this site, kind and score is for this subscriber."""
        is_kind = not self.kinds or kind in self.kinds
        return is_kind and (not self.sites or site in self.sites) and score >= self.min_score


def read_subscribers(value: object, environment: Mapping[str, str]) -> tuple[Subscriber, ...]:
    """The subscribers that a file's ``subscribers`` describe.

    Raises:
        SubscriptionError: an entry is wrong, or two have one name.
    """
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise SubscriptionError(f"{TABLE}: write a table [[{TABLE}]] for each subscriber")
    found = [read_subscriber(number, table, environment) for number, table in enumerate(value, 1)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise SubscriptionError(f"{TABLE}: two are called {name}; a name says who was told what, so it must be one")
    return tuple(found)


def read_subscriber(number: int, table: Mapping[str, object], environment: Mapping[str, str]) -> Subscriber:
    """One entry; ``number`` counts from 1 and stands in messages as long as there is no name."""
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SubscriptionError(f"{TABLE}, entry {number}: name: use letters, digits, and - . _ between them")
    where = f"{TABLE}.{name}"
    for key in table:
        check_word(f"{where}.{key}", "is no setting", str(key), KEYS)
    score = table.get("alert_score")
    language = read_text(where, table, "language", "zh")
    check_word(f"{where}.language = {language}", "is not known", language, ("zh", "en"))
    kinds = read_texts(where, table, "kinds")
    for kind in kinds:
        check_word(f"{where}.kinds: {kind}", "is no kind of change", kind, [one.value for one in ChangeKind])
    return Subscriber(
        name=name,
        urls=tuple(read_address(where, url, environment) for url in read_texts(where, table, "url", least=1)),
        schedule=read_schedule(where, read_text(where, table, "schedule", "daily 08:00")),
        sites=frozenset(read_texts(where, table, "sites")),
        kinds=frozenset(map(ChangeKind, kinds)),
        min_score=read_score(f"{where}.min_score", table.get("min_score", 0.0)),
        alert_score=None if score is None else read_score(f"{where}.alert_score", score),
        language=language,
        has_incidents=read_switch(where, table, "incidents"),
        has_incident_alerts=read_switch(where, table, "incident_alerts", is_on=False),
        has_silence=read_switch(where, table, "silence"),
    )


def check_word(what: str, fault: str, word: str, known: Iterable[str]) -> None:
    """Refuse a word that is not known, with the nearest that is."""
    names = list(known)
    if word not in names:
        near = difflib.get_close_matches(word, names, n=1)
        raise SubscriptionError(f"{what} {fault}; " + (f"did you mean {near[0]}?" if near else ", ".join(names)))


def read_text(where: str, table: Mapping[str, object], key: str, default: str) -> str:
    """A text."""
    value = table.get(key, default)
    if not isinstance(value, str):
        raise SubscriptionError(f"{where}.{key}: use a text in quotation marks")
    return value.strip()


def read_texts(where: str, table: Mapping[str, object], key: str, least: int = 0) -> tuple[str, ...]:
    """A text or a list of texts."""
    value = table.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(one, str) and one.strip() for one in texts):
        raise SubscriptionError(f'{where}.{key}: use a text or a list of texts such as ["a", "b"]')
    if len(texts) < least:
        raise SubscriptionError(
            f"{where}.{key}: is missing; use an address as Apprise has them, mailto://… or json://…"
        )
    return tuple(one.strip() for one in texts)


def read_address(where: str, url: str, environment: Mapping[str, str]) -> str:
    """An Apprise URL with the values of ``${NAME}`` put in. What it is stays out of every message."""
    for name in _VARIABLE.findall(url):
        if not environment.get(name):
            raise SubscriptionError(f"{where}.url: the environment has no {name}")
    whole = _VARIABLE.sub(lambda found: environment[found[1]], url)
    if not re.match(r"[a-zA-Z][\w+.-]*://\S", whole):
        raise SubscriptionError(f"{where}.url: use an address as Apprise has them, such as mailto://… or json://…")
    return whole


def read_schedule(where: str, words: str) -> Schedule:
    """``daily``, days of the week, each with a time; ``immediate``; or ``alerts``."""
    days, _, clock = words.lower().partition(" ")
    if days in ("immediate", "alerts") and not clock:
        return Schedule(is_immediate=days == "immediate")
    names = DAYS if days == "daily" else ("mon",) if days == "weekly" else tuple(days.split(","))
    try:
        at = datetime.strptime(clock.strip() or "08:00", "%H:%M").time()  # noqa: DTZ007 - a time of day, in the zone of the configuration
        return Schedule(frozenset(map(DAYS.index, names)), at)
    except ValueError:
        raise SubscriptionError(f'{where}.schedule = "{words}": {HINT}') from None


def read_score(where: str, value: object) -> float:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise SubscriptionError(f"{where} = {value}: use a number from 0 to 1")
    return float(value)


def read_switch(where: str, table: Mapping[str, object], key: str, *, is_on: bool = True) -> bool:
    """True or false; ``is_on`` when nothing is said."""
    value = table.get(key, is_on)
    if not isinstance(value, bool):
        raise SubscriptionError(f"{where}.{key} = {value}: use true or false")
    return value
