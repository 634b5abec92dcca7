"""Locks between crawls: no site and no host is crawled twice at once, and a dead run is known as dead.

On one machine files are locked, not made and removed: the system lets go of a lock when its process dies, however it
dies. Crawls that share a PostgreSQL also lock there, since a file says nothing to another machine.
"""

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from storage.advisory import SharedLocks, is_taken


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
        descriptor = os.open(self.folder / f"{name.replace(':', '_')}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
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


def is_locked(folder: Path, name: str, shared: SharedLocks | None = None) -> bool:
    """Whether a living process has locked a name, here or on another machine."""
    if shared is not None and is_taken(shared.database, name):
        return True
    probe = Locks(folder)
    is_free = probe.take(name) if (folder / f"{name}.lock").exists() else True
    probe.release()
    return not is_free
