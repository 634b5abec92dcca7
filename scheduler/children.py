"""Crawls as child processes: our own configuration and clock, and an end with the service."""

import asyncio
import ctypes
import signal
import sys

from storage.configuration import Configuration

PR_SET_PDEATHSIG = 1  # prctl(2)


def build_environment(configuration: Configuration) -> dict[str, str]:
    """The environment of a ``scrapy`` command of ours."""
    return configuration.child_environment() | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}


async def start_crawl(configuration: Configuration, *words: str) -> asyncio.subprocess.Process:
    """``scrapy crawl replies`` with more words.

    The child has a session of its own: Ctrl-C in a terminal reaches every process of the terminal's group, and with
    the signal that its parent sends it would be the second, upon which Scrapy drops everything.
    """
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scrapy", "crawl", "replies", *words),
        env=build_environment(configuration),
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def end_with_parent() -> None:
    """On Linux, let the kernel end this process cleanly when its parent dies, so that no crawl outlives its service."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
