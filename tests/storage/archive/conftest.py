"""An archive in a temporary folder and exchanges to fill it with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.storage.archive.exchanges import Exchanges, Scribe


@pytest.fixture
def exchanges() -> Exchanges:
    """A maker of exchanges."""
    return Exchanges()


@pytest.fixture
def make_scribe(tmp_path: Path) -> Iterator[Callable[..., Scribe]]:
    """Opens writers in one archive folder and closes them after the test."""
    made: list[Scribe] = []

    def make(roll_at: int = 10**9) -> Scribe:
        made.append(Scribe(tmp_path / "archive", roll_at))
        return made[-1]

    yield make
    for scribe in made:
        scribe.writer.close()


@pytest.fixture
def scribe(make_scribe: Callable[..., Scribe]) -> Scribe:
    """One archive with one writer."""
    return make_scribe()
