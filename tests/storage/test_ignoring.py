"""Ignore rules: tried on what was told, applied to what is shown, and never deleting anything."""

import pytest

from storage.changes import derive_changes
from storage.comparison.rules import IgnoreRule
from storage.configuration import Configuration
from storage.database import Database
from storage.ignoring import add_rule, read_change, read_rules, remove_rule, split_hidden, try_rule
from storage.records import ChangeKind
from storage.reporting import read_changes
from tests.storage.world import MONDAY, World

HEAD = "尊敬的代表：您提出的建议已收悉。"


@pytest.fixture
def world(database: Database) -> World:
    """Three pages: two change the same counter line, one changes a number that matters."""
    world = World(database)
    world.begin()
    for name, day, text in (("甲", 0, "第1期"), ("乙", 0, "第1期"), ("丙", 0, "已建成3处。")):
        world.now = MONDAY
        world.visit(world.add_page(name), text=f"{HEAD}\n{text}{day}")
    world.begin(day=1)
    for name, text in (("甲", "第1期1"), ("乙", "第1期1"), ("丙", "已建成2处。0")):
        world.visit(world.find_page(name), text=f"{HEAD}\n{text}")
    list(derive_changes(database, Configuration().zone))
    return world


def test_a_rule_is_tried_on_what_was_told(world: World) -> None:
    """It says how many of all edits it would have hidden, and hides nothing by being tried."""
    trial = try_rule(world.database, IgnoreRule(pattern=r"^第\d+期", field="text"))
    assert (len(trial.hidden), trial.total) == (2, 3)
    assert len(read_changes(world.database, None)) == 6


def test_a_kept_rule_splits_what_is_shown(world: World) -> None:
    """Hidden changes are still there, by name and number, and come back when the rule goes."""
    number = add_rule(world.database, IgnoreRule(pattern=r"^第\d+期"), "counter", MONDAY)
    shown, hidden = split_hidden(read_changes(world.database, None), read_rules(world.database))
    assert len(hidden) == 2
    assert [one.change.title for one in shown if one.change.kind is ChangeKind.TEXT] == ["关于丙的答复"]
    assert remove_rule(world.database, number)
    assert not remove_rule(world.database, number)
    shown, hidden = split_hidden(read_changes(world.database, None), read_rules(world.database))
    assert (len(shown), hidden) == (6, ())


def test_a_change_is_found_by_the_beginning_of_its_id(world: World) -> None:
    """As long as it is one; an unknown id finds nothing."""
    change = next(one.change for one in read_changes(world.database, None) if one.change.kind is ChangeKind.TEXT)
    assert read_change(world.database, change.id[:16]) == read_change(world.database, change.id)
    assert read_change(world.database, "") is None
    assert read_change(world.database, "nothing") is None
