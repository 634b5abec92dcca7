"""Every format is there by name, and every report can be written in it."""

import pytest

from review.formats import RENDERERS
from tests.review.samples import make_every_kind, make_report


def test_formats_are_those_of_the_command() -> None:
    """The names are those that ``replywatch report --format`` takes."""
    assert set(RENDERERS) == {"html", "md", "json", "csv", "atom"}


@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_reports_are_the_same_each_time(form: str) -> None:
    """The same values give the same bytes, which are UTF-8, whatever the order in which they came."""
    changes = make_every_kind()
    text = RENDERERS[form](make_report(*changes))
    assert text.encode("utf-8")
    assert RENDERERS[form](make_report(*reversed(changes))) == text


@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_empty_report_can_be_written(form: str) -> None:
    """No changes, no incidents, no beginning: still a report."""
    assert RENDERERS[form](make_report(incidents=(), since=None))
