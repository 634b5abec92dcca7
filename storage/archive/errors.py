"""What can go wrong with an archive: one base, and errors that carry the file and the offset they are about."""

from collections.abc import Iterator
from contextlib import contextmanager


class ArchiveError(Exception):
    """The archive could not be written, read or repaired.

    ``file`` is the name of the WARC file (empty when the folder itself is meant) and ``offset`` the byte in it, when
    there is one.
    """

    def __init__(self, reason: str, *, file: str = "", offset: int | None = None) -> None:
        self.reason = reason
        self.file = file
        self.offset = offset
        where = file if offset is None else f"{file} at byte {offset}"
        super().__init__(f"{where}: {reason}" if where else reason)


class TornRecordError(ArchiveError):
    """From ``offset`` on the file holds no whole record: a torn tail, or bytes that have rotted."""


class MissingOriginalError(ArchiveError):
    """A revisit whose original is not at hand; ``record_id`` names the original."""

    def __init__(self, record_id: str, *, file: str = "", offset: int | None = None) -> None:
        self.record_id = record_id
        super().__init__(f"the original {record_id or '(not named)'} is not known", file=file, offset=offset)


@contextmanager
def report_disk_errors(doing: str, file: str, offset: int | None = None) -> Iterator[None]:
    """Turn what the operating system says about a file into an `ArchiveError`; ``doing`` is such as ``cannot sync``."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{doing}: {error.strerror or error}", file=file, offset=offset) from error
