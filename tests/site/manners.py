"""How politely a visitor behaved, by the site's log."""

from collections.abc import Sequence
from itertools import pairwise

from tests.site.answers import Seen


def count_concurrent(log: Sequence[Seen]) -> int:
    """The highest number of requests that were under way at one time."""
    steps = sorted([(seen.started, 1) for seen in log] + [(seen.finished, -1) for seen in log])
    highest = present = 0
    for _, step in steps:
        present += step
        highest = max(highest, present)
    return highest


def list_gaps(log: Sequence[Seen]) -> list[float]:
    """The seconds from the beginning of each request to that of the next."""
    starts = sorted(seen.started for seen in log)
    return [later - earlier for earlier, later in pairwise(starts)]
