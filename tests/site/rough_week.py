"""A week in which much goes wrong at 云泽市's site that is no news, and some things happen behind it that are.

Every day is visited. A list is cut short, a page leads to the front page, a firewall takes a whole column for a visitor
with bad intentions, the site is redesigned; meanwhile texts go there and back, rows leave the list while their pages
stay, and pages vanish for too short a time to be called gone.
"""

from dataclasses import replace

from tests.site import edits
from tests.site.model import Event, Manner, Plan, Verb
from tests.site.yunze import plan_week

VISITS = (0, 1, 2, 3, 4, 5, 6)


def plan_rough_week() -> Plan:
    """The city's site with the script of the rough week."""
    plan = plan_week()
    return replace(plan, events=(*_list_news(), *_list_trouble(), *_block_column(plan, "D1101X", day=4)))


def _list_news() -> tuple[Event, ...]:
    """What must be told."""
    there, back = edits.swap_words("3200个", "2300个"), edits.swap_words("2300个", "3200个")
    later = edits.swap_words("2026年6月开工", "2026年9月开工")
    return (
        Event(round=1, verb=Verb.EDIT, key="6100231", edit=there, note="A becomes B"),
        Event(round=5, verb=Verb.EDIT, key="6100231", edit=back, note="B becomes A again"),
        Event(round=1, verb=Verb.DELIST, key="6100203", note="taken off the list while the page stays"),
        Event(round=5, verb=Verb.RELIST, key="6100203", note="on the list again"),
        Event(round=1, verb=Verb.REMOVE, key="6100209", note="gone for four days"),
        Event(round=5, verb=Verb.RESTORE, key="6100209", note="back with another text"),
        Event(round=5, verb=Verb.EDIT, key="6100209", edit=_swap_area, note="back with another text"),
        Event(round=3, verb=Verb.EDIT, key="6200117", edit=later, note="an edit on the day of the redesign"),
    )


_swap_area = edits.swap_words("1264.5公顷", "1146.5公顷")


def _list_trouble() -> tuple[Event, ...]:
    """What must not be told."""
    return (
        Event(round=2, verb=Verb.CUT_LIST, key="D1101X", size=1, until=4, note="a list of one page that declares two"),
        Event(round=3, verb=Verb.REDESIGN, note="a redesign"),
        Event(round=2, verb=Verb.DISTURB, key="6100224", manner=Manner.HOME, until=6, note="leads to the front page"),
        Event(round=2, verb=Verb.REMOVE, key="6100218", note="missing for two days only"),
        Event(round=4, verb=Verb.RESTORE, key="6100218", note="missing for two days only"),
        Event(round=5, verb=Verb.DISTURB, key="6100196", manner=Manner.FAIL, note="500 all day"),
        Event(round=6, verb=Verb.EDIT, key="6100196", edit=edits.narrow_punctuation(), note="white space only"),
    )


def _block_column(plan: Plan, column: str, *, day: int) -> tuple[Event, ...]:
    keys = [article.key for article in plan.articles if article.column == column]
    return tuple(Event(round=day, verb=Verb.DISTURB, key=key, manner=Manner.BLOCK, note="blocked") for key in keys)
