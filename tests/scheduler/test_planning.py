"""The plan in a real database: provisional due times give way to planned ones, once, and within the budgets."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.commands.status import describe_due
from scheduler.cycle import Cycle
from scheduler.planning import fill_budget, find_allowance, plan_pages
from storage.clock import Clock
from storage.configuration import Configuration, ConfigurationError, load_configuration
from storage.database import Database
from storage.plan.due import find_due_lists, read_due
from storage.records import Outcome
from storage.tables import PageRow
from tests.storage.world import SITE, World

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    """One site on its first day."""
    world = World(database)
    world.begin()
    return world


def configure(world: World, **values: int) -> Configuration:
    """Settings whose clock says the present time of the world."""
    clock = Clock(world.now - Clock().now())  # not from the start of this process, which may be minutes ago
    configuration = Configuration(data_dir=Path("unused"), clock=clock)
    return replace(configuration, **values)  # type: ignore[arg-type] # mypy does not look into **values


def test_a_small_site_is_visited_daily_at_first(world: World) -> None:
    """With budget to spare the provisional due time, a day from the run's start, stays."""
    begun = world.now
    page = world.add_page("路灯")
    world.now += timedelta(hours=2)
    world.visit(page, text="甲。")
    assert plan_pages(configure(world), world.database) == 1
    assert world.find_page("路灯").next_due_at == begun + DAY


def test_a_page_that_never_changes_is_left_in_peace(world: World) -> None:
    """After half a year without news, a visit every few days is enough; what is edited is due daily."""
    still, edited = [world.add_page(f"路灯{number}") for number in range(12)], world.add_page("公交")
    for visit in range(40):
        world.begin(visit * 5)
        for page in still:
            world.visit(page, text="甲。") if visit == 0 else world.visit(page, Outcome.NOT_MODIFIED)
        world.visit(edited, text=f"第{visit}次。")
        plan_pages(configure(world), world.database)
    waits = [world.find_page(name).next_due_at - world.now for name in ("路灯0", "公交")]
    assert waits[0] > timedelta(days=1.2)
    assert waits[1] <= DAY
    with world.database.read() as session:
        row = session.scalars(select(PageRow).where(PageRow.id == edited.id)).one()
        assert (row.due_reason, row.planned_version) == ("changed recently", 40)


def test_planning_again_changes_nothing(world: World) -> None:
    """What was taken in is taken in once, whatever the batches."""
    page = world.add_page("路灯")
    world.visit(page, text="甲。")
    assert plan_pages(configure(world), world.database) == 1
    before = world.find_page("路灯")
    assert plan_pages(configure(world), world.database) == 0
    assert world.find_page("路灯") == before


def test_a_scarce_budget_makes_pages_wait(world: World) -> None:
    """Twenty pages, two requests a day: a round takes ten days, but a page in doubt is due the next day."""
    pages = [world.add_page(f"路灯{number}") for number in range(20)]
    world.begin(1)
    for page in pages:
        world.visit(page, text=page.title)
    world.walk(*pages)
    world.begin(2)
    world.visit(pages[0], Outcome.GONE)
    plan_pages(configure(world, daily_budget=2), world.database)
    assert world.find_page("路灯0").next_due_at == world.now.replace(second=0) + DAY
    assert world.find_page("路灯1").next_due_at > world.now + timedelta(days=5)
    assert read_due(world.database, 1)[0].reason == "doubtful"


def test_a_page_out_of_reach_is_asked_less_often(world: World) -> None:
    """The first hindrance leaves the next day; after weeks of them, days pass."""
    page = world.add_page("路灯")
    world.visit(page, text="甲。")
    plan_pages(configure(world), world.database)
    world.begin(1)
    world.visit(page, Outcome.TIMEOUT)
    plan_pages(configure(world), world.database)
    assert world.find_page("路灯").next_due_at == world.now.replace(second=0) + DAY
    world.begin(20)
    world.visit(page, Outcome.TIMEOUT)
    plan_pages(configure(world), world.database)
    assert world.find_page("路灯").next_due_at > world.now + timedelta(days=9)


def test_what_fell_out_of_a_list_is_looked_at(world: World) -> None:
    """A hint comes before what is merely due."""
    pages = [world.add_page(f"路灯{number}") for number in range(8)]
    for page in pages:
        world.visit(page, text=page.title)
    world.walk(*pages)
    plan_pages(configure(world), world.database)
    world.now += timedelta(hours=6)
    world.walk(*pages[1:])
    plan_pages(configure(world), world.database)
    assert [(due.url, due.reason) for due in read_due(world.database, 1)] == [(pages[0].url, "listed")]
    assert world.find_page("路灯0").next_due_at < world.now < world.find_page("路灯1").next_due_at


