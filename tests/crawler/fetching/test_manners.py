"""A real crawl keeps its manners: hosts, addresses, robots.txt, one request at a time, gaps, rests.

Most behaviours need a host of their own but no crawl of their own, so one crawl visits all of them side by side.
"""

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests.crawler.fetching.conftest import CLOSE, BareServer, Crawl, Script

POLITE = {
    "ROBOTSTXT_OBEY": True,
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "crawler.fetching.guard.HostGuard": 50,
        "crawler.fetching.robots.RobotsPolicy": 100,
        "crawler.fetching.compression.BoundedCompression": 590,
        "crawler.fetching.cookies.HostCookies": 700,
        "crawler.fetching.throttle.HostPace": 900,
    },
    "DOWNLOAD_MAXSIZE": 1_000_000,
    "REPLYWATCH_CIRCUIT_FAILURES": 4,
    "REPLYWATCH_HEADER_SECONDS": 4,
    "CONCURRENT_REQUESTS": 100,
    "LOG_LEVEL": "ERROR",
}
GZIPPED = "Content-Encoding: gzip\r\n"


def respond(status: str = "200 OK", body: bytes = b"ok", headers: str = "") -> tuple[bytes]:
    """A plain response as a script."""
    return (f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body,)


def answer_alike(number: int, *script: Any) -> dict[str, Script]:  # noqa: ANN401 - steps of a script
    """That many pages, ``/0`` and on, with one answer."""
    return {f"/{n}": script for n in range(number)}


def answer_in_turn(*scripts: tuple[Any, ...]) -> dict[str, Script]:
    """A page for each answer, ``/0`` and on; whichever page is asked for first gets the first one."""
    left = list(scripts)
    return {f"/{n}": lambda _request, _times: left.pop(0) for n in range(len(scripts))}


def redirect_from(start: int) -> dict[str, Script]:
    """robots.txt redirects to ``/r{start}``, each of these to the next, and the last forbids everything."""
    hops: dict[str, Script] = {f"/r{n}": respond("302 Found", headers=f"Location: /r{n + 1}\r\n") for n in range(9)}
    deny = respond(body=b"User-agent: *\nDisallow: /\n")
    moved = respond("301 Moved", headers=f"Location: /r{start}\r\n")
    return hops | {"/r9": deny, "/robots.txt": moved, "/a": respond()}


@dataclass(frozen=True)
class Host:
    """What came of one host: the server, the results of its pages in order, its ruling, its state at the end."""

    server: BareServer
    results: list[dict[str, Any]]
    ruling: dict[str, Any]
    state: dict[str, Any]

    def pick(self, key: str) -> list[Any]:
        """One value of each result."""
        return [result.get(key) for result in self.results]

    def gaps(self, *, with_robots: bool = False) -> list[float]:
        """Seconds between the arrivals of requests."""
        times = [time for time, path in self.server.arrivals if with_robots or path != "/robots.txt"]
        return [later - earlier for earlier, later in pairwise(times)]


