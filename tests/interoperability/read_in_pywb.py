"""Reads a reading room through pywb: its time maps and time gate as a Memento archive, its index as a CDX server.

    pywb/bin/python read_in_pywb.py WORKDIR EXPECTED.jsonl http://127.0.0.1:PORT

Each line of ``EXPECTED.jsonl`` has ``url``, ``timestamp`` (14 digits), ``status`` and ``body`` (base64). Exit code 0
when pywb lists every capture and replays it with equal bytes, both ways.
"""

import base64
import json
import sys
from pathlib import Path

from replay_in_pywb import (  # type: ignore[import-not-found]  # it stands beside this script, which runs by itself
    fetch_path,
    find_port,
    start_server,
)

SOURCES = {"memento": "memento+{room}/web/", "cdx": "cdx+{room}/web/cdx"}


def write_configuration(folder: Path, room: str) -> None:
    """Two collections over the same reading room."""
    lines = "".join(f"  {name}: '{source.format(room=room)}'\n" for name, source in SOURCES.items())
    (folder / "config.yaml").write_text(f"collections:\n{lines}")


def compare_capture(port: int, collection: str, wanted: dict[str, str]) -> str | None:
    """What is different in one capture; None when nothing is."""
    status, _, body = fetch_path(port, f"/{collection}/{wanted['timestamp']}id_/{wanted['url']}")
    if status != int(wanted["status"]):
        return f"status {status}, not {wanted['status']}"
    return None if body == base64.b64decode(wanted["body"]) else f"other bytes: {body[:60]!r}"


def compare_list(port: int, collection: str, captures: list[dict[str, str]]) -> str | None:
    """Whether pywb's time map of the first URL names exactly its captures."""
    url = captures[0]["url"]
    lines = fetch_path(port, f"/{collection}/timemap/cdxj/{url}")[2].decode().splitlines()
    found = {line.split()[1] for line in lines if line.strip()}
    expected = {capture["timestamp"] for capture in captures if capture["url"] == url}
    return None if found == expected else f"{collection}: {sorted(found)}, not {sorted(expected)}"


def main(folder: Path, expected: Path, room: str) -> int:
    """Compare everything; print the faults and a line of figures."""
    captures = [json.loads(line) for line in expected.read_text().splitlines()]
    write_configuration(folder, room)
    port = find_port()
    server = start_server(folder, port)
    try:
        faults = [fault for name in SOURCES if (fault := compare_list(port, name, captures))]
        read = [(name, one, compare_capture(port, name, one)) for name in SOURCES for one in captures]
        faults += [f"{name} {one['timestamp']} {one['url']}: {fault}" for name, one, fault in read if fault]
    finally:
        server.terminate()
        server.wait()
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(f"{len(captures)} captures read, {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3]))
