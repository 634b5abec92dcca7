"""A real crawl keeps its manners: hosts, addresses, robots.txt, one request at a time, gaps, rests."""

from collections.abc import Callable
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
        "crawler.fetching.throttle.HostPace": 110,
        "crawler.fetching.compression.BoundedCompression": 590,
    },
    "LOG_LEVEL": "ERROR",
}


def respond(status: str = "200 OK", body: bytes = b"ok", headers: str = "") -> tuple[bytes]:
    """A plain response as a script."""
    return (f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body,)


@pytest.fixture
def crawl_politely(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> Callable[..., Any]:
    """Starts a server with these scripts and asks it for these paths with all middlewares on."""

    def crawl(
        scripts: dict[str, Script],
        paths: list[str],
        settings: dict[str, Any] | None = None,
        **options: Any,  # noqa: ANN401 - as in run_crawl
    ) -> tuple[BareServer, Crawl]:
        server = start_server(scripts)
        urls = [path if "://" in path else server.origin + path for path in paths]
        done = run_crawl(
            [{"url": url} for url in urls],
            **{"hosts": [f"127.0.0.1:{server.port}"], **options},
            settings=POLITE | (settings or {}),
        )
        return server, done

    return crawl


def test_only_listed_hosts_are_asked(crawl_politely: Callable[..., Any]) -> None:
    """Another host, and another port of the same host, are refused before a connection is made."""
    server, crawl = crawl_politely({"/a": respond()}, ["/a", "http://127.0.0.1:9/", "http://elsewhere.example/"])
    assert [result.get("outcome") for result in crawl.results] == [None, "redirected_away", "redirected_away"]
    assert crawl.results[2]["detail"] == "elsewhere.example is not on the allow-list"
    assert server.connections == 1


def test_names_that_lead_to_private_addresses_are_refused(crawl_politely: Callable[..., Any]) -> None:
    """With the default setting a listed name that resolves to the loopback address is not connected to."""
    server, crawl = crawl_politely(
        {},
        ["http://localhost/", "http://127.0.0.1:81/", "http://[::1]:82/"],
        settings={"ROBOTSTXT_OBEY": False},
        hosts=["localhost", "127.0.0.1:81", "[::1]:82"],
        environment={"REPLYWATCH_ALLOW_PRIVATE_HOSTS": "false"},
    )
    errors = [result["error"] for result in crawl.results]
    assert errors[0].startswith("connect_error: loopback address ")
    assert errors[1] == "connect_error: loopback address 127.0.0.1 refused"
    assert errors[2].startswith(("connect_error: loopback address ::1", "dns_error: ")), "Scrapy resolves IPv4 only"
    assert crawl.results[1]["outcome"] == "connect_error"
    assert server.connections == 0


def test_robots_txt_is_read_once_and_obeyed(crawl_politely: Callable[..., Any]) -> None:
    """Denied pages are never asked for; robots.txt is asked for once, first, and its exchange is handed over."""
    rules = b"User-agent: replywatch\nDisallow: /private/\n"
    server, crawl = crawl_politely(
        {"/robots.txt": respond(body=rules), "/a": respond(), "/b": respond()}, ["/a", "/private/x", "/b"]
    )
    assert [result.get("outcome") for result in crawl.results] == [None, "robots_denied", None]
    assert crawl.results[1]["detail"] == "forbidden by robots.txt"
    assert server.arrivals[0][1] == "/robots.txt"
    assert sorted(server.requests) == ["/a", "/b", "/robots.txt"]
    assert len(server.requests["/robots.txt"]) == 1
    [ruling] = crawl.rulings
    assert (ruling["origin"], ruling["statuses"]) == (server.origin, [200])
    assert ruling["bodies"] == [rules.decode()]


def test_redirects_of_robots_txt_are_followed(crawl_politely: Callable[..., Any]) -> None:
    """Five redirects are followed; after that there are no rules."""
    hops: dict[str, Script] = {f"/r{n}": respond("302 Found", headers=f"Location: /r{n + 1}\r\n") for n in range(9)}
    moved = respond("301 Moved", headers="Location: /r5\r\n")
    deny = respond(body=b"User-agent: *\nDisallow: /\n")
    _, crawl = crawl_politely(hops | {"/robots.txt": moved, "/r9": deny}, ["/a"])
    assert crawl.results[0].get("outcome") == "robots_denied"
    assert crawl.rulings[0]["statuses"] == [301, 302, 302, 302, 302, 200]
    _, crawl = crawl_politely(
        hops | {"/robots.txt": respond("301 Moved", headers="Location: /r4\r\n"), "/r9": deny}, ["/a"]
    )
    assert crawl.results[0]["status"] == 404
    assert len(crawl.rulings[0]["statuses"]) == 6


@pytest.mark.parametrize(("script", "detail"), [(respond("503 Busy"), "status 503"), ((CLOSE,), "connect_error: ")])
def test_unreachable_robots_txt_means_to_wait(crawl_politely: Callable[..., Any], script: Script, detail: str) -> None:
    """Nothing of the host is asked for while its robots.txt cannot be had."""
    server, crawl = crawl_politely({"/robots.txt": script, "/a": respond()}, ["/a", "/b"])
    assert {result["outcome"] for result in crawl.results} == {"robots_denied"}
    assert crawl.results[0]["detail"].startswith(f"robots.txt unreachable: {detail}")
    assert list(server.requests) == ["/robots.txt"]


def test_operator_decides_about_forbidden_robots_txt(crawl_politely: Callable[..., Any]) -> None:
    """403 permits by default, and denies everything when the operator reads it so."""
    scripts = {"/robots.txt": respond("403 Forbidden"), "/a": respond()}
    _, open_crawl = crawl_politely(scripts, ["/a"])
    _, strict_crawl = crawl_politely(scripts, ["/a"], environment={"REPLYWATCH_ROBOTS_UNAUTHORIZED": "deny"})
    assert open_crawl.results[0]["status"] == 200
    assert strict_crawl.results[0]["detail"] == "robots.txt denied: status 403"


def test_one_request_at_a_time_with_gaps(crawl_politely: Callable[..., Any]) -> None:
    """The seed's delay lies between the end of a response and the next request; jitter only adds to it."""
    pages: dict[str, Script] = {f"/{n}": (0.05, *respond()) for n in range(6)}
    server, _ = crawl_politely(pages, list(pages), seed="delay = 0.3")
    times = [time for time, path in server.arrivals if path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert server.most_active == 1
    assert min(gaps) >= 0.35
    assert max(gaps) < 0.35 + 0.15 + 0.2


def test_crawl_delay_is_kept(crawl_politely: Callable[..., Any]) -> None:
    """A Crawl-delay longer than the seed's delay is the gap."""
    pages: dict[str, Script] = {f"/{n}": respond() for n in range(3)}
    rules = respond(body=b"User-agent: *\nCrawl-delay: 0.5\n")
    server, _ = crawl_politely(pages | {"/robots.txt": rules}, list(pages), seed="delay = 0.1")
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(server.arrivals)]
    assert min(gaps) >= 0.5


def test_other_hosts_do_not_wait(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> None:
    """While one host is slow, another one's pages are fetched."""
    slow = start_server({f"/{n}": (0.4, *respond()) for n in range(4)})
    fast = start_server({f"/{n}": respond() for n in range(4)})
    plan = [{"url": f"{server.origin}/{n}"} for server in (slow, fast) for n in range(4)]
    crawl = run_crawl(
        plan,
        hosts=[f"127.0.0.1:{slow.port}", f"127.0.0.1:{fast.port}"],
        settings=POLITE | {"CONCURRENT_REQUESTS": 4},
    )
    assert slow.most_active == fast.most_active == 1
    finished = sorted(crawl.results, key=lambda result: result["at"])
    assert sum(str(fast.port) in result["url"] for result in finished[:6]) == 4


def test_back_off_and_retry_after(crawl_politely: Callable[..., Any]) -> None:
    """After a 503 the gap doubles, after a second one it doubles again; a short Retry-After is waited for."""
    scripts = {
        "/0": respond("503 Busy"),
        "/1": respond("500 Broken"),
        "/2": respond("429 Slow down", headers="Retry-After: 1\r\n"),
        "/3": respond(),
        "/4": respond(),
    }
    server, _ = crawl_politely(scripts, list(scripts), seed="delay = 0.1")
    times = [time for time, path in server.arrivals if path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[0] >= 0.2
    assert gaps[1] >= 0.4
    assert gaps[2] >= 1
    assert gaps[3] < 0.3


def test_circuit_opens_and_probes(crawl_politely: Callable[..., Any]) -> None:
    """After a run of failures the host rests: its requests are refused, queued ones too, and nothing is sent."""
    scripts: dict[str, Script] = {f"/{n}": respond("500 Broken") for n in range(30)}
    settings = {"REPLYWATCH_CIRCUIT_FAILURES": 4, "CONCURRENT_REQUESTS": 8}
    server, crawl = crawl_politely(scripts, list(scripts), settings=settings)
    raised = [result.get("raised") for result in crawl.results]
    assert raised.count(None) == 4
    assert raised.count("HostUnavailable") == 26
    assert len(server.arrivals) == 5, "four pages and robots.txt"


def test_long_retry_after_rests_at_once(crawl_politely: Callable[..., Any], run_crawl: Callable[..., Crawl]) -> None:
    """A host that asks for an hour gets it, and its pages stay due."""
    scripts = {"/0": respond("429 Slow down", headers="Retry-After: 3600\r\n"), "/1": respond(), "/2": respond()}
    server, crawl = crawl_politely(scripts, list(scripts))
    assert [result.get("raised") for result in crawl.results] == [None, "HostUnavailable", "HostUnavailable"]
    assert "/1" not in server.requests
    [state] = crawl.hosts
    assert (state["host"], state["state"], state["refused"]) == (f"127.0.0.1:{server.port}", "open", 2)
    assert state["last_error"] == "status 429"
    again = run_crawl([{"url": f"{server.origin}/1"}], hosts=[state["host"]], rested=crawl.hosts, settings=POLITE)
    assert again.results[0]["raised"] == "HostUnavailable", "the next crawl keeps it, too"
    assert "/1" not in server.requests


def test_decompression_bombs_are_too_large(crawl_politely: Callable[..., Any]) -> None:
    """A small body that grows beyond the limit is refused and named; its bytes are kept."""
    import gzip  # noqa: PLC0415 - needed here only

    bomb = gzip.compress(bytes(5_000_000))
    broken = gzip.compress(b"x" * 100)[:-30] + b"garbage"
    gzipped = "Content-Encoding: gzip\r\n"
    scripts = {"/bomb": respond(body=bomb, headers=gzipped), "/broken": respond(body=b"junk", headers=gzipped)}
    scripts["/torn"] = respond(body=broken, headers=gzipped)
    _, crawl = crawl_politely(scripts, list(scripts), settings={"DOWNLOAD_MAXSIZE": 1_000_000})
    found, junk, _ = crawl.results
    assert (found["raised"], found["outcome"]) == ("DecompressionBomb", "too_large")
    assert found["error"].startswith("too_large: ")
    assert found["truncated"] is None
    assert junk["error"].startswith("truncated: the content coding is broken")
    assert junk["status"] == 200
