"""The one clock of all rooms: UTC, and movable, so that a week can be played in a minute."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PROCESS_START = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The present time, shifted by a constant.

    Leases, time-outs and triggers use real time; everything that is recorded or planned uses this clock.
    """

    offset: timedelta = timedelta(0)

    @classmethod
    def starting_at(cls, start: datetime | None) -> "Clock":
        """Say ``start`` (aware) for the moment at which this process began; follow the real time when it is None."""
        return cls(start - PROCESS_START) if start else cls()

    def now(self) -> datetime:
        """The present time in UTC, with microseconds."""
        return datetime.now(UTC) + self.offset


def format_instant(instant: datetime) -> str:
    """ISO 8601 with ``Z``, in UTC, as in all JSON: ``2026-01-02T03:04:05.000006Z``.

    Raises:
        ValueError: ``instant`` has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant!r}")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """The inverse of `format_instant`; any ISO 8601 text with an offset will do.

    Raises:
        ValueError: the text is no ISO 8601 time, or has no offset.
    """
    instant = datetime.fromisoformat(text.strip())
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write for instance 2026-01-02T03:04:05+08:00")
    return instant.astimezone(UTC)
