"""Search finds what stands in any version, deleted text included, whatever a user types."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database import Database
from storage.records import Document
from storage.search.finding import find_hits
from storage.search.index import index_versions
from storage.search.values import FIELDS, Fate, Sieve
from storage.search.words import Words, read_words
from storage.withholding import withhold_page
from tests.storage.histories import write_history
from tests.storage.world import MONDAY, World


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
    list(index_versions(database))
    return database


def find(database: Database, query: str, **sieve: object) -> list[tuple[str, int]]:
    """URL and number of each hit."""
    found = find_hits(database, read_words(query), Sieve(**sieve))  # type: ignore[arg-type]
    return [(hit.url.rpartition("/")[2], hit.number) for hit in found.hits]


ONE, OLD, TWO = ("1.html", 2), ("1.html", 1), ("2.html", 1)
FOUND = {
    "灯": [ONE, OLD],
    "路灯": [OLD],
    "人民路 200盏": [ONE],
    "人民路 -电灯": [OLD],
    '"增开。Road lamps"': [TWO],
    '"新增 电灯"': [ONE],
    "roadlamps": [],
    "ROAD": [TWO],
    "ｒoad": [TWO],
    "5": [OLD],
    "100": [OLD],
    "100盏,完成率５０％": [OLD],
    "50%": [OLD],
    "5_%": [],
    "关于2的": [TWO],
    "-灯": [],
    "": [],
    '" "': [],
}


def test_words_are_found(searched: Database) -> None:
    """One character or many, of any width and case, all words, phrases, none of the unwanted; no sign is special."""
    assert {query: find(searched, query) for query in FOUND} == FOUND


def test_what_vanished_and_what_appeared_is_told_apart(searched: Database) -> None:
    """Words that the next version and the latest lack, and words that only the latest has."""
    assert find(searched, "路灯", fate=Fate.VANISHED) == [("1.html", 1)]
    assert find(searched, "人民路", fate=Fate.VANISHED) == []
    assert find(searched, "电灯", fate=Fate.APPEARED) == [("1.html", 2)]
    assert find(searched, "人民路", fate=Fate.APPEARED) == []


def test_a_version_has_words_that_another_lacks(database: Database) -> None:
    """Any two of a page, next to each other or not, in either order; a page without the other one is none."""
    world = World(database)
    world.begin()
    texts = ("新增路灯。", "另行答复。", "维修路灯。", "新增座椅。")
    for text in texts:
        world.visit(world.add_page("1") if text == texts[0] else world.find_page("1"), text=text)
    world.visit(world.add_page("2"), text="路灯。")
    for text in ("路灯。", "路灯两盏。"):
        world.visit(world.find_page("2"), text=text)
    world.visit(world.add_page("3"), text="路灯。")
    list(index_versions(database))
    one = ("1.html", 1)
    assert find(database, "路灯", number=1) == [("3.html", 1), ("2.html", 1), one]
    assert find(database, "路灯", number=1, without=4) == [one]
    assert find(database, "路灯", number=1, without=2) == [one]
    assert find(database, "路灯", number=1, without=3) == []
    assert find(database, "路灯", number=3, without=2) == [("1.html", 3)]
    assert find(database, "座椅", number=4, without=1) == [("1.html", 4)]
    assert find(database, "路灯", without=4) == [("1.html", 3), one]
    assert find(database, "路灯", number=2, without=2) == []
    assert find(database, "新增", fate=Fate.VANISHED, without=3) == []
    assert find(database, "路灯", page=1) == [("1.html", 3), one]
    assert find(database, "路灯", page=1, fate=Fate.VANISHED) == [("1.html", 3), one]
    assert find(database, "路灯", page=9) == []


def test_a_sieve_lets_through_what_was_asked_for(searched: Database) -> None:
    """Site, column, kind, field and time, each alone and against each fate."""
    both = [("1.html", 2), ("1.html", 1)]
    assert find(searched, "灯", site="jia") == both
    assert find(searched, "灯", site="yi") == []
    assert find(searched, "灯", column=1) == both
    assert find(searched, "灯", column=2) == []
    assert find(searched, "灯", kind="other") == both
    assert find(searched, "灯", kind="reply") == []
    assert find(searched, "灯", field="text") == both
    assert find(searched, "答复", field="title") == [both[0], ("2.html", 1), both[1]]
    assert find(searched, "灯", field="title") == []
    tuesday = MONDAY + timedelta(days=1)
    assert find(searched, "灯", since=tuesday) == both[:1]
    assert find(searched, "灯", until=tuesday) == both[1:]
    assert find(searched, "路灯", until=tuesday, kind="other", fate=Fate.VANISHED) == both[1:]
    assert find(searched, "路灯", since=tuesday, fate=Fate.VANISHED) == []


def test_every_field_is_searched(database: Database) -> None:
    """A value of each is found in it, and in no other one."""
    document = Document(
        title="标题", index_number="甲-1", document_number="文〔2〕", publisher="机构", source="来源", category="类"
    )
    world = World(database)
    world.begin()
    world.visit(world.add_page("1"), text="", document=document)
    list(index_versions(database))
    values = {
        "title": "标题",
        "index_number": "甲-1",
        "document_number": "文〔2〕",
        "publisher": "机构",
        "source": "来源",
    }
    for name, value in values.items():
        assert find(database, value) == [("1.html", 1)]
        assert [one for one in FIELDS if find(database, value, field=one)] == [name]


def test_hits_come_a_page_at_a_time(searched: Database) -> None:
    """The cursor goes on where the page before it ended, and is 0 at the end."""
    first = find_hits(searched, Words(("灯",)), limit=1)
    second = find_hits(searched, Words(("灯",)), limit=1, before=first.cursor)
    assert [hit.number for hit in (*first.hits, *second.hits)] == [2, 1]
    assert second.cursor == 0


def test_a_long_search_stops_and_goes_on(searched: Database) -> None:
    """After so much work it says where it stopped, whatever was found so far."""
    first = find_hits(searched, read_words("答复 -2"), most_work=1)
    assert (first.hits, first.is_cut) == ((), True)
    rest = find_hits(searched, read_words("答复 -2"), before=first.cursor)
    assert [hit.number for hit in rest.hits] == [1]


def test_what_a_reader_may_not_see_is_not_found(searched: Database) -> None:
    """Covered words give no hit; unwanted, they tell nothing either; what is shown is covered."""

    def cover(text: str) -> str:
        return text.replace("100", "***")

    assert find_hits(searched, read_words("100盏"), cover=cover).hits == ()
    assert find_hits(searched, read_words("***"), cover=cover).hits == ()
    assert len(find_hits(searched, read_words("灯 -100"), cover=cover).hits) == 2
    assert find_hits(searched, read_words("100盏"), Sieve(fate=Fate.VANISHED), cover=cover).hits == ()
    shown = find_hits(searched, read_words("路灯"), cover=cover).hits[0]
    assert "100" not in shown.fields["text"]


def test_a_withheld_page_is_never_found(searched: Database) -> None:
    """Whatever its version; and found again by the operator's word only."""
    withhold_page(searched, "a.example/1", "…", MONDAY)
    assert find(searched, "灯") == []
    assert find(searched, "路灯", fate=Fate.VANISHED) == []


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    """Whatever is typed is taken as words; none is empty."""
    words = read_words(text)
    assert all(words.wanted)
    assert all(words.unwanted)


