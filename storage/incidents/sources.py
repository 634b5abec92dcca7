"""Where signs of incidents are read from, and how those of a source are folded."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from storage.incidents.series import REPEATED, Folded, Sign, State, fold_signs
from storage.incidents.texts import Reading, fold_readings
from storage.records import Outcome, Role
from storage.tables import CaptureRow, ColumnRow, PageRow, VersionRow, WalkRow

AT_ONCE = frozenset(
    {Outcome.BLOCKED, Outcome.THROTTLED, Outcome.GEO_SUSPECT, Outcome.ROBOTS_DENIED, Outcome.IDENTITY_MISMATCH}
)
GOOD = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})
DOUBTFUL = frozenset({Outcome.ENCODING_DOUBT, Outcome.TRUNCATED, Outcome.TOO_LARGE})
OFF_LIST, LIST_EMPTY, BAD_CERTIFICATE = "unlisted_host", "list_empty", "certificate_bad"
NO_ROWS = "no rows"  # how a walk says that a list page was served and held nothing
UNREACHABLE = "robots.txt unreachable"  # how a capture says that robots.txt could not be had
CERTIFICATE = "certificate"  # the word that names each fault of one

Subject = tuple[str, str]  # keys of a site and of its column; of the whole site, the second is empty


@dataclass(frozen=True, slots=True)
class Stretch:
    """The numbers of a source's rows to read, ``after`` left out; with ``only``, those of one subject."""

    after: int
    through: int
    only: Subject | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Rows by their numbers, what they mean (`Sign` or `Reading`) by subject and time, and how that is folded."""

    number: InstrumentedAttribute[int]
    read: Callable[[Session, Stretch], Iterator[Any]]
    fold: Callable[[str, str, State, Iterable[Any]], Folded]


def read_answers(session: Session, stretch: Stretch) -> Iterator[Sign]:
    """The hindered and the good answers of a stretch of captures, by column and time."""
    query = (
        select(
            CaptureRow.captured_at,
            CaptureRow.outcome,
            CaptureRow.vendor,
            CaptureRow.detail,
            ColumnRow.site_key,
            ColumnRow.key,
        )
        .join(ColumnRow, ColumnRow.id == CaptureRow.column_id)
        .where(
            CaptureRow.id > stretch.after,
            CaptureRow.id <= stretch.through,
            CaptureRow.outcome.in_(AT_ONCE | REPEATED | GOOD),
            *choose_column(stretch),
        )
        .order_by(CaptureRow.column_id, CaptureRow.captured_at, CaptureRow.id)
        .execution_options(yield_per=1000)
    )
    for seen_at, outcome, vendor, detail, site, column in session.execute(query):
        kind = None if Outcome(outcome).is_good else outcome
        if kind == Outcome.TLS_ERROR and CERTIFICATE in detail:
            kind = BAD_CERTIFICATE
        elif kind == Outcome.ROBOTS_DENIED and detail.startswith(UNREACHABLE):
            kind = Outcome.SERVER_ERROR.value  # nobody has forbidden anything
        yield Sign(site, column, seen_at, kind, " ".join(filter(None, (vendor, detail))))


def stream_walks(session: Session, stretch: Stretch) -> Iterator[tuple[WalkRow, str, str]]:
    """A stretch of walks with the keys of site and column, by column and time."""
    query = (
        select(WalkRow, ColumnRow.site_key, ColumnRow.key)
        .join(ColumnRow, ColumnRow.id == WalkRow.column_id)
        .where(WalkRow.id > stretch.after, WalkRow.id <= stretch.through, *choose_column(stretch))
        .order_by(WalkRow.column_id, WalkRow.finished_at, WalkRow.id)
        .execution_options(yield_per=1000)
    )
    for row, site, column in session.execute(query):  # noqa: UP028 - to the type checker a row is no tuple
        yield row, site, column


def read_walks(session: Session, stretch: Stretch) -> Iterator[Sign]:
    """Walks that show no row or not all, and those that can be trusted, which end a series."""
    for row, site, column in stream_walks(session, stretch):
        kind, detail = judge_walk(row)
        yield Sign(site, column, row.finished_at, kind, detail)


def judge_walk(row: WalkRow) -> tuple[str | None, str]:
    """What a walk is a sign of, and its words. A list that shrank to a fraction is believed the second time."""
    if not row.is_complete:
        is_empty = row.row_count == 0 and row.reason.endswith(NO_ROWS)
        return LIST_EMPTY if is_empty else Outcome.LIST_PARTIAL.value, row.reason
    if row.is_full and not row.is_healthy:
        return Outcome.LIST_PARTIAL.value, f"{row.row_count} rows, a fraction of those before"
    return None, ""


def read_strangers(session: Session, stretch: Stretch) -> Iterator[Sign]:
    """Walks whose rows lead to hosts off the allow-list; ``replywatch seeds add-host`` admits one."""
    for row, site, column in stream_walks(session, stretch):
        words = ", ".join(f"{host} ({count})" for host, count in sorted(row.away.items()))
        yield Sign(site, column, row.finished_at, OFF_LIST if row.away else None, words)


def read_texts(session: Session, stretch: Stretch) -> Iterator[Reading]:
    """The captures of a stretch that made a version of a page, and those that could not be read well, by site and time.

    A page without any text whose attachments may hold it says nothing.
    """
    made, before, first = aliased(VersionRow), aliased(VersionRow), aliased(WalkRow)
    is_made = and_(
        made.page_id == CaptureRow.page_id,
        made.number == CaptureRow.version_number,
        made.capture_id == CaptureRow.id,
    )
    is_before = and_(before.page_id == made.page_id, before.number == made.number - 1)
    is_chosen = () if stretch.only is None else (PageRow.site_key == stretch.only[0],)
    query = (
        select(
            PageRow.site_key,
            CaptureRow.captured_at,
            func.length(made.text),
            func.length(before.text),
            case((func.length(made.text) == 0, made.document)),
            PageRow.first_seen_at,
            first.finished_at,
        )
        .join(PageRow, PageRow.id == CaptureRow.page_id)
        .join(ColumnRow, ColumnRow.id == PageRow.column_id)
        .outerjoin(first, first.id == ColumnRow.baseline_walk_id)
        .outerjoin(made, is_made)
        .outerjoin(before, is_before)
        .where(
            CaptureRow.id > stretch.after,
            CaptureRow.id <= stretch.through,
            CaptureRow.role == Role.PAGE,
            or_(CaptureRow.outcome.in_(DOUBTFUL), made.id.is_not(None)),
            *is_chosen,
        )
        .order_by(PageRow.site_key, CaptureRow.captured_at, CaptureRow.id)
        .execution_options(yield_per=1000)
    )
    for site, seen_at, length, earlier, empty, found_at, walked_at in session.execute(query):
        if empty and empty.get("attachments"):
            continue
        is_baseline = walked_at is None or min(found_at, seen_at) <= walked_at
        yield Reading(site, "", seen_at, length, earlier, is_baseline)


def choose_column(stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    """The conditions by which only one column is read, when only that one is asked for."""
    if stretch.only is None:
        return ()
    return ColumnRow.site_key == stretch.only[0], ColumnRow.key == stretch.only[1]


SOURCES: dict[str, Source] = {
    "answers": Source(CaptureRow.id, read_answers, fold_signs),
    "walks": Source(WalkRow.id, read_walks, fold_signs),
    "strangers": Source(WalkRow.id, read_strangers, fold_signs),
    "texts": Source(CaptureRow.id, read_texts, fold_readings),
}
