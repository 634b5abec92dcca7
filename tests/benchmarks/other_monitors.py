"""The monitors that users have: how each is installed, set up, run, and asked what it found.

Each is installed from PyPI into an environment of its own below ``.tools``, and set up as its manual says for pages of
text: once with as little as works, once with the container of the text picked by hand, which somebody has to do for
each template of each site.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, SubprocessError, run

from tests.site.commands import ROOT

TOOLS = ROOT / ".tools"
CONTAINER = "#zoom"  # where the text is on the served pages
NUMBER = re.compile(r"/jyta/(\d+)\.jhtml")
CHANGED = re.compile(r"^\d+\. CHANGED: .*", re.MULTILINE)
INSTALLATION = 900  # seconds; a network that gives no answer is not waited for any longer


@dataclass(frozen=True, slots=True)
class Monitor:
    """One tool in one configuration.

    ``set_up`` writes its configuration for some addresses into a folder, ``words`` gives the command of a round there
    (the first one or a later one), ``read`` the numbers of the pages that the last round told as changed, from the
    folder and from what the command printed.
    """

    name: str
    package: str
    setting: str
    set_up: Callable[[Path, Sequence[str]], None]
    words: Callable[[Path, bool], list[str]]
    read: Callable[[Path, str], set[int]]


def install_package(requirement: str) -> str:
    """Have a package in an environment of its own; returns why it is not there, or nothing when it is."""
    folder = find_environment(requirement)
    stamp = folder / "installed.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == requirement:
        return ""
    sys.stderr.write(f"installing {requirement} …\n")
    try:
        for words in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", requirement],
        ):
            done = run(words, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, timeout=INSTALLATION, check=False, text=True)
            if done.returncode:
                return (done.stdout.strip().splitlines() or ["pip said nothing"])[-1]
    except (OSError, SubprocessError) as error:
        return str(error)
    stamp.write_text(requirement, encoding="utf-8")
    return ""


def find_environment(requirement: str) -> Path:
    """Where a package is installed."""
    return TOOLS / f"bench-{requirement.partition('==')[0]}"


def find_program(requirement: str, name: str) -> str:
    """The path of a program of an installed package."""
    return str(find_environment(requirement) / "bin" / name)


def make_environment(folder: Path) -> dict[str, str]:
    """The environment of a tool: its home is the folder, and it may visit this machine."""
    homes = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    return dict(os.environ) | homes | {"ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "PYTHONUTF8": "1"}


def write_jobs(filters: Sequence[str]) -> Callable[[Path, Sequence[str]], None]:
    """Jobs as urlwatch and webchanges read them, one a page, named after its address."""

    def write(folder: Path, urls: Sequence[str]) -> None:
        lines = "".join(f"  - {line}\n" for line in filters)
        jobs = "---\n".join(f'name: "{url}"\nurl: "{url}"\nfilter:\n{lines}' for url in urls)
        (folder / "jobs.yaml").write_text(jobs, encoding="utf-8")

    return write


def read_printed(_folder: Path, log: str) -> set[int]:
    """The pages that urlwatch's or webchanges' report names as changed."""
    return {int(number) for line in CHANGED.findall(log) for number in NUMBER.findall(line)}


def run_urlwatch(folder: Path, _is_first: bool) -> list[str]:  # noqa: FBT001 - a callback's signature
    """A round of urlwatch."""
    files = {"urls": "jobs.yaml", "config": "config.yaml", "hooks": "hooks.py", "cache": "cache.db"}
    return [find_program(URLWATCH, "urlwatch"), *(f"--{name}={folder / file}" for name, file in files.items())]


def run_webchanges(folder: Path, _is_first: bool) -> list[str]:  # noqa: FBT001 - a callback's signature
    """A round of webchanges."""
    files = {"jobs": "jobs.yaml", "config": "config.yaml", "hooks": "hooks.py", "database": "snapshots.db"}
    return [find_program(WEBCHANGES, "webchanges"), *(f"--{name}={folder / file}" for name, file in files.items())]


def write_watches(values: dict[str, object]) -> Callable[[Path, Sequence[str]], None]:
    """The options of changedetection.io that add a watch for each page, kept for the first round."""

    def write(folder: Path, urls: Sequence[str]) -> None:
        words = [word for place, url in enumerate(urls) for word in ("-u", url, f"-u{place}", json.dumps(values))]
        (folder / "watches.json").write_text(json.dumps(words), encoding="utf-8")

    return write


def run_changedetection(folder: Path, is_first: bool) -> list[str]:  # noqa: FBT001 - a callback's signature
    """A round of changedetection.io in its batch mode: add or check all watches, then end."""
    program = find_program(CHANGEDETECTION, "changedetection.io")
    words = [program, "-h", "127.0.0.1", "-p", "5998", "-d", str(folder / "store"), "-C", "-l", "WARNING", "-b"]
    added: list[str] = json.loads((folder / "watches.json").read_text(encoding="utf-8"))
    return words + (added if is_first else ["-r", "all"])


def read_store(folder: Path, _log: str) -> set[int]:
    """The watches of which changedetection.io kept a second snapshot."""
    found = set()
    for history in (folder / "store").glob("*/history.txt"):
        watch = json.loads((history.parent / "watch.json").read_text(encoding="utf-8"))
        if len(history.read_text(encoding="utf-8").split()) > 1:
            found |= {int(number) for number in NUMBER.findall(watch["url"])}
    return found


URLWATCH, WEBCHANGES, CHANGEDETECTION = "urlwatch==2.29", "webchanges==3.37.0", "changedetection.io==0.60.10"
BY_HAND = f"{CONTAINER} by hand"
IN_FILTER = (f'css: "{CONTAINER}"', "html2text")
MONITORS = (
    Monitor("urlwatch", URLWATCH, "html2text", write_jobs(("html2text",)), run_urlwatch, read_printed),
    Monitor("urlwatch", URLWATCH, f"html2text, {BY_HAND}", write_jobs(IN_FILTER), run_urlwatch, read_printed),
    Monitor("webchanges", WEBCHANGES, "html2text", write_jobs(("html2text",)), run_webchanges, read_printed),
    Monitor("webchanges", WEBCHANGES, f"html2text, {BY_HAND}", write_jobs(IN_FILTER), run_webchanges, read_printed),
    Monitor("changedetection.io", CHANGEDETECTION, "default", write_watches({}), run_changedetection, read_store),
    Monitor(
        "changedetection.io",
        CHANGEDETECTION,
        BY_HAND,
        write_watches({"include_filters": [CONTAINER]}),
        run_changedetection,
        read_store,
    ),
)
