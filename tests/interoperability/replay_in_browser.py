"""Opens a WACZ in ReplayWeb.page's own engine, in headless Chromium, and compares every byte of every capture.

    npm pack replaywebpage && tar xzf replaywebpage-*.tgz
    python replay_in_browser.py package SAMPLE.wacz EXPECTED.jsonl [CHROMIUM]

``EXPECTED.jsonl`` is as for pywb. A browser hides the status of a redirect, so that those count as replayed when they
redirect. Exit code 0 when everything replays, else 1.
"""

import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 90  # seconds

PAGE = """<!doctype html><meta charset="utf-8"><script>
const unpack = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const isSame = (one, two) => one.length === two.length && one.every((byte, place) => byte === two[place]);
const report = (value) => fetch("/report", {method: "POST", body: JSON.stringify(value)});

async function takeControl() {
  await navigator.serviceWorker.register("/replay/sw.js", {scope: "/replay/"});
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller) return true;
  location.reload();
  return false;
}

async function loadPackage() {
  const loaded = new Promise((resolve, reject) => {
    navigator.serviceWorker.addEventListener("message", ({data}) => {
      if (data.msg_type === "collAdded") resolve();
      if (data.msg_type === "collProgress" && data.error) reject(new Error(data.error));
    });
  });
  const sourceUrl = location.origin + "/package.wacz";
  const file = {sourceUrl, loadUrl: sourceUrl, name: "package.wacz"};
  navigator.serviceWorker.controller.postMessage({msg_type: "addColl", name: "sample", file, skipExisting: false});
  await loaded;
  return (await (await fetch("/replay/w/api/c/sample?all=1")).json()).pages.length;
}

async function compareCapture({url, timestamp, status, entity, body}) {
  const redirect = status.startsWith("3") ? "manual" : "follow";
  const answer = await fetch(`/replay/w/sample/${timestamp}id_/${url}`, {redirect});
  if (answer.type === "opaqueredirect") return redirect === "manual" ? null : "redirects";
  if (String(answer.status) !== status) return `status ${answer.status}, not ${status}`;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return isSame(bytes, unpack(entity)) || isSame(bytes, unpack(body)) ? null : `${bytes.length} bytes, others`;
}

(async () => {
  if (!(await takeControl())) return;
  const pages = await loadPackage();
  const captures = (await (await fetch("/expected")).text()).trim().split("\\n").map(JSON.parse);
  const faults = [];
  for (const capture of captures) {
    const fault = await compareCapture(capture);
    if (fault) faults.push(`${capture.timestamp} ${capture.url}: ${fault}`);
  }
  await report({pages, captures: captures.length, faults});
})().catch((error) => report({pages: 0, captures: 0, faults: [String(error)]}));
</script>"""


@dataclass
class Desk:
    """What the server hands out, and the report that it gets."""

    files: dict[str, tuple[str, bytes]]
    report: dict[str, object] = field(default_factory=dict)
    is_done: threading.Event = field(default_factory=threading.Event)


def cut_range(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; None for the whole."""
    found = re.match(r"bytes=(\d*)-(\d*)$", wanted)
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    return int(found[1]), min(int(found[2] or size - 1), size - 1)


def make_handler(desk: Desk) -> type[http.server.BaseHTTPRequestHandler]:
    """A server of a few files, with ranges, that takes one report."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            desk.report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()
            desk.is_done.set()

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            kind, data = desk.files.get(self.path.split("?")[0], ("", b""))
            cut = cut_range(self.headers.get("Range", ""), len(data))
            self.send_response(404 if not kind else 206 if cut else 200)
            if cut:
                self.send_header("Content-Range", f"bytes {cut[0]}-{cut[1]}/{len(data)}")
                data = data[cut[0] : cut[1] + 1]
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return Handler


def open_browser(browser: str, desk: Desk) -> None:
    """Let the browser do its work and report."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), make_handler(desk))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        address = f"http://127.0.0.1:{server.server_port}/replay/index.html"
        command = [browser, *options, "--remote-debugging-port=0", address]
        window = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        desk.is_done.wait(PATIENCE)
        window.terminate()
        window.wait()
    server.shutdown()


def main(engine: Path, package: Path, expected: Path, browser: str = "chromium") -> int:
    """Compare everything; print the report."""
    desk = Desk(
        {
            "/replay/index.html": ("text/html", PAGE.encode()),
            "/replay/sw.js": ("application/javascript", (engine / "sw.js").read_bytes()),
            "/package.wacz": ("application/zip", package.read_bytes()),
            "/expected": ("text/plain", expected.read_bytes()),
        }
    )
    open_browser(browser, desk)
    sys.stdout.write(json.dumps(desk.report or {"faults": ["no report"]}, indent=2) + "\n")
    return 0 if desk.report and not desk.report["faults"] else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:]))
