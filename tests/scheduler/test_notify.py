"""Subscribers are told by mail and by webhook: once, also when a server is down for a while or two senders work."""

import email
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scheduler.digest import send_due
from scheduler.notify import check_subscribers, deliver_waiting, mask_secrets, read_time
from storage.changes import derive_changes
from storage.clock import Clock
from storage.configuration import Configuration, ConfigurationError
from storage.database import Database
from storage.outbox import claim_letter, count_letters, forget_sent, retry_all
from storage.records import Outcome
from storage.subscriptions import Subscriber, read_subscribers
from tests.crawler.fetching.conftest import write_seed
from tests.storage.world import World

ZONE = ZoneInfo("Asia/Shanghai")
OLD, NEW = "已新增路灯100盏，投入资金50万元。", "未新增路灯20盏，投入资金5万元。"


@dataclass
class Mailbox:
    """Keeps what a mail server is handed."""

    messages: list[Message] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the server's name for it
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        self.messages.append(email.message_from_bytes(envelope.content))
        return "250 taken"


@contextmanager
def serve_mail(box: Mailbox, port: int = 0) -> Iterator[int]:
    """A mail server; gives its port."""
    controller = Controller(box, hostname="127.0.0.1", port=port or 8925)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def serve_hook(taken: list[dict[str, str]], port: int = 0, status: int = 200) -> Iterator[int]:
    """A webhook; gives its port."""

    class Hook(BaseHTTPRequestHandler):
        """Keeps what is posted."""

        def do_POST(self) -> None:
            """Take or refuse a message."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if status < 300:
                taken.append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", port), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def subscribe(**values: object) -> Subscriber:
    """A subscriber as the file would have it."""
    return read_subscribers([{"name": "desk", **values}], {})[0]


def configure(now: datetime, *subscribers: Subscriber) -> Configuration:
    """The configuration of a process at a time."""
    return Configuration(subscribers=subscribers, clock=Clock(now - datetime.now(UTC)))


def edit_page(world: World, day: int, text: str, name: str = "1") -> None:
    """A crawl that sees the page with this text, and its comparison."""
    world.begin(day)
    page = world.add_page(name)
    world.walk(page)
    world.visit(page, text=text)
    list(derive_changes(world.database, ZONE))


@pytest.fixture
def world(database: Database) -> World:
    """One page at its baseline."""
    world = World(database)
    edit_page(world, 0, OLD)
    return world


def test_a_digest_survives_a_server_that_is_down(world: World) -> None:
    """Mail and webhook are down when the digest is due; both get it once when they are back, and never again."""
    box, taken = Mailbox(), list[dict[str, str]]()
    with serve_mail(box) as mail, serve_hook(taken) as hook:
        pass
    urls = [
        f"mailto://127.0.0.1:{mail}?from=a@x.example&to=b@x.example&mode=insecure",
        f"json://127.0.0.1:{hook}/s3cret",
    ]
    one = subscribe(url=urls, schedule="daily 08:00")
    database = world.database
    assert send_due(configure(world.now, one), database)["queued"] == 0
    edit_page(world, 1, NEW)
    later = configure(world.now + timedelta(days=1), one)
    assert send_due(later, database) == {"queued": 2, "sent": 0, "failed": 2}
    retry_all(database, read_time())
    with serve_mail(box, mail), serve_hook(taken, hook):
        assert deliver_waiting(later, database) == {"sent": 2, "failed": 0}
        retry_all(database, read_time())
        assert send_due(later, database) == {"queued": 0, "sent": 0, "failed": 0}
    assert (len(box.messages), len(taken)) == (1, 1)
    reference = box.messages[0]["X-Replywatch-Reference"]
    assert reference in taken[0]["message"]
    assert "关于1的答复" in taken[0]["message"]


def test_silence_is_told_or_not_as_wished(world: World) -> None:
    """A period without changes says so, and how many pages were visited; or nothing is sent."""
    taken = list[dict[str, str]]()
    with serve_hook(taken) as hook:
        loud = subscribe(url=f"json://127.0.0.1:{hook}", language="en")
        calm = subscribe(name="calm", url=f"json://127.0.0.1:{hook}", silence=False)
        send_due(configure(world.now, loud, calm), world.database)
        edit_page(world, 1, OLD)
        assert send_due(configure(world.now + timedelta(days=1), loud, calm), world.database)["sent"] == 1
    assert "no change at 1 sites" in taken[0]["message"]
    assert "1 pages of 1 sites visited" in taken[0]["message"]


@pytest.mark.parametrize(
    ("wishes", "count"),
    [
        ({}, 1),
        ({"alert_score": 0.99}, 0),
        ({"sites": ["elsewhere"]}, 0),
        ({"kinds": ["gone"]}, 0),
        ({"min_score": 0.99}, 0),
    ],
)
def test_an_alert_goes_at_once_to_those_who_want_it(world: World, wishes: dict[str, object], count: int) -> None:
    """A change over the threshold is told without waiting for the digest, and once; filters hold for alerts, too."""
    taken = list[dict[str, str]]()
    with serve_hook(taken) as hook:
        one = subscribe(**({"url": f"json://127.0.0.1:{hook}", "schedule": "alerts", "alert_score": 0.3} | wishes))
        send_due(configure(world.now, one), world.database)
        edit_page(world, 1, NEW)
        for _ in range(2):
            send_due(configure(world.now, one), world.database)
    assert len(taken) == count


def test_an_incident_is_told_at_once_and_once(world: World) -> None:
    """To those who want it: each that opens, though it is over by then; not when it opens again within a day."""
    taken, others = list[dict[str, str]](), list[dict[str, str]]()
    page = world.add_page("1")
    world.visit(page, Outcome.BLOCKED)  # before anybody asked
    with serve_hook(taken) as hook, serve_hook(others) as other:
        wishes = {"schedule": "alerts", "incident_alerts": True}
        one = subscribe(url=f"json://127.0.0.1:{hook}", **wishes)
        elsewhere = subscribe(name="far", url=f"json://127.0.0.1:{other}", sites=["yi"], **wishes)
        calm = subscribe(name="calm", url=f"json://127.0.0.1:{other}", schedule="alerts")

        def send() -> int:
            configuration = configure(world.now, one, elsewhere, calm)
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(lambda _: send_due(configuration, world.database), range(3)))
            return len(taken)

        assert send() == 0
        world.visit(page, text=OLD)
        world.walk(is_complete=False)
        assert send() == 1
        assert "列表不完整" in taken[0]["message"] or "list_partial" in taken[0]["message"]
        world.visit(page, Outcome.BLOCKED)
        assert send() == 1, "the block is the one of before"
        world.visit(page, text=OLD)
        world.now += timedelta(days=3)
        world.visit(page, Outcome.BLOCKED)
        world.visit(page, text=OLD)
        assert send() == 2, "a new one, though it is over"
        world.now += timedelta(days=3)
        world.visit(page, Outcome.BLOCKED)
        world.visit(page, text=OLD)
        world.now += timedelta(days=2)
        assert send() == 2, "history"
    assert others == []


def test_what_went_out_is_forgotten_after_a_while_and_nothing_else(world: World) -> None:
    """A message that failed stays, however old; cursors stay, so nothing is told again."""
    taken = list[dict[str, str]]()
    with serve_hook(taken) as hook:
        good = subscribe(url=f"json://127.0.0.1:{hook}", schedule="immediate")
        bad = subscribe(name="bad", url="json://127.0.0.1:1", schedule="immediate")
        send_due(configure(world.now, good, bad), world.database)
        edit_page(world, 1, NEW)
        send_due(configure(world.now, good, bad), world.database)
        assert forget_sent(world.database, read_time() - timedelta(days=90)) == 0
        assert count_letters(world.database) == {"sent": 1, "waiting": 1}
        assert forget_sent(world.database, read_time() + timedelta(days=1)) == 1
        assert count_letters(world.database) == {"waiting": 1}
        send_due(configure(world.now, good, bad), world.database)
    assert len(taken) == 1


def test_a_subscribers_site_has_a_seed_file(tmp_path: Path) -> None:
    """A site that nobody watches would never be told of: it is refused, with the nearest that there is."""
    write_seed(tmp_path / "zhengzhou.toml", ["a.example"], "")
    url = "json://127.0.0.1:1"
    check_subscribers(Configuration(subscribers=(subscribe(url=url, sites=["zhengzhou"]),), seeds_dir=tmp_path))
    wrong = Configuration(subscribers=(subscribe(url=url, sites=["zhengzho"]),), seeds_dir=tmp_path)
    with pytest.raises(ConfigurationError, match=r"desk.sites: zhengzho is no site; did you mean zhengzhou"):
        check_subscribers(wrong)


def test_two_senders_at_once_send_one_message(world: World) -> None:
    """However many processes find the same digest due, it is queued once and sent once."""
    taken = list[dict[str, str]]()
    with serve_hook(taken) as hook:
        one = subscribe(url=f"json://127.0.0.1:{hook}", schedule="immediate")
        send_due(configure(world.now, one), world.database)
        edit_page(world, 1, NEW)
        configuration = configure(world.now, one)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: send_due(configuration, world.database), range(4)))
    assert len(taken) == 1
    assert count_letters(world.database) == {"sent": 1}


def test_a_claimed_message_is_left_alone_until_its_claim_ends(world: World) -> None:
    """A sender that died leaves its message to others after the claim."""
    one = subscribe(url="json://127.0.0.1:1", schedule="immediate")
    send_due(configure(world.now, one), world.database)
    edit_page(world, 1, NEW)
    send_due(configure(world.now, one), world.database)
    now = read_time() + timedelta(hours=1)
    letter = claim_letter(world.database, now)
    assert letter is not None
    assert claim_letter(world.database, now) is None
    again = claim_letter(world.database, now + timedelta(minutes=16))
    assert again is not None
    assert again.id == letter.id


def test_no_secret_is_shown() -> None:
    """What a service says of a failure is shown without the pieces of its address; a wrong address is not shown."""
    url = "json://user:passw0rd@hooks.example/T0K3N/x?key=s3cret"
    said = mask_secrets(f"no answer from {url}: passw0rd T0K3N s3cret", url)
    assert not any(word in said for word in ("passw0rd", "T0K3N", "s3cret"))
    wrong = Configuration(subscribers=(subscribe(url="nothing://T0K3N"),))
    with pytest.raises(ConfigurationError, match=r"desk.*address 1 \(nothing://…\)") as caught:
        check_subscribers(wrong)
    assert "T0K3N" not in f"{caught.value} {wrong}"
