"""Archive, then extract, then record: the order in which an item passes is the order of its numbers in the settings."""

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from crawler.composition import catalog_of, session_of
from crawler.ending import Ending
from crawler.extraction.files import IsolatedReader, extract_file
from crawler.fetching.signals import robots_ruled
from crawler.fetching.throttle import HostPace
from crawler.items import FinishedWalk, Sight, Task
from crawler.outcome import judge_transport
from crawler.rereading import read_document
from crawler.session import BATCH_SECONDS, CrawlSession
from crawler.spiders.replies import RepliesSpider
from storage.hosts import read_rests
from storage.rebuilding import find_last_body
from storage.records import Document, Exchange, Finding, Outcome, Role
from storage.visits import Recorded

logger = logging.getLogger(__name__)

PREFIX = "replywatch/"  # of the stats that count visits
HINDRANCES = frozenset({Outcome.BLOCKED, Outcome.THROTTLED, Outcome.GEO_SUSPECT, Outcome.ROBOTS_DENIED})


class ArchivePipeline:
    """Every fetch becomes WARC records first, whatever it saw."""

    def __init__(self, crawler: Crawler, session: CrawlSession) -> None:
        self._session = session
        self._ending = Ending(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Wire up with the crawl's session."""
        return cls(crawler, session_of(crawler))

    def process_item(self, item: Sight | FinishedWalk) -> Sight | FinishedWalk:
        """Write the records of a fetch; a walk passes."""
        if isinstance(item, Sight):
            with self._ending.keeping():
                self._session.archive(item)
        return item


class ExtractPipeline:
    """The attachments of a document become pages and are asked for; they become documents themselves when they come.

    A file with a body not seen before is read in a process apart, as many at a time as there are cores, while the crawl
    goes on.
    """

    def __init__(self, crawler: Crawler, session: CrawlSession) -> None:
        self._crawler = crawler
        self._session = session
        self._reader = IsolatedReader()
        self._threads = ThreadPoolExecutor(os.cpu_count())

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Wire up with the crawl's session."""
        return cls(crawler, session_of(crawler))

    async def process_item(self, item: Sight | FinishedWalk) -> Sight | FinishedWalk:
        """Fill in what a document is compared with, and the document of a file; whatever has none passes."""
        if isinstance(item, Sight) and item.finding.outcome is Outcome.OK:
            if item.document is not None:
                self._take_document(item, item.document)
            elif item.task.role is Role.ATTACHMENT and is_new_file(item):
                await self._read_file(item)
        return item

    def close_spider(self) -> None:
        """Let go of the threads; nothing is being read any more."""
        self._threads.shutdown(wait=False)

    def _take_document(self, item: Sight, document: Document) -> None:
        try:
            item.before = self._read_before(item)
        except Exception as error:  # no page of the web may end a crawl; it is kept, and the doubt said
            logger.exception("%s: could not be compared", item.exchange.url)
            item.document = None
            item.finding = Finding(Outcome.ENCODING_DOUBT, f"could not be compared: {type(error).__name__}")
        else:
            self._request_files(item.task, document)

    async def _read_file(self, item: Sight) -> None:
        page, exchange = item.task.page, item.exchange
        read = partial(
            extract_file,
            self._reader,
            exchange.body,
            url=exchange.url,
            name=page.title if page else "",
            content_type=exchange.header("Content-Type"),
        )
        loop = asyncio.get_running_loop()
        try:
            item.document = await loop.run_in_executor(self._threads, read)
            item.before = await loop.run_in_executor(self._threads, self._read_before, item)
        except Exception:  # as above; what is known of the file is that its bytes differ
            logger.exception("%s: could not be read", exchange.url)

    def _read_before(self, item: Sight) -> Document | None:
        """The last good body read again, when another extractor made the version that the page is compared with."""
        page, document = item.task.page, item.document
        if page is None or document is None or page.extractor in (None, document.extractor):
            return None
        body = find_last_body(self._session.database, page.id)
        before = read_document(self._session.configuration.archive_dir, body) if body else None
        if isinstance(before, str):
            logger.warning("%s: %s", item.exchange.url, before)
            return None
        return before

    def _request_files(self, task: Task, document: Document) -> None:
        """Ask for the attachments that lie on the site's own hosts."""
        spider, engine = self._crawler.spider, self._crawler.engine
        assert isinstance(spider, RepliesSpider)
        assert engine is not None  # a crawl is under way
        for request in spider.request_attachments(task, document.attachments):
            engine.crawl(request)


class RecordPipeline:
    """Hands fetches and walks to the session's batch, commits it once a second at the latest, and counts."""

    def __init__(self, crawler: Crawler, session: CrawlSession) -> None:
        self._crawler = crawler
        self._session = session
        self._ending = Ending(crawler)
        self._timer = LoopingCall(session.flush)
        session.report_visit = self._count_visit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Wire up with the crawl's session and the signals of fetches that no callback sees."""
        pipeline = cls(crawler, session_of(crawler))
        crawler.signals.connect(pipeline.keep_robots, robots_ruled)
        crawler.signals.connect(pipeline.close_session, signals.spider_closed)
        crawler.signals.connect(pipeline._ending.end_on_failure, signals.item_error)
        return pipeline

    def open_spider(self) -> None:
        """Let hosts rest that have to; start the timer, so that a slow crawl is committed as promptly as a fast one."""
        pace = self._crawler.get_downloader_middleware(HostPace)
        if isinstance(pace, HostPace):
            now = self._session.configuration.clock.now()
            pace.restore_hosts(read_rests(self._session.database, now))
            self._session.hosts.describe = pace.describe_hosts
        self._timer.start(BATCH_SECONDS, now=False).addErrback(self._ending.end_on_failure)

    def process_item(self, item: Sight | FinishedWalk) -> Sight | FinishedWalk:
        """Put the item into the batch."""
        with self._ending.keeping():
            self._session.record(item)
        return item

    def close_spider(self) -> None:
        """Commit what waits before anybody says how many there were."""
        with self._ending.closing():
            self._session.flush()

    def close_session(self, reason: str) -> None:
        """Commit what is left and end the run; Ctrl-C comes here, too."""
        if self._timer.running:
            self._timer.stop()
        state = {"finished": "finished", "shutdown": "interrupted"}.get(reason, "failed")
        with self._ending.closing():
            self._session.close("failed" if self._ending.has_failed else state, self._read_counts())

    def keep_robots(self, origin: str, exchanges: tuple[Exchange, ...]) -> None:
        """Archive and record what was asked of robots.txt: it decides what we may see."""
        host = urlsplit(origin).netloc
        site = next((site for site in catalog_of(self._crawler).sites.values() if host in site.hosts), None)
        if site is None:
            return
        for exchange in exchanges:
            sight = Sight(
                task=Task(role=Role.ROBOTS, site=site),
                exchange=exchange,
                finding=judge_transport(exchange) or Finding(Outcome.OK),
            )
            with self._ending.keeping_aside():
                self._session.archive(sight)
                self._session.record(sight)

    def _count_visit(self, recorded: Recorded) -> None:
        """Count a page's visit under one of new, changed, unchanged, gone, moved, blocked and errors."""
        if recorded.visit.page_id is None or recorded.visit.capture.role is not Role.PAGE:
            return
        stats = self._crawler.stats
        assert stats is not None  # Scrapy sets it before any component is made
        stats.inc_value(PREFIX + "done")
        stats.inc_value(PREFIX + sort_visit(recorded))

    def _read_counts(self) -> dict[str, int]:
        assert self._crawler.stats is not None  # as above
        found = self._crawler.stats.get_stats()
        return {key.removeprefix(PREFIX): value for key, value in found.items() if key.startswith(PREFIX)}


def is_new_file(sight: Sight) -> bool:
    """Whether a file's body is another than the last one, or nobody has read it yet."""
    page = sight.task.page
    if page is None or page.version_number is None or sight.body_digest is None:
        return True
    return sight.body_digest != page.body_digest


def sort_visit(recorded: Recorded) -> str:
    """The word under which a visit is counted."""
    outcome = recorded.visit.capture.outcome
    if outcome.is_gone or outcome is Outcome.MOVED:
        return "gone" if outcome.is_gone else "moved"
    if recorded.is_new_version:
        return "new" if recorded.version_number == 1 else "changed"
    if outcome.is_good:
        return "unchanged"
    return "blocked" if outcome in HINDRANCES else "errors"
