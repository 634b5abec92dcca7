"""Every exchange is kept byte for byte, whatever the server sends and however it ends."""

import gzip
import ssl
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.crawler.fetching.conftest import CLOSE, RESET, Authority, BareServer, Crawl, Step, decode

PAGE = "<html><title>关于对提案的答复</title></html>".encode()
GZIPPED = gzip.compress(PAGE * 50, mtime=0)
ZLIBBED = zlib.compress(PAGE * 50)
RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED = RAW_DEFLATE.compress(PAGE * 50) + RAW_DEFLATE.flush()
OK = b"HTTP/1.1 200 OK\r\n"


def with_length(body: bytes, head: bytes = OK) -> bytes:
    """A plain response."""
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(body: bytes, size: int = 700) -> bytes:
    """The chunked coding of a body, without the last chunk."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

# name: what goes over the wire, the block that is kept, its entity, the body as decoded
RESPONSES: dict[str, tuple[tuple[Step, ...], bytes, bytes, bytes]] = {}


def add_response(name: str, block: bytes, entity: bytes, body: bytes | None = None, steps: Any = None) -> None:  # noqa: ANN401 - steps
    """One more case; without ``steps`` the block is sent in one piece and the connection stays open."""
    RESPONSES[name] = (steps or (block,), block, entity, entity if body is None else body)


add_response("plain", with_length(PAGE), PAGE)
block = b"hTTp/1.1 200 oK\r\ncontent-LENGTH: 2\r\nX-oDd: a\r\nx-ODD: b\r\nSERVER:nospace\r\nDate:   spaces  \r\n\r\nok"
add_response("odd_case", block.replace(b"hTTp", b"HTTP"), b"ok")
add_response(
    "duplicates",
    OK + b"Set-Cookie: a=1\r\nContent-Length: 2\r\nSet-Cookie: b=2\r\nSet-Cookie: a=3\r\nVia: x\r\n\r\nok",
    b"ok",
)
add_response("length_twice", OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("lengths_differ_in_form", OK + b"Content-Length: 2, 02\r\n\r\nok", b"ok")
add_response("no_reason", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("blank_reason", b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("odd_status", b"HTTP/1.1 521 \xe5\xae\x89\xe5\x85\xa8\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("high_bytes", OK + "X-标题: 答复\r\n".encode("gbk") + b"Content-Length: 2\r\n\r\nok", b"ok")
add_response("folded", OK + b"X-Long: one\r\n  two\r\n\tthree\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("no_colon", OK + b"this is no header\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("bare_newlines", b"HTTP/1.1 200 OK\nContent-Length: 2\nX: y\n\nok", b"ok")
add_response("long_header", OK + b"X-Long: " + b"x" * 40_000 + b"\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("chunked", CHUNKED + in_chunks(PAGE * 50) + b"0\r\n\r\n", PAGE * 50)
add_response("trailers", CHUNKED + in_chunks(PAGE) + b"0\r\nX-Sum: 1\r\nx-more: 2\r\n\r\n", PAGE)
add_response("chunk_extensions", CHUNKED + b'2;a="b"\r\nok\r\n1 ; c\r\n!\r\n0;last\r\n\r\n', b"ok!")
add_response("upper_hex", CHUNKED + b"00A\r\n0123456789\r\n000\r\n\r\n", b"0123456789")
add_response("gzip", with_length(GZIPPED, OK + b"Content-Encoding: gzip\r\n"), GZIPPED, PAGE * 50)
add_response("x_gzip", with_length(GZIPPED, OK + b"content-encoding: X-GZip\r\n"), GZIPPED, PAGE * 50)
add_response(
    "gzip_chunked",
    OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n" + in_chunks(GZIPPED, 40) + b"0\r\n\r\n",
    GZIPPED,
    PAGE * 50,
)
add_response("zlib", with_length(ZLIBBED, OK + b"Content-Encoding: deflate\r\n"), ZLIBBED, PAGE * 50)
add_response("deflate", with_length(DEFLATED, OK + b"Content-Encoding: deflate\r\n"), DEFLATED, PAGE * 50)
add_response(
    "http_1_0",
    b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n" + PAGE,
    PAGE,
    steps=(b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", 0.02, PAGE, CLOSE),
)
add_response(
    "close_delimited",
    OK + b"Connection: close\r\n\r\n" + PAGE,
    PAGE,
    steps=(OK + b"Connection: close\r\n\r\n" + PAGE, CLOSE),
)
add_response(
    "says_close",
    with_length(b"ok", OK + b"Connection: Close\r\n"),
    b"ok",
    steps=(with_length(b"ok", OK + b"Connection: Close\r\n"), CLOSE),
)
add_response("identity", OK + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok", b"ok")
add_response("no_content", b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", b"")
add_response("not_modified", b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 99\r\n\r\n', b"")
add_response("empty", with_length(b""), b"")
add_response("redirect", b"HTTP/1.1 302 Found\r\nLocation: /elsewhere?\xe7\xad\x94\r\nContent-Length: 0\r\n\r\n", b"")
add_response("server_error", with_length(b"sorry", b"HTTP/1.1 500 Oops\r\n"), b"sorry")
add_response(
    "continued",
    with_length(b"ok"),
    b"ok",
    steps=(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + with_length(b"ok"),),
)
add_response(
    "drop_by_drop",
    with_length(PAGE),
    PAGE,
    steps=(*(step for byte in with_length(PAGE)[:60] for step in (bytes([byte]), 0.001)), with_length(PAGE)[60:]),
)
add_response(
    "surplus", with_length(b"ok"), b"ok", steps=(with_length(b"ok") + b"HTTP/1.1 200 OK\r\n\r\nsurplus", CLOSE)
)
add_response("after_surplus", with_length(PAGE), PAGE)


@pytest.fixture(scope="module", params=["http", "https"])
def exchanges(
    request: pytest.FixtureRequest,
    authority: Authority,
    start_server: Callable[..., BareServer],
    run_crawl: Callable[..., Crawl],
) -> tuple[BareServer, dict[str, dict[str, Any]]]:
    """All responses above, asked for one after the other over few connections; then a HEAD and a POST."""
    context = authority.make_context() if request.param == "https" else None
    scripts = {f"/{name}": case[0] for name, case in RESPONSES.items()}
    scripts["/head"] = (OK + b"Content-Length: 1234\r\n\r\n",)
    server = start_server(scripts | {"/post": (with_length(b"done"),)}, context)
    plan: list[dict[str, Any]] = [{"url": f"{server.origin}/{name}"} for name in RESPONSES]
    plan += [{"url": f"{server.origin}/head", "method": "HEAD"}]
    plan += [{"url": f"{server.origin}/post", "method": "POST", "body": "startrecord=1&endrecord=45"}]
    crawl = run_crawl(
        plan,
        hosts=[f"127.0.0.1:{server.port}"],
        environment={"SSL_CERT_FILE": str(authority.ca_file)},
        in_order=True,
        settings={
            "DOWNLOADER_MIDDLEWARES": {
                "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
                "crawler.fetching.compression.BoundedCompression": 590,
            }
        },
    )
    return server, {result["url"].rpartition("/")[2]: result for result in crawl.results}


def test_blocks_are_what_went_over_the_wire(exchanges: tuple[BareServer, dict[str, dict[str, Any]]]) -> None:
    """Request and response blocks are the server's own bytes, over plain and TLS connections that are kept alive."""
    server, results = exchanges
    assert len(RESPONSES) >= 24
    for name, (_, block, entity, body) in RESPONSES.items():
        found = results[name]
        assert found.get("raised") is None, name
        assert decode(found["response"]) == block, name
        assert decode(found["request"]) == server.requests[f"/{name}"][-1], name
        assert decode(found["entity"]) == entity, name
        assert decode(found["delivered"]) == body, name
        assert (found["error"], found["truncated"]) == (None, None), name
        assert found["ip_address"] == "127.0.0.1"
        assert found["status"] == int(block.split(b" ")[1][:3]), name
        assert decode(found["body"]) == b"" or found["body"], name
    assert server.connections < len(RESPONSES) / 2, "connections are kept alive"


