"""A site on its worst day: one list of sound replies, each of which answers in a bad way of its own.

`play` gives the answers of a day, by path, for a server that sends bytes as they are: on a sound day every page is a
reply, on the worst day each is what `TROUBLES` says. Block pages are modelled after the signs by which they are known.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

CLOSE_AFTER = b""  # an empty piece: the server closes the connection
RESET_AFTER = -1.0  # no time to wait: it resets the connection
MEGABYTE = 1024 * 1024
Piece = bytes | float
Pieces = Callable[[str, str], Iterator[Piece]]
"""From the address and the sound page to what is sent; a number is a wait in seconds; see above."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way to answer badly, and the outcomes that may be recorded of it; the first is the usual one."""

    name: str
    pieces: Pieces
    outcomes: tuple[str, ...]
    vendor: str | None = None


def render_reply(name: str, head: str = "") -> str:
    """A sound reply."""
    title = f"关于{name}的提案的答复"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>{title}</title></head><body><h1>{title}</h1>'
        f'<p class="tools">发布时间：2026-03-01</p><div class="content"><p>张三委员：</p>'
        f"<p>您提出的关于{name}的提案收悉，现答复如下：</p>"
        f"<p>一、我局高度重视{name}工作，今年以来已经投入资金320万元，完成改造项目26个，惠及群众1.2万人。</p>"
        f"<p>二、下一步，我局将会同有关部门继续推进，计划于2026年底前完成剩余的14个项目，并及时公布进展。</p>"
        f"<p>感谢您对我们工作的关心和支持，欢迎继续提出宝贵意见。</p><p>市住建局</p><p>2026年3月1日</p></div></body></html>"
    )


def answer(body: bytes, status: str = "200 OK", headers: str = "", length: int | None = None) -> bytes:
    """An answer with its length, or with the one that it claims."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {size}\r\n{headers}\r\n"
    return head.encode() + body


def once(make: Callable[[str, str], bytes]) -> Pieces:
    """An answer in one piece."""

    def pieces(url: str, page: str) -> Iterator[Piece]:
        yield make(url, page)

    return pieces


def then_close(make: Callable[[str, str], bytes]) -> Pieces:
    """An answer after which the server hangs up."""

    def pieces(url: str, page: str) -> Iterator[Piece]:
        yield make(url, page)
        yield CLOSE_AFTER

    return pieces


def then_reset(*pieces: bytes) -> Pieces:
    """Something, a moment in which it arrives, and a reset."""

    def play_pieces(_url: str, _page: str) -> Iterator[Piece]:
        yield from pieces
        yield 0.2
        yield RESET_AFTER

    return play_pieces


def drip(head: bytes, piece: bytes) -> Pieces:
    """A slow-loris: a little, again and again."""

    def pieces(_url: str, _page: str) -> Iterator[Piece]:
        yield head
        for _ in range(60):
            yield piece
            yield 0.2

    return pieces


def flood(_url: str, _page: str) -> Iterator[Piece]:
    """Two hundred megabytes in chunks."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(200):
        yield b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
    yield CLOSE_AFTER


def redirect(target: str) -> Pieces:
    """A redirect, to the page itself when there is no target."""
    return once(lambda url, _page: answer(b"", "302 Found", f"Location: {target or url}\r\n"))


def show(change: Callable[[str], str | bytes], headers: str = "", status: str = "200 OK") -> Pieces:
    """The sound page, changed."""

    def make(_url: str, page: str) -> bytes:
        body = change(page)
        return answer(body.encode() if isinstance(body, str) else body, status, headers)

    return once(make)


def block(status: str, body: str, headers: str = "") -> Pieces:
    """A page of a firewall."""
    return once(lambda _url, _page: answer(body.encode(), status, headers))


