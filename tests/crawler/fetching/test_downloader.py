"""A request takes its host's place before it begins."""

from collections.abc import Iterator

import pytest
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.utils.test import get_crawler
from twisted.internet.defer import Deferred

from crawler.fetching.downloader import HostDownloader


@pytest.fixture
def downloader() -> Iterator[HostDownloader]:
    """A downloader of no crawl."""
    downloader = HostDownloader(get_crawler())
    yield downloader
    downloader.close()


def test_a_request_counts_before_its_turn_of_the_event_loop(downloader: HostDownloader) -> None:
    """As soon as a request is let go, its slot is full: a timer that comes before its turn lets no other one go."""
    slot = Slot(concurrency=1, delay=0.0, jitter=0.0)
    turn = downloader._wait_for_download(slot, Request("https://a.gov.cn/"), Deferred())
    assert slot.free_transfer_slots() == 0
    turn.close()
