"""One WARC file while it is written: created, locked, appended to, synced, closed. POSIX only, for its locks."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from storage.archive.errors import ArchiveError

CLOSED_SUFFIX = ".warc.gz"
OPEN_SUFFIX = ".warc.gz.open"

# macOS has no fdatasync; fsync does more than is needed there.
_sync_data = getattr(os, "fdatasync", os.fsync)


class Claims(Protocol):
    """Says to other machines that a file is being written or recovered; locks on files reach one machine only."""

    def take(self, name: str) -> bool:
        """Claim a name; False when somebody else has it."""

    def release(self, name: str) -> None:
        """Let go of a name."""


class NoClaims:
    """For an archive that one machine works on."""

    def take(self, name: str) -> bool:  # noqa: ARG002 - the protocol's
        """Everything can be had."""
        return True

    def release(self, name: str) -> None:
        """Nothing to let go of."""


def lock_file(descriptor: int) -> bool:
    """Take the lock that a writer holds on its file as long as it lives; False when somebody else has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_folder(directory: Path) -> None:
    """Make names in the folder durable: a created or renamed file is safe only after this."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_same_file(descriptor: int, path: Path) -> bool:
    """Whether ``path`` still names the open file; another process may have renamed or removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def close_file(descriptor: int, directory: Path, name: str, size: int) -> None:
    """Cut an open file to ``size``, make it durable and give it its final ``name``. The caller closes the descriptor.

    Raises:
        OSError: it could not be done; the file keeps its open name then.
    """
    if os.fstat(descriptor).st_size != size:
        os.ftruncate(descriptor, size)
    os.fsync(descriptor)
    (directory / f"{name}.open").rename(directory / name)
    sync_folder(directory)


class Segment:
    """A WARC file being written by this process, which alone appends to it.

    Bytes go to a fixed position and count only once they are all there, so that a write that failed or was interrupted
    is overwritten or cut off and never followed by another record.
    """

    def __init__(self, directory: Path, name: str, descriptor: int) -> None:
        self.directory = directory
        self.name = name
        self.end = 0
        self.is_usable = True
        self._descriptor = descriptor
        self._synced = 0

    @classmethod
    def create(cls, directory: Path, name: str) -> "Segment | None":
        """A new file of this final name, or None when the name is taken.

        Raises:
            ArchiveError: the folder cannot be written.
        """
        path = directory / f"{name}.open"
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # a file of that name is no reason to try another
            raise ArchiveError(f"cannot create the folder: {error.strerror}", file=str(directory)) from error
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return None
        except OSError as error:
            raise ArchiveError(f"cannot create it: {error.strerror}", file=str(path)) from error
        # A recovery may have found the file before it was locked, and a closed file of this name may exist.
        if lock_file(descriptor) and is_same_file(descriptor, path) and not (directory / name).exists():
            return cls(directory, name, descriptor)
        with suppress(FileNotFoundError):
            path.unlink()
        os.close(descriptor)
        return None

    @property
    def is_synced(self) -> bool:
        """Whether all that was appended is durable."""
        return self._synced == self.end

    def append(self, data: bytes) -> int:
        """Write ``data`` behind all that counts so far; returns its offset.

        Raises:
            ArchiveError: not all of it could be written; the file is as it was before.
        """
        if not self.is_usable:
            raise ArchiveError("an earlier fault made it unusable", file=self.name, offset=self.end)
        try:
            self._write_whole(data)
        except OSError as error:
            self._cut_back()
            raise ArchiveError(f"cannot write: {error.strerror}", file=self.name, offset=self.end) from error
        offset, self.end = self.end, self.end + len(data)
        return offset

    def _write_whole(self, data: bytes) -> None:
        view, position = memoryview(data), self.end
        while view:
            written = os.pwrite(self._descriptor, view, position)
            view, position = view[written:], position + written

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._descriptor, self.end)
        except OSError:
            self.is_usable = False

    def sync(self) -> None:
        """Make durable what was appended.

        Raises:
            ArchiveError: the disk did not take it. The file is not used any more, since nobody knows what it holds.
        """
        if self.is_synced:
            return
        try:
            _sync_data(self._descriptor)
            if not self._synced:
                sync_folder(self.directory)
        except OSError as error:
            self.is_usable = False
            raise ArchiveError(f"cannot sync: {error.strerror}", file=self.name, offset=self._synced) from error
        self._synced = self.end

    def close(self) -> None:
        """Make the file durable and give it its final name; an empty one goes, an unusable one is left to recovery.

        Raises:
            ArchiveError: it could not be closed; it keeps its open name and recovery will see to it.
        """
        try:
            if not self.end:
                (self.directory / f"{self.name}.open").unlink()
            elif self.is_usable:
                close_file(self._descriptor, self.directory, self.name, self.end)
        except OSError as error:
            raise ArchiveError(f"cannot close: {error.strerror}", file=self.name, offset=self.end) from error
        finally:
            self.is_usable = False
            os.close(self._descriptor)  # lets go of the lock
