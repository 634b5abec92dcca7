"""Incidents as unbroken series of hindrances: a good answer, or a complete walk, ends those of its column. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from storage.clock import format_instant, parse_instant
from storage.records import Incident, Outcome

REPEATED = frozenset(
    {Outcome.TIMEOUT, Outcome.CONNECT_ERROR, Outcome.DNS_ERROR, Outcome.TLS_ERROR, Outcome.SERVER_ERROR}
)
LEAST_FAILURES = 3  # one page that fails now and then is no incident
BEGINNING = datetime.min.replace(tzinfo=UTC)

State = dict[str, Any]  # by kind: how many signs, when the first and the last was seen, the last one's words
Folded = tuple[list[Incident], State, datetime]
"""What was closed or is open, how the state goes on, and the time of the last sign."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One hindrance, or what ended a series of them (``kind`` None)."""

    site: str
    subject: str
    seen_at: datetime
    kind: str | None
    detail: str = ""


def fold_signs(site: str, subject: str, state: State, signs: Iterable[Sign]) -> Folded:
    """Go on with the series of a subject.

    Failures that may happen to any page count from `LEAST_FAILURES` on, refusals at once. The first good sign behind a
    series closes it. ``state`` stays as it is; the signs (at least one) come in order of time.
    """
    state = dict(state)
    found: list[Incident] = []
    last = BEGINNING
    for sign in signs:
        last = sign.seen_at
        if sign.kind is None:
            found += [replace(one, closed_at=sign.seen_at) for one in tell_series(site, subject, state)]
            state = {}
            continue
        time = format_instant(sign.seen_at)
        before = state.get(sign.kind, {"count": 0, "opened": time})
        state[sign.kind] = before | {"count": before["count"] + 1, "last": time, "detail": sign.detail}
    return [*found, *tell_series(site, subject, state)], state, last


def tell_series(site: str, subject: str, state: State) -> Iterator[Incident]:
    """The series that are long enough, as open incidents."""
    for kind, series in state.items():
        if kind not in REPEATED or series["count"] >= LEAST_FAILURES:
            yield tell_incident(kind, site, subject, series, None)


def tell_incident(kind: str, site: str, subject: str, series: dict[str, Any], closed_at: datetime | None) -> Incident:
    """A series (``opened``, ``last``, ``detail``) as an incident."""
    return Incident(
        kind=kind,
        site=site,
        subject=subject,
        detail=series["detail"],
        opened_at=parse_instant(series["opened"]),
        last_at=parse_instant(series["last"]),
        closed_at=closed_at,
    )
