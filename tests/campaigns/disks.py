"""A disk of a few megabytes that fills up or turns read-only; only root may mount one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CAN_MOUNT = os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def mount_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system in memory at a folder for as long as the block runs; ``size`` as ``mount`` spells it, ``3m``."""
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    try:
        yield
    finally:
        _run("umount", "--lazy", folder)


def remount_disk(folder: Path, options: str) -> None:
    """Mount it otherwise: ``size=64m``, ``ro``, ``rw``."""
    _run("mount", "-o", f"remount,{options}", folder)


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True)
