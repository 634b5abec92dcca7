"""The ``--since`` option of several commands."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from storage.clock import parse_instant

if TYPE_CHECKING:
    from storage.configuration import Configuration

SPAN = re.compile(r"(\d+)\s*([hdw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Since(click.ParamType[datetime]):
    """A span back from now (12h, 7d, 2w), a date, or a time with an offset."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant that the words mean; a date begins in the operator's time zone."""
        configuration: Configuration = (ctx or click.get_current_context()).obj
        try:
            if span := SPAN.fullmatch(value.strip()):
                return configuration.clock.now() - int(span[1]) * UNITS[span[2]]
            if len(value) == len("2026-01-02"):
                return datetime.fromisoformat(value).replace(tzinfo=configuration.zone)
            return parse_instant(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r}: use a span such as 12h, 7d or 2w, a date, or 2026-01-02T03:04+08:00", param, ctx)
