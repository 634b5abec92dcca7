"""Locks between the crawls of one data folder: no site is crawled twice at once, and a dead run is known as dead.

Files are locked, not made and removed: the system lets go of a lock when its process dies, however it dies.
"""

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


class SiteBusyError(Exception):
    """Another crawl is visiting a site; ``site`` is its key."""

    def __init__(self, site: str) -> None:
        super().__init__(f"another crawl is visiting {site}; wait for it, or name other sites with -a site=")
        self.site = site


@dataclass(slots=True)
class Locks:
    """Locks that this process holds until it ends."""

    folder: Path
    _held: list[int] = field(default_factory=list)

    def take_sites(self, keys: Iterable[str]) -> None:
        """Lock these sites, all or none.

        Raises:
            SiteBusyError: another process has locked one.
            OSError: the folder cannot be written.
        """
        for key in sorted(keys):
            if not self.take(f"site-{key}"):
                self.release()
                raise SiteBusyError(key)

    def take(self, name: str) -> bool:
        """Lock a name; says whether nobody else had."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held.append(descriptor)
        return True

    def release(self) -> None:
        """Let go of all."""
        while self._held:
            os.close(self._held.pop())


def is_locked(folder: Path, name: str) -> bool:
    """Whether a living process has locked a name."""
    probe = Locks(folder)
    is_free = probe.take(name) if (folder / f"{name}.lock").exists() else True
    probe.release()
    return not is_free
