"""Seed files for sites that stand on loopback."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.site.model import Column, Plan


def render_seed(plan: Plan, base: str, places: Iterable[tuple[Column, str]], *, delay: float, cms: str) -> str:
    """The TOML of a seed: ``places`` are columns with the path of their first list page, ``delay`` is in seconds."""
    head = f"""key = "{plan.key}"
name = "{plan.name}"
level = "市"
hosts = ["{urlsplit(base).netloc}"]
cms = "{cms}"
verified = true
delay = {delay}
"""
    columns = (
        f"""
[[columns]]
kind = "{column.kind}"
name = "{column.name}"
url = "{base}{place}"
"""
        for column, place in places
    )
    return head + "".join(columns)
