"""Crawls as child processes: our own configuration and clock, and an end with the process that started them."""

import asyncio
import sys

from storage.configuration import Configuration


def build_environment(configuration: Configuration) -> dict[str, str]:
    """The environment of a ``scrapy`` command of ours."""
    return configuration.child_environment() | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}


async def start_crawl(configuration: Configuration, *words: str) -> asyncio.subprocess.Process:
    """``scrapy crawl replies`` with more words.

    The child has a session of its own: Ctrl-C in a terminal reaches every process of the terminal's group, and with
    the signal that its parent sends it would be the second, upon which Scrapy drops everything.

    We hold the other end of its standard input and never write to it. However we die, the system closes that end, and
    the crawl then ends cleanly by itself (`crawler.lifeline`), so that none outlives its service.
    """
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scrapy", "crawl", "replies", "-s", "STOP_AT_EOF=1", *words),
        env=build_environment(configuration),
        stdin=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