# name: what the server answers, what is asked for (all but robots.txt and /r… by default), the seed's delay
HOSTS: dict[str, tuple[dict[str, Script], list[str], float]] = {
    "rules": (
        {
            "/robots.txt": respond(body=b"User-agent: replywatch\nDisallow: /private/\n"),
            "/a": respond(),
            "/b": respond(),
        },
        ["/a", "/private/x", "/b"],
        0,
    ),
    "five redirects": (redirect_from(5), ["/a"], 0),
    "six redirects": (redirect_from(4), ["/a"], 0),
    "redirect elsewhere": (
        {"/robots.txt": respond("302 Found", headers="Location: http://elsewhere.example/\r\n"), "/a": respond()},
        ["/a"],
        0,
    ),
    "forbidden": ({"/robots.txt": respond("403 Forbidden"), "/a": respond()}, ["/a"], 0),
    "busy": ({"/robots.txt": respond("503 Busy"), "/a": respond()}, ["/a", "/b"], 0),
    "silent": ({"/robots.txt": (CLOSE,), "/a": respond()}, ["/a"], 0),
    "mute": ({"/robots.txt": (60.0, *respond()), "/a": respond()}, ["/a"], 0),
    "gaps": (answer_alike(6, 0.05, *respond()), [], 0.3),
    "crawl delay": (
        {"/robots.txt": respond(body=b"User-agent: *\nCrawl-delay: 0.5\n"), **answer_alike(3, *respond())},
        ["/0", "/1", "/2"],
        0.1,
    ),
    "slow": (answer_alike(4, 1.5, *respond()), [], 0),
    "fast": (answer_alike(30, *respond()), [], 0),
    "back-off": (
        answer_in_turn(
            respond("503 Busy"),
            respond("500 Broken"),
            respond("429 Slow down", headers="Retry-After: 1\r\n"),
            respond(),
            respond(),
        ),
        [],
        0.1,
    ),
    "broken": (answer_alike(30, *respond("500 Broken")), [], 0),
    "retry later": (
        answer_alike(3, *respond("429 Slow down", headers="Retry-After: 3600\r\n")),
        [],
        0,
    ),
    "bombs": (
        {
            "/bomb": respond(body=gzip.compress(bytes(5_000_000)), headers=GZIPPED),
            "/junk": respond(body=b"junk", headers=GZIPPED),
        },
        [],
        0,
    ),
}


