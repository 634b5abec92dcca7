"""What archiving costs: CPU a capture, bytes a visit, time of a sync, of a random read, and of verification.

Captures of a page of 40 KB are written, so many of each kind. The page is made up of words so that it compresses about
as official pages do (to a quarter). What else a crawl costs is in bench_crawl, where the bytes go in bench_bytes.
"""

import gzip
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from storage.archive.reader import read_record, read_response
from storage.archive.verification import verify_archive
from storage.archive.writer import ArchiveWriter, Original, Written
from storage.clock import Clock
from storage.records import Exchange, Finding, Outcome, Role
from tests.benchmarks.measurement import format_table, make_parser, run_main, save_figures

URL = "https://public.city.example/D1102X/2026/9123456.jhtml"
HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.20.1\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\n"
    b"Last-Modified: Tue, 24 Feb 2026 06:31:32 GMT\r\nConnection: keep-alive\r\n"
    b'Content-Type: text/html;charset=UTF-8\r\nETag: "5f8d7a3c-9c40"\r\n'
)
SPARED = (
    b"HTTP/1.1 304 Not Modified\r\nServer: nginx/1.20.1\r\nDate: Sun, 01 Mar 2026 08:00:00 GMT\r\n"
    b'Last-Modified: Tue, 24 Feb 2026 06:31:32 GMT\r\nConnection: keep-alive\r\nETag: "5f8d7a3c-9c40"\r\n\r\n'
)
REQUEST = (
    b"GET /D1102X/2026/9123456.jhtml HTTP/1.1\r\nHost: public.city.example\r\nAccept-Encoding: gzip, deflate\r\n"
    b"User-Agent: replywatch/0.1 (+mailto:editor@archive.example)\r\n\r\n"
)


def make_page(size: int = 40_000) -> bytes:
    """An HTML page of this many bytes, made of a vocabulary with the skew of a language."""
    chance = random.Random(7)  # noqa: S311 - the same page every time, no secret
    words = ["".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(chance.randint(1, 4))) for _ in range(1500)]
    weights = [1 / rank for rank in range(1, 1501)]
    text = ""
    while len(text.encode()) < size:
        sentence = "".join(chance.choices(words, weights, k=30))
        text += f'<p class="content" style="text-indent:2em"><span>{sentence}。</span></p>\n'
    return text.encode()[:size]


def make_exchange(entity: bytes, body: bytes, head: bytes, status: int = 200) -> Exchange:
    """One answer to the request of the benchmark."""
    return Exchange(
        url=URL,
        started_at=datetime.now(UTC),
        request=REQUEST,
        response=head + entity,
        status=status,
        entity=entity,
        body=body,
        ip_address="192.0.2.7",
    )


def measure_cpu(count: int, act: Callable[[], object]) -> float:
    """CPU in milliseconds for each of ``count`` calls."""
    start = time.process_time()
    for _ in range(count):
        act()
    return round((time.process_time() - start) / count * 1000, 4)


def measure_kind(
    writer: ArchiveWriter, exchange: Exchange, count: int, original: Original | None
) -> tuple[Written, dict[str, float]]:
    """CPU and bytes of one kind of capture."""

    def write() -> Written:
        outcome = Outcome.NOT_MODIFIED if exchange.status != 200 else Outcome.OK
        return writer.write_capture(exchange, role=Role.PAGE, finding=Finding(outcome), run_id=123, original=original)

    first = write()
    cost = measure_cpu(count, write)
    last = write()
    size = (last.place.offset - first.place.offset) / (count + 1)
    return first, {"cpu_ms": cost, "bytes": round(size)}


def run_benchmark(directory: Path, count: int) -> dict[str, object]:
    """All figures."""
    page = make_page()
    packed = gzip.compress(page, mtime=0)
    plain = make_exchange(page, page, HEAD + b"\r\n")
    coded = make_exchange(packed, page, HEAD + b"Content-Encoding: gzip\r\n\r\n")
    writer = ArchiveWriter(directory, software="replywatch/0.1", contact="a@b.example", clock=Clock())
    figures: dict[str, object] = {"page_bytes": len(page), "packed_bytes": len(packed), "count": count}
    first, figures["plain"] = measure_kind(writer, plain, count, None)
    zipped, figures["gzip_coded"] = measure_kind(writer, coded, count, None)
    digest = first.payload_digest or ""
    original = Original(record_id=first.record_id, url=URL, captured_at=plain.started_at, payload_digest=digest)
    _, figures["equal_entity"] = measure_kind(writer, plain, count, original)
    _, figures["not_modified"] = measure_kind(writer, make_exchange(b"", b"", SPARED, 304), count, original)
    start = time.perf_counter()
    writer.sync()
    figures["sync_ms"] = round((time.perf_counter() - start) * 1000, 2)
    writer.close()
    figures["read_record_ms"] = measure_cpu(count, lambda: read_record(directory, zipped.place))
    figures["read_response_ms"] = measure_cpu(count, lambda: read_response(directory, zipped.place))
    size = sum(path.stat().st_size for path in directory.iterdir())
    start = time.perf_counter()
    faults = sum(fault.kind != "orphan" for fault in verify_archive(directory, []))
    figures["verify_mb_per_s"] = round(size / 1e6 / (time.perf_counter() - start), 1)
    return {**figures, "faults": faults}


def main() -> None:
    """The command."""
    parser = make_parser("bench_archive", __doc__, quick="500 captures", runs=1, quick_runs=1)
    parser.add_argument("--count", type=int, default=0, help="captures of each kind (default 2000, with --quick 500)")
    options = parser.read_options()
    with tempfile.TemporaryDirectory() as folder:
        figures = run_benchmark(Path(folder), options.count or (500 if options.quick else 2000))
    rows = [
        (name, *(f"{found[key]:g}" for key in ("cpu_ms", "bytes")))
        for name, found in figures.items()
        if isinstance(found, dict)
    ]
    others = [(name, f"{found:g}") for name, found in figures.items() if isinstance(found, int | float)]
    sys.stdout.write(format_table(("a capture of kind", "CPU ms", "bytes"), rows) + "\n\n")
    sys.stdout.write(format_table(("", "figure"), others) + "\n")
    save_figures(options, figures)


if __name__ == "__main__":
    run_main(main)