SIGNS = (
    '"',
    "%",
    "\\",
    "'; DROP TABLE versions;--",
    "-",
    "NEAR(a b)",
    "*",
    "“",
    "\ud800x",
    '灯"灯',
    "a OR b",
    "^a",
    "a:b",
)
LONG = ("灯" * 5000, "灯 " * 5000, "ab" * 5000, '"' + "路灯" * 99 + '"')


def test_signs_and_length_do_no_harm(searched: Database) -> None:
    """Signs that mean something to a database are searched for like others; a long query is cut."""
    for query in (*SIGNS, *LONG):
        for fate in Fate:
            assert isinstance(find(searched, query.encode("utf-8", "replace").decode(), fate=fate), list)


PIECES = st.text("路灯市民aAb1１Ａ，,. \n　é", max_size=12)
HISTORIES = st.lists(st.lists(PIECES, min_size=1, max_size=4), min_size=1, max_size=4)
WORDS = st.text("路灯市民aAb1１，. é", min_size=1, max_size=6)
SITES = (f"site-{number}" for number in count())


def fold_plainly(text: str) -> str:
    """The same words, whatever width, case and white space they have: told in another way than the code does."""
    narrow = "".join(chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else one for one in text).lower()
    kept = re.sub(r"\s+", " ", narrow).strip()
    return re.sub(r"(?<=[^0-9a-zé]) | (?=[^0-9a-zé])", "", kept)


def scan(histories: list[list[str]], words: Words, fate: Fate) -> Iterator[tuple[int, int]]:
    """Page and version of each hit, by looking at every text."""

    def holds(text: str, terms: tuple[str, ...]) -> list[bool]:
        return [fold_plainly(term) in fold_plainly(text) for term in terms]

    for page, texts in enumerate(histories):
        held = [all(holds(text, words.wanted)) for text in texts]
        for place, text in enumerate(texts):
            fits = {
                Fate.ANY: True,
                Fate.VANISHED: place + 1 < len(texts) and not held[place + 1] and not held[-1],
                Fate.APPEARED: 0 < place == len(texts) - 1 and not any(held[:place]),
            }
            if held[place] and not any(holds(text, words.unwanted)) and fits[fate]:
                yield page, place + 1


def test_the_index_finds_what_a_scan_finds(database: Database) -> None:
    """Neither more nor less, for any texts, any words, any fate, and however few come at a time."""

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(histories=HISTORIES, terms=st.lists(WORDS, min_size=1, max_size=2), without=st.lists(WORDS, max_size=1))
    def check(histories: list[list[str]], terms: list[str], without: list[str]) -> None:
        words = Words(
            tuple(one for one in terms if fold_plainly(one)), tuple(one for one in without if fold_plainly(one))
        )
        site = next(SITES)
        pages = write_history(database, site, histories)
        list(index_versions(database))
        for fate in Fate:
            found, cursor = [], 0
            while True:
                sieve = Sieve(site=site, fate=fate)
                answer = find_hits(database, words, sieve, before=cursor, limit=3, most_work=8)
                found += [(pages.index(hit.page_id), hit.number) for hit in answer.hits]
                cursor = answer.cursor
                if not cursor:
                    break
            assert sorted(found) == (sorted(scan(histories, words, fate)) if words.wanted else [])
            assert len(found) == len(set(found))

    check()
