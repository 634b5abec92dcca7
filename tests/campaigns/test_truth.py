"""A short form of the truth campaign: all families, six days each."""

from pathlib import Path

import pytest

from tests.campaigns.truth import Tally, play_months

SEEDS, DAYS = range(20), 6


@pytest.mark.slow
def test_the_report_equals_the_script(tmp_path: Path) -> None:
    """Of twenty sites with random events nothing is missed, nothing made up, nothing told twice.

    Lists are walked as the service does, when they are due.
    """
    tally = Tally()
    for month, audit in play_months(SEEDS, tmp_path, DAYS, lists="due"):
        tally.add(month, audit)
    assert tally.faults == []
    assert sum(tally.found.values()) > len(SEEDS)
