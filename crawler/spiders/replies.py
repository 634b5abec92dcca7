"""The spider: walks the lists of the seeds, fetches new rows and what is due, and follows up on what it sees.

It judges nothing itself: list pages go to ``crawler.discovery``, fetches to ``crawler.outcome``, and what they give
goes on to the pipelines.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.arguments import parse_arguments
from crawler.backlog import Backlog
from crawler.composition import catalog_of, session_of
from crawler.discovery.listing import PageRequest
from crawler.discovery.titles import clean_text
from crawler.discovery.urls import UNSENDABLE, document_key, is_listed
from crawler.discovery.walk import Step
from crawler.ending import STORAGE_ERRORS, Ending, closing_spider, ending_on_failure
from crawler.fetching.errors import CrawlEnding, HostUnavailable
from crawler.fetching.redirection import Hop, next_hop
from crawler.fetching.signals import outcome_judged
from crawler.items import ColumnWalk, FinishedWalk, Sight, Task
from crawler.readers import Readers
from crawler.requests import request_list_page, request_page
from crawler.session import CrawlSession
from crawler.sighting import Answer, Memory, compose_sight, recognize, request_of, see_answer, see_failure, take_answer
from crawler.walking import begin_walks, find_due, read_step, register_sites, watch_rows
from seeds.catalog import Site
from storage.latest import read_attachments
from storage.pages import (
    NewPage,
    PageState,
    ensure_pages,
    find_canary,
    stream_all_pages,
    stream_due_pages,
)
from storage.plan.due import DOUBTFUL
from storage.records import Attachment, Outcome, Role

PATIENCE = 5.0  # seconds without any answer, after which the engine is asked whether it still works for us

Output = Iterator[Request | Sight | FinishedWalk]


class RepliesSpider(Spider):
    """Its arguments are those of `crawler.arguments.CrawlArguments`: ``site``, ``recheck``, ``limit`` and ``lists``."""

    name = "replies"
    session: CrawlSession
    memory: Memory
    sites: dict[str, Site]

    def __init__(self, **kwargs: str) -> None:
        super().__init__()
        self.arguments = parse_arguments(kwargs)
        self.columns: dict[str, dict[str, int]] = {}
        self.backlog = Backlog()
        self.remaining = self.arguments.limit
        self.requested: set[int] = set()
        self.healthy_columns: set[int] = set()
        self.walked_columns: set[int] = set()
        self.readers = Readers()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        """Wire up with the seeds and the session of this crawl."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        catalog, keys = catalog_of(crawler), spider.arguments.sites
        spider.sites = dict(catalog.choose_sites(keys).sites)
        spider.session = session_of(crawler, spider.arguments.describe())
        spider.memory = Memory(spider.session.configuration.archive_dir, spider.session.database)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """First the lists, then what is due, as fast as the hosts take it."""
        try:
            async for request in self.plan_requests():
                yield request
        except STORAGE_ERRORS as error:
            Ending(self.crawler).end(error)

    async def plan_requests(self) -> AsyncIterator[Request]:
        """What the crawl begins with, each request when its host has room for it."""
        began = self.session.configuration.clock.now()
        self.columns = register_sites(self.session, self.sites.values(), catalog_of(self.crawler).sites)
        due = None
        if self.arguments.lists == "due":
            due = find_due(self.session, self.sites, began, self.arguments.recheck)
        for site in self.sites.values():
            for request in self.request_lists(site, due):
                yield request
        streams = self.open_streams(began)
        while streams and self.remaining != 0:
            for key in list(streams):
                room = self.room_for(key)
                pages = list(islice(streams[key], room))
                if len(pages) < room:
                    del streams[key]
                for request in self.request_pages(self.sites[key], pages):
                    yield request
            if self.backlog.is_busy and not await self.backlog.wait(PATIENCE) and not self.is_engine_busy():
                self.logger.warning("requests were lost on the way; going on without them")
                self.backlog = Backlog()

    def request_lists(self, site: Site, due: Mapping[int, str] | None) -> Iterator[Request]:
        """The first pages of a site's lists, or of those that are due."""
        is_full = self.arguments.recheck == "all"
        for walk in begin_walks(self.session, site, self.columns[site.key], due, is_full=is_full):
            self.backlog.begin_walk(site.key)
            self.walked_columns.add(walk.column_id)
            yield self.send(request_list_page(walk, walk.walker.start()))

    def open_streams(self, began: datetime) -> dict[str, Iterator[PageState]]:
        """For each site, the pages to be visited again."""
        database = self.session.database
        if self.arguments.recheck == "none":
            return {}
        if self.arguments.recheck == "all":
            return {key: stream_all_pages(database, key, ids.values()) for key, ids in self.columns.items()}
        return {key: stream_due_pages(database, key, ids.values(), began) for key, ids in self.columns.items()}

    def room_for(self, site: str) -> int:
        """How many pages of a site may be asked for now; with a limit, new rows of every site go first."""
        return 0 if self.remaining is not None and self.backlog.is_walking else self.backlog.room(site)

    def request_pages(self, site: Site, pages: list[PageState], *, is_counted: bool = True) -> Iterator[Request]:
        """Requests for those pages that were not asked for in this run, articles within the limit."""
        for page in pages:
            if page.id in self.requested or (is_counted and self.remaining == 0):
                continue
            if is_counted and self.remaining is not None:
                self.remaining -= 1
            self.requested.add(page.id)
            yield self.send(request_page(site, page))

    def send(self, request: Request) -> Request:
        """Name the callbacks and count the request as under way."""
        task: Task = request.meta["task"]
        self.backlog.add(task.site.key)
        callback = self.parse_list if task.role is Role.LIST else self.parse_page
        request.callback, request.errback = callback, self.take_failure
        return request

    @ending_on_failure
    def parse_list(self, response: Response) -> Output:
        """One page of a list: new rows become pages and requests, and the walker says which page to ask for next."""
        sight = see_answer(take_answer(response))
        self.take_sight(sight)
        walk, wanted = expect_walk(sight.task)
        walk.first = walk.first or sight
        hop = find_hop(sight)
        step = None if hop else read_step(walk, wanted, sight)
        yield sight
        if hop:
            yield self.send(request_list_page(walk, wanted, extend_chain(sight, hop)))
        if step:
            yield from self.go_on(walk, step)

    def go_on(self, walk: ColumnWalk, step: Step) -> Output:
        """Watch the rows that a step of the walk brought, ask for the next list page, or finish the walk.

        All is decided before anything is handed on: the next page may come back while Scrapy still takes the pages of
        this one, and a walk is finished once, with all its rows.
        """
        is_finished, pages = walk.walker.is_finished, watch_rows(self.session, walk, step.rows)
        if step.request is not None:
            yield self.send(request_list_page(walk, step.request))
        yield from self.request_pages(walk.site, pages)
        if is_finished:
            self.backlog.end_walk(walk.site.key)
            yield FinishedWalk(under_way=walk, walk=walk.walker.finish(self.session.configuration.clock.now()))

    def parse_page(self, response: Response) -> Output | AsyncIterator[Request | Sight | FinishedWalk]:
        """An article or a file: one that is as it was is done with at once, any other is interpreted first."""
        answer = take_answer(response)
        sight = recognize(answer, self.memory)
        return self.take_known(sight) if sight else self.read_page(answer)

    @ending_on_failure
    def take_known(self, sight: Sight) -> Output:
        """A page that is as it was."""
        self.take_sight(sight)
        yield from self.take_page(sight)

    async def read_page(self, answer: Answer) -> AsyncIterator[Request | Sight | FinishedWalk]:
        """A page to be judged and read, by another process where many are."""
        with closing_spider(self):
            sight = compose_sight(answer, await self.readers.read(*answer.ask()))
            self.take_sight(sight)
            for item in self.take_page(sight):
                yield item

    def take_page(self, sight: Sight) -> Output:
        """Hand on one fetch of a page, and ask for what it makes necessary."""
        task, outcome = sight.task, sight.finding.outcome
        hop = find_hop(sight)
        yield sight
        if outcome.is_good and task.column_id is not None:
            self.healthy_columns.add(task.column_id)
            if sight.document is None and task.role is Role.PAGE and task.page is not None:
                yield from self.request_files(task, task.page)
        if outcome.is_gone:
            yield from self.request_canary(task)
        if hop is not None:
            yield from self.follow_page(sight, hop, task.page)

    def request_files(self, task: Task, page: PageState) -> Output:
        """The attachments of a page whose body is the last one's again: they are asked whenever their page is.

        They stand in its document, whoever read that: of an imported page, or one read again by a new extractor, no
        crawl has seen them yet.
        """
        if not page.has_files:
            return
        with self.session.database.read() as transaction:
            files = read_attachments(transaction, page.id)
        if files:
            yield from self.request_attachments(task, files)

    def request_attachments(self, task: Task, attachments: Sequence[Attachment]) -> Iterator[Request]:
        """The files of a document that was just read; those on the site's own hosts become pages that belong to it."""
        page = task.page
        if page is None:
            return
        found = [
            NewPage(document_key(file.url), file.url, clean_text(file.name), parent_id=page.id)
            for file in attachments
            if is_listed(file.url, task.site.hosts) and not UNSENDABLE.search(file.url)
        ]
        if not found:
            return  # most documents: no transaction for nothing
        with self.session.database.write() as transaction:
            now = self.session.configuration.clock.now()
            states = ensure_pages(transaction, page.site, page.column_id, found, now)
        files = [state for state in states if state.parent_id is not None]
        yield from self.request_pages(task.site, files, is_counted=False)

    def request_canary(self, task: Task) -> Output:
        """After a gone answer: does another page of the column still answer? Without one, its list is asked."""
        if task.page is None or task.column_id is None or task.column_id in self.healthy_columns:
            return
        canary = find_canary(self.session.database, task.column_id, task.page.id, self.session.run.id)
        if canary is not None and canary.id not in self.requested:
            self.requested.add(canary.id)
            yield self.send(request_page(task.site, canary, doubted_page_id=task.page.id))
        elif canary is None and task.column_id not in self.walked_columns:
            yield from self.request_lists(task.site, {task.column_id: DOUBTFUL})

    def follow_page(self, sight: Sight, hop: Hop, page: PageState | None) -> Output:
        """Follow a page's redirect: to the same document under another URL, or to a document of its own."""
        task = sight.task
        if page is None:
            return
        if document_key(hop.url) == page.document_key:
            yield self.send(request_page(task.site, page, chain=extend_chain(sight, hop)))
            return
        with self.session.database.write() as transaction:
            now = self.session.configuration.clock.now()
            found = NewPage(document_key(hop.url), hop.url, page.title)
            states = ensure_pages(transaction, page.site, page.column_id, [found], now)
        yield from self.request_pages(task.site, states)

    @ending_on_failure
    def take_failure(self, failure: Failure) -> Output:
        """A fetch that brought no response: an outcome of its own, or nothing known, and the page stays due."""
        task: Task = request_of(failure).meta["task"]
        self.backlog.release(task.site.key)
        sight = see_failure(failure, self.session.configuration.clock)
        if sight is None:
            self.logger.info("%s", failure.getErrorMessage())
        if task.role is not Role.LIST:
            yield from self.take_page(sight) if sight else ()
            return
        walk, wanted = expect_walk(task)
        is_unasked = isinstance(failure.value, HostUnavailable) and walk.first is None
        if isinstance(failure.value, CrawlEnding) or is_unasked:
            self.backlog.end_walk(walk.site.key)  # our own doing, which says nothing of the list
            return
        if sight is not None:
            yield sight
        yield from self.go_on(walk, walk.walker.fail(wanted, sight.finding.outcome if sight else "unavailable"))

    def take_sight(self, sight: Sight) -> None:
        """Count a request as come back, and let the fetching room know the outcome."""
        self.backlog.release(sight.task.site.key)
        self.crawler.signals.send_catch_log(outcome_judged, url=sight.exchange.url, outcome=sight.finding.outcome)

    def is_engine_busy(self) -> bool:
        """Whether requests of ours are still somewhere in the engine, or are being read."""
        engine = self.crawler.engine
        assert engine is not None  # a crawl is under way
        assert engine.scheduler is not None
        return bool(engine.downloader.active) or self.readers.is_busy or engine.scheduler.has_pending_requests()

    def closed(self, _reason: str) -> None:
        """Let go of the readers; nothing is being read any more."""
        self.readers.close()


def expect_walk(task: Task) -> tuple[ColumnWalk, PageRequest]:
    """The walk and the list page that a list task is for."""
    assert task.walk is not None
    assert task.list_request is not None
    return task.walk, task.list_request


def extend_chain(sight: Sight, hop: Hop) -> tuple[str, ...]:
    """The URLs visited for a task with the next one at the end."""
    return (*(sight.task.chain or (sight.exchange.url,)), hop.url)


def find_hop(sight: Sight) -> Hop | None:
    """The next hop of a redirect that leads on within the site."""
    if sight.finding.outcome is not Outcome.MOVED:
        return None
    hop = next_hop(sight.exchange.url, sight.exchange.header("Location") or "", sight.task.chain)
    return hop if isinstance(hop, Hop) else None
