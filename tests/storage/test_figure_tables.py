"""The counts that the database keeps equal what counting gives, whoever writes and however it ends."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.database import Database, open_database
from storage.figure_tables import FigureRow, read_counts
from storage.records import Document
from storage.tables import CaptureRow, ChangeRow, PageRow, VersionRow
from tests.storage.world import SITE, World

Counts = dict[tuple[str, str], int]


@pytest.fixture
def world(database: Database) -> World:
    """A world on its first day."""
    world = World(database)
    world.begin()
    return world


@pytest.fixture
def postgresql_world(postgresql_url: str) -> Iterator[World]:
    """The same, always on PostgreSQL."""
    world = World(open_database(postgresql_url))
    world.begin()
    yield world
    world.database.close()


def count_rows(session: Session) -> Counts:
    """What is counted, by passing over the tables."""
    is_article = PageRow.parent_id.is_(None)
    versions = select(func.count()).select_from(VersionRow).join(PageRow, PageRow.id == VersionRow.page_id)
    found: Counter[tuple[str, str]] = Counter()
    found["versions", ""] = session.scalar(versions.where(is_article)) or 0
    found["captures", ""] = session.scalar(select(func.count()).select_from(CaptureRow)) or 0
    for name, table, wanted in (("pages", PageRow, (is_article,)), ("changes", ChangeRow, ())):
        query = select(table.site_key, func.count()).where(*wanted).group_by(table.site_key)
        found.update({(name, site): amount for site, amount in session.execute(query)})
    return +found


def read_kept(database: Database) -> Counts:
    """The kept counts, held against the rows."""
    with database.read() as session:
        kept = +Counter(read_counts(session))
        assert kept == count_rows(session)
    return kept


def test_counts_follow_rows(world: World) -> None:
    """Pages and their files, captures, versions; what is deleted is taken off."""
    page, other = world.add_page("路灯"), world.add_page("公交")
    world.visit(page, text="一。")
    world.visit(page, text="二。")
    world.visit(other)
    world.visit(world.add_file(page, "a.doc"), text="f", document=Document(text="f"))
    assert read_kept(world.database) == {("pages", SITE.key): 2, ("captures", ""): 4, ("versions", ""): 2}
    with world.database.write() as session:
        session.execute(delete(VersionRow).where(VersionRow.page_id == page.id))
    assert ("versions", "") not in read_kept(world.database)


def test_changes_are_counted_by_site(world: World) -> None:
    """Inserted, rewritten and deleted ones."""
    page = world.add_page("路灯")
    content = {"page_id": page.id, "site_key": SITE.key, "kind": "text", "detected_at": world.now, "score": 0.5}
    with world.database.write() as session:
        session.add_all(ChangeRow(id=name, is_baseline=False, content={}, **content) for name in "abc")
    with world.database.write() as session:
        session.merge(ChangeRow(id="a", is_baseline=False, content={"title": "新"}, **content))
        session.execute(delete(ChangeRow).where(ChangeRow.id == "b"))
    assert read_kept(world.database)["changes", SITE.key] == 2


def test_a_transaction_that_fails_counts_nothing(world: World) -> None:
    """Rows and counts are kept or lost together."""
    page = world.add_page("路灯")
    with world.database.read() as session:  # which never commits
        session.execute(delete(PageRow).where(PageRow.id == page.id))
        assert ("pages", SITE.key) not in +Counter(read_counts(session))
    assert read_kept(world.database) == {("pages", SITE.key): 1}


@pytest.mark.postgresql
def test_writers_on_postgresql_do_not_wait_for_each_other(postgresql_world: World) -> None:
    """Two that count at once each have a row of their own; folding passes over what one of them still holds."""
    world = postgresql_world
    first, second = world.add_page("路灯"), world.add_page("公交")
    world.visit(first, text="一。")
    with world.database.write() as held:
        held.execute(delete(VersionRow))
        world.visit(second, text="二。")
        world.database.optimize()
    assert read_kept(world.database)["versions", ""] == 1
    world.database.optimize()
    assert read_kept(world.database)["versions", ""] == 1
    with world.database.read() as session:
        assert set(session.scalars(select(FigureRow.slot))) == {0}
