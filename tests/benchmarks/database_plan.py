"""The service's own planner and SQL in the simulator: visits become captures, and due pages come from the table.

The database is an SQLite in memory. Rows are written as they are by a crawl, but many a statement, for the simulator
makes a year of them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from scheduler.planning import Planner
from scheduler.pricing import find_list_interval, take_walk
from storage.database import open_database
from storage.pages import PROVISIONAL_INTERVAL
from storage.plan import planning
from storage.plan.clocks import ListClock, from_days
from storage.records import Cause, Outcome, Role
from storage.sites import WatchedColumn, WatchedSite, register_site
from storage.tables import CaptureRow, PageRow, VersionRow

BEGIN = 20_000.0  # the simulator's day 0, in days since 1970
UNDATED_AGE = 365.0
GONE = (404, 410)
WIDE = 4  # times as many rows are read as are wanted, for hosts at their cap
PAGE = PageRow.id == bindparam("page")
VISITED = update(PageRow).where(PAGE).values(last_visit_at=bindparam("at"), next_due_at=bindparam("due"))
CHANGED = update(PageRow).where(PAGE).values(version_number=bindparam("number"), planned_version=bindparam("before"))
IN_TURN = select(PageRow.id).where(PageRow.parent_id.is_(None)).order_by(PageRow.next_due_at)


class HostPlanner(Planner):
    """The planner, with the simulator's cap for each host in place of one for all."""

    caps: dict[str, float]

    def find_caps(self, sites: Any) -> dict[str, float]:  # noqa: ANN401 - any names of sites
        """The simulator's."""
        return {key: self.caps[key] for key in sites}