def test_request_with_a_body_is_kept_whole(exchanges: tuple[BareServer, dict[str, dict[str, Any]]]) -> None:
    """A POST keeps head and body; a HEAD has no entity though it announces one."""
    server, results = exchanges
    post = decode(results["post"]["request"])
    assert post == server.requests["/post"][0]
    assert post.startswith(b"POST /post HTTP/1.1\r\n")
    assert post.endswith(b"\r\n\r\nstartrecord=1&endrecord=45")
    assert b"accept-encoding: gzip, deflate\r\n" in post.lower()
    assert decode(results["head"]["response"]) == OK + b"Content-Length: 1234\r\n\r\n"
    assert results["head"]["truncated"] is None


def test_profile_is_stamped(exchanges: tuple[BareServer, dict[str, dict[str, Any]]]) -> None:
    """Each capture can say how its TLS connection was made."""
    server, results = exchanges
    assert results["plain"]["tls_profile"] == ("default" if isinstance(server.context, ssl.SSLContext) else None)


FAULTS: dict[str, tuple[tuple[Step, ...], bytes, str, str | None]] = {
    # name: steps, block kept, how the error begins, WARC-Truncated
    "short": ((with_length(PAGE)[:-9], CLOSE), with_length(PAGE)[:-9], "truncated: ", "disconnect"),
    "short_chunk": ((CHUNKED + b"99\r\nabc", CLOSE), CHUNKED + b"99\r\nabc", "truncated: ", "disconnect"),
    "no_last_chunk": ((CHUNKED + b"3\r\nabc\r\n", CLOSE), CHUNKED + b"3\r\nabc\r\n", "truncated: ", "disconnect"),
    "reset": ((OK + b"\r\nabc", 0.1, RESET), OK + b"\r\nabc", "truncated: ", "disconnect"),
    "half_head": ((b"HTTP/1.1 200 OK\r\nConte", CLOSE), b"HTTP/1.1 200 OK\r\nConte", "truncated: ", "disconnect"),
    "silent": ((CLOSE,), b"", "connect_error: ", None),
    "reset_at_once": ((RESET,), b"", "connect_error: ", None),
    "no_http": (
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", CLOSE),
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "server_error: ",
        "unspecified",
    ),
    "bad_chunk": ((CHUNKED + b"zz\r\nabc\r\n", CLOSE), CHUNKED + b"zz\r\nabc\r\n", "truncated: ", "disconnect"),
    "two_lengths": (
        (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", CLOSE),
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        "server_error: ",
        "unspecified",
    ),
    "slow_head": ((OK, *(b"X: y\r\n", 0.2) * 20), b"", "timeout: ", "time"),
    "slow_body": ((OK + b"\r\n", *(b"x", 0.2) * 30), b"", "timeout: ", "time"),
    "never": ((20.0,), b"", "timeout: ", None),
    "announced_too_large": ((with_length(b"x" * 9000),), b"", "too_large: ", "length"),
    "grows_too_large": ((CHUNKED + in_chunks(b"x" * 9000), 2.0), b"", "too_large: ", "length"),
    "endless_head": ((OK, *(b"X: " + b"y" * 1000 + b"\r\n",) * 400, 2.0), b"", "too_large: ", "length"),
    "endless_hints": (((b"HTTP/1.1 103 Early\r\n\r\n" * 20_000), 2.0), b"", "too_large: ", None),
}


def test_failures_keep_what_came(start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]) -> None:
    """Whatever goes wrong, the exchange says what it was in an outcome's words, and holds the bytes that had come."""
    server = start_server({f"/{name}": fault[0] for name, fault in FAULTS.items()})
    crawl = run_crawl(
        [{"url": f"{server.origin}/{name}"} for name in FAULTS]
        + [{"url": "http://127.0.0.1:1/"}, {"url": "http://no.invalid/"}],
        hosts=[f"127.0.0.1:{server.port}"],
        settings={
            "DOWNLOAD_MAXSIZE": 8000,
            "DOWNLOAD_TIMEOUT": 2.5,
            "REPLYWATCH_HEADER_SECONDS": 1.5,
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
            "LOG_LEVEL": "ERROR",
        },
    )
    *results, refused, unknown = crawl.results
    for (name, (_, block, error, truncated)), found in zip(FAULTS.items(), results, strict=True):
        assert found["error"].startswith(error), (name, found["error"])
        assert name == "endless_hints" or found["truncated"] == truncated, name  # which may end between two hints
        assert decode(found["request"]) == server.requests[f"/{name}"][-1], name
        if block:
            assert decode(found["response"]) == block, name
        elif truncated:
            sent = b"".join(step for step in FAULTS[name][0] if isinstance(step, bytes))
            assert sent.startswith(decode(found["response"])), name
            assert len(decode(found["response"])) > 10, name
    assert refused["error"].startswith("connect_error: ")
    assert unknown["error"].startswith("dns_error: ")
    assert decode(refused["request"]) == decode(unknown["request"]) == b""
    assert results[0]["flags"] == ["dataloss"], "a truncated response is still delivered"


