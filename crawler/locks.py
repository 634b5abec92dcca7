"""Locks between crawls: no site and no host is crawled twice at once, and a dead run is known as dead.

On one machine files are locked, not made and removed: the system lets go of a lock when its process dies, however it
dies. Crawls that share a PostgreSQL also lock there, since a file says nothing to another machine.
"""

import fcntl
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from storage.advisory import SharedLocks, is_taken

PROBE = 0.05  # seconds; far longer than `is_locked` holds what it asks about


class SiteBusyError(Exception):
    """Another crawl is visiting a site or a host; ``site`` is its key or name."""

    def __init__(self, site: str) -> None:
        super().__init__(f"another crawl is visiting {site}; wait for it, or name other sites with -a site=")
        self.site = site


@dataclass(slots=True)
class Locks:
    """Locks that this process holds until it ends; ``shared`` are those in the database, if it is to keep some."""

    folder: Path
    shared: SharedLocks | None = None
    _held: list[int] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)

    def take_sites(self, keys: Iterable[str], hosts: Iterable[str] = ()) -> None:
        """Lock these sites and hosts, all or none.

        Raises:
            SiteBusyError: another process has locked one.
            DatabaseError: the database is out of reach.
            OSError: the folder cannot be written.
        """
        for kind, names in (("site", keys), ("host", hosts)):
            for name in sorted(set(names)):
                if not self.take(f"{kind}-{name}"):
                    self.release()
                    raise SiteBusyError(name)

    def take(self, name: str) -> bool:
        """Lock a name; says whether nobody else had."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(find_lock(self.folder, name), os.O_RDWR | os.O_CREAT, 0o644)
        if not lock_file(descriptor, fcntl.LOCK_EX):
            time.sleep(PROBE)  # somebody may only be asking
            if not lock_file(descriptor, fcntl.LOCK_EX):
                os.close(descriptor)
                return False
        if self.shared is not None and not self.shared.take(name):
            os.close(descriptor)
            return False
        self._held.append(descriptor)
        self._names.append(name)
        return True

    def check(self) -> None:
        """Make sure that what the database keeps is still held.

        Raises:
            DatabaseError: it is not; the process must not go on.
        """
        if self.shared is not None:
            self.shared.check()

    def release(self) -> None:
        """Let go of all."""
        while self._held:
            os.close(self._held.pop())
        while self._names:
            name = self._names.pop()
            if self.shared is not None:
                self.shared.release(name)


def find_lock(folder: Path, name: str) -> Path:
    """The file that stands for a name, which may be that of a host with a port."""
    return folder / f"{name.replace(':', '_')}.lock"


def lock_file(descriptor: int, kind: int) -> bool:
    """Lock an open file, exclusively or shared; says whether nobody stood against it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(folder: Path, name: str, shared: SharedLocks | None = None) -> bool:
    """Whether a living process has locked a name, here or on another machine; those who ask at once agree."""
    if shared is not None and is_taken(shared.database, name):
        return True
    try:
        descriptor = os.open(find_lock(folder, name), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not lock_file(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)
