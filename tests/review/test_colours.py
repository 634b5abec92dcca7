"""The page's colours can be read by everybody: WCAG 2.2, success criterion 1.4.3 (AA)."""

import re
from importlib.resources import files

import pytest

TEXTS = ("ink", "quiet", "accent")
PAIRS = [
    *[(text, ground) for text in TEXTS for ground in ("paper", "sheet")],
    *[("ink", ground) for ground in ("faint", "old-ground", "new-ground", "old-mark", "new-mark", "moved-ground")],
    ("quiet", "faint"),
    ("paper", "ink"),
    ("old", "paper"),
    ("new", "paper"),
    ("gone", "paper"),
    ("moved", "sheet"),
]


def read_palettes() -> dict[str, dict[str, str]]:
    """The colours of both schemes, by name."""
    folder = files("review").joinpath("templates")
    light, dark = (
        re.findall(r":root \{(.*?)\}", folder.joinpath(name).read_text("utf-8"), re.DOTALL)[0]
        for name in ("report.css", "dark.css")
    )
    names = {
        scheme: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body)) for scheme, body in (("l", light), ("d", dark))
    }
    return {"light": names["l"], "dark": names["l"] | names["d"]}


def measure_luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    """Every colour of text has a contrast of 4.5 to 1 or more on every ground where it is used."""
    palette = read_palettes()[scheme]
    lighter, darker = sorted((measure_luminance(palette[text]), measure_luminance(palette[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
