"""The replica's door: an HTTP/1.1 server on a free port of 127.0.0.1."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

from tests.site.answers import Answer, Request, Seen


class Served(Protocol):
    """What can stand behind the door. ``base`` is set when it is served: ``http://127.0.0.1:PORT``."""

    base: str

    def respond(self, request: Request) -> Answer:
        """The answer to one request; called from several threads."""

    def note_request(self, seen: Seen) -> None:
        """A request was answered, or its visitor hung up."""


ServedT = TypeVar("ServedT", bound=Served)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the site, writes the answer."""

    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    server: "_Server"

    def do_GET(self) -> None:
        """Answer a request and enter it into the log."""
        started = time.monotonic()
        request = self._read_request()
        answer = self.server.site.respond(request)
        try:
            self.server.closing.wait(answer.delay)
            self._write_answer(request, answer)
        finally:
            seen = Seen(
                method=request.method,
                target=self.path,
                headers=request.headers,
                started=started,
                finished=time.monotonic(),
                status=answer.status,
            )
            self.server.site.note_request(seen)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the signature of http.server
        """Keep quiet: the site has its own log."""

    def _read_request(self) -> Request:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
        )

    def _write_answer(self, request: Request, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if request.method != "HEAD" and answer.status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(answer.body)


class _Server(ThreadingHTTPServer):
    """A server that can be closed while visitors keep their connections open."""

    daemon_threads = True

    def __init__(self, site: Served) -> None:
        self.site = site
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the signature of socketserver
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the signature of socketserver
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the signature of socketserver
        """A visitor who hangs up is no news; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """End all open connections, so that no thread waits for a visitor who will not speak again."""
        self.closing.set()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the visitor was faster


@contextmanager
def serve_site(site: ServedT) -> Iterator[ServedT]:
    """Serve the site on a free port of 127.0.0.1 while the block runs; ``site.base`` says where."""
    server = _Server(site)
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="replica", daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()
