"""A small world for tests of the database: one site, and what a crawl would have recorded of it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from storage.database import Database
from storage.pages import NewPage, PageState, ensure_pages, find_pages
from storage.records import Capture, Document, ListRow, Outcome, Place, Role, Walk
from storage.runs import Run, begin_run
from storage.sites import WatchedColumn, WatchedSite, register_site
from storage.visits import Recorded, Visit, record_visits
from storage.walks import ListedPage, record_walk

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COLUMN = WatchedColumn(key="政协提案答复", kind="提案", name="政协提案答复", url="https://a.example/list")
SITE = WatchedSite(key="jia", name="甲市人民政府", level="市", region="甲", columns=(COLUMN,))


@dataclass(slots=True)
class World:
    """Plays a crawl against a database, a day a run."""

    database: Database
    column_id: int = 0
    run: Run = field(default_factory=lambda: Run(0, ""))
    now: datetime = MONDAY
    offset: int = 0

    def begin(self, day: int = 0) -> None:
        """Register the site and begin the run of a day (counted from Monday)."""
        self.now = MONDAY + timedelta(days=day)
        with self.database.write() as session:
            self.column_id = register_site(session, SITE)[COLUMN.key]
        self.run = begin_run(self.database, self.now, {})

    def add_page(self, name: str) -> PageState:
        """A page that a list showed."""
        with self.database.write() as session:
            page = NewPage(f"a.example/{name}", f"https://a.example/{name}.html", f"关于{name}的答复")
            return ensure_pages(session, SITE.key, self.column_id, [page], self.now)[0]

    def edit_pages(self, names: Sequence[str], old: str, write: Callable[[int], str]) -> None:
        """A baseline of pages that say ``old``, and a day later what ``write`` makes of the place of each."""
        self.begin()
        pages = [self.add_page(name) for name in names]
        self.walk(*pages)
        for page in pages:
            self.visit(page, text=old)
        self.begin(1)
        self.walk(*pages)
        for place, page in enumerate(pages):
            self.visit(page, text=write(place))

    def find_page(self, name: str) -> PageState:
        """The page as it is now."""
        with self.database.read() as session:
            return find_pages(session, [f"a.example/{name}"])[f"a.example/{name}"]

    def add_file(self, page: PageState, name: str) -> PageState:
        """A file that a page links to; ``find_page`` knows it by its name."""
        with self.database.write() as session:
            file = NewPage(f"a.example/{name}", f"https://a.example/{name}", name, parent_id=page.id)
            return ensure_pages(session, SITE.key, self.column_id, [file], self.now)[0]

    def visit(
        self,
        page: PageState,
        outcome: Outcome = Outcome.OK,
        text: str | None = None,
        **values: Any,  # noqa: ANN401 - a field of any type
    ) -> Recorded:
        """One fetch of a page; ``text`` is what its document (or the file) says when it is good.

        ``values`` are fields of the visit that are to be other than a crawl's usual ones.
        """
        visit = replace(self.build_visit(page, outcome, text), **values)
        with self.database.write() as session:
            return record_visits(session, [visit])[0]

    def build_visit(self, page: PageState, outcome: Outcome = Outcome.OK, text: str | None = None) -> Visit:
        """A fetch as the crawl hands it over."""
        self.now += timedelta(seconds=1)
        self.offset += 100
        digest = hashlib.sha256(text.encode()).hexdigest() if text is not None else None
        capture = Capture(
            record_id=f"urn:uuid:{uuid4()}",
            url=page.url,
            role=page.role,
            captured_at=self.now,
            outcome=outcome,
            status=200 if outcome is Outcome.OK else None,
            headers=(("ETag", '"1"'),),
            payload_digest="sha1:X" if digest else None,
            entity_digest=digest,
            body_digest=digest,
            place=Place("one.warc.gz", self.offset, 100),
        )
        return Visit(
            capture=capture,
            run_id=self.run.id,
            page_id=page.id,
            column_id=self.column_id,
            document=Document(title=page.title, text=text) if text is not None and page.role is Role.PAGE else None,
            is_revisit=text is None,
        )

    def walk(
        self,
        *pages: PageState,
        is_complete: bool = True,
        is_full: bool = True,
        served_pages: int = 1,
        reason: str = "",
    ) -> int:
        """One walk over the column that showed these pages."""
        self.now += timedelta(seconds=1)
        rows = tuple(ListRow(page.url, page.title) for page in pages)
        walk = Walk(
            site=SITE.key,
            column=COLUMN.key,
            started_at=self.now,
            finished_at=self.now,
            declared_pages=1,
            served_pages=served_pages,
            rows=rows,
            is_complete=is_complete,
            is_full=is_full,
            reason=reason,
        )
        listed = [ListedPage(page.id, row) for page, row in zip(pages, rows, strict=True)]
        with self.database.write() as session:
            return record_walk(
                session,
                walk,
                column_id=self.column_id,
                run_id=self.run.id,
                record_id=f"urn:uuid:{uuid4()}",
                rows=listed,
            )
