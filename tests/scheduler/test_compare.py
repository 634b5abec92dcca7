"""``replywatch compare`` also keeps the search index."""

from storage.database import Database, open_database
from storage.search.finding import find_hits
from storage.search.index import count_waiting
from storage.search.words import read_words
from tests.scheduler.office import Office


def count_hits(database: Database) -> int:
    """How many versions are found by a word that stands in each."""
    return len(find_hits(database, read_words("的")).hits)


def test_compare_fills_the_search_index(office: Office) -> None:
    """What waited can be found; made anew it finds the same; nothing else of the command's answer is other."""
    database = open_database(f"sqlite:///{office.folder}/data/replywatch.sqlite3")
    assert count_hits(database) == 0
    office.get("compare")
    found = count_hits(database)
    assert found
    assert office.get("compare", "--renew-search") == "0 changes\n"
    assert count_hits(database) == found
    assert count_waiting(database) == 0
    database.close()
