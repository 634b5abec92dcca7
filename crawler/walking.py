"""The list walks of a crawl: seeds registered, pages read for their walkers, rows turned into watched pages."""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import read_list
from crawler.discovery.urls import document_key
from crawler.discovery.walk import ListWalk, Step
from crawler.items import ColumnWalk, Sight
from crawler.session import CrawlSession
from seeds.catalog import Column, Site
from storage.pages import LEEWAY, NewPage, PageState, ensure_pages
from storage.plan.due import LOST, find_due_lists
from storage.records import ListRow, Outcome
from storage.sites import WatchedColumn, WatchedSite, register_site, retire_columns
from storage.walks import ListedPage, is_visited, needs_full_walk

logger = logging.getLogger(__name__)

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # by then every page is due


def register_sites(
    session: CrawlSession, sites: Collection[Site], watched: Mapping[str, Site]
) -> dict[str, dict[str, int]]:
    """Let the database know the seeds; returns the row numbers of the columns that they name, by site and column.

    What no seed names any more, of these sites or of others, is due never; ``watched`` are the sites of all seeds.
    """
    with session.database.write() as transaction:
        found = {site.key: register_site(transaction, describe_site(site)) for site in sites}
        named = {key: {column.key for column in site.columns} for key, site in watched.items()}
        if retired := retire_columns(transaction, named):
            logger.info("%d lists are named by no seed any more; they are kept, and not visited", retired)
    return {site.key: {column.key: found[site.key][column.key] for column in site.columns} for site in sites}


def describe_site(site: Site) -> WatchedSite:
    """A seed as storage keeps it."""
    columns = tuple(
        WatchedColumn(key=column.key, kind=column.kind, name=column.name, url=column.url) for column in site.columns
    )
    return WatchedSite(key=site.key, name=site.name, level=site.level, region=site.region, columns=columns)


def find_due(session: CrawlSession, sites: Mapping[str, Site], began: datetime, recheck: str) -> dict[int, str]:
    """The lists to be walked by a crawl that leaves the others alone, by row number, and why."""
    due_by = FAR if recheck == "all" else began + LEEWAY
    with session.database.read() as transaction:
        found = find_due_lists(transaction, began + LEEWAY, due_by, tuple(sites))
    return {one.column_id: one.reason for one in found}


def begin_walks(
    session: CrawlSession, site: Site, column_ids: dict[str, int], due: Mapping[int, str] | None, *, is_full: bool
) -> Iterator[ColumnWalk]:
    """A walk over each column of a site, or those ``due`` (row number to reason).

    A long list need not be walked to its end every time, unless ``is_full``, or it is due for a page that it lost.
    """
    for column in site.columns:
        column_id = column_ids[column.key]
        reason = None if due is None else due.get(column_id)
        if due is not None and reason is None:
            continue
        now = session.configuration.clock.now()
        is_whole = is_full or reason == LOST or needs_full_walk(session.database, column_id, now)
        walker = create_walker(session, site, column, is_full=is_whole)
        yield ColumnWalk(site=site, column=column, column_id=column_id, walker=walker)


def create_walker(session: CrawlSession, site: Site, column: Column, *, is_full: bool) -> ListWalk:
    """The pure walker of one column."""
    return ListWalk(
        site=site.key,
        column=column.key,
        url=column.url,
        hosts=site.hosts,
        started_at=session.configuration.clock.now(),
        cms=column.cms or site.cms,
        is_known=None if is_full else partial(is_visited, session.database),
    )


def read_step(walk: ColumnWalk, wanted: PageRequest, sight: Sight) -> Step:
    """Read a list page for its walker; whatever is no list page is a failure of the walk."""
    if sight.finding.outcome is not Outcome.OK or not sight.source:
        return walk.walker.fail(wanted, sight.finding.outcome)
    source = ListSource(
        url=sight.exchange.url,
        text=sight.source,
        content_type=sight.exchange.header("Content-Type") or "",
        requested=wanted,
        kind=walk.column.kind,
    )
    try:
        return walk.walker.accept(read_list(source, walk.walker.family), wanted)
    except Exception:  # a reader that fails on one page must not end the crawl
        logger.exception("%s: the list page could not be read", sight.exchange.url)
        return walk.walker.fail(wanted, "unreadable")


def watch_rows(session: CrawlSession, walk: ColumnWalk, rows: tuple[ListRow, ...]) -> list[PageState]:
    """Make pages of rows not seen before; returns those pages of the rows that were never visited."""
    if not rows:
        return []
    found = [NewPage(document_key(row.url), row.url, row.title) for row in rows]
    now = session.configuration.clock.now()
    with session.database.write() as transaction:
        states = ensure_pages(transaction, walk.site.key, walk.column_id, found, now)
    by_key = {state.document_key: state for state in states}
    for row, page in zip(rows, found, strict=True):
        state = by_key[page.document_key]
        walk.listed.setdefault(state.id, ListedPage(state.id, row))
    return [state for state in states if not state.was_visited]
