"""Outside copies: a real HTTP server that keeps, refuses, is slow to say where, or is not there."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from sqlalchemy import update

from scheduler.witness import ask_archive, ask_witness
from storage.witness_tables import WitnessRow
from storage.witnessing import read_witnesses
from tests.scheduler.office import Office

PLACE = "/web/2026/copy"


class Archive(BaseHTTPRequestHandler):
    """Answers as its ``answer`` says, and remembers what it was asked."""

    answer: tuple[int, dict[str, str]] = (200, {})
    asked: tuple[str, ...] = ()

    def do_GET(self) -> None:
        """Answer."""
        type(self).asked = (*self.asked, self.path)
        status, headers = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the signature of http.server
        """Keep quiet."""


@contextmanager
def serve_archive() -> Iterator[tuple[str, type[Archive]]]:
    """Such a server; gives the template of its address, and the handler to set."""

    class Handler(Archive):
        pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/save/{{url}}", Handler
        server.shutdown()
        thread.join()


def test_answers_of_an_archive() -> None:
    """A place in either header is a copy; none, an error and no server are not."""
    with serve_archive() as (template, archive):
        for headers in ({"Location": PLACE}, {"Content-Location": PLACE}):
            archive.answer = (302 if "Location" in headers else 200, headers)
            found = ask_archive(template, "http://a.example/?p=1", "t/1")
            assert (found.location or "").endswith(PLACE)
        assert archive.asked[0] == "/save/http://a.example/?p=1"
        archive.answer = (200, {})
        assert ask_archive(template, "http://a.example/", "t/1").location is None
        archive.answer = (429, {"Retry-After": "7200"})
        refused = ask_archive(template, "http://a.example/", "t/1")
        assert (refused.status, refused.retry_after and refused.retry_after.total_seconds()) == (429, 7200)
    assert ask_archive(template, "http://a.example/", "t/1").error


def test_changes_are_witnessed_once(office: Office) -> None:
    """What failed is asked again later and not at once; what was kept never again; no more than so many a day."""
    office.get("compare")
    rests: list[float] = []
    with serve_archive() as (template, archive), closing(office.scene.open_database()) as database:
        configuration = office.scene.configuration

        def ask(most: int) -> tuple[int, int]:
            return ask_witness(configuration, database, template, least_score=0.0, a_day=most, rest=rests.append)

        archive.answer = (503, {})
        assert ask(1) == (0, 1)
        archive.answer = (302, {"Location": PLACE})
        assert ask(99) == (0, 0)
        with database.write() as session:
            session.execute(update(WitnessRow).values(due_at=WitnessRow.asked_at))
        assert ask(1) == (0, 0)
        assert ask(99) == (1, 0)
        assert ask(99) == (0, 0)
        (one,) = read_witnesses(database)
        assert (one.state, one.tries, one.status) == ("kept", 2, 302)
        assert (one.location or "").endswith(PLACE)
        assert len(archive.asked) == 2
        assert rests == []


def test_nobody_is_asked_by_default(office: Office) -> None:
    """Without an address the command lists; a wrong one is told in a line."""
    assert office.get("witness") == ""
    assert office.run("witness", "--ask", "https://a.example/save").exit_code == 2
