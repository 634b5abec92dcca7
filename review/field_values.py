"""Values of fields as words that a person reads."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass


def show_value(value: object) -> str:
    """A field's value on one line; lists are joined with ``、``, and what is unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return show_value(asdict(value))
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{words}" for key, one in value.items() if (words := show_value(one)))
    if isinstance(value, Iterable):
        return "、".join(show_value(one) for one in value)
    return json.dumps(value) if isinstance(value, bool) else str(value)
