"""Which changes, and in which order: the filters of the inbox as conditions of a query, and its cursors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, literal_column, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storage.clock import format_instant, parse_instant
from storage.tables import ChangeRow, SiteRow
from storage.verdicts import Verdict
from storage.withholding import is_public

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which changes, and in which order. Empty means any; ``verdict`` None means any, `Verdict.UNREAD` the unread."""

    verdict: Verdict | None = Verdict.UNREAD
    site: str = ""
    region: str = ""
    kind: str = ""
    assignee: str = ""
    group: str = ""
    page_id: int = 0
    min_score: float = 0.0
    since: datetime | None = None
    until: datetime | None = None
    is_by_time: bool = False


def select_changes(selection: Selection, query: Select[Value]) -> Select[Value]:
    """The query, narrowed to a selection; a baseline is no news and never in it."""
    return query.where(*list_conditions(selection))


def list_conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """The selection as conditions, those of the index first."""
    conditions: list[ColumnElement[bool]] = [ChangeRow.is_baseline.is_(False)]
    if selection.verdict is not None:
        conditions.append(ChangeRow.verdict == selection.verdict.value)
    for column, value in (
        (ChangeRow.site_key, selection.site),
        (ChangeRow.kind, selection.kind),
        (ChangeRow.assignee, selection.assignee),
        (ChangeRow.group_key, selection.group),
    ):
        if value:
            conditions.append(column == value)
    if selection.assignee:  # so SQLite sees that the index of what is assigned has all that is asked for
        conditions.append(ChangeRow.assignee != literal_column("''"))
    if selection.region:
        conditions.append(ChangeRow.site_key.in_(select(SiteRow.key).where(SiteRow.region == selection.region)))
    if selection.page_id:
        conditions.append(ChangeRow.page_id == selection.page_id)
    if selection.min_score:
        conditions.append(ChangeRow.score >= selection.min_score)
    if selection.since is not None:
        conditions.append(ChangeRow.detected_at >= selection.since)
    if selection.until is not None:
        conditions.append(ChangeRow.detected_at < selection.until)
    return [*conditions, is_public(ChangeRow.page_id)]


def list_order(selection: Selection) -> Sequence[InstrumentedAttribute[Any]]:
    """What the changes are ordered by, all of it descending."""
    order: list[InstrumentedAttribute[Any]] = [ChangeRow.score, ChangeRow.detected_at, ChangeRow.id]
    return order[1:] if selection.is_by_time else order


def is_beyond(
    selection: Selection, place: tuple[float, datetime, str], *, is_before: bool = False
) -> ColumnElement[bool]:
    """Whether a row comes after (or before) a place."""
    score, detected_at, change_id = place
    values = (detected_at, change_id) if selection.is_by_time else (score, detected_at, change_id)
    columns = list_order(selection)
    row = tuple_(*columns)
    mark = tuple_(*values, types=[column.type for column in columns])
    return row > mark if is_before else row < mark


def write_cursor(row: ChangeRow) -> str:
    """A row's place as text."""
    return f"{row.score!r}~{format_instant(row.detected_at)}~{row.id}"


def read_cursor(cursor: str) -> tuple[float, datetime, str]:
    """The inverse of `write_cursor`.

    Raises:
        ValueError: the text is no cursor.
    """
    score, instant, change_id = cursor.split("~")
    return float(score), parse_instant(instant).astimezone(UTC), change_id
