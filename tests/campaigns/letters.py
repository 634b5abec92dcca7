"""What a subscriber of the crash campaign is sent, and whether it is all of the news, once."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import select

from storage.database import open_database
from storage.notification_tables import OutboxRow
from storage.outbox import SENT
from tests.site.audit import Told

ITEM = "■ "  # begins an item of a message


@dataclass(slots=True)
class Mailbox:
    """An address that takes messages; ``bodies`` are those that came, ``url`` is for Apprise."""

    url: str = ""
    bodies: list[str] = field(default_factory=list)

    def write_configuration(self, folder: Path) -> None:
        """A ``replywatch.toml`` with one subscriber who wants everything at once."""
        words = f'[[subscribers]]\nname = "desk"\nurl = "{self.url}"\nschedule = "immediate"\nincidents = false\n'
        (folder / "replywatch.toml").write_text(words, encoding="utf-8")

    def find_faults(self, database_url: str, news: Sequence[Told]) -> list[str]:
        """What is wrong with the messages about some changes.

        A message may come twice, with its reference, when its sender was killed before it could note that it was sent.
        It need not have come when the sender was killed with it in hand, for its claim lasts a while.
        """
        with closing(open_database(database_url)) as database, database.read() as session:
            rows = session.scalars(select(OutboxRow)).all()
            written = {row.reference: row.body for row in rows}
            sent = {row.reference for row in rows if row.state == SENT}
        items = Counter(item.strip() for body in written.values() for item in body.split(ITEM)[1:])
        faults = [f"told in two messages: {item}" for item, times in items.items() if times > 1]
        told = "\n".join(items)
        faults += [f"no message on {one['kind']} of {one['title']}" for one in news if str(one["title"]) not in told]
        faults += [f"not received: {one}" for one in sent if not any(one in body for body in self.bodies)]
        faults += [
            f"received and not in the outbox: {body}" for body in self.bodies if not any(one in body for one in written)
        ]
        return faults


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    """An address for as long as the block runs."""
    mailbox = Mailbox()

    class Handler(BaseHTTPRequestHandler):
        """Takes what Apprise posts."""

        def do_POST(self) -> None:
            """Keep the message."""
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            mailbox.bodies.append(str(given["message"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mailbox.url = f"json://127.0.0.1:{server.server_port}/"
    try:
        yield mailbox
    finally:
        server.shutdown()
        server.server_close()
