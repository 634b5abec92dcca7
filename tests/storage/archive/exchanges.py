"""Exchanges as they come over the wire, well-formed and not, and a scribe that archives them."""

import gzip
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive.messages import parse_response
from storage.archive.writer import ArchiveWriter, Original, Written
from storage.clock import Clock
from storage.records import Exchange, Finding, Outcome, Role

START = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
PAGE = ("<html><body>" + "关于第1240413号提案的答复 " * 400 + "</body></html>").encode()


def chunk_body(body: bytes, size: int = 777, trailer: bytes = b"") -> bytes:
    """A body in chunks, with an extension, and with trailers if any are given."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in parts)
    return chunks + b"0\r\n" + trailer + b"\r\n"


OK = b"HTTP/1.1 200 OK\r\n"
HTML = b"Content-Type: text/html\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ZIPPED = b"Content-Encoding: gzip\r\n"
DEFLATED = b"Content-Encoding: deflate\r\n"

RESPONSES = {
    "plain": OK + HTML + PAGE,
    "odd-case": OK + b"cOnTeNt-tYpE:text/html\r\nX-A:1\r\nx-a:  2\r\nSET-cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n" + PAGE,
    "chunked": OK + CHUNKED + HTML + chunk_body(PAGE),
    "trailer": OK + CHUNKED + HTML + chunk_body(PAGE, trailer=b"X-Trailer: yes\r\n"),
    "gzip": OK + ZIPPED + HTML + gzip.compress(PAGE, mtime=0),
    "gzip-chunked": OK + ZIPPED + CHUNKED + HTML + chunk_body(gzip.compress(PAGE, mtime=0)),
    "deflate": OK + DEFLATED + HTML + zlib.compress(PAGE),
    "raw-deflate": OK + DEFLATED + HTML + zlib.compress(PAGE, wbits=-15),
    "no-reason": b"HTTP/1.1 200\r\n" + HTML + PAGE,
    "http-1.0": b"HTTP/1.0 200 OK\r\nConnection: close\r\n" + HTML + PAGE,
    "high-bytes": OK + b"X-Title: \xb8\xb4\xba\xcd\r\nX-Utf: \xe5\x9b\x9e\r\n" + HTML + PAGE,
    "folded": OK + b"X-Long: one\r\n two\r\n" + HTML + PAGE,
    "empty": OK + b"Content-Length: 0\r\n" + HTML,
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: /other.html\r\nContent-Length: 0\r\n\r\n",
    "not-found": b"HTTP/1.1 404 Not Found\r\n" + HTML + b"<h1>404</h1>",
    "binary": OK + b"Content-Type: application/pdf\r\n\r\n%PDF-1.7\r\n\r\n\0\xff\x1f\x8b\x08" + bytes(range(256)) * 20,
    "blank-lines": OK + b"Content-Type: text/plain\r\n\r\n\r\n\r\nWARC/1.1\r\n\r\n\r\n\r\n",
    "false-gzip": OK + ZIPPED + HTML + PAGE,
}


@dataclass
class Exchanges:
    """Makes exchanges, a minute apart, each of a URL of its own unless one is given."""

    count: int = 0
    made: list[Exchange] = field(default_factory=list)

    def make(
        self,
        response: bytes = RESPONSES["plain"],
        *,
        url: str | None = None,
        request: bytes | None = None,
        truncated: str | None = None,
        error: str | None = None,
    ) -> Exchange:
        """An exchange with this response."""
        self.count += 1
        url = url or f"http://www.city.example/a/{self.count}.html"
        path = "/" + url.split("/", 3)[3]
        parsed = parse_response(response)
        exchange = Exchange(
            url=url,
            started_at=START + timedelta(minutes=self.count),
            request=f"GET {path} HTTP/1.1\r\nHost: www.city.example\r\n\r\n".encode() if request is None else request,
            response=response,
            status=parsed.status,
            headers=parsed.headers,
            entity=parsed.entity if response else b"",
            body=parsed.body if response else b"",
            ip_address="192.0.2.7",
            truncated=truncated,
            error=error,
        )
        self.made.append(exchange)
        return exchange


class Scribe:
    """An archive and its writer; `write` has the arguments that most tests do not care about."""

    def __init__(self, directory: Path, roll_at: int = 10**9) -> None:
        self.directory = directory
        self.writer = ArchiveWriter(
            directory,
            software="replywatch/0.1",
            contact="editor@archive.example",
            clock=Clock.starting_at(START),
            roll_at=roll_at,
        )

    def write(
        self,
        exchange: Exchange,
        *,
        original: Original | None = None,
        role: Role = Role.PAGE,
        finding: Finding | None = None,
        run_id: str | int = 7,
    ) -> Written:
        """Write a capture."""
        return self.writer.write_capture(
            exchange, role=role, finding=finding or Finding(Outcome.OK), run_id=run_id, original=original
        )

    @property
    def paths(self) -> list[Path]:
        """The files of the archive in order."""
        return sorted(self.directory.iterdir()) if self.directory.exists() else []


def name_original(exchange: Exchange, written: Written) -> Original:
    """What a later revisit of this capture refers to."""
    return Original(
        record_id=written.record_id,
        url=exchange.url,
        captured_at=exchange.started_at,
        payload_digest=written.payload_digest or "",
    )