def pack_bomb(megabytes: int) -> bytes:
    """So many zeros in one gzip stream, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()


_OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_CHUNKED = _OPEN + b"Transfer-Encoding: chunked\r\n\r\n"
_GATE = "<script>var _0xa=['jsl'];document.cookie=('__jsl_clearance=1|-1|x');location.href=location.pathname;</script>"
_MAZE = (
    '<html><head><meta id="m" content="x" r="m"><script>$_ts=window[\'$_ts\'];if(!$_ts)$_ts={};$_ts.cd="q";'
    "var _$ab=1,_$cd=2;</script></head><body></body></html>"
)
_FORM = (
    "<html><head><title>安全验证</title></head><body><p>访问过于频繁，请输入验证码后继续访问</p>"
    '<form><input name="c"><img src="/c.jpg"></form></body></html>'
)
_RELOAD = '<html><head><script>location.href="/?adfwkey=a1b2c";</script></head><body></body></html>'
_BOMB = pack_bomb(300)
_LINKS = "<ul class='map'>" + "".join(f'<li><a href="/x/{n}">链接{n}</a></li>' for n in range(10_000)) + "</ul>"

TROUBLES: Sequence[Trouble] = (
    Trouble("slow_head", drip(_OPEN, b"X: y\r\n"), ("timeout",)),
    Trouble("slow_body", drip(_OPEN + b"\r\n", b"x"), ("timeout",)),
    Trouble("half", then_close(lambda _url, page: answer(page.encode())[:-400]), ("truncated",)),
    Trouble(
        "long_length", then_close(lambda _url, page: answer(page.encode(), length=10 + 2 * len(page))), ("truncated",)
    ),
    Trouble(
        "short_length", then_close(lambda _url, page: answer(page.encode(), length=len(page) // 2)), ("truncated",)
    ),
    Trouble("bad_chunk", then_close(lambda _url, _page: _CHUNKED + b"zz\r\nabc\r\n"), ("truncated",)),
    Trouble("last_chunk", then_close(lambda _url, _page: _CHUNKED + b"3\r\nabc\r\n"), ("truncated",)),
    Trouble("reset_body", then_reset(_OPEN + b"\r\n<html><head>"), ("truncated",)),
    Trouble("reset_head", then_reset(_OPEN), ("truncated", "connect_error")),
    Trouble("reset", then_reset(), ("connect_error",)),
    Trouble("silent", then_close(lambda _url, _page: b" "), ("truncated", "server_error", "connect_error")),
    Trouble("no_http", then_close(lambda _url, _page: b"SSH-2.0-x\r\n\r\n"), ("server_error",)),
    Trouble("bomb", once(lambda _url, _page: answer(_BOMB, headers="Content-Encoding: gzip\r\n")), ("too_large",)),
    Trouble("huge", then_close(lambda _url, _page: answer(b"x", length=200 * MEGABYTE)), ("too_large",)),
    Trouble("flood", flood, ("too_large",)),
    Trouble("big_header", show(lambda page: page, f"X-Big: {'y' * MEGABYTE}\r\n"), ("truncated", "too_large")),
    Trouble("loop", redirect(""), ("moved",)),
    Trouble("to_private", redirect("http://10.0.0.1/admin"), ("redirected_away",)),
    Trouble("to_metadata", redirect("http://169.254.169.254/latest/meta-data"), ("redirected_away",)),
    Trouble("to_loopback", redirect("http://127.0.0.1:1/"), ("redirected_away",)),
    Trouble("to_file", redirect("file:///etc/passwd"), ("server_error", "redirected_away")),
    Trouble("to_home", redirect("/"), ("redirected_home",)),
    Trouble(
        "charset_lie",
        once(lambda _url, page: answer(page.encode()).replace(b"charset=utf-8", b"charset=GBK", 1)),
        ("ok",),
    ),
    Trouble("charset_flip", show(lambda page: page.replace("utf-8", "gb2312").encode("gb18030")), ("ok",)),
    Trouble(
        "garbage", show(lambda page: page[:200].encode() + bytes(range(128, 256)) * 40), ("encoding_doubt", "truncated")
    ),
    Trouble("nul", show(lambda page: page.replace("我局", "\0我局\0")), ("ok",)),
    Trouble("many_links", show(lambda page: page.replace("<h1>", f"{_LINKS}<h1>")), ("ok",)),
    Trouble("deep", show(lambda page: page.replace("<h1>", f"{'<div>' * 5000}<h1>")), ("encoding_doubt",)),
    Trouble("other_etag", show(lambda page: page, 'ETag: "another"\r\n'), ("ok",)),
    Trouble("skewed_clock", show(lambda page: page, "Last-Modified: Fri, 01 Jan 2100 00:00:00 GMT\r\n"), ("ok",)),
    Trouble("not_modified", once(lambda _url, _page: b"HTTP/1.1 304 Not Modified\r\n\r\n"), ("not_modified",)),
    Trouble(
        "knownsec", block("521 X", _GATE, "Set-Cookie: __jsluid_h=0a1b; path=/\r\n"), ("blocked",), vendor="knownsec"
    ),
    Trouble("knownsec_512", block("512 X", _GATE, "Set-Cookie: __jsluid_s=0a1b; path=/\r\n"), ("blocked",), "knownsec"),
    Trouble("cloudwaf", block("405 X", "<html></html>", "X-Powered-By-CloudWAF: yes\r\n"), ("blocked",), "knownsec"),
    Trouble("ks_page", block("403 X", "<html><img src='/ks-waf-error.png'></html>"), ("blocked",), "knownsec"),
    Trouble("ruishu_400", block("400 Bad Request", _MAZE), ("blocked",), vendor="ruishu"),
    Trouble("ruishu", block("412 Precondition Failed", _MAZE), ("blocked",), vendor="ruishu"),
    Trouble("ruishu_202", block("202 Accepted", _MAZE), ("blocked",), vendor="ruishu"),
    Trouble("gate", block("200 OK", _RELOAD), ("blocked",), vendor="adfwkey"),
    Trouble("captcha", block("200 OK", _FORM), ("blocked",), vendor="generic"),
    Trouble("refused", block("403 Forbidden", "<html><body>403</body></html>"), ("blocked",), vendor="generic"),
    Trouble("method", block("405 Not Allowed", "<html><body>405</body></html>"), ("blocked",), vendor="generic"),
    Trouble(
        "abroad", block("403 Forbidden", "<html><body>reason:GeoBL</body></html>"), ("geo_suspect",), vendor="wzws"
    ),
    Trouble("throttled", block("429 Too Many", "slow down", "Retry-After: 0\r\n"), ("throttled",)),
    Trouble("maintenance", block("200 OK", "<html>系统维护中，请稍后访问</html>"), ("blocked",), "generic"),
    Trouble("upgrade", block("200 OK", "<html>站点正在升级，给您带来不便敬请谅解</html>"), ("blocked",), "generic"),
    Trouble("new_domain", block("200 OK", "<html>域名变更公告</html>"), ("blocked",), "generic"),
    Trouble(
        "clone",
        show(lambda page: page.replace("4199990001", "5299990009").replace("320万元", "888万元")),
        ("identity_mismatch",),
    ),
    Trouble("stub", show(lambda _page: "<html><head><title>市政府</title></head></html>"), ("gone_soft",)),
    Trouble("empty", once(lambda _url, _page: answer(b"")), ("gone_soft",)),
)


def name_path(trouble: Trouble) -> str:
    """The address of a page."""
    return f"/zw/{100 + TROUBLES.index(trouble)}.html"


def render_list() -> str:
    """The column's list; it stays sound."""
    rows = "".join(
        f'<li><a href="{name_path(one)}">关于{one.name}的提案的答复</a><span>2026-03-01</span></li>' for one in TROUBLES
    )
    return f"<html><head><title>提案答复</title></head><body><ul class='list'>{rows}</ul></body></html>"


def play(trouble: Trouble, origin: str, *, is_sound: bool) -> Iterator[Piece]:
    """What a page answers on a sound day, or on the worst one."""
    page = render_reply(trouble.name, '<meta name="SiteIDCode" content="4199990001">')
    if is_sound:
        yield answer(page.encode(), headers=f"ETag: {json.dumps(trouble.name)}\r\n")
    else:
        yield from trouble.pieces(f"{origin}{name_path(trouble)}", page)
