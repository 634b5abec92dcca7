"""What those who read the archive ask of a site, on both databases."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from storage.database import Database
from storage.page_views import count_days
from tests.storage.world import MONDAY, SITE, World


def test_days_are_those_of_the_zone(database: Database) -> None:
    """A capture in the evening of UTC belongs to the next day in Shanghai, and to the day itself in New York."""
    world = World(database)
    world.begin()
    page = world.add_page("a")
    day = MONDAY.replace(hour=0, minute=0)
    for hour in (1, 15, 17, 20):
        world.now = day + timedelta(hours=hour)
        world.visit(page, text=str(hour))
    since = day - timedelta(days=1)
    first, second = day.date(), day.date() + timedelta(days=1)
    assert count_days(database, SITE.key, since, ZoneInfo("Asia/Shanghai")) == {first: 2, second: 2}
    before: date = first - timedelta(days=1)
    assert count_days(database, SITE.key, since, ZoneInfo("America/New_York")) == {before: 1, first: 3}
    assert count_days(database, "other", since, ZoneInfo("Asia/Shanghai")) == {}
