"""A small archive with real WARC records and the database that knows them, for tests of the archive's door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from storage.archive.writer import Original
from storage.database import Database
from storage.pages import NewPage, PageState, ensure_pages
from storage.records import Capture, Document, Exchange, Finding, Outcome, Role
from storage.visits import Visit, record_visits
from tests.storage.archive.exchanges import Exchanges, Scribe, name_original
from tests.storage.world import SITE, World

URL = "https://a.example/zw/1.html"
OTHER_URL = "https://a.example/zw/2.html?b=2&a=1"


def answer(body: str, kind: str = "text/html; charset=utf-8") -> bytes:
    """A good answer with a body."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{body}".encode()


@dataclass
class ArchiveWorld:
    """Pages of a site, captured into an archive below ``folder``."""

    database: Database
    folder: Path
    exchanges: Exchanges = field(default_factory=Exchanges)

    def __post_init__(self) -> None:
        self.world = World(self.database)
        self.world.begin()
        self.scribe = Scribe(self.folder, 10**9)

    def add_page(self, url: str, title: str = "关于第1号提案的答复") -> PageState:
        """A page to be watched."""
        with self.database.write() as session:
            page = NewPage(url.partition("://")[2], url, title)
            return ensure_pages(session, SITE.key, self.world.column_id, [page], self.world.now)[0]

    def capture(
        self,
        page: PageState,
        response: bytes,
        outcome: Outcome = Outcome.OK,
        text: str | None = None,
        original: tuple[Exchange, Original] | None = None,
    ) -> tuple[Exchange, Original]:
        """One fetch of a page, archived and recorded."""
        exchange = self.exchanges.make(response, url=page.url)
        written = self.scribe.write(exchange, original=original[1] if original else None, finding=Finding(outcome))
        self.scribe.writer.sync()
        capture = Capture(
            record_id=written.record_id,
            url=exchange.url,
            role=Role.PAGE,
            captured_at=exchange.started_at,
            outcome=outcome,
            status=exchange.status,
            headers=exchange.headers,
            payload_digest=written.payload_digest,
            entity_digest=written.record_id[-12:],
            body_digest=written.record_id[-12:],
            place=written.place,
        )
        document = Document(title=page.title, text=text) if text else None
        visit = Visit(
            capture=capture,
            run_id=self.world.run.id,
            page_id=page.id,
            column_id=self.world.column_id,
            document=document,
            is_revisit=written.is_revisit,
        )
        with self.database.write() as session:
            record_visits(session, [visit])
        return exchange, name_original(exchange, written)


def fill_world(database: Database, folder: Path, bodies: Sequence[str] = ("<p>甲</p>", "<p>乙</p>")) -> ArchiveWorld:
    """A page that was captured twice with other words, once blocked, and once found unchanged; and another page."""
    world = ArchiveWorld(database, folder)
    page = world.add_page(URL)
    for body in bodies:
        first = world.capture(page, answer(body), text=body)
    world.capture(page, b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\nblocked", Outcome.BLOCKED)
    world.capture(page, answer(bodies[-1]), original=first)
    world.capture(world.add_page(OTHER_URL), answer("<p>丙</p>"), text="丙")
    return world
