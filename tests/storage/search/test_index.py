"""The search index takes in whatever was written, once, and can be made again."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from storage.database import Database
from storage.records import Document
from storage.search.finding import find_hits
from storage.search.index import count_waiting, index_versions, renew_index
from storage.search.tables import EntryRow
from storage.search.values import Hit
from storage.search.words import read_words
from storage.tables import PageRow, VersionRow
from storage.versions import note_document, renew_version
from tests.storage.histories import write_history
from tests.storage.world import World


def find(database: Database, query: str) -> tuple[Hit, ...]:
    """The hits of a query."""
    return find_hits(database, read_words(query)).hits


def test_what_was_written_waits_until_it_is_taken_in(database: Database) -> None:
    """Each version once; again nothing is left; interrupted, the rest still waits."""
    write_history(database, "a", [["路灯"] for _ in range(7)])
    assert count_waiting(database) == 7
    assert find(database, "路灯") == ()
    assert sum(index_versions(database)) == 7
    assert list(index_versions(database)) == []
    assert len(find(database, "路灯")) == 7
    write_history(database, "b", [["电灯"] for _ in range(3)])
    next(index_versions(database, most=1))
    assert count_waiting(database) == 0
    assert len(find(database, "灯")) == 10


def test_a_version_that_is_written_again_is_indexed_again(database: Database) -> None:
    """A text that came later, and what the next extractor read: the old words are found no more, the new ones are."""
    world = World(database)
    world.begin()
    page = world.add_page("1")
    world.visit(page, text="见附件")
    list(index_versions(database))
    with database.write() as session:
        row = session.get_one(PageRow, page.id)
        version = session.scalars(select(VersionRow)).one()
        note_document(session, row, version, Document(title=page.title, text="路灯"))
    assert find(database, "附件") == ()
    list(index_versions(database))
    assert [hit.number for hit in find(database, "路灯")] == [1]
    with database.write() as session:
        renew_version(
            session, session.get_one(PageRow, page.id), Document(title=page.title, text="电灯", extractor="2")
        )
    list(index_versions(database))
    assert [hit.number for hit in find(database, "灯")] == [2, 1]
    assert count_waiting(database) == 0


def test_a_version_that_is_gone_leads_to_nothing(database: Database) -> None:
    """Nor does one that takes its number show words that it has not."""
    pages = write_history(database, "a", [["路灯"]])
    list(index_versions(database))
    with database.write() as session:
        old = session.scalars(select(VersionRow)).one()
        number = old.id
        session.delete(old)
    assert find(database, "路灯") == ()
    with database.write() as session:
        row = VersionRow(id=number, page_id=pages[0], number=1, capture_id=1, cause="content", document_digest="")
        row.text, row.document = "电灯", {}
        session.add(row)
    assert find(database, "路灯") == ()
    renew_index(database)
    list(index_versions(database))
    assert len(find(database, "电灯")) == 1


def test_the_index_can_be_made_again(database: Database) -> None:
    """Emptied, it finds nothing; filled, it finds the same."""
    write_history(database, "a", [["路灯", "电灯"], ["公交"]])
    list(index_versions(database))
    before = find(database, "灯")
    renew_index(database)
    assert find(database, "灯") == ()
    assert count_waiting(database) == 3
    list(index_versions(database))
    assert find(database, "灯") == before


def test_two_that_index_at_once_take_in_each_version_once(database: Database) -> None:
    """Neither fails, and no entry is double."""
    write_history(database, "a", [["路灯"] for _ in range(60)])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: list(index_versions(database)), range(2)))
    assert count_waiting(database) == 0
    with database.read() as session:
        assert len(session.scalars(select(EntryRow.id)).all()) == 60


def test_files_stand_in_their_page(database: Database) -> None:
    """The version of an attachment is no hit of its own."""
    world = World(database)
    world.begin()
    page = world.add_page("1")
    world.visit(page, text="路灯")
    file = world.add_file(page, "1.pdf")
    world.visit(file, text="路灯", document=Document(title="1.pdf", text="路灯"))
    list(index_versions(database))
    assert [hit.page_id for hit in find(database, "路灯")] == [page.id]
    assert count_waiting(database) == 0