class DatabasePlan:
    """Plans through SQLite. Lists are walked by the simulator, so only their clocks are kept.

    Visits are written and planned every so many hours, as a service does after each of its crawls. What is new or
    hinted at is written at once; what was visited and waits for its plan is left alone until then.
    """

    def __init__(self, every: int = 1) -> None:
        self.every = every
        self.hours = 0

    def reset(self, info: dict[str, Any]) -> None:
        """An empty database with a site for each host."""
        self.database = open_database("sqlite://")
        self.planner = HostPlanner(info["budget"], 0.0)
        self.planner.caps = {f"h{host}": float(cap) * 24 for host, cap in enumerate(info["host_cap"])}
        self.columns: dict[int, int] = {}
        self.hosts: dict[int, int] = {}
        self.list_due: dict[int, float] = {}
        self.lists: dict[int, ListClock] = {}
        self.new: list[dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []
        self.changed: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self.hinted: list[int] = []
        self.captures, self.begun = 0, False
        self.waiting: set[int] = set()
        with self.database.write() as session:
            for key in self.planner.caps:
                column = WatchedColumn(key="c", kind="提案", name="c", url=f"https://{key}.example/")
                site = WatchedSite(key=key, name=key, level=None, region=None, columns=(column,))
                self.columns[int(key[1:])] = register_site(session, site)["c"]

    def discover(
        self, page: int, host: int, kind: str, published: float | None, last_fetch: float | None, now: float
    ) -> None:
        """A page or a list is known from now on."""
        self.hosts[page] = host
        if kind == "list":
            self.lists[page], self.list_due[page] = ListClock(seen=last_fetch), now
            return
        seen = now if last_fetch is None else last_fetch
        born = published if published is not None else seen - (UNDATED_AGE if last_fetch is not None else 0.0)
        due = now if last_fetch is None else seen
        row = {"id": page + 1, "document_key": str(page), "url": f"https://h{host}.example/{page}", "title": ""}
        row |= {"site_key": f"h{host}", "column_id": self.columns[host], "first_seen_at": from_days(BEGIN + seen)}
        row |= {"next_due_at": from_days(BEGIN + due), "has_doubt": False, "is_stale": False}
        row |= {"born_day": BEGIN + born, "version_number": None, "planned_version": None}
        self.new.append(row)
        if last_fetch is not None:
            self.take(page, last_fetch, 200, is_changed=False)

    def take(self, page: int, now: float, status: int, *, is_changed: bool, modified: float | None = None) -> None:
        """A capture that waits to be written."""
        self.captures += 1
        outcome = Outcome.GONE if status in GONE else Outcome.NOT_MODIFIED if status == 304 else Outcome.OK
        stamp = from_days(BEGIN + modified) if modified is not None else None
        headers = [["Last-Modified", f"{stamp:%a, %d %b %Y %H:%M:%S} GMT"]] if stamp else []
        values = {"id": self.captures, "record_id": str(self.captures), "page_id": page + 1, "role": Role.PAGE}
        values |= {"url": "", "captured_at": from_days(BEGIN + now), "outcome": outcome, "detail": ""}
        self.seen.append(values | {"headers": headers, "is_revisit": False})
        self.waiting.add(page + 1)
        if is_changed:
            self.changed[page] = self.captures

    def result(
        self,
        page: int,
        now: float,
        status: int,
        is_changed: bool,  # noqa: FBT001 - the simulator's signature
        modified: float | None,
        news: int,
    ) -> None:
        """A page or list was fetched."""
        if page not in self.lists:
            self.take(page, now, status, is_changed=is_changed and status not in GONE, modified=modified)
            return
        self.lists[page] = take_walk(self.lists[page], now, news)
        site = self.planner.site(f"h{self.hosts[page]}")
        self.list_due[page] = now + find_list_interval(self.lists[page], site)

    def hint(self, page: int, now: float, kind: str) -> None:  # noqa: ARG002 - the simulator's signature
        """A list showed that a page changed or vanished."""
        self.hinted.append(page + 1)

    def tick(self, now: float) -> None:
        """Write what was seen, and plan it, when it is time."""
        self.hours += 1
        instant = from_days(BEGIN + now)
        if self.begun and self.hours % self.every:
            if self.new or self.hinted:
                with self.database.write() as session:
                    if self.new:
                        session.connection().execute(insert(PageRow), self.new)
                    planning.hint_pages(session, self.hinted, instant)
                self.new.clear()
                self.hinted.clear()
            return
        with self.database.write() as session:
            self.write(session)
            if not self.begun:
                self.planner.load(session)
                self.begun = True
            self.planner.known.refresh()
            if BEGIN + now - self.planner.state.priced >= 1:
                self.planner.reprice(session, BEGIN + now, self.group_lists())
            while self.planner.take_batch(session, instant):
                pass
            planning.hint_pages(session, self.hinted, instant)
            self.hinted.clear()
            self.planner.store(session)

    def write(self, session: planning.Transaction) -> None:
        """New pages, captures and versions as the crawl would have written them."""
        connection = session.connection()
        if self.new:
            connection.execute(insert(PageRow), self.new)
        if self.seen:
            connection.execute(insert(CaptureRow), self.seen)
            connection.execute(VISITED, [provide(row["page_id"], row["captured_at"]) for row in self.seen])
        if self.changed:
            made = [self.make_version(page, capture) for page, capture in self.changed.items()]
            connection.execute(insert(VersionRow), made)
            connection.execute(CHANGED, [count_up(row["page_id"], row["number"]) for row in made])
        self.new.clear()
        self.seen.clear()
        self.waiting.clear()
        self.changed.clear()

    def make_version(self, page: int, capture: int) -> dict[str, Any]:
        """A page's next version; the first is the one that stood there before anything was changed."""
        number = self.versions[page] = self.versions.get(page, 1) + 1
        values = {"page_id": page + 1, "number": number, "capture_id": capture, "cause": Cause.CONTENT}
        return values | {"document_digest": "", "text": "", "document": {}}

    def group_lists(self) -> dict[str, list[ListClock]]:
        """The lists of each site."""
        found: dict[str, list[ListClock]] = {}
        for page, clock in self.lists.items():
            found.setdefault(f"h{self.hosts[page]}", []).append(clock)
        return found

    def due(self, now: float, limit: int, host_left: list[int]) -> list[int]:
        """Lists that are due, then pages by due time, as far as the budget goes."""
        chosen: list[int] = []
        for page, due in sorted(self.list_due.items(), key=lambda item: item[1]):
            if due <= now and len(chosen) < limit and host_left[self.hosts[page]] > 0:
                host_left[self.hosts[page]] -= 1
                chosen.append(page)
        with self.database.read() as session:
            rows = session.connection(execution_options={"stream_results": True}).execute(IN_TURN)
            while len(chosen) < limit and (part := rows.fetchmany(WIDE * limit)):
                for (number,) in part:
                    host = self.hosts[number - 1]
                    if len(chosen) < limit and host_left[host] > 0 and number not in self.waiting:
                        host_left[host] -= 1
                        chosen.append(number - 1)
            rows.close()
        return chosen


def provide(page_id: int, at: datetime) -> dict[str, Any]:
    """What recording a visit writes into the page's row: it is due a day later until it was planned."""
    return {"page": page_id, "at": at, "due": at + PROVISIONAL_INTERVAL}


def count_up(page_id: int, number: int) -> dict[str, int]:
    """What a new version writes into the page's row, which knew the one before."""
    return {"page": page_id, "number": number, "before": number - 1}
