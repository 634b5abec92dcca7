"""What one crawl holds open: database, run, archive, and the batch that is on its way from one to the other.

Order of writing: WARC records, ``fdatasync``, database commit. Whatever the database says exists can be read; what a
crash leaves behind in the archive is adopted by the next start.
"""

import gc
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import takewhile

from crawler.adoption import recover_captures
from crawler.items import FinishedWalk, Sight
from crawler.ledger import HostLedger
from crawler.locks import Locks, is_locked
from storage.advisory import share_locks
from storage.archive.writer import ArchiveWriter
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.hosts import record_hosts
from storage.records import Capture
from storage.runs import Run, begin_run, finish_run, mark_dead_runs
from storage.unchanged import record_batch
from storage.visits import Recorded, Visit
from storage.walks import record_walk

logger = logging.getLogger(__name__)

BATCH_SIZE = 50
BATCH_SECONDS = 1.0
COLLECT_AFTER = 20_000  # objects; some megabytes at most
KEPT_HEADERS = frozenset(
    {
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "last-modified",
        "location",
        "retry-after",
        "server",
        "set-cookie",
        "via",
        "x-powered-by-cloudwaf",
    }
)


@dataclass(slots=True)
class CrawlSession:
    """One crawl's open ends. Used by one thread; `flush` is called by time and by size.

    Items are committed in the order in which their records were written, whatever takes long in between: what lies in
    the archive behind the last committed record is what a crash left behind, and nothing before it is.
    """

    configuration: Configuration
    database: Database
    writer: ArchiveWriter
    run: Run
    locks: Locks
    report_visit: Callable[[Recorded], None] = field(default=lambda _: None)
    hosts: HostLedger = field(default_factory=HostLedger)
    _order: list[Sight | FinishedWalk] = field(default_factory=list)
    _ready: set[int] = field(default_factory=set)
    _oldest: float = 0.0

    def archive(self, sight: Sight) -> None:
        """Write the records of one fetch; they are safe on disk after the next `flush`."""
        page = sight.task.page
        sight.written = self.writer.write_capture(
            sight.exchange,
            role=sight.task.role,
            finding=sight.finding,
            run_id=self.run.token,
            original=page.original if page else None,
            body_digest=sight.body_digest,
        )
        self._order.append(sight)

    def record(self, item: Sight | FinishedWalk) -> None:
        """Put an archived fetch or a finished walk into the batch."""
        if isinstance(item, FinishedWalk):
            self._order.append(item)
        if not self._ready:
            self._oldest = time.monotonic()
        self._ready.add(id(item))
        if len(self._ready) >= BATCH_SIZE or time.monotonic() - self._oldest > BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Archive to disk, then commit what is ready; nothing is taken off the batch before it is committed."""
        batch = list(takewhile(lambda item: id(item) in self._ready, self._order))
        if not batch:
            return
        self.writer.sync()
        self.locks.check()
        with self.database.write() as session:
            visits = [build_visit(item, self.run.id) for item in batch if isinstance(item, Sight)]
            recorded = record_batch(session, visits)
            for item in batch:
                if isinstance(item, FinishedWalk):
                    under_way = item.under_way
                    record_walk(
                        session,
                        item.walk,
                        column_id=under_way.column_id,
                        run_id=self.run.id,
                        record_id=under_way.first_record_id,
                        rows=list(under_way.listed.values()),
                        away=under_way.walker.away,
                    )
            record_hosts(session, self.hosts.take_news())
        del self._order[: len(batch)]
        self._ready.difference_update(map(id, batch))
        for visit in recorded:
            self.report_visit(visit)

    def _close_hosts(self) -> None:
        if news := self.hosts.take_news(is_last=True):
            with self.database.write() as session:
                record_hosts(session, news)

    def close(self, state: str, counts: Mapping[str, int]) -> None:
        """Commit the rest, close the archive's file and record how the run ended, as far as each can be done.

        What could not be committed stays in a file left open, where the next start finds it.
        """
        with ExitStack() as stack:
            stack.callback(self.locks.release)
            stack.callback(self.database.close)
            stack.callback(finish_run, self.database, self.run, self.configuration.clock.now(), state, counts)
            stack.callback(self._close_hosts)
            self.flush()
            if not self._order:
                self.writer.close()


def build_visit(sight: Sight, run_id: int) -> Visit:
    """An archived fetch as storage records it.

    Raises:
        ValueError: the fetch was not archived first.
    """
    written, exchange, task = sight.written, sight.exchange, sight.task
    if written is None:
        raise ValueError(f"{exchange.url} was not archived before it was recorded")
    capture = Capture(
        record_id=written.record_id,
        url=exchange.url,
        role=task.role,
        captured_at=exchange.started_at,
        outcome=sight.finding.outcome,
        detail=sight.finding.detail,
        vendor=sight.finding.vendor,
        status=exchange.status,
        headers=tuple((name, value) for name, value in exchange.headers if name.lower() in KEPT_HEADERS),
        payload_digest=written.payload_digest,
        entity_digest=written.entity_digest,
        body_digest=written.body_digest,
        place=written.place,
    )
    return Visit(
        capture=capture,
        run_id=run_id,
        page_id=task.page.id if task.page else None,
        column_id=task.column_id,
        document=sight.document,
        before=sight.before,
        is_revisit=written.is_revisit,
        new_url=sight.new_url,
        new_key=sight.new_key,
        doubted_page_id=task.doubted_page_id,
    )


def open_session(configuration: Configuration, arguments: Mapping[str, object]) -> CrawlSession:
    """Open the database (made or upgraded if need be) and the archive, and begin a run.

    Raises:
        DatabaseError, ArchiveError: one of them cannot be used.
    """
    database = open_database(configuration.database_url)
    shared = share_locks(configuration.database_url)
    recover_captures(database, configuration.archive_dir, shared)
    locks = Locks(configuration.data_dir / "locks", shared)
    mark_dead_runs(database, configuration.clock.now(), lambda token: is_locked(locks.folder, f"run-{token}", shared))
    run = begin_run(database, configuration.clock.now(), arguments, lambda token: locks.take(f"run-{token}"))
    writer = ArchiveWriter(
        configuration.archive_dir,
        software=configuration.user_agent.split(" ")[0],
        contact=configuration.contact,
        clock=configuration.clock,
        claims=shared,
    )
    calm_collector()
    return CrawlSession(configuration, database, writer, run, locks)


def calm_collector() -> None:
    """Look for rings of dead objects less often, and never among what the start has made.

    Scrapy makes some at every request, and a search that begins every 700 objects goes through all modules again.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 50)
