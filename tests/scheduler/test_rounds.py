"""A cycle that broke off begins anew soon, and not again and again."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scheduler.cycle import Cycle
from scheduler.service import Rounds
from storage.configuration import Configuration, load_configuration

SOON = timedelta(seconds=5)


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """An operator's settings, with a database that cannot be opened."""
    (tmp_path / "file").write_text("no folder")
    return load_configuration({"REPLYWATCH_DATABASE_URL": f"sqlite:///{tmp_path}/file/x.sqlite3"}, tmp_path)


class FakeJob:
    """A job of the scheduler whose next turn is in six hours."""

    def __init__(self, now: datetime) -> None:
        self.next_run_time = now + timedelta(hours=6)
        self.pauses: list[timedelta] = []

    def modify(self, next_run_time: datetime) -> None:
        """Note how soon it is to run."""
        self.pauses.append(next_run_time - datetime.now(next_run_time.tzinfo))


def test_a_cycle_without_its_database_is_one_line(
    configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    """It says that it did not come to its end, and the scheduler sees no exception."""
    assert asyncio.run(Cycle(configuration).run()) is False
    (record,) = caplog.records
    assert "broke off" in record.message
    assert record.exc_info is None


def test_pauses_grow_until_a_cycle_goes_well(configuration: Configuration) -> None:
    """15 s, 30 s, a minute; after a good cycle from the beginning; never later than the next turn."""
    answers = [False, False, False, True, False]
    job = FakeJob(datetime.now(configuration.zone))

    async def run() -> bool:
        return answers.pop(0)

    cycle: Any = SimpleNamespace(configuration=configuration, run=run)
    anything: Any = job
    rounds = Rounds(cycle, 360, anything)
    for _ in range(5):
        asyncio.run(rounds.run())
    assert [round(pause.total_seconds()) for pause in job.pauses] == [15, 30, 60, 15]
    answers.append(False)
    job.next_run_time = datetime.now(configuration.zone) + SOON
    asyncio.run(rounds.run())
    assert len(job.pauses) == 4


def test_a_cycle_that_is_cut_off_is_no_error(configuration: Configuration) -> None:
    """Another service may lead: the scheduler ends the job, and nothing is repeated."""
    job = FakeJob(datetime.now(configuration.zone))

    async def run() -> bool:
        await asyncio.Event().wait()
        return False

    async def cut_off() -> None:
        cycle: Any = SimpleNamespace(configuration=configuration, run=run)
        anything: Any = job
        task = asyncio.create_task(Rounds(cycle, 360, anything).run())
        await asyncio.sleep(0)
        task.cancel()
        await task

    asyncio.run(cut_off())
    assert job.pauses == []