def test_stale_connection_is_replaced_without_a_trace(
    start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]
) -> None:
    """A request on a connection that the server has just given up is sent again, and only the second one is kept."""
    server = start_server(
        {
            "/first": (with_length(b"first"),),
            "/second": lambda _request, times: (RESET,) if times == 0 else (with_length(b"second"),),
        }
    )
    crawl = run_crawl(
        [{"url": f"{server.origin}/first"}, {"url": f"{server.origin}/second"}],
        hosts=[f"127.0.0.1:{server.port}"],
        in_order=True,
    )
    second = crawl.results[1]
    assert len(server.requests["/second"]) == 2
    assert decode(second["response"]) == with_length(b"second")
    assert decode(second["request"]) == server.requests["/second"][1]
    assert second["error"] is None


def test_bytes_that_come_late_spoil_nothing(
    start_server: Callable[..., BareServer], run_crawl: Callable[..., Crawl]
) -> None:
    """What a server sends behind a response, while the connection rests, is not taken for the next response."""
    server = start_server(
        {
            "/first": (with_length(b"first"), 0.05, b"HTTP/1.1 200 Spoilt\r\nContent-Length: 0\r\n\r\n"),
            "/second": (with_length(b"second"),),
        }
    )
    crawl = run_crawl(
        [{"url": f"{server.origin}/first"}, {"url": f"{server.origin}/second"}],
        hosts=[f"127.0.0.1:{server.port}"],
        in_order=True,
        settings={"DOWNLOAD_DELAY": 0.3, "DOWNLOAD_DELAY_JITTER": 0},
    )
    assert [decode(result["response"]) for result in crawl.results] == [with_length(b"first"), with_length(b"second")]
    assert server.connections == 2
