"""Delisted and relisted: what the lists of a site say of a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from storage.comparison.history import ListingSpan, Observation, PageHistory, SiteContext, WalkFact


@dataclass(frozen=True, slots=True)
class ListEvent:
    """A page left a column's list, or came back to it.

    ``record_id`` is the page's good capture in the run of the walk that lacked the row, or the first page of the list
    that has it again. ``is_listed_elsewhere`` says that another column still shows it.
    """

    column: str
    is_back: bool
    detected_at: datetime
    record_id: str
    is_listed_elsewhere: bool = False


def find_list_events(page: PageHistory, context: SiteContext) -> list[ListEvent]:
    """All events of a page's rows, in order of time.

    Rule: a complete, full, healthy walk without the row, and the page good in the same run. Rows that fell off the end
    of a list of fixed length are not taken out. Events of several columns by one capture are one event.
    """
    by_column = sorted(page.spans, key=lambda span: (span.column, span.first_seen_at))
    events = [
        event
        for column, spans in groupby(by_column, key=lambda span: span.column)
        for event in follow_column(page, list(spans), column, context)
    ]
    told: dict[tuple[bool, str], ListEvent] = {}
    for event in sorted(events, key=lambda event: (event.detected_at, event.column)):
        told.setdefault((event.is_back, event.record_id), event)
    return list(told.values())


def follow_column(
    page: PageHistory, spans: list[ListingSpan], column: str, context: SiteContext
) -> Iterator[ListEvent]:
    """The events in one column: after each span perhaps a delisting, and at the next one the return from it."""
    walks = context.walks.get(column, ())
    for span, following in [*pairwise(spans), (spans[-1], None)]:
        delisted = find_delisting(page, span, following, context)
        if delisted is None:
            continue
        yield delisted
        if following is not None:
            yield find_return(following, walks)


def find_delisting(
    page: PageHistory, span: ListingSpan, following: ListingSpan | None, context: SiteContext
) -> ListEvent | None:
    """The first trusted walk after ``span`` (and before the next one) in whose run the page was good."""
    walks = context.walks.get(span.column, ())
    lacking = [
        walk
        for walk in walks
        if walk.is_trusted
        and walk.finished_at > span.last_seen_at
        and (following is None or walk.finished_at < following.first_seen_at)
    ]
    if not lacking or is_rolled_off(span, lacking[0], walks):
        return None
    for walk in lacking:
        seen = find_good(page, walk.run_id)
        if seen is not None:
            return ListEvent(
                column=span.column,
                is_back=False,
                detected_at=max(seen.captured_at, walk.finished_at),
                record_id=seen.record_id,
                is_listed_elsewhere=is_listed_elsewhere(page, walk, context),
            )
    return None


def find_good(page: PageHistory, run_id: str) -> Observation | None:
    """The first good capture of a page in a run."""
    return next((seen for seen in page.observations if seen.run_id == run_id and seen.outcome.is_good), None)


def is_listed_elsewhere(page: PageHistory, walk: WalkFact, context: SiteContext) -> bool:
    """Whether another column had shown the page before ``walk``, and no trusted walk since then lacked it."""
    return any(
        span.column != walk.column
        and span.first_seen_at <= walk.finished_at
        and not any(
            other.is_trusted and span.last_seen_at < other.finished_at <= walk.finished_at
            for other in context.walks.get(span.column, ())
        )
        for span in page.spans
    )


def is_rolled_off(span: ListingSpan, walk: WalkFact, walks: tuple[WalkFact, ...]) -> bool:
    """Whether new rows pushed this one off the end of a list of fixed length (a cap, not a clean-up)."""
    before = [other for other in walks if other.is_trusted and other.finished_at <= span.last_seen_at]
    return bool(before) and is_pushed_off(span.last_position, walk.fresh_rows, before[-1].row_count, walk.row_count)


def is_pushed_off(position: int | None, fresh: int | None, count_before: int | None, count: int | None) -> bool:
    """Whether ``fresh`` new rows took the places of the last ones, this one at ``position`` (0-based) among them."""
    if position is None or not fresh or count is None or count_before != count:
        return False
    return position + fresh >= count


def find_return(span: ListingSpan, walks: tuple[WalkFact, ...]) -> ListEvent:
    """The walk with which a span began."""
    walk = next((other for other in walks if other.finished_at == span.first_seen_at), None)
    record_id = walk.record_id if walk and walk.record_id else f"walk:{span.column}:{span.first_seen_at.isoformat()}"
    return ListEvent(column=span.column, is_back=True, detected_at=span.first_seen_at, record_id=record_id)
