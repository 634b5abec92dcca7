"""Why a file has no text."""

from enum import StrEnum


class Reason(StrEnum):
    """The codes under which a file without text is recorded among the doubts of its document."""

    NO_TEXT = "no_text"  # it can be read and holds no letters: a scan, an empty sheet
    UNREADABLE = "unreadable"  # broken, or locked by a password
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"  # it is, or what it unfolds to, or the memory that it takes
    UNSUPPORTED = "unsupported"  # a format that nobody here reads
    NO_READER = "no_reader"  # the library that reads this format, one of the extra ``files``, is not installed


class FileFault(Exception):  # noqa: N818 - it names what is wrong with the file, not with us
    """A file cannot be read; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
