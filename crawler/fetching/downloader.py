"""Scrapy's downloader, held to one request a host at a time."""

from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from twisted.internet.defer import Deferred


class HostDownloader(Downloader):
    """The ``DOWNLOADER`` setting: a request takes its place in the slot at once.

    Scrapy 2.19 counts it only when its coroutine begins, a turn of the event loop later. A timer that comes first, as
    on a busy machine with uvloop, or a slot without a delay, then lets the next one go beside it.
    """

    def _wait_for_download(self, slot: Slot, request: Request, queue_dfd: Deferred[Any]) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
