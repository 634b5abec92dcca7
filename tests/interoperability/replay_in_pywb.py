"""Replays captures in pywb and compares every byte.

It needs nothing but pywb, in an environment of its own::

    python -m venv pywb && pywb/bin/pip install pywb==2.10.0
    pywb/bin/python replay_in_pywb.py WORKDIR EXPECTED.jsonl

``WORKDIR/collections/NAME`` holds ``archive/`` with WARC files and ``indexes/index.cdxj``. Each line of
``EXPECTED.jsonl`` has ``url``, ``timestamp`` (14 digits), ``status``, ``entity`` and ``body`` (base64).
Exit code 0 when every capture replays with equal bytes and the time maps name them all, else 1.
"""

import base64
import http.client
import json
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path


def find_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """Run pywb over the collections in a folder; returns when it answers."""
    command = [str(Path(sys.executable).with_name("wayback")), "-p", str(port), "-b", "127.0.0.1", "-d", str(folder)]
    log = (folder / "wayback.log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=log)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    server.kill()
    raise SystemExit("pywb does not start")


def fetch_path(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer; redirects are not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def compare_capture(port: int, collection: str, wanted: dict[str, str]) -> str | None:
    """What is different in the replay of one capture; None when nothing is."""
    path = f"/{collection}/{wanted['timestamp']}id_/{wanted['url']}"
    status, headers, body = fetch_path(port, path)
    memento = headers.get("Memento-Datetime", "no Memento-Datetime")
    if status != int(wanted["status"]):
        return f"status {status}, not {wanted['status']}"
    moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.strptime(wanted["timestamp"], "%Y%m%d%H%M%S"))
    if memento != moment:
        return f"{memento}, not {moment}"
    accepted = (base64.b64decode(wanted["entity"]), base64.b64decode(wanted["body"]))
    return None if body in accepted else f"{len(body)} bytes, not {len(accepted[0])} or {len(accepted[1])}"


def compare_timemaps(port: int, collection: str, captures: list[dict[str, str]]) -> list[str]:
    """URLs whose time map does not name exactly the captures that there are."""
    moments: dict[str, set[str]] = defaultdict(set)
    for capture in captures:
        moments[capture["url"]].add(capture["timestamp"])
    faults = []
    for url, expected in moments.items():
        lines = fetch_path(port, f"/{collection}/timemap/cdxj/{url}")[2].decode().splitlines()
        found = {line.split()[1] for line in lines if line.strip()}
        if found != expected:
            faults.append(f"{url}: time map has {len(found)} captures, not {len(expected)}")
    return faults


def main(folder: Path, expected: Path) -> int:
    """Compare everything; print the faults and a line of figures."""
    captures = [json.loads(line) for line in expected.read_text().splitlines()]
    collection = next((folder / "collections").iterdir()).name
    port = find_port()
    server = start_server(folder, port)
    try:
        faults = compare_timemaps(port, collection, captures)
        for capture in captures:
            if fault := compare_capture(port, collection, capture):
                faults.append(f"{capture['timestamp']} {capture['url']}: {fault}")
    finally:
        server.terminate()
        server.wait()
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(f"{len(captures)} captures replayed, {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2])))
