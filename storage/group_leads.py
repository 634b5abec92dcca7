"""The lines of a folded inbox: of each group the change that comes first, found without comparing all with all.

The changes are walked in their order, some at a time and without their content. A group that was met is left out of
the following reads by its key, so that a group of ten thousand costs a walk along an index and no more. On a later page
of the inbox a group is old when a change of it stands before the page begins, which is asked once a group.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.selections import Selection, is_beyond, list_conditions, list_order
from storage.tables import ChangeRow

CHUNK = 200  # changes in one read
MOST_NAMED = 1_000  # groups that a read leaves out by name; of others what was met is passed over here
Place = tuple[float, datetime, str]


def find_leads(session: Session, selection: Selection, begin: Place | None, limit: int) -> list[str]:
    """The ids of the changes that stand for their groups, in the order of a selection, behind a place.

    At most ``limit``. A change without a group stands for itself.
    """
    leads: list[str] = []
    met: dict[str, None] = {}
    place = begin
    while True:
        rows = session.execute(read_chunk(selection, place, list(met)[-MOST_NAMED:])).all()
        keys = list(dict.fromkeys(row.group_key for row in rows if row.group_key and row.group_key not in met))
        old = find_old(session, selection, begin, keys) if begin and keys else set()
        for row in rows:
            if not row.group_key or (row.group_key not in met and row.group_key not in old):
                leads.append(row.id)
            if row.group_key:
                met[row.group_key] = None
        if len(leads) >= limit or len(rows) < CHUNK:
            return leads[:limit]
        place = (rows[-1].score, rows[-1].detected_at, rows[-1].id)


def read_chunk(selection: Selection, place: Place | None, met: Sequence[str]) -> Select[float, datetime, str, str]:
    """The next changes behind a place that are of none of these groups."""
    query = select(ChangeRow.score, ChangeRow.detected_at, ChangeRow.id, ChangeRow.group_key)
    query = query.where(*list_conditions(selection))
    if place is not None:
        query = query.where(is_beyond(selection, place))
    if met:
        query = query.where(ChangeRow.group_key.not_in(met))
    return query.order_by(*(column.desc() for column in list_order(selection))).limit(CHUNK)


def find_old(session: Session, selection: Selection, begin: Place, keys: Collection[str]) -> set[str]:
    """Those of some groups of which a change stands before a place, or at it."""
    conditions = *list_conditions(selection), ~is_beyond(selection, begin)
    query = select(ChangeRow.group_key).where(ChangeRow.group_key.in_(keys), *conditions)
    return set(session.scalars(query.distinct()))
