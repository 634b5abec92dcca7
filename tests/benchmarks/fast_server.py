"""A server of unchanging pages that is much faster than any crawler, in a process of its own.

    python -m tests.benchmarks.fast_server --pages 2000 --hosts 16

Prints its ports as JSON, then reads commands from standard input, one a line, and answers each with a line of JSON:
``mode MODE`` sets how articles are answered, ``count`` gives the number of answers since the last mode was set.

Modes: ``plain`` 200 and the same bytes whatever was asked; ``conditional`` 304 to those who send the ETag; ``spared``
304 to everybody; ``noise`` another view counter and captcha each time; ``edited`` another sentence, once for all.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from subprocess import PIPE, Popen
from typing import Any

from tests.benchmarks.served_pages import EDITED, ServedPage, make_list, make_pages

MODES = ("plain", "conditional", "spared", "noise", "edited", "mixed")
MIXED_EDITS = 10
HEAD = b"HTTP/1.1 %s\r\nServer: nginx\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\nContent-Type: %s\r\n"
HTML, TEXT = b"text/html; charset=utf-8", b"text/plain"
ROBOTS = b"User-agent: *\nDisallow: /admin/\n"


@dataclass(slots=True)
class Shelf:
    """What is served: pages by number, lists by host, and in which mode."""

    pages: list[ServedPage]
    hosts: int
    mode: str = "plain"
    answers: int = 0
    lists: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        share = len(self.pages) // self.hosts
        self.lists = [make_list(range(host * share + 1, (host + 1) * share + 1)) for host in range(self.hosts)]

    def answer(self, host: int, head: bytes) -> bytes:
        """The whole response to a request head."""
        self.answers += 1
        path = head.split(b" ", 2)[1]
        if path.endswith(b".jhtml"):
            return self._answer_page(int(path[6:-6]), head)
        if path == b"/robots.txt":
            return write_response(b"200 OK", TEXT, b"", ROBOTS)
        return write_response(b"200 OK", HTML, b"", self.lists[host])

    def _answer_page(self, number: int, head: bytes) -> bytes:
        page, mode = self.pages[(number - 1) % len(self.pages)], self.mode
        etag = b'"%x-9c40"' % number
        validators = b"Last-Modified: Tue, 24 Feb 2026 06:31:32 GMT\r\nETag: %s\r\n" % etag
        if mode == "spared" or (mode == "conditional" and b"If-None-Match: " + etag in head):
            return HEAD % (b"304 Not Modified", HTML) + validators + b"\r\n"
        if mode == "noise":
            counter = b"%d" % (100_000 + self.answers)
            return write_response(b"200 OK", HTML, b"", page.render(counter=counter, captcha=counter))
        if mode == "mixed":
            counter = b"%d" % (100_000 + self.answers)
            edit = EDITED.format(number=number).encode() if number <= MIXED_EDITS else b""
            return write_response(b"200 OK", HTML, b"", page.render(counter=counter, edit=edit, captcha=counter))
        if mode == "edited":
            return write_response(b"200 OK", HTML, b"", page.render(edit=EDITED.format(number=page.number).encode()))
        return write_response(b"200 OK", HTML, validators, page.render())


def write_response(status: bytes, kind: bytes, validators: bytes, body: bytes) -> bytes:
    """Head and body in one piece."""
    return b"%s%sContent-Length: %d\r\n\r\n%s" % (HEAD % (status, kind), validators, len(body), body)


class Connection(asyncio.Protocol):
    """One visitor; requests have no bodies."""

    def __init__(self, shelf: Shelf, host: int) -> None:
        self._shelf = shelf
        self._host = host
        self._waiting = b""
        self._transport: Any = None  # uvloop's transports are no subclasses of asyncio's

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        *heads, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for head in heads:
            self._transport.write(self._shelf.answer(self._host, head))


async def serve_shelf(shelf: Shelf) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(partial(Connection, shelf, host), "127.0.0.1", 0) for host in range(shelf.hosts)
    ]
    say({"ports": [server.sockets[0].getsockname()[1] for server in servers]})
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        word, _, value = line.strip().partition(" ")
        if word == "mode" and value in MODES:
            shelf.mode, shelf.answers = value, 0
        say({"mode": shelf.mode, "answers": shelf.answers, "cpu": sum(os.times()[:2])})


def say(values: dict[str, object]) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class FastServer:
    """The server as seen by a benchmark. ``ports`` has one for each host, ``urls`` all articles, host by host."""

    process: "Popen[str]"
    ports: tuple[int, ...]
    pages: int

    @property
    def urls(self) -> list[str]:
        """All articles, so that neighbours lie on different hosts."""
        share = self.pages // len(self.ports)
        return [
            f"http://127.0.0.1:{port}/jyta/{host * share + place + 1}.jhtml"
            for place in range(share)
            for host, port in enumerate(self.ports)
        ]

    def set_mode(self, mode: str) -> None:
        """How articles are answered from now on; the count begins anew."""
        self._ask(f"mode {mode}")

    def count_answers(self) -> int:
        """Answers since the mode was set."""
        return int(str(self._ask("count")["answers"]))

    def _ask(self, line: str) -> dict[str, object]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer: dict[str, object] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def run_server(pages: int, hosts: int = 16) -> Iterator[FastServer]:
    """A server of so many articles (a multiple of ``hosts``) on so many ports of 127.0.0.1."""
    words = [sys.executable, "-m", "tests.benchmarks.fast_server", "--pages", str(pages), "--hosts", str(hosts)]
    with Popen(words, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield FastServer(process, tuple(json.loads(process.stdout.readline())["ports"]), pages)
        process.stdin.close()


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=16)
    options = parser.parse_args()
    with suppress(AttributeError, OSError):  # not every system can pin; then the kernel decides
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    shelf = Shelf(make_pages(options.pages), options.hosts)
    try:
        import uvloop  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - faster where it is installed
    except ModuleNotFoundError:
        asyncio.run(serve_shelf(shelf))
    else:
        uvloop.run(serve_shelf(shelf))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
