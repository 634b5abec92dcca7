"""Writes an archive with every kind of capture, its index, a WACZ, and what replay is expected to show.

    python sample_archive.py WORKDIR

makes ``WORKDIR/collections/sample`` for pywb, ``WORKDIR/sample.wacz`` and ``WORKDIR/expected.jsonl``.
"""

import base64
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from storage.archive.indexes import IndexedCapture, is_replayable, write_cdxj
from storage.archive.wacz import ListedPage, Package, pack_wacz
from storage.archive.writer import Original, Written
from storage.records import Capture, Exchange, Finding, Outcome, Role
from tests.storage.archive.exchanges import RESPONSES, Exchanges, Scribe, name_original

NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\n\r\n'
# warcio, on which pywb stands, gives trailers out as if they were content.
NOT_REPLAYED = frozenset({"trailer"})
FAILURES = {Outcome.TIMEOUT: "timeout: no answer", Outcome.DNS_ERROR: "dns_error: no such name"}


class Sample:
    """An archive that is being filled, and what is expected of it."""

    def __init__(self, folder: Path, roll_at: int) -> None:
        self.scribe = Scribe(folder / "collections" / "sample" / "archive", roll_at)
        self.exchanges = Exchanges()
        self.entries: list[IndexedCapture] = []
        self.expected: list[dict[str, str]] = []

    def keep(self, exchange: Exchange, written: Written, outcome: Outcome, shown: Exchange) -> None:
        """Note a capture; ``shown`` is the exchange whose body replay shows for it."""
        capture = Capture(
            record_id=written.record_id,
            url=exchange.url,
            role=Role.PAGE,
            captured_at=exchange.started_at,
            outcome=outcome,
            status=exchange.status,
            headers=exchange.headers,
            payload_digest=written.payload_digest,
            place=written.place,
        )
        self.entries.append(IndexedCapture(capture, written.is_revisit))
        if is_replayable(capture):
            status = shown.status if outcome is Outcome.NOT_MODIFIED else exchange.status
            self.expected.append(
                {
                    "url": exchange.url,
                    "timestamp": f"{exchange.started_at:%Y%m%d%H%M%S}",
                    "status": str(status),
                    "entity": base64.b64encode(shown.entity).decode(),
                    "body": base64.b64encode(shown.body).decode(),
                }
            )

    def watch_page(self, response: bytes, url: str | None = None) -> None:
        """A page as it was found first, found again unchanged, not modified, changed, and again not modified."""
        first = self.exchanges.make(response, url=url)
        written = self.scribe.write(first)
        self.keep(first, written, Outcome.OK, first)
        if not first.entity or first.status != 200:  # only good pages are asked for again
            return
        original = name_original(first, written)
        again = self.exchanges.make(response.replace(b"\r\n", b"\r\nX-Visit: 2\r\n", 1), url=first.url)
        self.keep(again, self.scribe.write(again, original=original), Outcome.OK, first)
        self.spare_page(first, original)
        changed = self.exchanges.make(RESPONSES["plain"] + b"<!-- changed -->", url=first.url)
        written = self.scribe.write(changed)
        self.keep(changed, written, Outcome.OK, changed)
        self.spare_page(changed, name_original(changed, written))

    def spare_page(self, first: Exchange, original: Original) -> None:
        """A visit that was answered with 304."""
        spared = self.exchanges.make(NOT_MODIFIED, url=first.url)
        finding = Finding(Outcome.NOT_MODIFIED)
        self.keep(spared, self.scribe.write(spared, original=original, finding=finding), finding.outcome, first)

    def add_failures(self) -> None:
        """What replay must not show: fetches without an answer, and answers that broke off."""
        for outcome, error in FAILURES.items():
            failed = self.exchanges.make(b"", error=error)
            self.keep(failed, self.scribe.write(failed, finding=Finding(outcome)), outcome, failed)
        cut = self.exchanges.make(RESPONSES["plain"][:600], truncated="disconnect")
        self.keep(cut, self.scribe.write(cut, finding=Finding(Outcome.TRUNCATED)), Outcome.TRUNCATED, cut)


def fill_sample(folder: Path, *, roll_at: int = 10**9) -> Sample:
    """An archive below ``folder`` with every kind of capture, its index, and a file of what is expected."""
    sample = Sample(folder, roll_at)
    for kind, response in RESPONSES.items():
        if kind not in NOT_REPLAYED:
            sample.watch_page(response)
        sample.scribe.writer.sync()
    for url in ("http://www.city.example/a/?b=2&a=%E7%AD%94", "https://public.city.example:8443/D1102X/?id=1"):
        sample.watch_page(RESPONSES["plain"], url)
    sample.add_failures()
    sample.scribe.writer.close()
    indexes = folder / "collections" / "sample" / "indexes"
    indexes.mkdir(parents=True, exist_ok=True)
    write_cdxj(sample.entries, indexes / "index.cdxj")
    lines = "".join(json.dumps(item) + "\n" for item in sample.expected)
    (folder / "expected.jsonl").write_text(lines)
    return sample


def pack_sample(sample: Sample, output: Path) -> int:
    """The sample as a WACZ package; returns the number of captures in it."""
    pages = [
        ListedPage(url=entry.capture.url, captured_at=entry.capture.captured_at, title=f"答复 {number}")
        for number, entry in enumerate(sample.entries)
        if is_replayable(entry.capture)
    ]
    package = Package(
        title="Sample", description="Every kind of capture", software="replywatch/0.1", created=datetime.now(UTC)
    )
    return pack_wacz(output, directory=sample.scribe.directory, entries=sample.entries, pages=pages, package=package)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    pack_sample(fill_sample(target), target / "sample.wacz")
