"""Memento (RFC 7089): which capture answers for a time, and how captures are named to each other. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from storage.mementos import Holding

_STAMP = "%Y%m%d%H%M%S"
_DIGITS = re.compile(r"\d{4,14}")
_BEGINNING = "00010101000000"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the archive answers: ``base`` is the address of its folder ``/web``, without a slash at the end."""

    base: str

    def memento(self, holding: Holding, modifier: str = "") -> str:
        """The address of a capture; ``id_`` asks for its bytes as they came."""
        return f"{self.base}/{stamp_time(holding.capture.captured_at)}{modifier}/{holding.capture.url}"

    def timegate(self, url: str) -> str:
        """Where a client asks for a time."""
        return f"{self.base}/{url}"

    def timemap(self, url: str, form: str = "link") -> str:
        """Where all captures are listed."""
        return f"{self.base}/timemap/{form}/{url}"


def encode_address(target: str) -> str:
    """An address fit for a header: what is not printable ASCII is percent-encoded."""
    return quote(target, safe="!#$%&'()*+,/:;=?@[]~")


def stamp_time(moment: datetime) -> str:
    """An instant in 14 digits, UTC."""
    return moment.astimezone(UTC).strftime(_STAMP)


def parse_stamp(digits: str) -> datetime:
    """The instant that 4 to 14 digits name; what is missing is the first of its kind.

    Raises:
        ValueError: they name none.
    """
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"{digits} is no time of 4 to 14 digits")
    return datetime.strptime(digits + _BEGINNING[len(digits) :], _STAMP).replace(tzinfo=UTC)


def parse_http_date(text: str) -> datetime:
    """An Accept-Datetime.

    Raises:
        ValueError: it is no date of RFC 1123.
    """
    moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def format_http_date(moment: datetime) -> str:
    """An instant as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def choose_memento(holdings: Sequence[Holding], moment: datetime | None, url: str) -> Holding:
    """The capture nearest to a time, the last one when none is asked for.

    Answers that showed the document are preferred to block pages and errors; of several of one second, that of the
    very URL. ``holdings`` are in order of time, at least one.
    """
    good = [one for one in holdings if one.capture.outcome.is_good] or list(holdings)
    if moment is None:
        return good[-1]
    return min(good, key=lambda one: (_distance(one, moment), one.capture.url != url))


def find_exact(holdings: Sequence[Holding], stamp: str, url: str) -> Holding | None:
    """The capture of a second; of several that of the very URL, then a good one."""
    found = [one for one in holdings if stamp_time(one.capture.captured_at) == stamp]
    return min(found, key=lambda one: (one.capture.url != url, not one.capture.outcome.is_good), default=None)


def _distance(holding: Holding, moment: datetime) -> timedelta:
    return abs(holding.capture.captured_at.replace(microsecond=0) - moment)


def link_memento(door: Door, holdings: Sequence[Holding], shown: Holding, url: str) -> str:
    """The Link header of a memento, or of the time gate that chose it."""
    place = holdings.index(shown)
    rels: dict[str, tuple[Holding, list[str]]] = {}
    neighbours = (("first", 0), ("prev", place - 1), ("memento", place), ("next", place + 1), ("last", -1))
    for rel, index in neighbours:
        if index >= len(holdings) or (rel == "prev" and index < 0):
            continue
        one = holdings[index]
        rels.setdefault(one.capture.record_id, (one, []))[1].append(rel)
    links = [*_link_resource(door, url), _link(door.timemap(url), 'rel="timemap"; type="application/link-format"')]
    for one, names in rels.values():
        words = " ".join([name for name in names if name != "memento"] + ["memento"])
        links.append(_link_capture(door, one, words))
    return ", ".join(links)


def write_timemap(door: Door, holdings: Sequence[Holding], url: str) -> str:
    """The time map in link format."""
    first, last = holdings[0].capture.captured_at, holdings[-1].capture.captured_at
    span = f'from="{format_http_date(first)}"; until="{format_http_date(last)}"'
    itself = _link(door.timemap(url), f'rel="self"; type="application/link-format"; {span}')
    lines = [*_link_resource(door, url), itself]
    for place, one in enumerate(holdings):
        ends = [name for name, end in (("first", 0), ("last", len(holdings) - 1)) if place == end]
        lines.append(_link_capture(door, one, " ".join([*ends, "memento"])))
    return ",\n".join(lines) + "\n"


def describe_timemap(door: Door, holdings: Sequence[Holding], url: str) -> dict[str, Any]:
    """The time map as JSON, with the keys that aggregators use."""
    listed = [{"datetime": _iso(one), "uri": door.memento(one)} for one in holdings]
    return {
        "original_uri": url,
        "self": door.timemap(url, "json"),
        "timegate_uri": door.timegate(url),
        "timemap_uri": {"link_format": door.timemap(url), "json_format": door.timemap(url, "json")},
        "mementos": {"first": listed[0], "last": listed[-1], "list": listed},
    }


def _iso(holding: Holding) -> str:
    return f"{holding.capture.captured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _link_resource(door: Door, url: str) -> list[str]:
    return [_link(url, 'rel="original"'), _link(door.timegate(url), 'rel="timegate"')]


def _link_capture(door: Door, holding: Holding, rel: str) -> str:
    return _link(door.memento(holding), f'rel="{rel}"; datetime="{format_http_date(holding.capture.captured_at)}"')


def _link(target: str, attributes: str) -> str:
    """A link of RFC 8288; what would end the target or the header is percent-encoded."""
    safe = "".join(one if "!" <= one <= "~" and one not in '<>"' else _quote(one) for one in target)
    return f"<{safe}>; {attributes}"


def _quote(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode(errors="replace"))
