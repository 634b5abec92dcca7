"""Captures are found by their URL, whatever its spelling, and given out in order of time."""

from dataclasses import replace

from storage.addresses import refresh_addresses
from storage.database import Database
from storage.mementos import find_holding, find_mementos, stream_range
from storage.records import Outcome, Role
from storage.visits import record_visits
from storage.withholding import withhold_page
from tests.storage.world import World


def play(database: Database) -> World:
    """Two pages seen on two days, one of them blocked once, and the list."""
    world = World(database)
    world.begin()
    pages = [world.add_page("1"), world.add_page("2")]
    for day in (0, 1):
        world.begin(day)
        for page in pages:
            world.visit(page, text=f"{page.url} {day}")
    world.visit(pages[0], Outcome.TIMEOUT)
    listed = world.build_visit(pages[0], text="list")
    capture = replace(listed.capture, url="https://a.example/list?b=2&a=1", role=Role.LIST)
    with database.write() as session:
        record_visits(session, [replace(listed, capture=capture, page_id=None, document=None)])
    return world


def test_a_url_is_found_in_any_spelling(database: Database) -> None:
    """Scheme, ``www.``, case and the order of arguments make no other URL; fetches without an answer are not shown."""
    play(database)
    for spelling in ("https://a.example/1.html", "http://www.A.example/1.html#top"):
        found = find_mementos(database, spelling)
        assert [one.capture.url for one in found] == ["https://a.example/1.html"] * 2
        assert found[0].capture.captured_at < found[1].capture.captured_at
    (listed,) = find_mementos(database, "https://a.example/list?a=1&b=2")
    assert listed.page_id is None
    assert find_mementos(database, "https://a.example/none") == ()


def test_addresses_are_read_on_and_never_twice(database: Database) -> None:
    """Each address is noted once, however often it is captured and looked for."""
    world = play(database)
    assert refresh_addresses(database) == 3
    assert refresh_addresses(database) == 0
    world.begin(3)
    world.visit(world.find_page("1"), text="other")
    world.visit(world.add_page("3"), text="third")
    assert refresh_addresses(database) == 1
    assert len(find_mementos(database, "https://a.example/1.html")) == 3


def test_what_was_not_noted_yet_is_found_as_well(database: Database) -> None:
    """Whoever looks writes nothing: news stand beside what the table knows, each once, and in their place."""
    world = play(database)
    refresh_addresses(database)
    world.begin(3)
    world.visit(world.add_page("0"), text="new")
    world.visit(world.find_page("1"), text="other")
    assert len(find_mementos(database, "https://a.example/0.html")) == 1
    assert len(find_mementos(database, "https://a.example/1.html")) == 3
    found = [one.capture.url.rpartition("/")[2] for one in stream_range(database, "example,a)/", "example,a)0")]
    assert found == ["0.html"] + ["1.html"] * 3 + ["2.html"] * 2 + ["list?b=2&a=1"]
    assert refresh_addresses(database) == 1, "nobody noted it meanwhile"
    withhold_page(database, "a.example/0", "asked for", world.now)
    assert find_mementos(database, "https://a.example/0.html") == ()


def test_a_range_comes_by_key_and_time(database: Database) -> None:
    """As an index has it."""
    play(database)
    found = [one.capture for one in stream_range(database, "example,a)/", "example,a)0")]
    assert [one.url.rpartition("/")[2] for one in found] == ["1.html"] * 2 + ["2.html"] * 2 + ["list?b=2&a=1"]


def test_a_capture_is_found_by_its_record(database: Database) -> None:
    """A capture knows its page; an identifier that is none finds nothing."""
    play(database)
    capture = find_mementos(database, "https://a.example/1.html")[0].capture
    holding = find_holding(database, capture.record_id)
    assert holding is not None
    assert holding.capture == capture
    assert find_holding(database, "../../etc/passwd") is None


def test_a_withheld_page_is_not_given_out(database: Database) -> None:
    """Neither by its URL, nor in a range, nor by its record; the others are."""
    world = play(database)
    capture = find_mementos(database, "https://a.example/1.html")[0].capture
    withhold_page(database, "a.example/1", "asked for", world.now)
    assert find_mementos(database, "https://a.example/1.html") == ()
    assert find_holding(database, capture.record_id) is None
    assert len(list(stream_range(database, "example,a)/", "example,a)0"))) == 3
