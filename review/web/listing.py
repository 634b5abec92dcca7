"""Which changes a reader asked for, as it stands in the URL, and lines of the inbox made ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from review.masking import mask_change
from review.passages import Piece, build_passages
from storage.comparison.rules import IgnoreRule
from storage.database import Database
from storage.inbox import Entry, Selection, read_inbox
from storage.records import ChangeKind, Operation, ReportedChange
from storage.verdicts import Verdict

ANY = "any"
UNREAD = "unread"
DAYS = (date(1000, 1, 1), date(9000, 12, 31))  # that every database and zone can hold
MOST_PASSED = 5  # pages that rules hide whole, one after the other
SNIPPET = 90  # characters of either side


@dataclass(frozen=True, slots=True)
class Line:
    """One change of the inbox: masked, with the first words that changed (or, ``is_move``, that stand elsewhere)."""

    entry: Entry
    shown: ReportedChange
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]
    is_move: bool = False


def read_selection(query: Mapping[str, str], zone: ZoneInfo) -> Selection:
    """The filters of a query; what is not understood is as if it was not there."""
    verdict = query.get("verdict", UNREAD)
    return Selection(
        verdict=None if verdict == ANY else Verdict(verdict) if verdict in set(Verdict) else Verdict.UNREAD,
        site=query.get("site", ""),
        region=query.get("region", ""),
        kind=kind if (kind := query.get("kind", "")) in set(ChangeKind) else "",
        assignee=query.get("assignee", ""),
        group=query.get("group", ""),
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


FILTERS = ("verdict", "site", "region", "kind", "assignee", "min_score", "since", "until", "order", "view")


def keep_filters(query: Mapping[str, str], *, keeps_place: bool = False) -> str:
    """The filters of a query alone, as they go into links; with ``keeps_place`` also where in the list it stands."""
    names = (*FILTERS, "group", "after", "hidden") if keeps_place else FILTERS
    return urlencode({name: query[name] for name in names if query.get(name)})


def build_line(entry: Entry) -> Line:
    """A line with personal data covered."""
    whole = ReportedChange(change=entry.change, site_name=entry.site_name, column_name=entry.column_name)
    shown = mask_change(whole)
    passages, _ = build_passages(shown, whole, 1)
    if not passages:
        return Line(entry, shown, (), ())
    row = passages[0].rows[0]
    is_move = row.op is Operation.MOVE
    return Line(entry, shown, cut_snippet(row.old.pieces), cut_snippet(() if is_move else row.new.pieces), is_move)


def cut_snippet(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The first characters, and their marks."""
    cut: list[Piece] = []
    left = SNIPPET
    for piece in pieces:
        if left > 0:
            cut.append(Piece(piece.text[:left], piece.is_marked))
        left -= len(piece.text)
    return (*cut, Piece("…")) if left < 0 else tuple(cut)


def split_hidden(entries: Sequence[Entry], rules: Sequence[IgnoreRule]) -> tuple[list[Entry], list[Entry]]:
    """The lines that are shown, and those that an operator's rule hides."""
    hidden = [any(rule.is_hiding(entry.change) for rule in rules) for entry in entries]
    shown = [entry for entry, is_hidden in zip(entries, hidden, strict=True) if not is_hidden]
    return shown, [entry for entry, is_hidden in zip(entries, hidden, strict=True) if is_hidden]


def gather_lines(
    database: Database, selection: Selection, cursor: str, rules: Sequence[IgnoreRule]
) -> tuple[list[Entry], int, str]:
    """A page of lines with each group folded to one, how many lines rules hide on it, and the next page's cursor.

    Pages that rules hide whole are passed over, some of them. Of a group whose first change is hidden another one
    stands for it. An unfolded group (``selection.group``) shows its members.

    Raises:
        ValueError: the cursor is none of ours.
    """
    shown: list[Entry] = []
    hidden = 0
    for _ in range(MOST_PASSED):
        page = read_inbox(database, selection, cursor, is_folded=not selection.group)
        kept, passed = split_hidden(page.entries, rules)
        hidden += len(passed)
        for entry in passed:
            if entry.members > 1 and (other := find_shown(database, selection, entry, rules)):
                kept.append(other)
        shown += sorted(kept, key=partial(order_entry, selection), reverse=True)
        cursor = page.next_cursor
        if shown or not cursor:
            break
    return shown, hidden, cursor


def find_shown(database: Database, selection: Selection, entry: Entry, rules: Sequence[IgnoreRule]) -> Entry | None:
    """The first change of a line's group that no rule hides."""
    members = read_inbox(database, replace(selection, group=entry.change.group))
    kept, hidden = split_hidden(members.entries, rules)
    return replace(kept[0], members=entry.members - len(hidden)) if kept else None


def order_entry(selection: Selection, entry: Entry) -> tuple[float | datetime, ...]:
    """Where a line stands in the order of a selection."""
    change = entry.change
    return (change.detected_at,) if selection.is_by_time else (change.difference.score, change.detected_at)
