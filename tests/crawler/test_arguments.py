"""The ``-a`` arguments: what they mean, and what is said when they mean nothing."""

import pytest

from crawler.arguments import ArgumentError, CrawlArguments, parse_arguments


def test_nothing_given_is_all_sites_and_what_is_due() -> None:
    """The usual crawl; nothing of it need be kept with the run but how it rechecks."""
    arguments = parse_arguments({})
    assert arguments == CrawlArguments(sites=(), recheck="due", limit=None)
    assert arguments.describe() == {"recheck": "due"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"site": "yunze"}, CrawlArguments(("yunze",))),
        ({"site": " yunze , zhengzhou,,yunze"}, CrawlArguments(("yunze", "zhengzhou"))),
        ({"site": ""}, CrawlArguments()),
        ({"recheck": "all"}, CrawlArguments(recheck="all")),
        ({"recheck": "none", "limit": "7"}, CrawlArguments(recheck="none", limit=7)),
        ({"lists": "due"}, CrawlArguments(lists="due")),
        ({"limit": ""}, CrawlArguments()),
    ],
)
def test_what_arguments_mean(given: dict[str, str], expected: CrawlArguments) -> None:
    """Keys with commas between them, each once, in their order; a number of articles."""
    assert parse_arguments(given) == expected


def test_what_was_asked_for_is_kept_with_the_run() -> None:
    """As it would be written again."""
    described = parse_arguments({"site": "b,a", "recheck": "all", "limit": "3"}).describe()
    assert described == {"site": "b,a", "recheck": "all", "limit": 3}
    assert parse_arguments({"lists": "due"}).describe() == {"recheck": "due", "lists": "due"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sites": "yunze"}, r"-a sites: unknown; there are site, recheck, limit, lists"),
        ({"recheck": "Due"}, r"recheck=Due: use one of due, all, none"),
        ({"recheck": ""}, r"use one of"),
        ({"lists": "none"}, r"lists=none: use one of all, due"),
        ({"limit": "0"}, r"limit=0: use a number of articles, 1 or more"),
        ({"limit": "-3"}, r"1 or more"),
        ({"limit": "1.5"}, r"1 or more"),
        ({"limit": "²"}, r"1 or more"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(given: dict[str, str], said: str) -> None:
    """One line that says what to write."""
    with pytest.raises(ArgumentError, match=said) as caught:
        parse_arguments(given)
    assert "\n" not in str(caught.value)
