"""Incidents of the present, which no capture tells: no crawl ends well, the disk fills, a certificate is about to end.

They are looked at whenever somebody asks (a command, a page, the service). Commands and the service keep them: opened
when they are so, and closed when they are not so any more. A page shows them and keeps nothing.
"""

import shutil
import socket
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.configuration import Configuration
from storage.database import Database, lock_transaction
from storage.host_tables import HostRow
from storage.incidents.derivation import (
    DERIVATION_LOCK,
    keep_incident,
    name_incident,
    read_noted_incidents,
    read_row,
)
from storage.notification_tables import IncidentRow
from storage.records import Incident
from storage.tables import CaptureRow, RunRow

SOURCE = "standing"
OVERDUE, DISK, CERTIFICATE = "crawl_overdue", "disk_low", "certificate_expiring"
NOTICE = timedelta(days=14)  # before a certificate ends; a third of its life for one that lives for days only
FORGOTTEN = timedelta(days=60)  # a host that was not asked for so long is not watched any more
REFRESH = timedelta(hours=1)  # how often it is noted that an incident still stands
MEGABYTE = 1_000_000
MOST_RUNS = 200  # that are looked at; where none of them ended well, none did
SEEN = ("new", "changed", "unchanged", "gone", "moved")  # counts of a crawl that was answered
UNSEEN = ("blocked", "errors")


def note_standing(configuration: Configuration, database: Database) -> None:
    """Open, keep and close the incidents of the present; writes only when something changed or an hour has passed."""
    now = configuration.clock.now()
    with database.read() as session:
        found = judge_present(session, configuration, now)
        if not find_differences(session, found, now):
            return
    with database.write() as session:
        lock_transaction(session.connection(), DERIVATION_LOCK)
        for one in find_differences(session, found, now):
            keep_incident(session, SOURCE, name_incident(SOURCE, one), one)


def read_present(configuration: Configuration, database: Database) -> tuple[Incident, ...]:
    """The incidents that last, in the order in which they opened; writes nothing.

    Those that captures and walks tell are as they were derived last; those of the present are as they are now.
    """
    now = configuration.clock.now()
    with database.read() as session:
        differences = find_differences(session, judge_present(session, configuration, now), now)
    found = {(one.kind, one.site, one.subject): one for one in read_noted_incidents(database)}
    for one in differences:
        found[one.kind, one.site, one.subject] = one
    open_ones = (one for one in found.values() if one.closed_at is None)
    return tuple(sorted(open_ones, key=lambda one: (one.opened_at, one.site, one.subject, one.kind)))


def judge_present(session: Session, configuration: Configuration, now: datetime) -> list[Incident]:
    """What is so at this moment."""
    return [
        *judge_crawls(session, now, configuration.silence_hours),
        *judge_certificates(session, now),
        *judge_disk(configuration.data_dir, now, configuration.disk_low_mb),
    ]


def find_differences(session: Session, found: Iterable[Incident], now: datetime) -> list[Incident]:
    """What has to be written: incidents that are new, go on, or are over.

    One that is open keeps the time at which it opened, whatever is reckoned now. What another machine says of its own
    disk is left alone.
    """
    rows = session.scalars(select(IncidentRow).where(IncidentRow.source == SOURCE, IncidentRow.closed_at.is_(None)))
    open_ones = {(one.kind, one.site, one.subject): one for one in map(read_row, rows)}
    differences = []
    for one in found:
        before = open_ones.pop((one.kind, one.site, one.subject), None)
        if before is None:
            differences.append(one)
        elif one.last_at - before.last_at >= REFRESH or (one.kind != DISK and one.detail != before.detail):
            differences.append(replace(one, opened_at=before.opened_at))
    name = socket.gethostname()
    over = (one for one in open_ones.values() if one.kind != DISK or one.subject == name)
    return differences + [replace(one, closed_at=max(now, one.opened_at)) for one in over]


def judge_crawls(session: Session, now: datetime, hours: int) -> Iterator[Incident]:
    """No crawl has ended well, nor is one getting on, for so many hours; nothing before the first crawl."""
    if not hours:
        return
    last, is_success = find_last_success(session)
    if last is None or now - last <= timedelta(hours=hours):
        return
    words = f"the last one that did ended at {last:%Y-%m-%d %H:%M} UTC" if is_success else "none ever did"
    yield Incident(
        kind=OVERDUE, site="", subject="", detail=words, opened_at=last + timedelta(hours=hours), last_at=now
    )


def find_last_success(session: Session) -> tuple[datetime | None, bool]:
    """When a crawl last ended well or got on, and True; when the first one began, and False, if none ever did.

    A crawl that was interrupted but answered has seen; one that ended and was answered by nobody has not.
    """
    runs = select(RunRow).where(RunRow.state != "imported").order_by(RunRow.id.desc()).limit(MOST_RUNS)
    first = None
    for run in session.scalars(runs):
        first = run.started_at
        if run.state == "running":
            latest = select(CaptureRow.captured_at).where(CaptureRow.run_id == run.id)
            seen = session.scalar(latest.order_by(CaptureRow.id.desc()).limit(1))
            if seen is not None:
                return seen, True
        elif run.finished_at is not None and is_success(run):
            return run.finished_at, True
    return first, False


def is_success(run: RunRow) -> bool:
    """Whether a crawl that is over was answered; one that had nothing to ask for but lists has ended well, too."""
    is_seen = any(run.counts.get(name) for name in SEEN)
    if run.state == "finished":
        return is_seen or not any(run.counts.get(name) for name in UNSEEN)
    return run.state == "interrupted" and is_seen


def judge_certificates(session: Session, now: datetime) -> Iterator[Incident]:
    """Certificates that were good when they were seen last and end soon, or have ended since."""
    query = select(HostRow).where(HostRow.certificate_until <= now + NOTICE, HostRow.seen_at > now - FORGOTTEN)
    for row in session.scalars(query.order_by(HostRow.host)):
        since, until = row.certificate_since, row.certificate_until
        if since is None or until is None or until <= row.seen_at:
            continue
        opened = until - min(NOTICE, (until - since) / 3)
        if opened <= now:
            words = f"valid until {until:%Y-%m-%d %H:%M} UTC"
            yield Incident(
                kind=CERTIFICATE, site=row.site, subject=row.host, detail=words, opened_at=opened, last_at=now
            )


def judge_disk(folder: Path, now: datetime, least: int) -> Iterator[Incident]:
    """Less than so many megabytes are free where this machine keeps its archive."""
    existing = next((one for one in (folder.absolute(), *folder.absolute().parents) if one.exists()), None)
    if not least or existing is None:
        return
    free = shutil.disk_usage(existing).free // MEGABYTE
    if free < least:
        words = f"{free} MB are free, fewer than {least}"
        yield Incident(kind=DISK, site="", subject=socket.gethostname(), detail=words, opened_at=now, last_at=now)
