"""Search finds what stands in any version, deleted text included, whatever a user types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.database import Database
from storage.searching import Fate, Words, find_hits, read_words
from tests.storage.world import World


@pytest.fixture
def searched(database: Database) -> Database:
    """One page with two versions, one with a single one."""
    world = World(database)
    world.begin()
    lamp = world.add_page("1")
    world.visit(lamp, text="已在人民路新增路灯100盏，完成率50%。")
    world.visit(world.add_page("2"), text="公交班次已增开。Road lamps are planned.")
    world.begin(1)
    world.visit(world.find_page("1"), text="已在人民路新增电灯200盏。")
    return database


def find(database: Database, query: str, fate: Fate = Fate.ANY) -> list[tuple[str, int]]:
    """URL and number of each hit."""
    hits, _ = find_hits(database, read_words(query), fate=fate)
    return [(hit.url.rpartition("/")[2], hit.number) for hit in hits]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("灯", [("1.html", 2), ("1.html", 1)]),
        ("路灯", [("1.html", 1)]),
        ("人民路 200盏", [("1.html", 2)]),
        ("人民路 -电灯", [("1.html", 1)]),
        ('"增开。Road lamps"', [("2.html", 1)]),
        ("ROAD", [("2.html", 1)]),
        ("50%", [("1.html", 1)]),
        ("5_%", []),
        ("-灯", []),
        ("", []),
    ],
)
def test_words_are_found(searched: Database, query: str, found: list[tuple[str, int]]) -> None:
    """One character or many, all words, phrases, none of the unwanted; wildcards are characters like others."""
    assert find(searched, query) == found


def test_what_vanished_and_what_appeared_is_told_apart(searched: Database) -> None:
    """Words of an older version that the latest lacks, and words that only the latest has."""
    assert find(searched, "路灯", fate=Fate.VANISHED) == [("1.html", 1)]
    assert find(searched, "人民路", fate=Fate.VANISHED) == []
    assert find(searched, "电灯", fate=Fate.APPEARED) == [("1.html", 2)]
    assert find(searched, "人民路", fate=Fate.APPEARED) == []


def test_hits_come_a_page_at_a_time(searched: Database) -> None:
    """The cursor goes on where the page before it ended, and is 0 at the end."""
    first, cursor = find_hits(searched, Words(("灯",)), limit=1)
    second, end = find_hits(searched, Words(("灯",)), limit=1, before=cursor)
    assert [hit.number for hit in (*first, *second)] == [2, 1]
    assert end == 0


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    """Whatever is typed is taken as words; none is empty."""
    words = read_words(text)
    assert all(words.wanted)
    assert all(words.unwanted)


@pytest.mark.parametrize("query", ['"', "%", "\\", "'; DROP TABLE versions;--", "-", "NEAR(a b)", "*", "“", "\ud800x"])
def test_signs_do_no_harm(searched: Database, query: str) -> None:
    """Signs that mean something to a database are searched for like others."""
    assert isinstance(find(searched, query.encode("utf-8", "replace").decode()), list)
