"""The walk over one column's list, as a pure automaton: it is fed pages and failures, and says what to ask next.

It never asks a page twice, stops at a repeated set of links, bounds what never ends, and tells at the end whether the
list can be trusted: what a partial list no longer shows has not been removed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from crawler.discovery.listing import ListPage, PageRequest
from crawler.discovery.titles import merge_rows
from crawler.discovery.urls import document_key, host_of, is_listed
from storage.records import ListRow, Walk

MAX_PAGES = 3000  # more than any list seen (322), with room; a list that declares more is walked so far
MAX_UNDECLARED_PAGES = 200  # past what the first page declares; a list that never says where it ends may have no end
MAX_STALE_PAGES = 3  # pages in a row that hold no new row
MAX_ENTRIES = 20  # pages that only lead to lists
WHOLE = 0.6  # of the links around the rows; a page with fewer is no page of the list
ENOUGH = 0.95  # of the rows that a list counts; some sites count what they have hidden
SPARE_ROWS = 2
USUAL_ROWS = 10  # a first page of so many that comes back as the second is hardly a whole list
MAX_FAILURES = 2  # pages in a row that failed, before the rest is given up
GONE = frozenset({"gone", "gone_soft"})
PASSING = GONE | {"timeout", "server_error", "truncated", "stub"}  # the page after may still be served


@dataclass(frozen=True, slots=True)
class Step:
    """What one page brought: rows seen for the first time in this walk, and the request to make next, if any."""

    rows: tuple[ListRow, ...] = ()
    request: PageRequest | None = None


@dataclass(slots=True)
class _Branch:
    """One list; a column whose entry page leads to several has several."""

    declared: int | None = None
    first_declared: int | None = None
    served: int = 0
    stale: int = 0
    failures: int = 0
    last_number: int | None = None
    frame: int = 0
    first_size: int = 0
    last_size: int = 0
    declared_rows: int | None = None
    keys: set[str] = field(default_factory=set)
    is_cut_short: bool = False
    ahead: list[PageRequest] = field(default_factory=list)
    sets: dict[frozenset[str], int] = field(default_factory=dict)


class ListWalk:
    """One walk. `start`, then `accept` or `fail` for each request handed out, then `finish`.

    ``hosts`` is the allow-list; rows that lead elsewhere are counted in ``away`` by host. ``is_known`` (given a
    document key) permits an early stop: a page of known rows only ends the walk. ``family`` is what the first page was
    read as; hand it to `read_list` for the pages after it.
    """

    def __init__(  # noqa: PLR0913 - what a walk needs to know from its caller, each once
        self,
        *,
        site: str,
        column: str,
        url: str,
        hosts: tuple[str, ...],
        started_at: datetime,
        cms: str = "auto",
        is_known: Callable[[str], bool] | None = None,
        max_pages: int = MAX_PAGES,
        max_undeclared_pages: int = MAX_UNDECLARED_PAGES,
    ) -> None:
        self.family = cms
        self.away: Counter[str] = Counter()
        self.is_finished = False
        self._site = site
        self._column = column
        self._started_at = started_at
        self._first = PageRequest(url=url, number=1)
        self._hosts = hosts
        self._is_known = is_known
        self._limits = (max_pages, max_undeclared_pages)
        self._asked: set[tuple[str, str, bytes]] = set()
        self._rows: dict[str, ListRow] = {}
        self._away_keys: set[str] = set()
        self._branch = _Branch()
        self._waiting: list[PageRequest] = []
        self._past_declared: int | None = None
        self._past_served = 0
        self._doubts: list[str] = []
        self._is_full = True
        self._entries = 0

    def start(self) -> PageRequest:
        """The request of the first page."""
        self._asked.add(self._first.identity)
        return self._first

    def accept(self, page: ListPage, requested: PageRequest) -> Step:
        """Take a page that was served and say what to ask next; a step without a request is the end."""
        self.family = page.family
        if page.is_entry:
            return self._enter_lists(page)
        if not page.rows:
            return self._take_empty(page, requested)
        fresh = self._add_rows(page.rows)
        keys = frozenset(document_key(row.url) for row in page.rows)
        if (earlier := self._find_repeat(page, requested, keys)) is not None:
            return self._take_repeat(page, requested, earlier)
        return Step(fresh, self._go_on(page, requested, keys))

    def fail(self, requested: PageRequest, reason: str) -> Step:
        """Take a page that was not served; ``reason`` is the outcome (``gone``, ``blocked``, ``timeout`` …).

        A gone answer to a probe is how lists without a page count end, and no failure. After a gone or passing failure
        one page further is tried; a block ends the walk at once.
        """
        if requested.is_probe and reason in GONE:
            return Step(request=self._next_branch())
        self._doubts.append(self._describe(requested, reason))
        self._branch.failures += 1
        if reason in PASSING and self._branch.failures < MAX_FAILURES and (further := self._pop_ahead()):
            return Step(request=further)
        if reason not in PASSING:
            self._waiting.clear()
        return Step(request=self._next_branch())

    def finish(self, finished_at: datetime) -> Walk:
        """The walk as it will be recorded.

        After an early stop at known rows ``is_full`` is false and ``is_complete`` says that every page asked for was
        served. A walk without a single row is never complete: a list shrunk to nothing proves nothing.
        """
        if not self.is_finished:
            self._doubts.append("the walk was broken off")
            self._close_branch()
        reasons = list(self._doubts)
        if not self._rows and not reasons:
            reasons.append("no rows")
        return Walk(
            site=self._site,
            column=self._column,
            started_at=self._started_at,
            finished_at=finished_at,
            declared_pages=self._past_declared,
            served_pages=self._past_served,
            rows=tuple(self._rows.values()),
            is_complete=not reasons,
            is_full=self._is_full,
            reason="; ".join(reasons),
        )

    def _enter_lists(self, page: ListPage) -> Step:
        self._entries += 1
        fresh = [request for request in page.next_requests if request.identity not in self._asked]
        self._waiting.extend(fresh if self._entries <= MAX_ENTRIES else ())
        if not fresh or self._entries > MAX_ENTRIES:
            self._doubts.append("a column page leads to no list")
        return Step(request=self._pop_waiting())

    def _take_empty(self, page: ListPage, requested: PageRequest) -> Step:
        """No rows: the end on a whole page behind a short one, or past the declared ones; either of it for a probe.

        Otherwise a stub: behind a full page of a list that does not say where it ends, an empty one proves nothing.
        """
        branch = self._branch
        is_whole = page.current == requested.number or 0 < WHOLE * branch.frame <= page.frame
        is_expected = (
            branch.last_size < branch.first_size if branch.declared is None else branch.served >= branch.declared
        )
        is_end = is_whole or is_expected if requested.is_probe else is_whole and branch.served and is_expected
        if is_end:
            return Step(request=self._next_branch())
        return self.fail(requested, "stub" if self._branch.served else "no rows")

    def _find_repeat(self, page: ListPage, requested: PageRequest, keys: frozenset[str]) -> int | None:
        """The earlier page that this one repeats: by its set of links, or by its own number when nothing is new."""
        if keys in self._branch.sets:
            return self._branch.sets[keys]
        is_other = page.current is not None and requested.number is not None and page.current < requested.number
        return page.current if is_other and keys <= self._branch.keys else None

    def _take_repeat(self, page: ListPage, requested: PageRequest, earlier: int) -> Step:
        """The links of an earlier page again: a server that stays on its last page, or one that ignores the number."""
        branch = self._branch
        is_last_again = branch.declared is None and branch.served > 1 and page.current == branch.last_number == earlier
        is_satisfied = branch.declared is not None and branch.served >= branch.declared
        is_lone_page = branch.served == 1 and branch.first_size >= USUAL_ROWS and branch.declared is None
        is_ended_probe = requested.is_probe and not is_lone_page
        if not (is_ended_probe or is_last_again or is_satisfied):
            self._doubts.append(self._describe(requested, f"repeats page {earlier}"))
        return Step(request=self._next_branch())

    def _go_on(self, page: ListPage, requested: PageRequest, keys: frozenset[str]) -> PageRequest | None:
        branch = self._branch
        branch.served += 1
        branch.failures = 0
        branch.stale = branch.stale + 1 if keys <= branch.keys else 0
        branch.frame = page.frame
        branch.last_size = len(keys)
        branch.first_size = branch.first_size or len(keys)
        branch.last_number = page.current or requested.number
        branch.declared_rows = page.declared_rows or branch.declared_rows
        branch.keys |= keys
        branch.sets[keys] = requested.number or branch.served
        branch.first_declared = branch.first_declared or page.declared_pages
        branch.declared = max((n for n in (branch.declared, page.declared_pages) if n is not None), default=None)
        has_all = 0 < (branch.declared_rows or 0) <= len(branch.keys)  # nothing is to be suspected further on
        branch.ahead = [
            request
            for request in page.next_requests
            if request.identity not in self._asked and not (request.is_probe and has_all)
        ]
        if not branch.ahead:
            return self._next_branch()
        if self._has_known_only(page.rows):
            self._is_full = False
            branch.is_cut_short = True
            return self._next_branch()
        return self._next_branch() if self._is_bounded() else self._pop_ahead()

    def _has_known_only(self, rows: tuple[ListRow, ...]) -> bool:
        ours = [row for row in rows if is_listed(row.url, self._hosts)]
        return bool(self._is_known and ours and all(self._is_known(document_key(row.url)) for row in ours))

    def _is_bounded(self) -> bool:
        branch = self._branch
        limit = min(self._limits[0], (branch.first_declared or 0) + self._limits[1])
        if branch.served >= limit:
            self._doubts.append(f"stopped after {branch.served} pages")
        elif branch.stale >= MAX_STALE_PAGES:
            self._doubts.append(f"{branch.stale} pages in a row without a new row")
        else:
            return False
        return True

    def _add_rows(self, rows: tuple[ListRow, ...]) -> tuple[ListRow, ...]:
        fresh: dict[str, ListRow] = {}
        for row in rows:
            key = document_key(row.url)
            if not is_listed(row.url, self._hosts):
                self._count_away(key, row)
            elif key in self._rows:
                self._rows[key] = merge_rows(self._rows[key], row)
                if key in fresh:
                    fresh[key] = self._rows[key]
            else:
                self._rows[key] = fresh[key] = row
        return tuple(fresh.values())

    def _count_away(self, key: str, row: ListRow) -> None:
        if key not in self._away_keys:
            self._away_keys.add(key)
            self.away[host_of(row.url)] += 1

    def _pop_ahead(self) -> PageRequest | None:
        while self._branch.ahead:
            request = self._branch.ahead.pop(0)
            if request.identity not in self._asked:
                self._asked.add(request.identity)
                return request
        return None

    def _pop_waiting(self) -> PageRequest | None:
        if not self._waiting:
            self._close_branch()
            self.is_finished = True
            return None
        self._branch.ahead = [self._waiting.pop(0)]
        return self._pop_ahead() or self._pop_waiting()

    def _next_branch(self) -> PageRequest | None:
        self._close_branch()
        if self._waiting:
            return self._pop_waiting()
        self.is_finished = True
        return None

    def _close_branch(self) -> None:
        branch, self._branch = self._branch, _Branch()
        self._past_served += branch.served
        if (branch.declared_rows or 0) * ENOUGH > len(branch.keys) + SPARE_ROWS and not branch.is_cut_short:
            self._doubts.append(f"{len(branch.keys)} of {branch.declared_rows} declared rows were served")
        if branch.declared is not None:
            self._past_declared = (self._past_declared or 0) + branch.declared
            if branch.served < branch.declared and not branch.is_cut_short:
                self._doubts.append(f"{branch.served} of {branch.declared} declared pages were served")

    def _describe(self, requested: PageRequest, reason: str) -> str:
        return f"page {requested.number}: {reason}" if requested.number else f"{requested.url}: {reason}"
