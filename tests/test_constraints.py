"""The pinned versions can be installed wherever the project says that it runs."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PINNED = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split())


def read_oldest_python() -> str:
    """The first release of the oldest Python that pyproject.toml allows, which some systems still ship patched."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = re.fullmatch(r">=(\d+\.\d+)", project["requires-python"])
    assert found is not None
    return f"{found[1]}.0"


@pytest.mark.parametrize("name", PINNED)
def test_a_pinned_version_runs_on_the_oldest_python(name: str) -> None:
    """No pin asks for a later patch release of Python than a stable system brings, or the set-up fails there."""
    try:
        is_pinned_one = version(name) == PINNED[name]
    except PackageNotFoundError:
        pytest.skip("not installed on this Python")
    if not is_pinned_one:
        pytest.skip(f"{version(name)} is installed instead")
    wanted = metadata(name).json.get("requires_python", "")
    assert read_oldest_python() in SpecifierSet(str(wanted))
