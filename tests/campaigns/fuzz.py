"""``make fuzz``: coverage-guided fuzzing of everything that reads what strangers send.

One process a target, by turns of the time given; atheris leads it. A target fails on any exception but those that its
reader promises, on an input that takes more than ten seconds, and on more than two gigabytes.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from crawler.discovery.listing import ListSource
from crawler.discovery.reader import read_list
from crawler.extraction.encoding import decode_body
from crawler.fetching.message import read_response
from crawler.fetching.reading import BrokenChunkError, MalformedResponseError, OversizedBodyError, Reading
from crawler.interpretation import document_json, interpret_file
from crawler.volatile import is_volatile
from seeds.catalog import check_files
from storage.archive.errors import ArchiveError
from storage.archive.importing import read_captures
from storage.archive.messages import parse_response
from storage.comparison.text_diff import diff_texts
from storage.search.candidates import build_match, find_signs
from storage.search.words import place_words, read_words

ROOT = Path(__file__).resolve().parents[2]
URL = "http://www.example.gov.cn/a/1.html"
PATIENCE = 900  # seconds that a process may take beside its time: all code is instrumented first
SLOWEST, LARGEST = 10, 2048  # seconds an input, megabytes a process

Target = Callable[[bytes], object]


def read_page(data: bytes) -> object:
    """A page from bytes to JSON: encoding, outcome, information table, reply, attachments."""
    return document_json(interpret_file(data, URL))


def read_rows(data: bytes) -> object:
    """A list page of any family."""
    return read_list(ListSource(url=URL, text=data.decode("utf-8", "surrogateescape")))


def read_archive(data: bytes) -> object:
    """A WARC file made by others; a broken one is refused in a word."""
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        file.write(data)
        file.flush()
        try:
            return sum(1 for _ in read_captures(Path(file.name)))
        except ArchiveError:
            return None


def read_seed(data: bytes) -> object:
    """A seed file: faults, never an exception."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(data)
        file.flush()
        return check_files([Path(file.name)])


def compare_halves(data: bytes) -> object:
    """Two texts: every hunk stands where it says."""
    text = data.decode("utf-8", "replace")
    middle = len(text) // 2
    old, new = text[:middle], text[middle:]
    hunks = diff_texts(old, new)
    for hunk in hunks:
        assert old[hunk.old_start : hunk.old_start + len(hunk.old)] == hunk.old
        assert new[hunk.new_start : hunk.new_start + len(hunk.new)] == hunk.new
    return hunks


def compare_bytes(data: bytes) -> object:
    """Whether two bodies differ in counters alone."""
    middle = len(data) // 2
    return is_volatile(data[:middle], data[middle:])


def read_pieces(data: bytes) -> object:
    """A response that comes in pieces is complete where the same bytes at once are."""
    step = 1 + data[0] % 50 if data else 1
    stop = feed_response(data[1:], step)
    assert stop == feed_response(data[1:], len(data) or 1)
    return stop


def feed_response(data: bytes, step: int) -> int:
    """The end of a response; 0 when there is none."""
    reading, received = Reading(size_limit=4096), bytearray()
    for start in range(0, len(data), step):
        received += data[start : start + step]
        try:
            if reading.advance(received):
                assert 0 < reading.stop <= len(received)
                return reading.stop
        except (MalformedResponseError, OversizedBodyError, BrokenChunkError):
            return 0
    return 0


def read_query(data: bytes) -> object:
    """A query of the search: what is looked up in the index, and how it matches a text."""
    text = data.decode("utf-8", "replace")
    words = read_words(text)
    signs = find_signs(words.wanted, {})
    folded, places = place_words(text)
    assert len(places) >= len(folded)
    return build_match(signs)


TARGETS: dict[str, Target] = {
    "page": read_page,
    "encoding": decode_body,
    "list": read_rows,
    "response": read_response,
    "pieces": read_pieces,
    "query": read_query,
    "archived": parse_response,
    "warc": read_archive,
    "seed": read_seed,
    "diff": compare_halves,
    "volatile": compare_bytes,
}


def gather_corpus(folder: Path) -> None:
    """Inputs to begin with: the tests' own pages and the seeds."""
    sources = [*ROOT.glob("tests/crawler/extraction/cases/*/page.html"), *sorted(ROOT.glob("seeds/*.toml"))[:8]]
    for number, source in enumerate(sources):
        (folder / f"{number}{source.suffix}").write_bytes(source.read_bytes())
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    head = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % len(response)
    (folder / "record.warc").write_bytes(head + response + b"\r\n\r\n")


def fuzz_target(name: str, seconds: int, corpus: Path) -> tuple[int, str]:
    """One target in a process of its own; returns how it ended and what it said."""
    words = [sys.executable, "-m", "tests.campaigns.fuzz", "--target", name, "--seconds", str(seconds), str(corpus)]
    try:
        done = subprocess.run(words, cwd=ROOT, check=False, timeout=seconds * 2 + PATIENCE, capture_output=True)
    except subprocess.TimeoutExpired as error:
        return 1, f"{(error.stderr or b'').decode(errors='replace')}\nno end within {error.timeout:g} seconds"
    return done.returncode, done.stderr.decode(errors="replace")


def count_runs(said: str) -> str:
    """How many inputs were tried, by libFuzzer's own count."""
    found = re.search(r"number_of_executed_units: (\d+)", said)
    return found[1] if found else "?"


def run_target(name: str, seconds: int, corpus: str) -> None:
    """Fuzz until the time is over; ends the process."""
    import atheris  # noqa: PLC0415 - an extra, needed by this process alone

    atheris.instrument_all()
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={LARGEST}", "-print_final_stats=1"]
    target = TARGETS[name]

    def try_input(data: bytes) -> None:
        target(data)

    atheris.Setup([sys.argv[0], *limits, "-verbosity=1", f"-artifact_prefix={corpus}/", corpus], try_input)
    atheris.Fuzz()


def main() -> int:
    """The command: 0 when no target failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="in all (default: %(default)s)")
    parser.add_argument("--target", choices=TARGETS, help="this one alone, in this process")
    parser.add_argument("--seconds", type=int, default=60, help=argparse.SUPPRESS)
    parser.add_argument("corpus", nargs="?", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.target and options.corpus:
        run_target(options.target, options.seconds, options.corpus)
    chosen = [options.target] if options.target else list(TARGETS)
    failed = []
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as folder:
            gather_corpus(Path(folder))
            code, said = fuzz_target(name, max(1, int(options.minutes * 60 / len(chosen))), Path(folder))
            if code:
                print(said[-3000:])  # noqa: T201 - what it is for
                failed.append(name)
                for path in Path(folder).glob("*-*"):  # crash-…, timeout-…, oom-…
                    kept = Path(tempfile.gettempdir()) / f"{name}-{path.name}"
                    kept.write_bytes(path.read_bytes())
                    print(f"{name}: kept the input in {kept}")  # noqa: T201 - what it is for
        print(f"{name:<9} {count_runs(said):>9} inputs: {'FAILED' if code else 'no fault'}", flush=True)  # noqa: T201 - likewise
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
