"""The unit for systemd and the compose file say what the commands understand."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli import main
from storage.configuration import KEYS, PREFIX
from tests.site.commands import ROOT

UNIT = ROOT / "docs/replywatch.service"
PROGRAM = "/srv/replywatch/.venv/bin/replywatch"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd's own tools")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Its own check has nothing to say, once there is a program to start."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true"), encoding="utf-8")
    words = ("systemd-analyze", "verify", "--man=no", str(unit))
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "replywatch.service" not in checked.stderr


def test_the_unit_lets_a_crawl_end_cleanly() -> None:
    """One signal, to the service alone, and longer than a crawl gets; the extraction of files sets limits to itself."""
    unit = UNIT.read_text(encoding="utf-8")
    assert f"ExecStart={PROGRAM} run\n" in unit
    assert "KillMode=mixed\n" in unit
    assert re.search(r"^TimeoutStopSec=90$", unit, re.MULTILINE)
    assert "@resources" not in unit


def test_the_compose_file_gives_commands_and_settings_that_there_are() -> None:
    """It is YAML; what it starts and sets is known."""
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((ROOT / "docs/compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"database", "run", "worker"}
    for name in ("run", "worker"):
        told = CliRunner().invoke(main, [*services[name]["command"], "--help"])
        assert told.exit_code == 0, told.output
        assert all(key.removeprefix(PREFIX).lower() in KEYS for key in services[name]["environment"])
        assert services[name]["stop_grace_period"] == "90s"
    assert services["run"]["command"] == ["run", "--cluster"]