@pytest.fixture(scope="module")
def visited(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> dict[str, Host]:
    """One crawl over all hosts."""
    servers = {name: start_server(scripts) for name, (scripts, _, _) in HOSTS.items()}
    paths = {name: asked or list(scripts) for name, (scripts, asked, _) in HOSTS.items()}
    seeds = [([f"127.0.0.1:{servers[name].port}"], f"delay = {float(delay)}") for name, (_, _, delay) in HOSTS.items()]
    plan = [{"url": servers[name].origin + path} for name in HOSTS for path in paths[name]]
    crawl = run_crawl(plan, hosts=seeds[0][0], seed=seeds[0][1], sites=seeds[1:], settings=POLITE)
    return {
        name: Host(
            server,
            [result for result in crawl.results if result["url"].startswith(f"{server.origin}/")],
            next(ruling for ruling in crawl.rulings if ruling["origin"] == server.origin),
            next(state for state in crawl.hosts if state["host"] == f"127.0.0.1:{server.port}"),
        )
        for name, server in servers.items()
    }


def test_only_listed_hosts_are_asked(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> None:
    """Another host, and another port of the same host, are refused before a connection is made."""
    server = start_server({"/a": respond()})
    urls = [f"{server.origin}/a", "http://127.0.0.1:9/", "http://elsewhere.example/"]
    crawl = run_crawl([{"url": url} for url in urls], hosts=[f"127.0.0.1:{server.port}"], settings=POLITE)
    assert [result.get("outcome") for result in crawl.results] == [None, "redirected_away", "redirected_away"]
    assert crawl.results[2]["detail"] == "elsewhere.example is not on the allow-list"
    assert server.connections == 1


def test_names_that_lead_to_private_addresses_are_refused(
    start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]
) -> None:
    """With the default setting a listed name that resolves to the loopback address is not connected to."""
    server = start_server({"/": respond()})
    hosts = [f"localhost:{server.port}", f"127.0.0.1:{server.port}"]
    crawl = run_crawl(
        [{"url": f"http://{host}/"} for host in hosts],
        hosts=hosts,
        settings=POLITE,
        environment={"REPLYWATCH_ALLOW_PRIVATE_HOSTS": "false"},
    )
    assert [result["outcome"] for result in crawl.results] == ["connect_error", "connect_error"]
    assert {result["detail"] for result in crawl.results} == {"loopback address 127.0.0.1 refused"}
    assert server.connections == 0


def test_robots_txt_is_read_once_and_obeyed(visited: dict[str, Host]) -> None:
    """Denied pages are never asked for; robots.txt is asked for once, first, and its exchange is handed over."""
    host = visited["rules"]
    assert host.pick("outcome") == [None, "robots_denied", None]
    assert host.results[1]["detail"] == "forbidden by robots.txt"
    assert host.server.arrivals[0][1] == "/robots.txt"
    assert {path: len(asked) for path, asked in host.server.requests.items()} == {"/robots.txt": 1, "/a": 1, "/b": 1}
    assert host.ruling["statuses"] == [200]
    assert host.ruling["bodies"] == ["User-agent: replywatch\nDisallow: /private/\n"]


def test_redirects_of_robots_txt_are_followed(visited: dict[str, Host]) -> None:
    """Five redirects are followed; after that, and off the allow-list, there are no rules."""
    assert visited["five redirects"].pick("outcome") == ["robots_denied"]
    assert visited["five redirects"].ruling["statuses"] == [301, 302, 302, 302, 302, 200]
    assert visited["six redirects"].pick("status") == [200]
    assert len(visited["six redirects"].ruling["statuses"]) == 6
    assert visited["redirect elsewhere"].pick("status") == [200]
    assert visited["redirect elsewhere"].ruling["statuses"] == [302]


@pytest.mark.parametrize(
    ("name", "detail", "cause"),
    [
        ("busy", "status 503", None),
        ("silent", "connect_error: ", "connect_error"),
        ("mute", "timeout: ", "timeout"),
    ],
)
def test_unreachable_robots_txt_means_to_wait(
    visited: dict[str, Host], name: str, detail: str, cause: str | None
) -> None:
    """Nothing of the host is asked for while its robots.txt cannot be had."""
    host = visited[name]
    assert set(host.pick("outcome")) == {"robots_denied"}
    assert host.results[0]["detail"].startswith(f"robots.txt unreachable: {detail}")
    assert host.results[0]["cause"] == cause
    assert list(host.server.requests) == ["/robots.txt"]


def test_operator_decides_about_forbidden_robots_txt(
    visited: dict[str, Host], start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]
) -> None:
    """403 permits by default, and denies everything when the operator reads it so."""
    assert visited["forbidden"].pick("status") == [200]
    server = start_server(HOSTS["forbidden"][0])
    crawl = run_crawl(
        [{"url": f"{server.origin}/a"}],
        hosts=[f"127.0.0.1:{server.port}"],
        settings=POLITE,
        environment={"REPLYWATCH_ROBOTS_UNAUTHORIZED": "deny"},
    )
    assert crawl.results[0]["detail"] == "robots.txt denied: status 403"


def test_one_request_at_a_time(visited: dict[str, Host]) -> None:
    """No host ever sees two requests at once, also where no delay is set."""
    assert {name: host.server.most_active for name, host in visited.items()} == dict.fromkeys(HOSTS, 1)


def test_gaps_keep_the_delay(visited: dict[str, Host]) -> None:
    """The seed's delay lies between the end of a response and the next request; jitter only adds to it."""
    gaps = visited["gaps"].gaps()
    assert len(gaps) == 5
    assert min(gaps) >= 0.35
    assert max(gaps) < 10


def test_crawl_delay_is_kept(visited: dict[str, Host]) -> None:
    """A Crawl-delay longer than the seed's delay is the gap, from robots.txt on."""
    assert min(visited["crawl delay"].gaps(with_robots=True)) >= 0.5


def test_other_hosts_do_not_wait(visited: dict[str, Host]) -> None:
    """While one host is slow, another one's pages are fetched."""
    assert max(visited["fast"].pick("at")) < visited["slow"].results[-1]["at"]
    assert visited["fast"].pick("status") == [200] * 30


def test_back_off_and_retry_after(visited: dict[str, Host]) -> None:
    """After a 503 the gap doubles, after a second failure it doubles again; a short Retry-After is waited for."""
    gaps = visited["back-off"].gaps()
    assert gaps[0] >= 0.2
    assert gaps[1] >= 0.4
    assert gaps[2] >= 1
    assert gaps[3] < gaps[2]


