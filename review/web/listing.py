"""Which changes a reader asked for, as it stands in the URL, and lines of the inbox made ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from review.masking import mask_change
from review.passages import Piece, build_passages
from storage.inbox import Entry, Selection
from storage.records import ChangeKind, ReportedChange
from storage.verdicts import Verdict

ANY = "any"
UNREAD = "unread"
DAYS = (date(1000, 1, 1), date(9000, 12, 31))  # that every database and zone can hold
SNIPPET = 90  # characters of either side


@dataclass(frozen=True, slots=True)
class Line:
    """One change of the inbox: masked, with the first words that changed."""

    entry: Entry
    shown: ReportedChange
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def read_selection(query: Mapping[str, str], zone: ZoneInfo) -> Selection:
    """The filters of a query; what is not understood is as if it was not there."""
    verdict = query.get("verdict", UNREAD)
    return Selection(
        verdict=None if verdict == ANY else Verdict(verdict) if verdict in set(Verdict) else Verdict.UNREAD,
        site=query.get("site", ""),
        region=query.get("region", ""),
        kind=kind if (kind := query.get("kind", "")) in set(ChangeKind) else "",
        assignee=query.get("assignee", ""),
        min_score=read_score(query.get("min_score", "")),
        since=read_day(query.get("since", ""), zone),
        until=read_day(query.get("until", ""), zone, days=1),
        is_by_time=query.get("order") == "time",
    )


def read_score(word: str) -> float:
    """A score from 0 to 1; 0 for what is none."""
    try:
        return min(1.0, max(0.0, float(word)))
    except ValueError:
        return 0.0


def read_day(word: str, zone: ZoneInfo, days: int = 0) -> datetime | None:
    """The beginning of a day in the operator's zone, some days on; None for what is no date."""
    try:
        return place_day(date.fromisoformat(word[:10]), zone, days)
    except ValueError:
        return None


def place_day(day: date, zone: ZoneInfo, days: int = 0) -> datetime:
    """The beginning of a day in a zone, some days on; a day that no database can hold is the nearest that it can."""
    return datetime.combine(min(max(day, DAYS[0]), DAYS[1]), time(), zone) + timedelta(days=days)


FILTERS = ("verdict", "site", "region", "kind", "assignee", "min_score", "since", "until", "order")


def keep_filters(query: Mapping[str, str]) -> str:
    """The filters of a query alone, as they go into links."""
    return urlencode({name: query[name] for name in FILTERS if query.get(name)})


def build_line(entry: Entry) -> Line:
    """A line with personal data covered."""
    whole = ReportedChange(change=entry.change, site_name=entry.site_name, column_name=entry.column_name)
    shown = mask_change(whole)
    passages, _ = build_passages(shown, whole, 1)
    if not passages:
        return Line(entry, shown, (), ())
    row = passages[0].rows[0]
    return Line(entry, shown, cut_snippet(row.old.pieces), cut_snippet(row.new.pieces))


def cut_snippet(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The first characters, and their marks."""
    cut: list[Piece] = []
    left = SNIPPET
    for piece in pieces:
        if left <= 0:
            cut.append(Piece("…"))
            break
        cut.append(Piece(piece.text[:left], piece.is_marked))
        left -= len(piece.text)
    return tuple(cut)


def fold_lines(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of one group together, where the first of them stands."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        change = line.entry.change
        groups.setdefault(f"g{change.group}" if change.group else change.id, []).append(line)
    return list(groups.values())
