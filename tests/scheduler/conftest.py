"""Desks for the commands' tests."""

from pathlib import Path

import pytest

from tests.scheduler.office import Office, live_through


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a history, made once; not to be altered."""
    return live_through(tmp_path_factory.mktemp("history"))


@pytest.fixture
def office(history: Office, tmp_path: Path) -> Office:
    """A copy of it to work with."""
    return history.copy(tmp_path)


@pytest.fixture
def new_office(tmp_path: Path) -> Office:
    """An office in which nothing was done yet."""
    return Office(tmp_path)
