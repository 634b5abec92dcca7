"""Somebody who uses the project: runs its real commands, in a folder of their own, at a time of their choice."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds that a command gets to end by itself after Ctrl-C


class CommandError(Exception):
    """A command did not end with 0; ``words`` is the command, ``code`` what it ended with, ``errors`` what it said."""

    def __init__(self, words: tuple[str, ...], code: int, errors: str) -> None:
        last = errors.strip().rpartition("\n")[2]
        super().__init__(f"{' '.join(words)} ended with {code}: {last}")
        self.words, self.code, self.errors = words, code, errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Runs commands with settings that hold for nothing else.

    Attributes:
        data_dir: where the commands keep what they find.
        seeds_dir: the seed files.
        database_url: another database than the folder's own.
        folder: where the commands run; a ``replywatch.toml`` there is read.
        watch: called several times a second while a command runs.
    """

    data_dir: Path
    seeds_dir: Path
    database_url: str = ""
    folder: Path = ROOT
    watch: Callable[[], None] | None = None

    def run_scrapy(self, *words: str, now: datetime | None = None, log: Path | None = None) -> str:
        """``scrapy WORDS``: what it prints. See `run_command`."""
        return self.run_command(_find_program("scrapy"), *words, now=now, log=log)

    def run_replywatch(self, *words: str, now: datetime | None = None, log: Path | None = None) -> str:
        """``replywatch WORDS``: what it prints. See `run_command`."""
        return self.run_command(_find_program("replywatch"), *words, now=now, log=log)

    def run_command(self, *words: str, now: datetime | None = None, log: Path | None = None) -> str:
        """Run a program and give its standard output.

        Args:
            *words: the program and its arguments.
            now: the time at which it believes to start.
            log: where its standard error is kept; without it, it is only part of the error.

        Raises:
            CommandError: it ended with another code than 0.
        """
        with self.start_command(*words, now=now) as process:
            output, errors = self._await_end(process)
        if log:
            log.write_text(errors, encoding="utf-8")
        if process.returncode:
            raise CommandError((Path(words[0]).name, *words[1:]), process.returncode, errors)
        return output

    def start_command(self, *words: str, now: datetime | None = None) -> subprocess.Popen[str]:
        """Start a program; both its channels are to be read."""
        return subprocess.Popen(
            words,
            cwd=self.folder,
            env=self._build_environment(now),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def _await_end(self, process: subprocess.Popen[str]) -> tuple[str, str]:
        """What the process says on both channels; after Ctrl-C, which it feels as well, it may still end well."""
        try:
            while True:
                try:
                    return process.communicate(timeout=0.2)
                except subprocess.TimeoutExpired:
                    if self.watch:
                        self.watch()
        except KeyboardInterrupt:
            try:
                process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            raise

    def _build_environment(self, now: datetime | None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYWATCH_")}
        database = self.database_url or f"sqlite:///{self.data_dir.absolute()}/replywatch.sqlite3"
        clock = {"REPLYWATCH_NOW": now.isoformat()} if now else {}
        return (
            kept
            | clock
            | {
                "REPLYWATCH_DATA_DIR": str(self.data_dir.absolute()),
                "REPLYWATCH_SEEDS_DIR": str(self.seeds_dir.absolute()),
                "REPLYWATCH_DATABASE_URL": database,
                "REPLYWATCH_TIMEZONE": "Asia/Shanghai",
                "REPLYWATCH_CONTACT": "operator@example.org",
                "REPLYWATCH_ALLOW_PRIVATE_HOSTS": "true",
                "PYTHONUTF8": "1",
            }
        )


def _find_program(name: str) -> str:
    """The program beside the running Python, so that the environment need not be active."""
    return str(Path(sys.executable).with_name(name))
