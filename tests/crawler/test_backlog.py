"""How much of what is due may wait: enough for each host, never all of it."""

import asyncio

from crawler.backlog import Backlog


def test_a_site_has_room_until_enough_waits() -> None:
    """Each site for itself; what comes back makes room."""
    backlog = Backlog(depth=2)
    backlog.add("a")
    backlog.add("a")
    assert (backlog.room("a"), backlog.room("b")) == (0, 2)
    backlog.release("a")
    assert backlog.room("a") == 1


def test_more_than_enough_is_no_negative_room() -> None:
    """New rows and files are handed out whatever waits."""
    backlog = Backlog(depth=1)
    for _ in range(3):
        backlog.add("a")
    assert backlog.room("a") == 0


def test_a_walk_goes_before_what_is_due() -> None:
    """Due pages of its site wait until the last walk of it is over; other sites do not."""
    backlog = Backlog(depth=2)
    backlog.begin_walk("a")
    backlog.begin_walk("a")
    assert backlog.is_walking
    assert (backlog.room("a"), backlog.room("b")) == (0, 2)
    backlog.end_walk("a")
    assert backlog.room("a") == 0
    backlog.end_walk("a")
    assert backlog.room("a") == 2
    assert not backlog.is_walking


def test_waiting_ends_with_an_answer_or_with_patience() -> None:
    """True when something came back, at once if it did before; False when nothing did."""

    async def play() -> list[bool]:
        backlog = Backlog()
        backlog.add("a")
        seen = [await backlog.wait(0.01)]
        backlog.release("a")
        seen.append(await backlog.wait(60))
        asyncio.get_running_loop().call_later(0.01, backlog.end_walk, "a")
        seen.append(await backlog.wait(60))
        return [*seen, await backlog.wait(0.01)]

    assert asyncio.run(play()) == [False, True, True, False]
