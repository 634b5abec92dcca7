"""Instants as people read them, in the operator's time zone."""

from datetime import datetime, tzinfo


def show_minute(instant: datetime, zone: tzinfo) -> str:
    """``2026-01-02 11:04`` in the given zone."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def show_second(instant: datetime, zone: tzinfo) -> str:
    """``2026-01-02 11:04:05`` in the given zone, for evidence."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def show_day(instant: datetime, zone: tzinfo) -> str:
    """``2026-01-02`` in the given zone."""
    return instant.astimezone(zone).strftime("%Y-%m-%d")


def name_zone(name: str, zone: tzinfo, instant: datetime) -> str:
    """``Asia/Shanghai (UTC+08:00)``: the zone's name and its offset at an instant."""
    offset = instant.astimezone(zone).strftime("%z") or "+0000"
    return f"{name} (UTC{offset[:3]}:{offset[3:5]})"