def test_a_row_that_looks_otherwise_is_looked_at(world: World) -> None:
    """A title or a date that differs from what it was brings the page behind it forward, once, unless it was seen."""
    pages = [world.add_page(f"路灯{number}") for number in range(8)]
    for page in pages:
        world.visit(page, text=page.title)
    world.walk(*pages)
    plan_pages(configure(world), world.database)
    world.now += timedelta(hours=6)
    world.walk(replace(pages[0], title="更正"), *pages[1:])
    world.visit(pages[3], Outcome.NOT_MODIFIED)
    plan_pages(configure(world), world.database)
    assert [(due.url, due.reason) for due in read_due(world.database, 1)] == [(pages[0].url, "listed")]
    world.visit(pages[0], text="更正")
    world.walk(replace(pages[0], title="更正"), *pages[1:])
    plan_pages(configure(world), world.database)
    assert world.find_page("路灯0").next_due_at > world.now


def test_a_list_is_due_when_it_may_bring_news(world: World) -> None:
    """Never walked, at once; after a walk by the plan; and again when a page that stood in it is gone."""
    pages = [world.add_page(f"路灯{number}") for number in range(8)]
    assert read_lists(world) == ["new"]
    for page in pages:
        world.visit(page, text=page.title)
    world.walk(*pages)
    assert read_lists(world) == []
    plan_pages(configure(world), world.database)
    assert read_lists(world) == []
    world.now += timedelta(hours=1)
    world.visit(pages[2], Outcome.GONE)
    plan_pages(configure(world), world.database)
    assert read_lists(world) == ["in turn"]
    world.walk(*pages, served_pages=0)
    plan_pages(configure(world), world.database)
    assert read_lists(world) == []
    world.now += timedelta(hours=5)
    assert read_lists(world) == ["in turn"]


def read_lists(world: World) -> list[str]:
    """Why lists are due within a minute."""
    soon = world.now + timedelta(minutes=1)
    with world.database.read() as session:
        return [one.reason for one in find_due_lists(session, soon, soon, [SITE.key])]


def test_the_allowance_shrinks_with_what_was_asked(world: World) -> None:
    """Requests of the last 24 hours count against the daily budget, and what the lists due now will take."""
    pages = [world.add_page(f"路灯{number}") for number in range(3)]
    for page in pages:
        world.visit(page, text="甲。")
    assert find_allowance(configure(world, daily_budget=5), world.database) == 1
    world.walk(*pages, served_pages=9)
    plan_pages(configure(world), world.database)
    assert find_allowance(configure(world, daily_budget=5), world.database) == 2
    assert find_allowance(configure(world, daily_budget=2), world.database) == 0
    world.now += timedelta(days=2)
    assert find_allowance(configure(world, daily_budget=100), world.database) == 91
    assert find_allowance(configure(world, daily_budget=5), world.database) == 3


def test_an_ample_budget_is_not_spent(world: World) -> None:
    """Nobody is asked more often than the plan says because there is room."""
    world.visit(world.add_page("路灯"), text="甲。")
    plan_pages(configure(world), world.database)
    assert fill_budget(configure(world), world.database, 0.25) == 0


def test_status_says_what_is_due_and_why(world: World) -> None:
    """A line a page, in the operator's time zone; nothing when nothing was asked for."""
    page = world.add_page("路灯")
    lines = describe_due(read_due(world.database, 3), configure(world))
    assert lines == ["", "due next", f"  2026-03-02 09:00 new               {page.url}"]
    assert describe_due((), configure(world)) == []


@pytest.mark.parametrize("key", ["DAILY_BUDGET", "HOST_BUDGET"])
def test_budgets_are_whole_numbers(key: str, tmp_path: Path) -> None:
    """Nothing and less make no sense; the message names the setting."""
    assert load_configuration({f"REPLYWATCH_{key}": "7"}, tmp_path).child_environment()[f"REPLYWATCH_{key}"] == "7"
    for wrong in ("0", "-1", "many"):
        with pytest.raises(ConfigurationError, match=key):
            load_configuration({f"REPLYWATCH_{key}": wrong}, tmp_path)


def test_a_spent_budget_means_no_crawl(world: World, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """The cycle says so, and compares all the same."""
    world.visit(world.add_page("路灯"), text="甲。")
    url = world.database.engine.url.render_as_string(hide_password=False)
    configuration = replace(configure(world, daily_budget=1), database_url=url, data_dir=tmp_path)
    asyncio.run(Cycle(configuration).run())
    assert "budget is spent" in caplog.text
    assert world.find_page("路灯").next_due_at > world.now
