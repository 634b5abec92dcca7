"""Each cause of an incident opens one, which stands in status, digest and reading room until it closes by itself."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from review.web.application import create_application
from review.words import word_incident
from scheduler.digest import preview_due, send_due
from storage.clock import Clock
from storage.configuration import Configuration
from storage.database import open_database
from storage.hosts import record_hosts
from storage.incidents.derivation import read_incidents
from storage.records import Outcome
from storage.runs import finish_run
from storage.subscriptions import read_subscribers
from tests.crawler.test_ledger import NEWS
from tests.scheduler.office import Office
from tests.storage.world import MONDAY, World

DAY = timedelta(days=1)
LONG, SHORT = "已会同区住建局研究办理。" * 20, "见附件。"
FULL, ROOMY = 10**12, 0  # megabytes that have to be free
CAUSES = {
    "blocked",
    "connect_error",
    "robots_denied",
    "certificate_bad",
    "certificate_expiring",
    "list_empty",
    "list_partial",
    "text_shorter",
    "extraction_doubt",
    "crawl_overdue",
    "disk_low",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Thirty long replies, seen by a crawl that ended well on Monday."""
    with closing(open_database(f"sqlite:///{tmp_path}/data/replywatch.sqlite3")) as database:
        world = World(database)
        world.begin()
        pages = [world.add_page(f"{number}") for number in range(30)]
        for page in pages:
            world.visit(page, text=f"{page.url}{LONG}")
        world.walk(*pages)
        finish_run(database, world.run, world.now, "finished", {"new": len(pages)})
        yield world


def configure(world: World, folder: Path, now: datetime, disk_low_mb: int) -> Configuration:
    """The operator's settings at a time, with one who is told of everything every day."""
    subscribers = read_subscribers([{"name": "desk", "url": "json://127.0.0.1:9", "language": "en"}], {})
    return Configuration(
        data_dir=folder / "data",
        database_url=str(world.database.engine.url),
        disk_low_mb=disk_low_mb,
        subscribers=subscribers,
        clock=Clock(now - Clock().now()),
    )


def go_wrong(world: World) -> None:
    """All at once, on the day after."""
    world.begin(1)
    pages = [world.find_page(f"{number}") for number in range(30)]
    for page in pages[:12]:
        world.visit(page, text=f"{page.id}{SHORT}")
    for page in pages[:10]:
        world.visit(page, Outcome.ENCODING_DOUBT)
    for outcome, detail in (
        (Outcome.BLOCKED, "generic"),
        (Outcome.ROBOTS_DENIED, "forbidden by robots.txt"),
        (Outcome.TLS_ERROR, "certificate expired"),
        *[(Outcome.CONNECT_ERROR, "refused")] * 3,
    ):
        visit = world.build_visit(pages[0], outcome)
        world.visit(pages[0], capture=replace(visit.capture, detail=detail))
    world.walk(is_complete=False, reason="page 1: no rows")
    world.walk(*pages[:3], is_complete=False, reason="page 2: timeout")
    finish_run(world.database, world.run, world.now, "failed", {})
    show_certificate(world, world.now + 6 * DAY)


def get_well(world: World) -> None:
    """All at once, on the sixth day."""
    world.begin(6)
    pages = [world.find_page(f"{number}") for number in range(30)]
    for page in pages:
        world.visit(page, text=f"{page.url}{LONG}谢谢。")
    world.walk(*pages)
    finish_run(world.database, world.run, world.now, "finished", {"changed": len(pages)})
    show_certificate(world, world.now + 300 * DAY)


def show_certificate(world: World, until: datetime) -> None:
    """The host's certificate, as a crawl saw it."""
    news = replace(NEWS, seen_at=world.now, certificate_since=until - 365 * DAY, certificate_until=until)
    with world.database.write() as session:
        record_hosts(session, [news])


def read_places(world: World, folder: Path, now: datetime, disk_low_mb: int) -> dict[str, str]:
    """What an operator reads of incidents at a time: the kinds in ``status``, the next digest, the room's status."""
    configuration = configure(world, folder, now, disk_low_mb)
    said = Office(folder, now).run("status", "--json", DISK_LOW_MB=str(disk_low_mb)).stdout
    status = " ".join(one["kind"] for one in json.loads(said)["incidents"])
    (message,) = preview_due(configuration, world.database, configuration.subscribers[0])
    application = create_application(configuration, world.database, hosts=frozenset({"testserver"}))
    with TestClient(application) as client:
        room = client.get("/status", headers={"Accept-Language": "en"}).text
    return {"status": status, "digest": message.body, "room": room}


def test_each_cause_is_told_everywhere_until_it_is_over(world: World, tmp_path: Path) -> None:
    """Eleven causes at once: one line each in status, digest and reading room; when all is well again, none."""
    start = configure(world, tmp_path, MONDAY + DAY / 2, ROOMY)
    send_due(start, world.database)
    go_wrong(world)
    wrong = read_places(world, tmp_path, MONDAY + 5 * DAY, FULL)
    assert set(wrong["status"].split()) == CAUSES
    for kind in CAUSES:
        assert word_incident(kind).en in wrong["digest"], kind
        assert word_incident(kind).en in wrong["room"], kind
    get_well(world)
    well = read_places(world, tmp_path, MONDAY + 6 * DAY + DAY / 2, ROOMY)
    assert well["status"] == ""
    assert not [kind for kind in CAUSES if word_incident(kind).en in well["room"]]
    incidents = read_incidents(world.database)
    assert {one.kind for one in incidents} == CAUSES
    assert all(one.closed_at is not None and one.opened_at <= one.last_at <= one.closed_at for one in incidents)
