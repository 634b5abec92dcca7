"""How long the comparison takes, from 1,000 to 200,000 characters, beside difflib where that ends in time.

Figures are milliseconds, the best of what fits into half a second.
"""

import random
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from storage.comparison.document_diff import compare_documents, document_digest, documents_differ
from storage.comparison.text_diff import diff_texts
from storage.records import Document
from tests.benchmarks.measurement import format_table, make_parser, run_main, save_figures

SIZES = (1_000, 5_000, 20_000, 100_000, 200_000)
LARGEST_FOR_DIFFLIB = 5_000
ALPHABET = [chr(code) for code in range(0x4E00, 0x4F80)]


def make_text(size: int, seed: int) -> str:
    """A random text of sentences and paragraphs."""
    draw = random.Random(seed)  # noqa: S311 - test data, no secret
    pieces: list[str] = []
    length = 0
    while length < size:
        piece = "".join(draw.choices(ALPHABET, k=draw.randint(4, 24))) + draw.choice("，，，。；、\n")
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)[:size]


def measure_best(action: Callable[[], object], seconds: float = 0.5) -> float:
    """The least time of an action in milliseconds, tried for about so many seconds."""
    best, end = float("inf"), time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() >= end:
            return best * 1000


def list_cases(size: int) -> dict[str, tuple[str, str]]:
    """Pairs of texts of a size: what usually happens, and what could hurt."""
    text, other = make_text(size, 1), make_text(size, 2)
    lines = text.split("\n")
    shuffled = list(lines)
    random.Random(3).shuffle(shuffled)  # noqa: S311 - test data, no secret
    bare = {ord(mark): None for mark in "，。；、\n"}
    return {
        "one edit": (text, text[: size // 2] + "改" + text[size // 2 :]),
        "every clause": (text, "，".join(part[:-1] + "改" for part in text.split("，"))),
        "rewritten": (text, other),
        "paragraphs shuffled": (text, "\n".join(shuffled)),
        "all clauses equal": ("同上，" * (size // 3), "同上，" * (size // 3 - 40) + "另行，" * 80),
        "one line, no marks": (text.translate(bare), other.translate(bare)),
        "one character": ("甲" * size, "甲" * (size - 1) + "乙"),
    }


def measure_pair(old: str, new: str) -> list[float | None]:
    """The milliseconds of each column for two texts; None where difflib would take too long."""
    before, after = Document(text=old), Document(text=new)
    is_short = len(old) <= LARGEST_FOR_DIFFLIB
    return [
        measure_best(lambda: diff_texts(old, new)),
        measure_best(lambda: SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), 0) if is_short else None,
        measure_best(lambda: compare_documents(before, after)),
        measure_best(lambda: documents_differ(before, after)),
        measure_best(lambda: document_digest(before)),
    ]


def main() -> None:
    """The command."""
    parser = make_parser("bench_comparison", __doc__, quick="1,000 and 20,000 characters", runs=1, quick_runs=1)
    options = parser.read_options()
    names = ("diff_texts", "difflib", "compare", "differ", "digest")
    rows: list[tuple[str, ...]] = []
    figures: dict[str, object] = {}
    for size in SIZES[:3:2] if options.quick else SIZES:
        for name, pair in list_cases(size).items():
            found = measure_pair(*pair)
            rows.append((f"{size:,} {name}", *("-" if taken is None else f"{taken:.2f}" for taken in found)))
            figures[f"{size} {name}"] = dict(zip(names, found, strict=True))
    sys.stdout.write(format_table(("characters, ms", *names), rows) + "\n")
    save_figures(options, {"milliseconds": figures})


if __name__ == "__main__":
    run_main(main)
