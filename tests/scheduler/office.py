"""An operator's desk: a folder with a history in it, and the commands that are given there."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from scheduler.cli import main
from tests.crawler.scene import MONDAY, Scene, compose_response, render_page

LAMPS = "关于增设路灯的答复"
BUSES = "关于增开公交的答复"
CLERK = "联系人：李四，联系电话：13812345678。"


@dataclass(frozen=True, slots=True)
class Office:
    """Runs commands in a folder, at a time, with settings that hold for nothing else."""

    folder: Path
    now: datetime = MONDAY + timedelta(days=10)

    @property
    def scene(self) -> Scene:
        """The crawls of this office."""
        return Scene(self.folder, now=self.now)

    @property
    def archive(self) -> Path:
        """Where the WARC files lie."""
        return self.folder / "data" / "archive"

    def run(self, *words: str | Path, stdin: str | bytes | None = None, **settings: str) -> Result:
        """``replywatch WORDS``; ``settings`` are environment variables without their prefix."""
        environment = {
            "DATA_DIR": str(self.folder / "data"),
            "DATABASE_URL": "",
            "SEEDS_DIR": str(self.folder / "seeds"),
            "CONTACT": "operator@example.org",
            "TIMEZONE": "Asia/Shanghai",
            "NOW": self.now.isoformat(),
        } | settings
        given = {f"REPLYWATCH_{name}": value for name, value in environment.items()}
        return CliRunner().invoke(main, [str(word) for word in words], input=stdin, env=given)

    def get(self, *words: str | Path, stdin: str | bytes | None = None) -> str:
        """What a command prints that is done."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def copy(self, folder: Path) -> "Office":
        """The same in another folder, for tests that alter it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Office(folder, self.now)


def live_through(folder: Path) -> Office:
    """Two pages; on the second day one is edited, from the third on the other one is gone; nothing is compared yet."""
    scene = Scene(folder)
    lamps, buses = ("已在人民路新增路灯100盏。", "已在人民路新增路灯200盏。"), f"已增开班次。{CLERK}"
    for day in range(5):
        scene.now = MONDAY + timedelta(days=day)
        scene.open()
        scene.visit(scene.watch("1.html"), compose_response(render_page(LAMPS, lamps[min(day, 1)], views=day)))
        if day < 2:
            scene.visit(scene.watch("2.html"), compose_response(render_page(BUSES, buses)))
        else:
            scene.visit(scene.watch("2.html"), compose_response("<html><body>404</body></html>", 404))
        scene.close()
    return Office(folder)
