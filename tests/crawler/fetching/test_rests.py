"""What a crawl learned of a host, the next process knows: who has to be left alone, and how it answered."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import open_database
from storage.hosts import HostState, read_hosts
from tests.crawler.fetching.conftest import Authority, BareServer, write_seed
from tests.site.commands import Operator

LATER = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"
LIST = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html><p>x</p></html>\n"


def read_all(operator: Operator, now: datetime) -> tuple[HostState, ...]:
    """The hosts as ``status`` would show them."""
    with closing(open_database(f"sqlite:///{operator.data_dir}/replywatch.sqlite3")) as database, database.read() as it:
        return read_hosts(it, now)


def test_a_host_that_asked_for_an_hour_gets_it_from_every_process(
    start_server: Callable[..., BareServer], tmp_path: Path
) -> None:
    """Three crawls, the second within the hour: it asks nothing, and says nothing of the list that it did not see."""
    server = start_server({"/list/": (LATER,)})
    write_seed(tmp_path / "one.toml", [f"127.0.0.1:{server.port}"], "delay = 0.0")
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    operator.run_scrapy("crawl", "replies", now=now)
    asked = len(server.arrivals)
    assert asked == 2, "robots.txt and the list"
    (host,) = read_all(operator, now + timedelta(minutes=5))
    assert (host.site, host.state, host.last_outcome, host.requests) == ("one", "resting", "throttled", 2)
    assert host.until is not None
    assert abs((host.until - now).total_seconds() - 3600) < 60
    operator.run_scrapy("crawl", "replies", now=now + timedelta(minutes=30))
    assert len(server.arrivals) == asked
    later = now + timedelta(minutes=65)
    assert read_all(operator, later)[0].state == "ok"
    operator.run_scrapy("crawl", "replies", now=later)
    assert len(server.arrivals) == asked + 2
    assert read_all(operator, later)[0].requests == 4, "all crawls together"


def test_the_end_of_a_certificate_is_known(
    start_server: Callable[..., BareServer], authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handshake shows until when a certificate is valid; how long answers take is measured."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    server = start_server({"/list/": (0.2, LIST)}, authority.make_context())
    host = f"127.0.0.1:{server.port}"
    write_seed(tmp_path / "one.toml", [host], "delay = 0.0")
    seed = (tmp_path / "one.toml").read_text(encoding="utf-8").replace("http://", "https://")
    (tmp_path / "one.toml").write_text(seed, encoding="utf-8")
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)
    operator.run_scrapy("crawl", "replies")
    now = datetime.now(UTC)
    (found,) = read_all(operator, now)
    assert (found.host, found.state) == (host, "ok")
    assert found.certificate_until is not None
    assert timedelta(hours=23) < found.certificate_until - now < timedelta(hours=25)
    assert found.seconds is not None
    assert found.seconds >= 0.1, "the list took longer, robots.txt did not"
