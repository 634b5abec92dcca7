"""Derive changes from what was recorded, page by page, and keep them under ids that survive every derivation.

Only pages with news are looked at. What was derived before and is derived again stays the same row; what is no longer
derived goes (a removal that turned out to be a move), unless it was judged by a reviewer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.comparison.derivation import Weights
from storage.comparison.moves import LEAST_SHARED, PageTrace, join_traces, trace_page
from storage.database import Database
from storage.histories import load_context, load_histories
from storage.notices import note_change
from storage.records import Change
from storage.serialization import dump_change
from storage.tables import ChangeRow, PageRow, SiteRow, TraitRow
from storage.verdicts import Judgement, find_judged

Value = TypeVar("Value")
BATCH = 100  # pages a transaction
VANISHED, APPEARED = "-", "+"  # the side of a key of `TraitRow`
KEY_LENGTH = 600  # characters of `TraitRow.key`


@dataclass(frozen=True, slots=True)
class Step:
    """One batch done: how many pages were looked at, how many changes are new or altered."""

    pages: int
    changes: int


def count_stale(database: Database) -> int:
    """How many pages have news."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(PageRow).where(PageRow.is_stale)) or 0


def derive_changes(database: Database, zone: ZoneInfo, weights: Weights = None) -> Iterator[Step]:
    """Derive for all pages with news, a batch a transaction; interrupted, it goes on where it was.

    Safe beside crawls and other derivations, which on PostgreSQL are at work at the same time: a page that another
    transaction has in hand is left for the next time, and one site is derived by one process at a time. ``weights``
    overrides weights of `storage.comparison.signals`.
    """
    while True:
        with database.write() as session:
            site = session.scalar(select_stale(PageRow.site_key).limit(1))
            if site is None:
                return
            session.execute(select(SiteRow.key).where(SiteRow.key == site).with_for_update(key_share=True))
            query = select_stale(PageRow.id).where(PageRow.site_key == site).order_by(PageRow.id).limit(BATCH)
            page_ids = session.scalars(query).all()
            step = derive_batch(session, site, page_ids, zone, weights)
        yield step


def select_stale(column: InstrumentedAttribute[Value]) -> Select[Value]:
    """Something of pages with news, locked until the end of the transaction, so that no news is lost meanwhile."""
    return select(column).where(PageRow.is_stale).with_for_update(skip_locked=True, key_share=True)


def derive_batch(session: Session, site: str, page_ids: Sequence[int], zone: ZoneInfo, weights: Weights) -> Step:
    """Derive the changes of some pages of one site and of those that may be the same documents, and store them.

    Those among the latter that have news, too, are done with them: where many pages may be the same document, all of
    them are looked at together, and once.
    """
    done = set(page_ids)
    traces = trace_pages(session, site, page_ids, zone, weights)
    store_traits(session, site, traces)
    while kindred := find_kindred(session, site, traces):
        stale = session.scalars(select_stale(PageRow.id).where(PageRow.id.in_(kindred))).all()
        traces = trace_pages(session, site, [*traces, *kindred], zone, weights)
        store_traits(session, site, {page_id: traces[page_id] for page_id in stale})
        done.update(stale)
    by_page: dict[str, list[Change]] = defaultdict(list)
    for change in join_traces(traces.values(), weights):
        by_page[change.document_key].append(change)
    session.execute(update(PageRow).where(PageRow.id.in_(done)).values(is_stale=False))
    altered = sum(store_changes(session, page_id, by_page[trace.document_key]) for page_id, trace in traces.items())
    return Step(len(done), altered)


def trace_pages(
    session: Session, site: str, page_ids: Sequence[int], zone: ZoneInfo, weights: Weights
) -> dict[int, PageTrace]:
    """Each page's own changes, how it appeared and how it vanished."""
    histories = load_histories(session, page_ids)
    context = load_context(session, site, zone, histories.values())
    return {page_id: trace_page(history, context, weights) for page_id, history in histories.items()}


def store_traits(session: Session, site: str, traces: Mapping[int, PageTrace]) -> None:
    """Keep the keys by which pages are known again: of those that vanished, and of those that are news."""
    session.execute(delete(TraitRow).where(TraitRow.page_id.in_(traces)))
    for page_id, trace in traces.items():
        keys = mark_keys(VANISHED, trace.vanished_keys) | mark_keys(APPEARED, trace.appeared_keys)
        session.add_all(TraitRow(page_id=page_id, key=key, site_key=site, weight=weigh_key(key)) for key in keys)
    session.flush()


def mark_keys(side: str, keys: Collection[str]) -> set[str]:
    """The keys as they are stored: with their side, since a page that vanished is sought among those that appeared.

    What is too long for the column is cut, which at worst finds a page too many.
    """
    return {f"{side}{key}"[:KEY_LENGTH] for key in keys}


def weigh_key(key: str) -> int:
    """One clause of a text in common is little, a reply's identity or an address is enough."""
    return 1 if key[1:].isdecimal() else LEAST_SHARED


def find_kindred(session: Session, site: str, traces: Mapping[int, PageTrace]) -> set[int]:
    """Pages outside ``traces`` that share enough keys with one of them to be the same document."""
    found: set[int] = set()
    for trace in traces.values():
        for keys in (mark_keys(APPEARED, trace.vanished_keys), mark_keys(VANISHED, trace.appeared_keys)):
            if not keys:
                continue
            least = min(LEAST_SHARED, sum(weigh_key(key) for key in keys))
            query = (
                select(TraitRow.page_id)
                .where(TraitRow.site_key == site, TraitRow.key.in_(keys))
                .group_by(TraitRow.page_id)
                .having(func.sum(TraitRow.weight) >= least)
            )
            found.update(session.scalars(query))
    return found - traces.keys()


def store_changes(session: Session, page_id: int, changes: Sequence[Change]) -> int:
    """Make the page's rows those of ``changes``; returns how many were inserted or altered.

    A change that carries a verdict was judged as it stands: it is neither rewritten nor taken away.
    """
    known = {row.id: row for row in session.scalars(select(ChangeRow).where(ChangeRow.page_id == page_id))}
    judged = find_judged(session, {*known, *(change.id for change in changes)})
    kept = {one for one, judgement in judged.items() if judgement.verdict and one in known}
    altered = 0
    for change in changes:
        row = known.pop(change.id, None)
        content = dump_change(change)
        if change.id in kept or (row is not None and row.content == content):
            continue
        altered += 1
        if not change.baseline and (row is None or row.is_baseline):
            note_change(session, change.id)
        session.merge(build_row(change, page_id, content, judged.get(change.id)))
    if dropped := known.keys() - kept:
        session.execute(delete(ChangeRow).where(ChangeRow.id.in_(dropped)))
    return altered


def build_row(
    change: Change, page_id: int, content: dict[str, object], judgement: Judgement | None = None
) -> ChangeRow:
    """A change's row, with those values that are searched for, and what was last said of it."""
    return ChangeRow(
        id=change.id,
        page_id=page_id,
        site_key=change.site,
        kind=change.kind,
        detected_at=change.detected_at,
        score=change.difference.score,
        is_baseline=change.baseline,
        content=content,
        group_key=change.group,
        verdict=judgement.verdict.value if judgement else "",
        assignee=judgement.assignee if judgement else "",
    )
