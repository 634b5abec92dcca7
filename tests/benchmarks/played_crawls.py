"""What crawls would have recorded, written straight into the database of a running service: cycles that cost nothing.

Each crawl finds some pages of one site edited, visits the others not at all, and walks the list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scheduler.probing import write_seed
from storage.database import Database, open_database
from storage.pages import PageState
from storage.runs import begin_run, finish_run
from tests.storage.world import COLUMN, SITE, World

BEFORE, AFTER = "已在人民路新增路灯{}盏。", "，经区住建局会同区财政局研究，由区城管局负责办理，并于年底前完成。"
PARAGRAPHS = 20


@dataclass(slots=True)
class PlayedCrawls:
    """Crawls of one site with so many pages, ``due`` of them a time, in turn."""

    database: Database
    count: int
    due: int
    number: int = 0
    world: World = field(init=False)
    pages: list[PageState] = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.database)
        self.world.begin()
        self.world.now = datetime.now(UTC)
        self.pages = [self.world.add_page(str(number)) for number in range(self.count)]

    def crawl(self) -> None:
        """One crawl: the first sees all pages, each later one those whose turn it is, edited."""
        now = self.world.now = datetime.now(UTC)
        self.world.run = begin_run(self.database, now, {})
        self.world.walk(*self.pages)
        first = self.number * self.due
        turns = range(self.count) if not self.number else [turn % self.count for turn in range(first, first + self.due)]
        for turn in turns:
            self.world.visit(self.pages[turn], text=write_text(turn, self.number))
        finish_run(self.database, self.world.run, self.world.now, "finished", {})
        self.number += 1


def write_text(page: int, number: int) -> str:
    """A reply of two kilobytes whose figures changed with a crawl."""
    return "\n".join(f"{BEFORE.format(number)}第{page}件第{place}款{AFTER}" for place in range(PARAGRAPHS))


@contextmanager
def play_crawls(folder: Path, count: int, due: int) -> Iterator[PlayedCrawls]:
    """Crawls beside a service whose data lies in ``folder/data``; its seed is written."""
    text = write_seed(SITE.key, SITE.name, "a.example", "auto", [(COLUMN.kind, COLUMN.name, COLUMN.url)])
    (folder / "seeds" / f"{SITE.key}.toml").write_text(text, encoding="utf-8")
    database = open_database(f"sqlite:///{folder / 'data' / 'replywatch.sqlite3'}")
    try:
        yield PlayedCrawls(database, count, due)
    finally:
        database.close()
