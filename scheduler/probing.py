"""Look at list pages by way of the probe spider, and propose seed files for what it saw."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from scheduler.children import build_environment
from seeds.models import host_of
from storage.configuration import PREFIX, Configuration

Probe = Mapping[str, object]  # the JSON line of `crawler.spiders.probe.Probe`
BOTH, PROPOSAL, SUGGESTION = "建议提案", "提案", "建议"


class ProbeError(Exception):
    """The probe failed with an exit code, after it said why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


def probe_sites(
    configuration: Configuration, keys: Sequence[str] = (), seeds_dir: Path | None = None
) -> Iterator[Probe]:
    """Visit the first page of each column once, in a child process; yields what was seen as it comes.

    Raises:
        ProbeError: the child failed; it has said why.
    """
    environment = build_environment(configuration)
    if seeds_dir is not None:
        environment[PREFIX + "SEEDS_DIR"] = str(seeds_dir.absolute())
    words = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "probe",
        "-a",
        f"site={','.join(keys)}",
        "-s",
        "LOG_LEVEL=WARNING",
    ]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:  # noqa: S603 - our own command
        assert process.stdout is not None  # asked for above
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        raise ProbeError(process.returncode)


def probe_url(configuration: Configuration, url: str) -> Probe | None:
    """What a list page that no seed names yet shows; None when the probe did not come to it."""
    with tempfile.TemporaryDirectory() as folder:
        draft = write_seed("draft", "draft", host_of(url), "auto", [(BOTH, "draft", url)])
        Path(folder, "draft.toml").write_text(draft, encoding="utf-8")
        return next(probe_sites(configuration, ["draft"], Path(folder)), None)


def is_web_address(url: str) -> bool:
    """Whether a URL is one that can be visited."""
    return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)


def propose_key(url: str) -> str:
    """A key for a site: the part of its host that tells it from others (``jyj.wuhan.gov.cn`` is ``wuhan-jyj``)."""
    host = (urlsplit(url).hostname or "site").lower()
    labels = [label for label in host.removeprefix("www.").split(".") if label not in ("gov", "com", "org", "cn")]
    return re.sub(r"[^a-z0-9-]", "-", "-".join(reversed(labels))).strip("-") or "site"


def propose_kind(probe: Probe) -> str:
    """The column's kind by its title and its first row: 提案, 建议, or both where they do not tell."""
    title = str(probe.get("title") or "")
    words = title if re.search("提案|建议|议案|代表|委员|政协", title) else str(probe.get("first_title") or "")
    has_proposals, has_suggestions = (
        re.search(pattern, words) for pattern in ("提案|政协|委员", "建议|议案|人大|代表")
    )
    if bool(has_proposals) == bool(has_suggestions):
        return BOTH
    return PROPOSAL if has_proposals else SUGGESTION


def propose_seed(url: str, probe: Probe, key: str) -> str:
    """The text of a seed file for a list page that was looked at."""
    kind = propose_kind(probe)
    name = str(probe.get("site_name") or urlsplit(url).hostname)
    code = str(probe.get("site_id_code") or "")
    return write_seed(
        key,
        name,
        host_of(url),
        str(probe.get("family") or "auto"),
        [(kind, str(probe.get("title") or kind), url)],
        code,
    )


def write_seed(
    key: str, name: str, host: str, cms: str, columns: Sequence[tuple[str, str, str]], site_id_code: str = ""
) -> str:
    """A seed file; ``columns`` are (kind, name, url)."""
    head = [f"key = {quote(key)}", f"name = {quote(name)}"]
    if re.fullmatch("[0-9A-Za-z]{10,12}", site_id_code):
        head.append(f"site_id_code = {quote(site_id_code)}")
    head += [f"hosts = [{quote(host)}]", f"cms = {quote(cms)}", "verified = true"]
    tables = [
        f"\n[[columns]]\nkind = {quote(kind)}\nname = {quote(title)}\nurl = {quote(url)}"
        for kind, title, url in columns
    ]
    return "\n".join((*head, *tables)) + "\n"


def quote(text: str) -> str:
    """A TOML basic string: TOML takes what JSON writes, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
