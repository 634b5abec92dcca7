"""Queries of a CDX server, as pywb's answers them: what is asked, which keys that means, and the lines. Pure."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from review.memento import parse_stamp, stamp_time
from storage.addresses import make_address_key
from storage.archive.indexes import format_line
from storage.mementos import Holding

MOST_LINES = 100_000  # an answer
Line = dict[str, str]
Choice = TypeVar("Choice", bound=StrEnum)


class MatchType(StrEnum):
    """How much of the URL has to be the same."""

    EXACT = "exact"
    PREFIX = "prefix"
    HOST = "host"
    DOMAIN = "domain"


class Output(StrEnum):
    """How the lines are written: key, time and JSON; or JSON alone, which holds them."""

    CDXJ = "cdxj"
    JSON = "json"


class Sort(StrEnum):
    """The order of an exact query."""

    TIME = "time"
    REVERSE = "reverse"
    CLOSEST = "closest"


class QueryError(Exception):
    """A query that cannot be answered; the message says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked. ``first`` and ``last`` are 14 digits, inclusive; ``fields`` empty for all."""

    url: str
    match: MatchType = MatchType.EXACT
    first: str = ""
    last: str = ""
    limit: int = MOST_LINES
    output: Output = Output.CDXJ
    filters: tuple[Callable[[Line], bool], ...] = ()
    sort: Sort = Sort.TIME
    closest: datetime | None = None
    fields: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether it asks for one URL."""
        return self.match is MatchType.EXACT


def read_query(arguments: dict[str, list[str]]) -> Query:
    """The query that arguments make, by the names and values of pywb.

    Raises:
        QueryError: one is missing or not allowed.
    """
    url, match = _read_url(_take(arguments, "url"), _take(arguments, "matchType"))
    closest = _take(arguments, "closest")
    sort = _choose(Sort, _take(arguments, "sort"), "sort", Sort.CLOSEST if closest else Sort.TIME)
    fields = _take(arguments, "fl") or _take(arguments, "fields")
    return Query(
        url=url,
        match=match,
        first=_pad(_take(arguments, "from"), "0"),
        last=_pad(_take(arguments, "to"), "9"),
        limit=_read_limit(_take(arguments, "limit")),
        output=_choose(Output, _take(arguments, "output"), "output", Output.CDXJ),
        filters=tuple(read_filter(one) for one in arguments.get("filter", ())),
        sort=sort if match is MatchType.EXACT else Sort.TIME,
        closest=_read_moment(closest),
        fields=tuple(one.strip() for one in fields.split(",") if one.strip()),
    )


def _take(arguments: dict[str, list[str]], name: str) -> str:
    return (arguments.get(name) or [""])[-1].strip()


def _read_url(url: str, match: str) -> tuple[str, MatchType]:
    """A star at the end asks for all that begins so, one at the beginning for the hosts below."""
    if not url:
        raise QueryError("url: which one?")
    chosen = _choose(MatchType, match, "matchType", MatchType.EXACT)
    if not match and url.startswith("*."):
        url, chosen = url[2:], MatchType.DOMAIN
    elif not match and url.endswith("*"):
        url, chosen = url[:-1], MatchType.PREFIX
    return (url if "://" in url else f"http://{url}"), chosen


def _choose(kind: type[Choice], value: str, name: str, default: Choice) -> Choice:
    try:
        return kind(value) if value else default
    except ValueError:
        raise QueryError(f"{name}={value}: use {', '.join(kind)}") from None


def _read_limit(value: str) -> int:
    if value and not (value.isascii() and value.isdecimal() and int(value[:9]) > 0):
        raise QueryError(f"limit={value}: use a number from 1 on")
    return min(int(value[:9]), MOST_LINES) if value else MOST_LINES


def _pad(digits: str, filling: str) -> str:
    if digits and not re.fullmatch(r"[0-9]{1,14}", digits):
        raise QueryError(f"{digits}: a time has 1 to 14 digits")
    return digits.ljust(14, filling) if digits else ""


def _read_moment(digits: str) -> datetime | None:
    try:
        return parse_stamp(digits) if digits and digits != "now" else None
    except ValueError as error:
        raise QueryError(f"closest={digits}: {error}") from None


def read_filter(text: str) -> Callable[[Line], bool]:
    """A filter such as ``=status:200``, ``!mime:warc/revisit``, ``~url:pattern``: contains, is, or matches.

    Raises:
        QueryError: it has no field, or a pattern that is none.
    """
    is_negated = text.startswith("!")
    rest = text.removeprefix("!")
    sign = rest[:1] if rest[:1] in ("=", "~") else ""
    field, colon, wanted = rest.removeprefix(sign).partition(":")
    if not colon or not field:
        raise QueryError(f"filter={text}: use [!][=|~]FIELD:VALUE")
    if sign == "~":
        # A pattern of a stranger's could run for ever; plain words and stars say enough.
        parts = [re.escape(part) for part in re.split(r"\.\*|\*", wanted.strip("^$"))]
        pattern = re.compile(".*".join(parts))
        return lambda line: (pattern.search(line.get(field, "")) is not None) != is_negated
    if sign == "=":
        return lambda line: (line.get(field, "") == wanted) != is_negated
    return lambda line: (wanted in line.get(field, "")) != is_negated


def find_range(query: Query) -> tuple[str, str]:
    """The keys that are asked for: from the first inclusive to the second exclusive."""
    key = make_address_key(query.url)
    host, _, _ = key.partition(")")
    if query.match is MatchType.HOST:
        return f"{host})", f"{host}*"
    if query.match is MatchType.DOMAIN:
        return host, f"{host}-"
    if query.match is MatchType.PREFIX:
        return key, f"{key}\U0010ffff"
    return key, f"{key}\0"


def is_within(query: Query, key: str) -> bool:
    """Whether a key of the range is meant: below ``cn,gov`` stands ``cn,gov,x``, but not ``cn,gov2``."""
    if query.match is not MatchType.DOMAIN:
        return True
    host = find_range(query)[0]
    return key.startswith((f"{host})", f"{host},", f"{host}:"))


def order_exact(query: Query, holdings: Sequence[Holding]) -> list[Holding]:
    """The captures of one URL as asked: in time, the last first, or the nearest to a time first."""
    if query.sort is Sort.REVERSE:
        return list(reversed(holdings))
    moment = query.closest or (holdings[-1].capture.captured_at if holdings else None)
    if query.sort is Sort.CLOSEST and moment is not None:
        return sorted(holdings, key=lambda one: abs(one.capture.captured_at - moment))
    return list(holdings)


def write_lines(query: Query, holdings: Iterable[Holding]) -> Iterator[str]:
    """The lines of an answer, as many as asked for."""
    yield from islice(filter(None, (_write_line(query, one) for one in holdings)), query.limit)


def _write_line(query: Query, holding: Holding) -> str | None:
    stamp = stamp_time(holding.capture.captured_at)
    if (query.first and stamp < query.first) or (query.last and stamp > query.last):
        return None
    key, timestamp, values = format_line(holding.indexed).rstrip("\n").split(" ", 2)
    line: Line = {"urlkey": key, "timestamp": timestamp, **json.loads(values)}
    if not is_within(query, key) or not all(judge(line) for judge in query.filters):
        return None
    chosen = {name: line[name] for name in query.fields if name in line} if query.fields else line
    if query.output is Output.JSON:
        return json.dumps(chosen) + "\n"
    shown = {name: value for name, value in chosen.items() if name not in ("urlkey", "timestamp")}
    return f"{key} {timestamp} {json.dumps(shown)}\n"
