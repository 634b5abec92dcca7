"""The ``-a`` arguments of the spider, checked before anything is opened."""

from collections.abc import Mapping
from dataclasses import dataclass

RECHECKS = ("due", "all", "none")
LISTS = ("all", "due")
KNOWN = ("site", "recheck", "limit", "lists")


class ArgumentError(Exception):
    """An ``-a`` argument is wrong; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class CrawlArguments:
    """Which sites (all when empty), which known pages besides new rows, how many articles at most, and which lists."""

    sites: tuple[str, ...] = ()
    recheck: str = "due"
    limit: int | None = None
    lists: str = "all"

    def describe(self) -> dict[str, object]:
        """What was asked for, as it is kept with the run."""
        lists = self.lists if self.lists != "all" else ""
        asked = {"site": ",".join(self.sites), "recheck": self.recheck, "limit": self.limit, "lists": lists}
        return {key: value for key, value in asked.items() if value}


def parse_arguments(given: Mapping[str, str]) -> CrawlArguments:
    """Read the arguments of ``scrapy crawl replies``.

    Raises:
        ArgumentError: one is unknown, or its value is not allowed.
    """
    if unknown := sorted(set(given) - set(KNOWN)):
        raise ArgumentError(f"-a {unknown[0]}: unknown; there are {', '.join(KNOWN)}")
    recheck, limit = given.get("recheck", "due"), given.get("limit", "")
    if recheck not in RECHECKS:
        raise ArgumentError(f"-a recheck={recheck}: use one of {', '.join(RECHECKS)}")
    lists = given.get("lists", "all")
    if lists not in LISTS:
        raise ArgumentError(f"-a lists={lists}: use one of {', '.join(LISTS)}")
    if limit and not (limit.isdecimal() and int(limit) > 0):
        raise ArgumentError(f"-a limit={limit}: use a number of articles, 1 or more")
    sites = tuple(dict.fromkeys(key.strip() for key in given.get("site", "").split(",") if key.strip()))
    return CrawlArguments(sites, recheck, int(limit) if limit else None, lists)