def test_circuit_opens(visited: dict[str, Host]) -> None:
    """After a run of failures the host rests: its requests are refused, queued ones too, and nothing is sent."""
    host = visited["broken"]
    assert host.pick("raised").count(None) == 4
    assert host.pick("raised").count("HostUnavailable") == 26
    assert len(host.server.arrivals) == 5, "four pages and robots.txt"
    assert (host.state["trouble"], host.state["failures"], host.state["openings"]) == ("down", 4, 1)
    assert host.state["last_error"] == "status 500"


def test_a_probe_closes_the_circuit(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> None:
    """When the rest is over one request goes; its good answer lets the others pass again."""
    answers = answer_in_turn(*[respond("500 Broken")] * 4, respond(), respond(), respond())
    failing, other = start_server(answers), start_server({"/": (1.2, *respond())})
    urls = [failing.origin + path for path in answers]
    crawl = run_crawl(
        [{"url": url} for url in (*urls[:5], f"{other.origin}/", *urls[5:])],
        hosts=[f"127.0.0.1:{server.port}" for server in (failing, other)],
        settings=POLITE | {"REPLYWATCH_CIRCUIT_SECONDS": 1},
        in_order=True,
    )
    statuses = [result.get("status") or result["raised"] for result in crawl.results]
    assert statuses == [500, 500, 500, 500, "HostUnavailable", 200, 200, 200]
    assert {state["trouble"] for state in crawl.hosts} == {""}


def test_long_retry_after_rests_at_once(
    visited: dict[str, Host], start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]
) -> None:
    """A host that asks for an hour gets it, also from the next crawl when that is told; its pages stay due."""
    host = visited["retry later"]
    assert host.pick("status").count(429) == 1
    assert host.pick("raised").count("HostUnavailable") == 2
    refused = next(result for result in host.results if "raised" in result)
    assert refused["outcome"] is None, "nothing is said of the page"
    assert 3500 < float(refused["detail"].split()[-3]) <= 3600
    server = start_server(HOSTS["retry later"][0])
    rested = [host.state | {"host": f"127.0.0.1:{server.port}"}]
    crawl = run_crawl(
        [{"url": f"{server.origin}/1"}], hosts=[f"127.0.0.1:{server.port}"], rested=rested, settings=POLITE
    )
    assert crawl.results[0]["raised"] == "HostUnavailable"
    assert server.connections == 0


def test_an_interrupted_crawl_ends_soon(
    start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]
) -> None:
    """Ctrl-C does not wait for what is queued behind a long gap; that was never sent, and its pages stay due."""
    interrupted = threading.Event()

    def answer(_request: bytes, _times: int) -> tuple[Any, ...]:
        time.sleep(1)  # until all are asked for, also on a busy machine
        interrupted.set()
        return respond()

    server = start_server(dict.fromkeys(answer_alike(9), answer))
    crawl = run_crawl(
        [{"url": f"{server.origin}/{n}"} for n in range(9)],
        hosts=[f"127.0.0.1:{server.port}"],
        settings=POLITE | {"ROBOTSTXT_OBEY": False},
        seed="delay = 20.0",
        interrupt=interrupted,
    )
    assert [result.get("raised") for result in crawl.results].count("CrawlEnding") == 8


def test_decompression_bombs_are_too_large(visited: dict[str, Host]) -> None:
    """A small body that grows beyond the limit is refused and named, one that cannot be decoded is named."""
    bomb, junk = visited["bombs"].results
    assert (bomb["raised"], bomb["outcome"]) == ("DecompressionBomb", "too_large")
    assert bomb["error"].startswith("too_large: ")
    assert bomb["truncated"] is None
    assert junk["error"].startswith("truncated: the content coding is broken")
    assert junk["status"] == 200
